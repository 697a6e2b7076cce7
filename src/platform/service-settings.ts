/**
 * Where the service listens and how people reach it, read from the environment once.
 *
 *     HOLDFAST_PORT           8710
 *     HOLDFAST_HOST           the address to listen on; default: this machine alone, 127.0.0.1 and ::1
 *     HOLDFAST_URL            the address that people type; default: http://localhost:PORT
 *     HOLDFAST_TLS_CERT_FILE  PEM files: the service speaks TLS itself
 *     HOLDFAST_TLS_KEY_FILE
 *     HOLDFAST_TLS_PROXY      addresses or networks of the proxies that speak TLS in its place: `127.0.0.1,10.0.0.0/8`
 *
 * Nothing is ever served to others in the clear: a listener that others reach needs TLS of its own or a declared proxy, and only a
 * declared proxy is believed what it says about the client. Listening is http-server.ts.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { HoldfastError } from '../lib/errors.ts';
import { isLoopback } from './web-address.ts';

export interface ServiceSettings {
  /** More than one only for this machine alone. */
  readonly hosts: readonly string[];
  /** 0: any that is free. */
  readonly port: number;
  /** `null`: `http://localhost` and the port that it got. */
  readonly url: URL | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  /** `null`: no proxy is declared, so none is believed. */
  readonly proxy: TrustedProxies | null;
}

export interface TrustedProxies {
  readonly trusts: (address: string) => boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** In no registry of IANA's; decided in the contract of the product. */
const DEFAULT_PORT = 8710;
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** @throws SETTING_INVALID, LISTENER_CLEARTEXT */
export function readServiceSettings(env: Environment): ServiceSettings {
  const host = valueOf(env, 'HOLDFAST_HOST');
  if (host !== null && isIP(host) === 0)
    throw invalid('HOLDFAST_HOST', 'is no IP address', 'Give the address of one interface, e.g. 127.0.0.1 or 0.0.0.0.');
  const port = readPort(env);
  const tls = readTls(env);
  const proxy = readProxies(env);
  const url = readUrl(env, tls !== null || proxy !== null);
  if (host !== null && !isLoopbackAddress(host) && tls === null && proxy === null)
    throw new HoldfastError(
      'LISTENER_CLEARTEXT',
      `${host} is reached by other machines, and nothing speaks TLS there`,
      {
        hint:
          'Set HOLDFAST_TLS_CERT_FILE and HOLDFAST_TLS_KEY_FILE, or name the proxy that speaks TLS with HOLDFAST_TLS_PROXY, or ' +
          'leave HOLDFAST_HOST out: then only this machine reaches it.',
      },
    );
  if (url === null && (tls !== null || proxy !== null))
    throw new HoldfastError('SETTING_INVALID', 'HOLDFAST_URL is not set, and TLS is', {
      hint: 'Set HOLDFAST_URL to the address that people type, e.g. https://holdfast.example. Passkeys are bound to its name.',
    });
  return { hosts: host === null ? LOOPBACK : [host], port, url, tls, proxy };
}

function readPort(env: Environment): number {
  const text = valueOf(env, 'HOLDFAST_PORT');
  if (text === null) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw invalid('HOLDFAST_PORT', 'is no port', 'Give a number from 1 to 65535.');
  return port;
}

function readTls(env: Environment): ServiceSettings['tls'] {
  const certFile = valueOf(env, 'HOLDFAST_TLS_CERT_FILE');
  const keyFile = valueOf(env, 'HOLDFAST_TLS_KEY_FILE');
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile === null && keyFile === null) return null;
  throw invalid(
    certFile === null ? 'HOLDFAST_TLS_CERT_FILE' : 'HOLDFAST_TLS_KEY_FILE',
    'is missing beside the other one',
    'Set both, to PEM files.',
  );
}

function readProxies(env: Environment): TrustedProxies | null {
  const text = valueOf(env, 'HOLDFAST_TLS_PROXY');
  if (text === null) return null;
  const trusted = new BlockList();
  for (const part of text.split(',').map((each) => each.trim())) addNetwork(trusted, part);
  return { trusts: (address) => isIP(address) !== 0 && trusted.check(address, isIPv4(address) ? 'ipv4' : 'ipv6') };
}

function addNetwork(list: BlockList, text: string): void {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : null;
  const most = family === 'ipv4' ? 32 : 128;
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  // A network of everything would believe every client, which is what the setting is there to prevent.
  if (family === null || rest.length > 0 || !(prefix >= 1 && prefix <= most))
    throw invalid(
      'HOLDFAST_TLS_PROXY',
      'holds something that is neither an address nor a network',
      'Give addresses or networks of the proxies, e.g. 127.0.0.1,10.0.0.0/8.',
    );
  list.addSubnet(address, prefix, family);
}

function readUrl(env: Environment, hasTls: boolean): URL | null {
  const text = valueOf(env, 'HOLDFAST_URL');
  if (text === null) return null;
  const url = URL.parse(text);
  const isOrigin = url !== null && url.href === `${url.origin}/`;
  if (url === null || !isOrigin || !['http:', 'https:'].includes(url.protocol))
    throw invalid(
      'HOLDFAST_URL',
      'is not the address of a service on the web',
      'Give its scheme, name and port without a path, e.g. https://holdfast.example.',
    );
  if (url.protocol === 'http:' && !isLoopback(url))
    throw new HoldfastError(
      'LISTENER_CLEARTEXT',
      'HOLDFAST_URL begins with http:, so people would sign in unencrypted',
      {
        hint: 'Use https:. Passkeys work over http: on localhost alone.',
      },
    );
  if (url.protocol === 'https:' && !hasTls)
    throw new HoldfastError(
      'LISTENER_CLEARTEXT',
      'HOLDFAST_URL begins with https:, and nothing that speaks TLS is named',
      {
        hint:
          'Name the proxy in front of the service with HOLDFAST_TLS_PROXY (127.0.0.1 where it runs on this machine), or set ' +
          'HOLDFAST_TLS_CERT_FILE and HOLDFAST_TLS_KEY_FILE.',
      },
    );
  return url;
}

/** A setting that is there and empty is a mistake, never a default. */
function valueOf(env: Environment, name: string): string | null {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === '') throw invalid(name, 'is set, but empty', 'Give it a value, or remove it.');
  return value ?? null;
}

const invalid = (name: string, why: string, hint: string): HoldfastError =>
  new HoldfastError('SETTING_INVALID', `${name} ${why}`, { hint });

const isLoopbackAddress = (address: string): boolean => address.startsWith('127.') || address === '::1';
