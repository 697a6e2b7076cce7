/** When an invitation is good. It is a link for one person, made by an owner, with the roles that they will have. */
import { days, type Instant, type Millis } from '../lib/time.ts';
import type { InvitationRow } from './auth-tables.ts';

/** Over a weekend and a few days of illness; a new one is made in a minute. */
export const INVITATION_MS: Millis = days(7);

export type InvitationState = 'open' | 'used' | 'revoked' | 'expired';

export function invitationStateAt(
  { state, expires_at }: Pick<InvitationRow, 'state' | 'expires_at'>,
  now: Instant,
): InvitationState {
  return state === 'open' && expires_at <= now ? 'expired' : state;
}
