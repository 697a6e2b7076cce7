/**
 * Where the database is: a file of this machine, or a PostgreSQL that `HOLDFAST_DATABASE_URL` names.
 *
 * The address is read here and nowhere else. What the driver would also take (`?host=` that overrides the host, `PGHOST`,
 * `sslmode=require` that checks no certificate) could send evidence and passwords to a stranger, so each field is handed
 * to it by name. Opening is db.ts.
 */
import { isIPv4 } from 'node:net';
import { HoldfastError } from '../lib/errors.ts';

export interface SqlitePlace {
  readonly engine: 'sqlite';
  readonly path: string;
}

export interface PostgresPlace {
  readonly engine: 'postgres';
  /** A name, an IP address, or the folder of a Unix socket, which begins with `/`. */
  readonly host: string;
  readonly port: number;
  /** `null`: who runs Holdfast, as libpq does it. */
  readonly user: string | null;
  /** `null`: what `PGPASSWORD` holds, if anything. Never printed. */
  readonly password: string | null;
  readonly database: string;
  /** `null`: in the clear, which only happens on this machine. `rootCertificate`: a PEM file; `null`: those Node trusts. */
  readonly tls: { readonly rootCertificate: string | null } | null;
}

export type DatabasePlace = SqlitePlace | PostgresPlace;

const DEFAULT_PORT = 5432;
const PARAMETERS = ['host', 'sslmode', 'sslrootcert'];
const EXAMPLE = 'postgres://holdfast@db.example/holdfast?sslmode=verify-full';

/**
 * Reads the address of a PostgreSQL.
 *
 * The shape is libpq's (PostgreSQL documentation, "Connection URIs"), of its parameters only those of `PARAMETERS`, of its
 * `sslmode` only the two that mean what they say: `disable` on this machine and `verify-full` everywhere.
 *
 * @throws DB_URL_INVALID, DB_INSECURE; neither repeats the address, because a password stands in it
 */
export function readDatabaseUrl(text: string): PostgresPlace {
  const url = URL.parse(text);
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol))
    throw invalid('it is no postgres:// address');
  const names = [...url.searchParams.keys()];
  const odd = names.find((name, at) => !PARAMETERS.includes(name) || names.indexOf(name) !== at);
  if (odd !== undefined) throw invalid(`its parameter ${odd} is not one of ${PARAMETERS.join(', ')}, each once`);
  const host = hostOf(url);
  const database = decode(url.pathname.slice(1));
  if (database === '' || database.includes('/')) throw invalid('it names no database');
  return {
    engine: 'postgres',
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    user: url.username === '' ? null : decode(url.username),
    password: url.password === '' ? null : decode(url.password),
    database,
    tls: tlsOf(url.searchParams, host),
  };
}

/** For people: without the password. */
export function describePlace(place: DatabasePlace): string {
  if (place.engine === 'sqlite') return place.path;
  return `PostgreSQL database ${place.database} at ${place.host}${isSocket(place.host) ? '' : `:${place.port}`}`;
}

function hostOf(url: URL): string {
  const named = decode(url.hostname).replace(/^\[(.*)\]$/, '$1');
  const parameter = url.searchParams.get('host');
  if (parameter === null) {
    if (named === '') throw invalid('it names no host');
    if (!isSocket(named) && /[,/%]/.test(named)) throw invalid('it names more than one host, or none that exists');
    return named;
  }
  if (named !== '' || !isSocket(parameter)) throw invalid('its parameter host may only name the folder of a socket');
  return parameter;
}

function tlsOf(parameters: URLSearchParams, host: string): PostgresPlace['tls'] {
  const mode = parameters.get('sslmode');
  const rootCertificate = parameters.get('sslrootcert');
  if (mode === 'verify-full' && !isSocket(host)) return { rootCertificate };
  if (!isLocal(host)) {
    throw new HoldfastError(
      'DB_INSECURE',
      `the database at ${host} is on another machine and sslmode is ${mode ?? 'not set'}, so its certificate would not be verified`,
      { hint: `Write sslmode=verify-full, and sslrootcert=FILE for a certificate authority of your own: ${EXAMPLE}` },
    );
  }
  if (mode !== null && mode !== 'disable')
    throw invalid(`its sslmode is ${mode}; here disable and verify-full are known`);
  if (rootCertificate !== null) throw invalid('it has sslrootcert without sslmode=verify-full');
  return null;
}

const isSocket = (host: string): boolean => host.startsWith('/');

/** Nothing leaves the machine: sockets, the loopback addresses of RFC 1122 §3.2.1.3 and RFC 4291 §2.5.3, and RFC 6761 §6.3. */
const isLocal = (host: string): boolean =>
  isSocket(host) || host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('it has a % that begins no escape');
  }
}

const invalid = (why: string): HoldfastError =>
  new HoldfastError('DB_URL_INVALID', `the database address was not understood: ${why}`, {
    hint: `Correct HOLDFAST_DATABASE_URL, for example ${EXAMPLE}, or remove it to use the file in the data folder.`,
  });
