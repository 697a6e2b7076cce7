/**
 * Listening for HTTP, with limits on everything that a client can spend: headers, bodies (by route), time, connections.
 *
 * Where others reach us we speak TLS or stand behind a proxy that does (service-settings.ts). What is answered is web/application.tsx.
 */
import { createServer as createPlain, type Server, type ServerOptions } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { getRequestListener } from '@hono/node-server';
import { HoldfastError, messageOf } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import type { Millis } from '../lib/time.ts';
import { readTlsFiles } from './tls-files.ts';
import type { ServiceSettings } from './service-settings.ts';

/** What a handler gets to know of the connection. */
export interface Peer {
  /** `null` when the connection is gone already. */
  readonly address: string | null;
}

export interface HttpServer {
  /** The port that it got. */
  readonly port: number;
  /** Takes no new connection, lets running answers end for `graceMs`, then cuts them off. */
  readonly close: (graceMs: Millis) => Promise<void>;
}

export type Fetch = (request: Request, peer: Peer) => Response | Promise<Response>;

/**
 * What one client may hold. A page and its form take less than a second; uploads are bounded by their route. The defaults of Node
 * (60 s for headers, 300 s for a request, no limit on connections) are made for programs that nobody attacks.
 */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16_384,
} satisfies ServerOptions;
/** More wait in the queue of the kernel. */
const MOST_CONNECTIONS = 2_000;
const MOST_HEADERS = 100;

/** @throws LISTENER_UNAVAILABLE, FILE_UNREADABLE, KEY_EXPOSED */
export async function listen(settings: ServiceSettings, fetch: Fetch): Promise<HttpServer> {
  const servers: Server[] = [];
  let { port } = settings;
  try {
    for (const host of settings.hosts) {
      const server = serverOf(settings, fetch);
      if (!(await bind(server, host, port))) continue;
      servers.push(server);
      // The second address of this machine gets the port that the first one found.
      port = portOf(server);
    }
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
  if (servers.length === 0)
    throw new HoldfastError(
      'LISTENER_UNAVAILABLE',
      `this machine has none of the addresses ${settings.hosts.join(', ')}`,
      {
        hint: 'Set HOLDFAST_HOST to an address that `ip address` shows.',
      },
    );
  return { port, close: (graceMs) => closeAll(servers, graceMs) };
}

function serverOf({ tls }: ServiceSettings, fetch: Fetch): Server {
  const listener = getRequestListener(
    (request, { incoming }) => fetch(request, { address: plainAddress(incoming.socket.remoteAddress ?? null) }),
    // Our own `Request` and `Response` stay those of Node: the rest of the program uses them too.
    { overrideGlobalObjects: false },
  );
  const server =
    tls === null
      ? createPlain(LIMITS, listener)
      : createSecure({ ...LIMITS, ...readTlsFiles(tls), minVersion: 'TLSv1.2' }, listener);
  server.maxConnections = MOST_CONNECTIONS;
  server.maxHeadersCount = MOST_HEADERS;
  return server;
}

/** IPv4 in an IPv6 socket is the same client (RFC 4291 §2.5.5.2). */
const plainAddress = (address: string | null): string | null => address?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null;

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a server that listens on a port has one');
  return address.port;
}

/** `false` where this machine has no such address: without IPv6 the other loopback address serves alone. */
async function bind(server: Server, host: string, port: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  server.once('error', (error) => {
    const code = isObject(error) ? error['code'] : null;
    if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') resolve(false);
    else reject(unavailable(host, port, code, error));
  });
  server.listen({ host, port, ipv6Only: true }, () => resolve(true));
  return promise;
}

function unavailable(host: string, port: number, code: unknown, cause: unknown): HoldfastError {
  if (code === 'EADDRINUSE')
    return new HoldfastError('LISTENER_UNAVAILABLE', `port ${port} of ${host} is taken by another program`, {
      hint: 'Stop that program, or set HOLDFAST_PORT to another port.',
      cause,
    });
  if (code === 'EACCES')
    return new HoldfastError('LISTENER_UNAVAILABLE', `this user may not listen on port ${port}`, {
      hint: 'Set HOLDFAST_PORT to a port above 1023, and let a proxy have the low one.',
      cause,
    });
  return new HoldfastError('LISTENER_UNAVAILABLE', `cannot listen on port ${port} of ${host}: ${messageOf(cause)}`, {
    hint: 'Set HOLDFAST_HOST and HOLDFAST_PORT to an address and a port of this machine.',
    cause,
  });
}

async function closeAll(servers: readonly Server[], graceMs: Millis): Promise<void> {
  const cut = setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, graceMs);
  await Promise.all(
    servers.map((server) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      // An error means that it listens no more, which is what is wanted.
      server.close(() => resolve());
      server.closeIdleConnections();
      return promise;
    }),
  );
  clearTimeout(cut);
}
