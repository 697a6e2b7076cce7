/**
 * The two daily feeds that are joined to advisories: CISA's KEV and FIRST's EPSS, from an address or from a file.
 * What a failure means for the index is sync-feeds.actions.ts.
 */
import { readFileSync, statSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { messageOf } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { failureOf } from '../platform/http-failure.ts';
import { readAll, type HttpClient } from '../platform/http.ts';
import { expectStatus, withRetries } from '../platform/retry.ts';
import { readEpssTable, type EpssTable } from './epss.ts';
import { readKev } from './kev.ts';

/** KEV has 1.5 MB, EPSS 2.5 MB and ten when unpacked. */
const MAX_FEED_BYTES = 64 * 1024 ** 2;
const MAX_UNPACKED_BYTES = 256 * 1024 ** 2;
const FEED_MS = 5 * 60_000;

export type FeedSource = { readonly type: 'url'; readonly url: URL } | { readonly type: 'file'; readonly path: string };

/** The bytes of a feed, or why there are none. */
export async function fetchFeed(http: HttpClient, source: FeedSource): Promise<Result<Buffer, string>> {
  if (source.type === 'file') return readFeedFile(source.path);
  const { url } = source;
  try {
    return ok(
      await withRetries(http.timers, async () => {
        const answer = await http.get({ url, maxBytes: MAX_FEED_BYTES, totalMs: FEED_MS });
        return readAll(expectStatus(answer, [200]).body);
      }),
    );
  } catch (error) {
    return no(failureOf(error).message);
  }
}

function readFeedFile(path: string): Result<Buffer, string> {
  try {
    if (statSync(path).size > MAX_FEED_BYTES) return no('the file is larger than 64 MB');
    return ok(readFileSync(path));
  } catch (error) {
    return no(messageOf(error));
  }
}

export function parseKev(bytes: Buffer): Result<readonly string[], string> {
  try {
    return readKev(JSON.parse(bytes.toString('utf8')));
  } catch {
    return no('it is no JSON');
  }
}

export function parseEpss(bytes: Buffer): Result<EpssTable, string> {
  const gzipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  try {
    const text = gzipped ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }) : bytes;
    return readEpssTable(text.toString('utf8'));
  } catch (error) {
    return no(`it cannot be unpacked: ${messageOf(error)}`);
  }
}
