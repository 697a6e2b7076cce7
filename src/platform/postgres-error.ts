/**
 * What PostgreSQL's answers, and silence, mean to a person.
 *
 * Source of the codes: PostgreSQL documentation, Appendix A. What has no code came from the connection, not from the server.
 */
import { DatabaseError } from 'pg';
import { HoldfastError, messageOf, type ErrorCode } from '../lib/errors.ts';
import { isObject, stringOr } from '../lib/json.ts';

interface Meaning {
  /** A code, or the two characters of a class. */
  readonly sqlStates: readonly string[];
  readonly code: ErrorCode;
  readonly words: string;
  readonly hint: string;
}

const UNREACHABLE: Meaning = {
  // connection exceptions, shutdown, crash, starting up, too many connections
  sqlStates: ['08', '57P01', '57P02', '57P03', '57P05', '25P03', '53300'],
  code: 'DB_UNREACHABLE',
  words: 'does not answer',
  hint: 'Nothing was acknowledged. Holdfast connects again by itself with the next query; look at the server and the network between.',
};

const BUSY: Meaning = {
  // lock timeout, statement timeout, deadlock, serialization failure
  sqlStates: ['55P03', '57014', '40P01', '40001'],
  code: 'DB_BUSY',
  words: 'is busy with other transactions',
  hint: 'Nothing was changed. Try again; when it stays so, pg_stat_activity shows who holds the lock.',
};

const REFUSED: Meaning = {
  sqlStates: ['28', '3D000', '42501'],
  code: 'DB_REFUSED',
  words: 'turned us away',
  hint: 'Check user, password, name of the database and rights: the user needs to create tables in its schema.',
};

const MEANINGS: readonly Meaning[] = [
  UNREACHABLE,
  REFUSED,
  {
    sqlStates: ['25006'],
    code: 'DB_READ_ONLY',
    words: 'takes no writes',
    hint: 'Name the primary server in HOLDFAST_DATABASE_URL; this is a standby, or default_transaction_read_only is on.',
  },
  {
    sqlStates: ['53100'],
    code: 'DB_FULL',
    words: 'cannot grow: the disk is full',
    hint: 'Nothing was changed. Make room and try again.',
  },
  {
    sqlStates: ['58', '53200'],
    code: 'DB_DISK_FAILED',
    words: 'has trouble with its disk or memory',
    hint: 'The statement was not acknowledged. Look at the server and its log.',
  },
  {
    sqlStates: ['XX001', 'XX002'],
    code: 'DB_DAMAGED',
    words: 'is damaged',
    hint: 'Keep the server as it is for an examination, and restore the last backup into a new database.',
  },
  BUSY,
];

/** A failing world as a `HoldfastError`; anything else (a constraint, a mistake in SQL) as it is, for it is ours. */
export function postgresError(place: string, thrown: unknown): unknown {
  const meaning = thrown instanceof DatabaseError ? meaningOf(thrown.code ?? '') : connectionMeaning(thrown);
  if (meaning === null) return thrown;
  return new HoldfastError(meaning.code, `${place} ${meaning.words} (${wordsOf(thrown)})`, {
    hint: meaning.hint,
    cause: thrown,
  });
}

const meaningOf = (sqlState: string): Meaning | null =>
  MEANINGS.find(({ sqlStates }) => sqlStates.some((known) => sqlState.startsWith(known))) ?? null;

/** Codes of the operating system (`ECONNRESET`), and the driver's own words for an end it did not expect. */
const SYSTEM_CODE = /^E[A-Z]+$/;
const DRIVER_WORDS = /^Connection terminated|not queryable$|^Query read timeout$|^timeout expired$/;
/** The server wants a password and there is none, or it does not know the password itself (RFC 5802 §3). */
const DRIVER_LOGIN = /^SASL: /;
const POOL_EXHAUSTED = 'timeout exceeded when trying to connect';

function connectionMeaning(thrown: unknown): Meaning | null {
  const code = isObject(thrown) ? thrown['code'] : null;
  if (messageOf(thrown) === POOL_EXHAUSTED) return BUSY;
  if (DRIVER_LOGIN.test(messageOf(thrown))) return REFUSED;
  return (typeof code === 'string' && SYSTEM_CODE.test(code)) || DRIVER_WORDS.test(messageOf(thrown))
    ? UNREACHABLE
    : null;
}

/** Node's codes and OpenSSL's words for a certificate that proves nothing, or a server without one. */
const UNVERIFIED = /CERT|ISSUER|SIGNATURE|ALTNAME|EPROTO|ERR_SSL|ERR_TLS/;
const NO_TLS = /does not support SSL|establishing an SSL connection/;

/** The same for the attempt to connect, in which the server has to prove who it is first. */
export function connectError(place: string, thrown: unknown): unknown {
  if (thrown instanceof DatabaseError) return postgresError(place, thrown);
  const code = isObject(thrown) ? stringOr(thrown['code'], '') : '';
  if (!UNVERIFIED.test(String(code)) && !NO_TLS.test(messageOf(thrown))) return postgresError(place, thrown);
  return new HoldfastError('DB_INSECURE', `${place} did not prove who it is (${wordsOf(thrown)})`, {
    hint: 'No password was sent. Switch TLS on in the server, and name its certificate authority with sslrootcert=FILE.',
    cause: thrown,
  });
}

/** `ECONNREFUSED` on both addresses of localhost arrives as an AggregateError without words. */
function wordsOf(thrown: unknown): string {
  const words = messageOf(thrown);
  return words === '' && isObject(thrown) ? String(thrown['code']) : words;
}
