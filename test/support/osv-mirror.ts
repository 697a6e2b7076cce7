/**
 * A mirror of OSV's bucket on loopback: a real HTTP server with entity tags, ranges and hashes, that can be told to fail in the
 * ways servers and networks do.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeZip } from './zip.ts';

export interface MirroredFile {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Answers one request in its own way; `serve` answers as if nothing were wrong. */
export type Fault = (
  request: IncomingMessage,
  response: ServerResponse,
  file: MirroredFile | null,
  serve: () => void,
) => void;

export interface Mirror {
  readonly url: string;
  /** `GET /npm/all.zip bytes=10-` of every request, in order. */
  readonly asked: string[];
  readonly files: Map<string, MirroredFile>;
  /** The next `times` requests for a path meet the fault. */
  readonly fail: (path: string, fault: Fault, times?: number) => void;
  readonly put: (path: string, bytes: string | Buffer, headers?: Readonly<Record<string, string>>) => void;
  /** Archive, list and single records of an ecosystem, as OSV lays them out. */
  readonly publish: (ecosystem: string, records: readonly OsvRecord[]) => void;
  readonly close: () => Promise<void>;
}

export interface OsvRecord {
  readonly id: string;
  readonly modified: string;
}

type Listen = (listener: RequestListener) => Server;

export async function startMirror(listen: Listen = createServer, scheme = 'http'): Promise<Mirror> {
  const files = new Map<string, MirroredFile>();
  const faults = new Map<string, { readonly fault: Fault; left: number }>();
  const asked: string[] = [];
  const server = listen((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push([request.method, path, request.headers.range].filter((part) => part !== undefined).join(' '));
    const file = files.get(path) ?? null;
    const serve = (): void => serveFile(request, response, file);
    const planned = faults.get(path);
    if (planned === undefined || planned.left-- <= 0) serve();
    else planned.fault(request, response, file, serve);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const put: Mirror['put'] = (path, content, headers = {}) => {
    const bytes = Buffer.from(content);
    const etag = `"${createHash('sha1').update(bytes).digest('hex')}"`;
    const md5 = createHash('md5').update(bytes).digest('base64');
    files.set(path, { bytes, etag, headers: { 'x-goog-hash': `crc32c=AAAAAA==,md5=${md5}`, ...headers } });
  };
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    files,
    put,
    fail: (path, fault, times = 1) => void faults.set(path, { fault, left: times }),
    publish: (ecosystem, records) => {
      put(
        `/${ecosystem}/all.zip`,
        makeZip(records.map((each) => ({ name: `${each.id}.json`, data: JSON.stringify(each) }))),
      );
      put(`/${ecosystem}/modified_id.csv`, listOf(records));
      for (const each of records) put(`/${ecosystem}/${each.id}.json`, JSON.stringify(each));
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Newest first, as OSV writes it. */
export const listOf = (records: readonly OsvRecord[]): string =>
  records
    .toSorted((a, b) => (a.modified < b.modified ? 1 : -1))
    .map(({ id, modified }) => `${modified},${id}\n`)
    .join('');

function serveFile(request: IncomingMessage, response: ServerResponse, file: MirroredFile | null): void {
  if (file === null) {
    response.writeHead(404, { 'content-type': 'text/xml' }).end('<Error><Code>NoSuchKey</Code></Error>');
    return;
  }
  const { bytes, etag } = file;
  const headers = { ...file.headers, etag, 'accept-ranges': 'bytes' };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  if (start === undefined || (request.headers['if-range'] ?? etag) !== etag) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    return;
  }
  const from = Number(start);
  if (from >= bytes.length) {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${bytes.length}`, 'content-length': 0 }).end();
    return;
  }
  const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
  response.writeHead(206, { ...headers, 'content-range': range, 'content-length': bytes.length - from });
  response.end(bytes.subarray(from));
}

/** The whole length is announced, and the connection cut after `count` bytes of the body. */
export const cutAfter =
  (count: number): Fault =>
  (_, response, file) => {
    response.writeHead(200, { etag: file?.etag ?? '', 'content-length': file?.bytes.length ?? count + 1 });
    response.write(file?.bytes.subarray(0, count) ?? Buffer.alloc(count), () => response.destroy());
  };

export const answers =
  (status: number, headers: Readonly<Record<string, string>> = {}, body: string | Buffer = ''): Fault =>
  (_, response) => {
    response.writeHead(status, { 'content-length': Buffer.byteLength(body), ...headers }).end(body);
  };

/** Headers, one byte, and then silence. */
export const stalls =
  (onStall: () => void): Fault =>
  (_, response) => {
    response.writeHead(200, { 'content-length': 1_000 });
    response.write('x', () => setImmediate(onStall));
  };

/** Without a length and without an end. */
export const neverEnds: Fault = (_, response) => {
  response.writeHead(200);
  const piece = Buffer.alloc(1 << 16, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
};

/** Ranges are ignored: the whole file every time. */
export const withoutRanges: Fault = (request, _, __, serve) => {
  delete request.headers.range;
  serve();
};
