/**
 * Asking other machines, with the rules that Holdfast holds for all of them.
 *
 * https only; `http:` to this machine itself only. Certificates are always verified, a redirect never leads to a weaker scheme,
 * credentials stay with the host they were given for and appear in no message. Every wait, every body and the whole exchange have
 * limits; timers are an argument. `node:https` and never `fetch`: answers are asked for uncompressed, and a compressed
 * one is refused, so that no decoder of the runtime meets hostile bytes. Trying again is retry.ts, files are download.ts.
 */
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { HttpFailure, failureOf } from './http-failure.ts';
import { isLoopback, publicUrl } from './web-address.ts';

/** Waiting, as an argument: a test that lets a minute pass takes none. */
export interface Timers {
  /** Calls `run` once after `ms`; the answer is how to call it off. */
  readonly after: (ms: number, run: () => void) => () => void;
}

export const processTimers: Timers = {
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface HttpSettings {
  /** HTTPS_PROXY and NO_PROXY are read from here, in either case of letters. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timers: Timers;
  readonly userAgent: string;
}

export interface HttpRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A longer body is an error, also when it never says how long it is. */
  readonly maxBytes: number;
  /** For the whole exchange, redirects and body included. */
  readonly totalMs: number;
}

/** With a body, sent once as it is. */
export interface HttpPost extends HttpRequest {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** The body must be read to its end or discarded: until then it holds its connection. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Bytes of the body as its server announced them. */
  readonly length: number | null;
  readonly body: AsyncIterable<Buffer>;
  readonly discard: () => void;
}

const CONNECT_MS = 15_000;
/** Between two pieces of an answer. */
const IDLE_MS = 30_000;
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** As many connections to one host as browsers and package managers keep. */
export const MOST_CONNECTIONS = 16;
/** Headers are small; Node's own limit, stated so that a larger default elsewhere changes nothing. */
const MAX_HEADER_BYTES = 16_384;

/** Keeps connections open until `close`. */
export class HttpClient {
  readonly timers: Timers;
  readonly #userAgent: string;
  readonly #plain: PlainAgent;
  readonly #secure: SecureAgent;

  constructor({ env, timers, userAgent }: HttpSettings) {
    this.timers = timers;
    this.#userAgent = userAgent;
    const keep = { keepAlive: true, maxSockets: MOST_CONNECTIONS };
    // `http:` reaches this machine only, so it never goes through a proxy. An empty object, because without one Node may take
    // the environment's by itself.
    this.#plain = new PlainAgent({ ...keep, proxyEnv: {} });
    this.#secure = new SecureAgent({ ...keep, proxyEnv: proxySettings(env) });
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  /**
   * One GET, redirects followed; any status is an answer.
   *
   * @throws HttpFailure
   */
  async get(request: HttpRequest): Promise<HttpAnswer> {
    const guard = new Guard(this.timers, request.totalMs);
    try {
      let url = request.url;
      for (let hops = 0; ; hops++) {
        checkScheme(url);
        const response = await this.#ask(url, request, guard);
        const next = redirectOf(response, url);
        if (next === null) return answerOf(response, request.maxBytes, guard);
        response.destroy();
        if (hops === MAX_REDIRECTS) throw new HttpFailure('refused', `more than ${MAX_REDIRECTS} redirects`);
        url = next;
      }
    } catch (error) {
      guard.end();
      throw failureOf(error);
    }
  }

  /**
   * One POST. A redirect is an answer like any other: what was meant for one address, and its credentials, go to no second one.
   *
   * @throws HttpFailure
   */
  async post(request: HttpPost): Promise<HttpAnswer> {
    const guard = new Guard(this.timers, request.totalMs);
    try {
      checkScheme(request.url);
      const { body, contentType } = request;
      const headers = { ...request.headers, 'content-type': contentType, 'content-length': String(body.length) };
      const response = await this.#ask(request.url, { headers }, guard, body);
      return answerOf(response, request.maxBytes, guard);
    } catch (error) {
      guard.end();
      throw failureOf(error);
    }
  }

  #ask(
    url: URL,
    { headers }: Pick<HttpRequest, 'headers'>,
    guard: Guard,
    body: Uint8Array | null = null,
  ): Promise<IncomingMessage> {
    const secure = url.protocol === 'https:';
    const options = {
      method: body === null ? 'GET' : 'POST',
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: `${url.pathname}${url.search}`,
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        'user-agent': this.#userAgent,
        ...headers,
      },
      ...(url.username === '' ? {} : { auth: credentials(url) }),
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    return new Promise((resolve, reject) => {
      const asked = secure
        ? secureRequest({ ...options, agent: this.#secure, rejectUnauthorized: true })
        : plainRequest({ ...options, agent: this.#plain });
      guard.watch(asked);
      asked.on('socket', (socket) => {
        if (asked.reusedSocket || !socket.connecting) guard.wait(IDLE_MS);
        else socket.once(secure ? 'secureConnect' : 'connect', () => guard.wait(IDLE_MS));
      });
      asked.on('response', (response) => {
        // A body that is discarded half-way ends in an error that nobody waits for.
        response.on('error', () => undefined);
        guard.pause();
        resolve(response);
      });
      asked.on('error', reject);
      guard.wait(CONNECT_MS);
      if (body === null) asked.end();
      else asked.end(body);
    });
  }
}

const credentials = (url: URL): string => `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;

/**
 * @throws HttpFailure for an address that is none: Node passes over such a proxy in silence and goes past it. What the variable holds is
 * not repeated, it may be a password.
 */
function proxySettings(env: HttpSettings['env']): Record<string, string> {
  const names = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
  const set = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  for (const name of names.slice(0, 2)) {
    const proxy = set[name] === undefined ? null : URL.parse(set[name]);
    if (set[name] !== undefined && proxy?.protocol !== 'http:' && proxy?.protocol !== 'https:')
      throw new HttpFailure('refused', `${name} holds no address of a proxy; one looks like http://proxy.example:3128`);
  }
  return set;
}

function checkScheme(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return;
  throw new HttpFailure(
    'refused',
    url.protocol === 'http:'
      ? `${publicUrl(url)} is not encrypted`
      : `${publicUrl(url)} is neither https nor on this machine`,
  );
}

/** Where an answer sends us; credentials go along only to the same host by the same scheme. */
function redirectOf(response: IncomingMessage, from: URL): URL | null {
  const { location } = response.headers;
  if (location === undefined || !REDIRECTS.includes(response.statusCode ?? 0)) return null;
  const next = URL.parse(location, from);
  if (next === null) throw new HttpFailure('refused', `${publicUrl(from)} redirects to an address that is none`);
  if (from.protocol === 'https:' && next.protocol !== 'https:')
    throw new HttpFailure('refused', `${publicUrl(from)} redirects to ${publicUrl(next)}, away from https`);
  const same = next.host === from.host && next.protocol === from.protocol;
  next.username = same ? from.username : '';
  next.password = same ? from.password : '';
  return next;
}

function answerOf(response: IncomingMessage, maxBytes: number, guard: Guard): HttpAnswer {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  const announced = response.headers['content-length'];
  const length = announced === undefined ? null : Number(announced);
  const discard = (): void => {
    guard.end();
    response.destroy();
  };
  if (encoding !== 'identity' || (length !== null && !(length <= maxBytes))) {
    discard();
    throw encoding === 'identity'
      ? new HttpFailure('too-large', `it has ${announced} bytes; at most ${maxBytes} are read`)
      : new HttpFailure('unusable', 'it came compressed, although it was asked for as it is');
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  const body = readBody(response, maxBytes, length, guard);
  return { status: response.statusCode ?? 0, headers, length, body, discard };
}

async function* readBody(
  response: IncomingMessage,
  maxBytes: number,
  length: number | null,
  guard: Guard,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  const pieces = (response as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only waiting for the other side is measured; how long the reader takes is its own affair.
      guard.wait(IDLE_MS);
      const piece = await pieces.next();
      guard.pause();
      if (piece.done === true) break;
      bytes += piece.value.length;
      if (bytes > maxBytes) throw new HttpFailure('too-large', `it has more than ${maxBytes} bytes`);
      yield piece.value;
    }
    if (!response.complete || (length !== null && bytes !== length))
      throw new HttpFailure('cut-off', `it ended after ${bytes} of ${length ?? 'unknown'} bytes`);
  } catch (error) {
    throw failureOf(error);
  } finally {
    guard.end();
    if (!response.complete) response.destroy();
  }
}

/** A whole body; how long it may be, the request said. */
export async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Ends an exchange that waits too long, for its next byte or altogether. */
class Guard {
  readonly #timers: Timers;
  readonly #callOffTotal: () => void;
  #callOffWait: () => void = () => undefined;
  #asked: ClientRequest | null = null;

  constructor(timers: Timers, totalMs: number) {
    this.#timers = timers;
    this.#callOffTotal = timers.after(totalMs, () => this.#giveUp(`it was not complete after ${totalMs / 1_000} s`));
  }

  watch(asked: ClientRequest): void {
    this.#asked = asked;
  }

  wait(ms: number): void {
    this.pause();
    this.#callOffWait = this.#timers.after(ms, () => this.#giveUp(`nothing came for ${ms / 1_000} s`));
  }

  pause(): void {
    this.#callOffWait();
  }

  end(): void {
    this.pause();
    this.#callOffTotal();
  }

  #giveUp(why: string): void {
    this.#asked?.destroy(new HttpFailure('unreachable', why));
  }
}
