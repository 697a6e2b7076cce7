/** How an exchange with another machine fails, in few kinds, and in words that never repeat an address with its password. */
import { isObject, stringOr } from '../lib/json.ts';

/**
 * `refused`: we did not ask, or did not follow. `unreachable`: no usable connection, or no answer in time. `untrusted`: its
 * certificate does not hold. `status`: it answered, but not with the thing. `too-large`, `cut-off` and `unusable` are about
 * the body.
 */
export type FailureKind = 'refused' | 'unreachable' | 'untrusted' | 'status' | 'too-large' | 'cut-off' | 'unusable';

export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly kind: FailureKind;
  /** True where the same question may well be answered a moment later. */
  readonly passing: boolean;
  /** What the server asked for with `Retry-After`; `null` when it did not. */
  readonly retryAfterMs: number | null;
  /** Of `kind: 'status'`. */
  readonly status: number | null;

  constructor(
    kind: FailureKind,
    message: string,
    more: {
      readonly passing?: boolean;
      readonly retryAfterMs?: number | null;
      readonly status?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.kind = kind;
    this.passing = more.passing ?? kind === 'cut-off';
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.status = more.status ?? null;
  }
}

/** Failures of a connection that worked a moment ago; all others (no such host, refused, untrusted) stay as they are. */
const PASSING_CODES = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'];

const WORDS: Readonly<Record<string, string>> = {
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ECONNABORTED: 'the connection was cut',
  ERR_STREAM_PREMATURE_CLOSE: 'the connection was cut',
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'its name could not be looked up',
  ETIMEDOUT: 'it did not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
};

/** OpenSSL's verification results and Node's host name check, https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
const UNTRUSTED = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH/;

/** Our own words for what Node throws: some of its messages repeat the address of a proxy, password and all. */
export function failureOf(thrown: unknown): HttpFailure {
  if (thrown instanceof HttpFailure) return thrown;
  const code = isObject(thrown) ? stringOr(thrown['code'], '') : '';
  if (UNTRUSTED.test(code))
    return new HttpFailure('untrusted', `its certificate is not trusted (${code})`, { cause: thrown });
  if (code.startsWith('HPE_'))
    return new HttpFailure('unusable', `it does not speak HTTP as it should (${code})`, { cause: thrown });
  if (code.startsWith('ERR_PROXY'))
    return new HttpFailure('unreachable', `the proxy did not let us through (${code})`, { cause: thrown });
  if (code === '') throw thrown;
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : 'the connection failed';
  return new HttpFailure('unreachable', `${words} (${code})`, { passing: PASSING_CODES.includes(code), cause: thrown });
}
