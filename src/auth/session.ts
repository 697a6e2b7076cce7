/**
 * How long a session lives, and what a request with its cookie means. Cookies are session-cookie.ts, storage session.store.ts.
 *
 * Source of the rules: OWASP ASVS 5.0, chapter V7. 7.1.1 asks that the limits are written down: these are they. 7.3.1 (a limit for what
 * is not used) and 7.3.2 (a limit for all): twelve hours, so that a working day needs one sign-in, and thirty days, because a stolen laptop
 * is noticed within them. 7.2.4: a new token with each authentication, and the old one is over. 7.5.3, that acts which weigh more ask again,
 * is web/authorise.ts.
 */
import { between, hours, days, plus, type Instant, type Millis } from '../lib/time.ts';
import type { SessionPurpose, SessionRow, SessionTokenRow } from './auth-tables.ts';

/** Not used for so long: over. `seen_at` lags up to `SEEN_EVERY_MS`, so it is never longer, and at most that much shorter. */
const IDLE_MS: Millis = hours(12);
/** Over in any case, counted from the sign-in. */
const ABSOLUTE_MS: Millis = days(30);
/** One that began with a recovery code is there to make a passkey, which takes a minute. */
const RECOVERY_MS = 900_000 as Millis;
/** A cookie that was stolen and is not used is worth nothing after this. */
const ROTATE_MS: Millis = hours(24);
/** How often it is written that a session was used: a page must not cost a write. */
export const SEEN_EVERY_MS: Millis = hours(1);
/** Requests that were under way with the old cookie when the new one arrived. */
export const HANDOVER_MS = 60_000 as Millis;
const LIFETIMES: Readonly<Record<SessionPurpose, Millis>> = { staff: ABSOLUTE_MS, recovery: RECOVERY_MS };

export const endOf = (purpose: SessionPurpose, startedAt: Instant): Instant => plus(startedAt, LIFETIMES[purpose]);

/** What was last seen before this is over. */
export const idleSince = (now: Instant): Instant => (now - IDLE_MS) as Instant;

export const isLive = ({ seen_at, ends_at }: Pick<SessionRow, 'seen_at' | 'ends_at'>, now: Instant): boolean =>
  now < ends_at && between(seen_at, now) < IDLE_MS;

export type CookieMeaning =
  | { readonly kind: 'over' }
  /** The cookie was replaced, its successor is in use, and it comes back: two have it. */
  | { readonly kind: 'replayed' }
  | {
      readonly kind: 'good';
      /** It is time to write that the session is in use. */
      readonly isDue: boolean;
      /** The browser shows a new cookie for the first time: those before it end. */
      readonly isFirstUse: boolean;
      readonly rotates: boolean;
    };

/** What a cookie means, given its row, its session, and whether its person may still come in. */
export function meaningOf(
  token: Pick<SessionTokenRow, 'made_at' | 'used' | 'valid_until'>,
  session: Pick<SessionRow, 'seen_at' | 'ends_at' | 'purpose'>,
  access: 'active' | 'ended',
  now: Instant,
): CookieMeaning {
  if (access === 'ended' || !isLive(session, now)) return { kind: 'over' };
  if (token.valid_until !== null && token.valid_until <= now) return { kind: 'replayed' };
  const isOld = token.valid_until === null && between(token.made_at, now) >= ROTATE_MS;
  return {
    kind: 'good',
    isDue: between(session.seen_at, now) >= SEEN_EVERY_MS,
    isFirstUse: token.used === 0,
    rotates: isOld && token.used === 1 && session.purpose === 'staff',
  };
}

/**
 * Which of the cookies of a session go when a new one is given out because the old one is a day old: those that were given out
 * before, and never came back. Younger ones may still be on their way to the browser, and then none is given out.
 *
 * @returns `null` to give out none
 */
export function replacedOnRotation(
  tokens: readonly Pick<SessionTokenRow, 'hash' | 'made_at' | 'used'>[],
  now: Instant,
): readonly string[] | null {
  const unused = tokens.filter(({ used }) => used === 0);
  return unused.some(({ made_at }) => between(made_at, now) < HANDOVER_MS) ? null : unused.map(({ hash }) => hash);
}
