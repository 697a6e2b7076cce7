/** Asks an OSV bucket, or a mirror of one: for its list of changes, single records and whole archives (osv-bucket.ts). */
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { downloadFile, type Downloaded } from '../platform/download.ts';
import { failureOf, HttpFailure } from '../platform/http-failure.ts';
import { HttpClient, readAll, type HttpSettings } from '../platform/http.ts';
import { LineTooLong, splitLines } from '../platform/lines.ts';
import { expectStatus, withRetries } from '../platform/retry.ts';
import { publicUrl } from '../platform/web-address.ts';
import type { ListReading } from './modified-list.ts';
import { archiveUrl, listUrl, recordUrl } from './osv-bucket.ts';

/** OSV's npm archive has 150 MB, its list 10 MB, its longest records 2 MB. */
const MAX_ARCHIVE_BYTES = 4 * 1024 ** 3;
const MAX_LIST_BYTES = 512 * 1024 ** 2;
const MAX_RECORD_BYTES = 32 * 1024 ** 2;
const MAX_LINE_BYTES = 1_024;
const HOUR_MS = 3_600_000;
const LIST_MS = 10 * 60_000;
const RECORD_MS = 60_000;

/** What the list of an ecosystem gave; `absent`: this source keeps none. */
export type ListAnswer =
  | { readonly type: 'read'; readonly reading: ListReading; readonly etag: string | null }
  | { readonly type: 'unchanged' }
  | { readonly type: 'absent' };

/** A single record as it was sent; `absent`: it was taken away between list and question. */
export type RecordAnswer = { readonly type: 'read'; readonly json: Buffer } | { readonly type: 'absent' | 'broken' };

/** @throws SYNC_REFUSED when the environment names a proxy that is none */
export function openHttp(settings: HttpSettings): HttpClient {
  try {
    return new HttpClient(settings);
  } catch (error) {
    throw new HoldfastError('SYNC_REFUSED', failureOf(error).message, {
      hint: 'Nothing was fetched. Correct the variable, or unset it where no proxy is needed.',
      cause: error,
    });
  }
}

export class OsvBucket {
  readonly #http: HttpClient;
  readonly #base: string;

  constructor(http: HttpClient, base: URL) {
    this.#http = http;
    this.#base = base.href.replace(/\/+$/, '');
  }

  /**
   * Reads the list from its top until `newReading` has enough.
   *
   * @param etag of the list that was read last; when it is still the same one, nothing is read
   * @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED
   */
  async readList(ecosystem: string, etag: string | null, newReading: () => ListReading): Promise<ListAnswer> {
    const url = new URL(listUrl(this.#base, ecosystem));
    return this.#exchange(url, async () => {
      const headers = etag === null ? {} : { 'if-none-match': etag };
      const answer = await this.#http.get({ url, headers, maxBytes: MAX_LIST_BYTES, totalMs: LIST_MS });
      if (answer.status === 404) {
        answer.discard();
        return { type: 'absent' };
      }
      expectStatus(answer, etag === null ? [200] : [200, 304]);
      if (answer.status === 304) {
        answer.discard();
        return { type: 'unchanged' };
      }
      try {
        const reading = newReading();
        await fill(reading, answer.body);
        return { type: 'read', reading, etag: answer.headers['etag'] ?? null };
      } finally {
        answer.discard();
      }
    });
  }

  /** @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED, FILE_UNWRITABLE */
  async fetchArchive(
    ecosystem: string,
    path: string,
    onProgress: (done: number, total: number | null) => void,
  ): Promise<Downloaded> {
    const url = new URL(archiveUrl(this.#base, ecosystem));
    return this.#exchange(url, () =>
      downloadFile(this.#http, { url, path, maxBytes: MAX_ARCHIVE_BYTES, totalMs: HOUR_MS, onProgress }),
    );
  }

  /** @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED */
  async fetchRecord(ecosystem: string, id: string): Promise<RecordAnswer> {
    const url = new URL(recordUrl(this.#base, ecosystem, id));
    return this.#exchange(url, async () => {
      const answer = await this.#http.get({ url, maxBytes: MAX_RECORD_BYTES, totalMs: RECORD_MS });
      if (answer.status === 404) {
        // Read rather than discarded: a few bytes, and the connection is kept.
        await readAll(answer.body);
        return { type: 'absent' };
      }
      expectStatus(answer, [200]);
      const json = await readAll(answer.body);
      const value = parseOrNull(json);
      if (value === null) return { type: 'broken' };
      if (!isObject(value) || value['id'] !== id)
        throw new HttpFailure('unusable', 'it is not the record that was asked for');
      return { type: 'read', json };
    });
  }

  async #exchange<T>(url: URL, attempt: () => Promise<T>): Promise<T> {
    try {
      return await withRetries(this.#http.timers, attempt);
    } catch (error) {
      if (error instanceof HoldfastError) throw error;
      throw syncError(url, failureOf(error));
    }
  }
}

async function fill(reading: ListReading, body: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const line of splitLines(body, MAX_LINE_BYTES)) {
      const step = reading.take(line);
      if (step === 'stop') return;
      if (step === 'malformed')
        throw new HttpFailure('unusable', `it is no list of records: ${JSON.stringify(line.slice(0, 40))}`);
    }
  } catch (error) {
    throw error instanceof LineTooLong
      ? new HttpFailure('unusable', 'it is no list of records: it has endless lines')
      : error;
  }
  if (reading.lines === 0) throw new HttpFailure('unusable', 'it lists nothing');
}

function parseOrNull(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return null;
  }
}

const KEPT = 'The index was not changed.';

/** The words of a failed exchange, with what to do about it. */
function syncError(url: URL, failure: HttpFailure): HoldfastError {
  const what = `${publicUrl(url)}: ${failure.message}`;
  switch (failure.kind) {
    case 'refused':
      return new HoldfastError('SYNC_REFUSED', what, {
        hint: `${KEPT} Data is taken by https only, or by http from this machine itself; name such an address.`,
        cause: failure,
      });
    case 'untrusted':
      return new HoldfastError('SYNC_UNREACHABLE', what, {
        hint: `${KEPT} Where a proxy of your own signs connections, name its certificate in NODE_EXTRA_CA_CERTS.`,
        cause: failure,
      });
    case 'unreachable':
    case 'status':
      return new HoldfastError('SYNC_UNREACHABLE', what, {
        hint: `${KEPT} Run it again later; check the address, HTTPS_PROXY and what the firewall lets out.`,
        cause: failure,
      });
    case 'too-large':
    case 'cut-off':
    case 'unusable':
      return new HoldfastError('SYNC_CORRUPT', what, {
        hint: `${KEPT} Run it again; if it stays so, the source or something on the way to it is broken.`,
        cause: failure,
      });
  }
}
