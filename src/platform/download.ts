/**
 * Downloading one large file so that an interruption costs only what was not yet on disk.
 *
 * Bytes go to `PATH.part`, with a note beside it (`PATH.part.json`) of which version of the file they belong to. The next
 * try, in this process or a later one, asks for the rest of that same version (RFC 9110 §13.1.5, If-Range) and starts over when
 * the server has another one or cannot serve parts. A file takes its name once its length, and its MD5 where the server sends one,
 * are right. The hash finds damage on the way, not forgery: whoever can change the file can change the header.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { sha256 } from '../lib/hash.ts';
import { isObject, stringOr } from '../lib/json.ts';
import { HttpFailure } from './http-failure.ts';
import type { HttpAnswer, HttpClient } from './http.ts';
import { replaceFile, unwritable } from './replace-file.ts';
import { expectStatus, withRetries } from './retry.ts';

export interface DownloadRequest {
  readonly url: URL;
  readonly path: string;
  readonly maxBytes: number;
  readonly totalMs: number;
  readonly onProgress: (done: number, total: number | null) => void;
}

export interface Downloaded {
  readonly bytes: number;
  /** Bytes that lay here already and were not fetched again. */
  readonly resumedFrom: number;
}

/** Which version of a file the bytes in a part belong to. No address: it may hold a password. */
interface Note {
  readonly urlSha256: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly md5: string | null;
}

const notePath = (path: string): string => `${path}.part.json`;
const partPath = (path: string): string => `${path}.part`;

/** Removes the file and whatever was left of an unfinished download of it. */
export function removeDownload(path: string): void {
  for (const each of [path, partPath(path), notePath(path)]) rmSync(each, { force: true });
}

/** @throws HttpFailure, FILE_UNWRITABLE. After a wrong hash or length nothing is kept. */
export async function downloadFile(http: HttpClient, request: DownloadRequest): Promise<Downloaded> {
  const { path } = request;
  // A file that was complete when an earlier run ended is asked for again: a 416 says that nothing has to be fetched.
  if (existsSync(path) && !existsSync(partPath(path))) renameSync(path, partPath(path));
  const resumedFrom = await withRetries(http.timers, () => fetchPart(http, request));
  const note = readNote(request);
  const md5 = note?.md5 ?? null;
  if (md5 !== null && md5Of(partPath(path)) !== md5) {
    removeDownload(path);
    throw new HttpFailure('unusable', 'it has another MD5 than its server states');
  }
  renameSync(partPath(path), path);
  return { bytes: statSync(path).size, resumedFrom };
}

/** Fetches what is missing; gives the bytes that were there before. */
async function fetchPart(http: HttpClient, request: DownloadRequest): Promise<number> {
  const { path, url, maxBytes, totalMs } = request;
  const note = readNote(request);
  const validator = note === null ? null : validatorOf(note);
  const have = validator === null ? 0 : sizeOf(partPath(path));
  const headers = have > 0 && validator !== null ? { range: `bytes=${have}-`, 'if-range': validator } : {};
  const answer = expectStatus(await http.get({ url, headers, maxBytes, totalMs }), [200, 206, 416]);
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(answer.headers['content-range'] ?? '');
  const total = range?.[2] === undefined ? null : Number(range[2]);
  const sameVersion = have > 0 && (answer.headers['etag'] ?? note?.etag) === (note?.etag ?? undefined);
  if (answer.status === 416 && sameVersion && total === have) {
    answer.discard();
    return have;
  }
  if (answer.status === 206 && sameVersion && Number(range?.[1]) === have && total !== null && total <= maxBytes) {
    await writeBody(answer, request, have, total);
    return have;
  }
  if (answer.status !== 200) {
    // It speaks of another version, or of other bytes than were asked for: once more, from the beginning.
    answer.discard();
    removeDownload(path);
    throw new HttpFailure('cut-off', `it answered with status ${answer.status} to a question for the rest of the file`);
  }
  // In this order: at no moment may the note of one version lie beside bytes of another.
  removePart(path);
  writeNote(request, answer);
  await writeBody(answer, request, 0, answer.length);
  return 0;
}

async function writeBody(
  answer: HttpAnswer,
  { path, maxBytes, onProgress }: DownloadRequest,
  from: number,
  total: number | null,
): Promise<void> {
  const file = open(path, from === 0 ? 'w' : 'r+');
  let at = from;
  try {
    for await (const chunk of answer.body) {
      if (at + chunk.length > maxBytes) throw new HttpFailure('too-large', `it has more than ${maxBytes} bytes`);
      writeAll(path, file, chunk, at);
      at += chunk.length;
      onProgress(at, total);
    }
  } finally {
    closeSync(file);
    answer.discard();
  }
  if (total !== null && at !== total) throw new HttpFailure('cut-off', `it ended after ${at} of ${total} bytes`);
}

function removePart(path: string): void {
  try {
    rmSync(partPath(path), { force: true });
  } catch (cause) {
    throw unwritable(partPath(path), cause);
  }
}

function open(path: string, flags: string): number {
  try {
    return openSync(partPath(path), flags, 0o644);
  } catch (cause) {
    throw unwritable(partPath(path), cause);
  }
}

function writeAll(path: string, file: number, chunk: Buffer, at: number): void {
  try {
    for (let written = 0; written < chunk.length; )
      written += writeSync(file, chunk, written, chunk.length - written, at + written);
  } catch (cause) {
    // On a full disk the part is what fills it.
    removeDownload(path);
    throw unwritable(partPath(path), cause);
  }
}

/** `null` when there is none, or it is about another address: then nothing here can be continued. */
function readNote({ path, url }: DownloadRequest): Note | null {
  let note: unknown;
  try {
    note = JSON.parse(readFileSync(notePath(path), 'utf8'));
  } catch {
    return null;
  }
  if (!isObject(note) || note['urlSha256'] !== sha256(url.href)) return null;
  return {
    urlSha256: sha256(url.href),
    etag: stringOr(note['etag'], null),
    lastModified: stringOr(note['lastModified'], null),
    md5: stringOr(note['md5'], null),
  };
}

function writeNote({ path, url }: DownloadRequest, { headers }: HttpAnswer): void {
  const note: Note = {
    urlSha256: sha256(url.href),
    etag: headers['etag'] || null,
    lastModified: headers['last-modified'] || null,
    md5: statedMd5(headers),
  };
  replaceFile(notePath(path), [Buffer.from(`${JSON.stringify(note)}\n`)]);
}

/** Only a strong validator promises the same bytes (RFC 9110 §13.1.5). */
function validatorOf({ etag, lastModified }: Note): string | null {
  if (etag !== null) return etag.startsWith('W/') ? null : etag;
  return lastModified;
}

/** Google Cloud Storage's `x-goog-hash: crc32c=…,md5=…`; objects put together of parts have no MD5. */
function statedMd5(headers: HttpAnswer['headers']): string | null {
  const [, md5] = /(?:^|[,\s])md5=([A-Za-z0-9+/]{22}==)/.exec(headers['x-goog-hash'] ?? '') ?? [];
  return md5 ?? null;
}

function md5Of(path: string): string {
  const hash = createHash('md5');
  const file = openSync(path, 'r');
  try {
    const window = Buffer.allocUnsafe(1 << 20);
    for (let read = readSync(file, window); read > 0; read = readSync(file, window))
      hash.update(window.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('base64');
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
