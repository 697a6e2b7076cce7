/**
 * Sends a report to a Holdfast service. What is in it is report.ts, what comes back report-answer.ts.
 *
 * The token comes from the environment or a file, never from the command line, where every user of the machine can read it. It goes to
 * the address that was named and to no other.
 */
import { resolve } from 'node:path';
import { fromUtf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import { printable, shorten } from '../lib/text.ts';
import { failureOf, HttpFailure } from '../platform/http-failure.ts';
import { HttpClient, readAll, type HttpAnswer, type HttpSettings } from '../platform/http.ts';
import { readLimited } from '../platform/read-limited.ts';
import { expectStatus, withRetries } from '../platform/retry.ts';
import { isLoopback, publicUrl } from '../platform/web-address.ts';
import { readAnswer, type ReportedAnswer } from './report-answer.ts';

const REPORTS = 'api/v1/reports';
const TOTAL_MS = 60_000;
/** An answer names each control with a sentence. */
const MOST_ANSWER_BYTES = 1_024 * 1_024;
const MOST_TOKEN_BYTES = 4_096;

/** @returns where reports of the service go. @throws USAGE */
export function reportAddress(text: string): URL {
  const url = URL.parse(text);
  const bare = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url === null || !bare || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw unusable(
      'is not the address of a service',
      'Give one like https://security.example, without user and query.',
    );
  if (url.protocol === 'http:' && !isLoopback(url))
    throw unusable('is not encrypted', 'Give the https:// address of the service; http:// is for this machine alone.');
  return new URL(REPORTS, url.href.endsWith('/') ? url.href : `${url.href}/`);
}

/** What was typed is not repeated: a password may stand in it. */
const unusable = (what: string, hint: string): HoldfastError =>
  new HoldfastError('USAGE', `--report-to ${what}`, { hint });

/** @param file `--token-file`; absent: HOLDFAST_TOKEN. @throws USAGE */
export function readToken(env: HttpSettings['env'], cwd: string, file: string | undefined): string {
  const text = file === undefined ? (env['HOLDFAST_TOKEN'] ?? '') : tokenIn(resolve(cwd, file));
  const token = text.trim();
  const from = file === undefined ? 'HOLDFAST_TOKEN' : '--token-file';
  if (token === '')
    throw new HoldfastError('USAGE', '--report-to needs a token of the service', {
      hint: 'Make one with the scope policy.report at /tokens of the service, and put it into HOLDFAST_TOKEN or a file for --token-file.',
    });
  // RFC 6750 §2.1, b64token; with what else tokens of ours may hold.
  if (!/^[A-Za-z0-9\-._~+/]{8,512}=*$/.test(token))
    throw new HoldfastError('USAGE', `${from} holds no token`, { hint: 'Copy it whole from /tokens of the service.' });
  return token;
}

function tokenIn(path: string): string {
  const bytes = readLimited(path, MOST_TOKEN_BYTES);
  if (bytes instanceof Uint8Array) return fromUtf8(bytes) ?? '';
  throw new HoldfastError('USAGE', `the file of --token-file ${bytes.why}`, {
    hint: 'Name a small file with the token in it.',
  });
}

export interface ReportDelivery {
  readonly url: URL;
  readonly token: string;
  /** The RFC 8785 JSON of the report, and its digest. */
  readonly body: Uint8Array;
  readonly digest: string;
}

/** Sends it, again where a failure passes. @throws REPORT_REFUSED, REPORT_UNDELIVERED */
export async function sendReport(delivery: ReportDelivery, settings: HttpSettings): Promise<ReportedAnswer> {
  let http: HttpClient | null = null;
  try {
    http = new HttpClient(settings);
    const client = http;
    return await withRetries(settings.timers, () => sendOnce(client, delivery));
  } catch (error) {
    if (error instanceof HoldfastError) throw error;
    throw undelivered(delivery.url, failureOf(error));
  } finally {
    http?.close();
  }
}

async function sendOnce(http: HttpClient, { url, token, body, digest }: ReportDelivery): Promise<ReportedAnswer> {
  const answer = await http.post({
    url,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    contentType: 'application/json',
    body,
    maxBytes: MOST_ANSWER_BYTES,
    totalMs: TOTAL_MS,
  });
  if (REFUSALS.includes(answer.status)) throw await refused(answer, url);
  const text = (await readAll(expectStatus(answer, [200, 201]).body)).toString();
  const read = readAnswer(text);
  if (read === null || read.digest !== digest)
    throw new HttpFailure('unusable', 'what it answered is not about this report');
  return read;
}

/** The service understood who asks and what, and says no; trying again changes nothing. */
const REFUSALS = [400, 401, 403, 409, 413, 415, 422];

/** In the words of the service: RFC 9457, `detail` of each fault. What is no such answer is quoted by its status alone. */
async function refused(answer: HttpAnswer, url: URL): Promise<HoldfastError> {
  const { status } = answer;
  const said = jsonIn((await readAll(answer.body)).toString());
  const title = shorten(printable(stringOr(said['title'], `status ${status}`)), 200);
  const faults = arrayOr(said['errors']).flatMap((fault) =>
    isObject(fault) ? [`${stringOr(fault['at'], '')}: ${stringOr(fault['message'], '')}`] : [],
  );
  const words = [title, ...faults.slice(0, 5).map((fault) => shorten(printable(fault), 200))].join('; ');
  return new HoldfastError('REPORT_REFUSED', `${publicUrl(url)} did not take the report: ${words}`, {
    hint: `${shorten(printable(stringOr(said['hint'], 'Look at the log of the service.')), 300)} The verdicts above hold.`,
  });
}

function jsonIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const undelivered = (url: URL, failure: HttpFailure): HoldfastError =>
  new HoldfastError('REPORT_UNDELIVERED', `the report did not reach ${publicUrl(url)}: ${failure.message}`, {
    hint: 'The verdicts above hold, and the service does not know them. Check the address, then run the same command again: it is stored once at most.',
    cause: failure,
  });
