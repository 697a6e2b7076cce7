/**
 * The way back in for owners who have lost every passkey and code: a link that whoever has the machine makes with `holdfast people rescue`.
 *
 * It lets a new person in, as an owner, and never somebody as a person who is there already: what is done afterwards stands in the log under
 * an id of its own, so nobody with the machine can act in the name of somebody else. The new owner then ends the access of whoever has lost
 * their keys, as after any loss. Making and using the link is rescue.actions.ts.
 */
import { days, hours, plus, type Instant, type Millis } from '../lib/time.ts';
import type { InvitationState } from './invitation.ts';

/** Whoever makes it has somebody beside them or on the telephone; a new one is made in a minute. */
export const RESCUE_MS: Millis = hours(1);

/** How long it is said where people look that somebody came in that way: longer than a holiday. The log keeps it for good. */
const SHOWN_MS: Millis = days(30);

interface Rescue {
  readonly state: InvitationState;
  readonly settledAt: Instant | null;
}

/** Whether people have to hear of it: somebody may come in by it now, or has come in not long ago. */
export const needsALook = ({ state, settledAt }: Rescue, now: Instant): boolean =>
  state === 'open' || (state === 'used' && settledAt !== null && plus(settledAt, SHOWN_MS) > now);

export interface MadeRescue {
  /** Goes into the link; shown once. */
  readonly secret: string;
  readonly expiresAt: Instant;
  /** Where the log says so. */
  readonly entry: number;
}

export type RescueRefusal =
  /** Not the data folder of a service. */
  | { readonly code: 'no-database' }
  /** The link that `serve` prints is the way in. */
  | { readonly code: 'no-owner' };
