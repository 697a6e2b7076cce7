/**
 * Challenges of WebAuthn (auth-tables.ts): each is good once, for one purpose, for whom it was given to.
 *
 * Source: Web Authentication Level 3 §13.4.3: a challenge is made by the server in a trusted place, and the answer has to match it.
 */
import { plus, type Instant } from '../lib/time.ts';
import type { Tx } from '../platform/db.ts';
import type { AuthTables } from './auth-tables.ts';
import { CHALLENGE_MS } from './passkey.ts';

/** Left over from ceremonies that nobody finished, forgotten with each new one: more than one, so that they do not pile up. */
const FORGOTTEN_AT_ONCE = 20;

export interface Challenge {
  /** base64url. */
  readonly challenge: string;
  /** `register`, `sign-in`, `confirm`. */
  readonly purpose: string;
  /** A session's id, the digest of a link; the same text for everybody where nobody is known yet. */
  readonly binding: string;
}

export async function insertChallenge(tx: Tx, challenge: Challenge, now: Instant): Promise<void> {
  const tables = tx.tables<AuthTables>();
  const over = await tables
    .selectFrom('auth_challenge')
    .select('challenge')
    .where('expires_at', '<=', now)
    .limit(FORGOTTEN_AT_ONCE)
    .execute();
  for (const { challenge: old } of over)
    await tables.deleteFrom('auth_challenge').where('challenge', '=', old).execute();
  await tables
    .insertInto('auth_challenge')
    .values({ ...challenge, expires_at: plus(now, CHALLENGE_MS) })
    .execute();
}

/** Whether it was given for that, is in date and was not used; it is used from now on, also where the answer is no. */
export async function takeChallenge(
  tx: Tx,
  { challenge, purpose, binding }: Challenge,
  now: Instant,
): Promise<boolean> {
  const row = await tx
    .tables<AuthTables>()
    .deleteFrom('auth_challenge')
    .where('challenge', '=', challenge)
    .returningAll()
    .executeTakeFirst();
  return row !== undefined && row.purpose === purpose && row.binding === binding && now < row.expires_at;
}
