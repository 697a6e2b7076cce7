/** Words of people, roles, sessions and tokens, shared by their pages. The manner is that of ui: what is so, and the next step. */
import { count } from '../lib/text.ts';
import { formatSpan, type Millis } from '../lib/time.ts';
import type { PersonRefusal } from './decide-people.ts';
import type { InvitationState } from './invitation.ts';
import type { Role, Scope } from './permit.ts';

export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  owner: 'Answers for the service: invites people, changes roles, ends access, and may do everything else.',
  responder: 'Is called when something happens: sees people, jobs and the log, and repairs the service.',
  developer: 'Builds: sees the policy, and makes tokens for pipelines.',
  reviewer: 'Reviews: sees the policy and the log.',
  auditor: 'Looks in from outside: reads everything, changes nothing.',
};

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  'policy.report': 'Send what holdfast check --report-to measured.',
  'log.read': 'Read the evidence log, its tiles and proofs.',
};

/** `developer and reviewer` */
export const rolesText = (roles: readonly Role[]): string =>
  roles.length < 2 ? (roles[0] ?? 'no role') : `${roles.slice(0, -1).join(', ')} and ${roles.at(-1)}`;

export function personRefusalWords(refusal: PersonRefusal, name: string): string {
  switch (refusal.code) {
    case 'unknown-person':
      return 'There is no such person. Choose one from the list.';
    case 'access-ended':
      return `The access of ${name} has ended, so nothing about it can be changed. Invite them again.`;
    case 'no-role':
      return `Without a role nobody can do anything. Choose one, or end the access of ${name}.`;
    case 'own-roles-raised':
      return `Nobody gives themselves a role (${refusal.roles.join(', ')}). Ask another owner.`;
    case 'last-owner':
      return `${name} is the only owner, and without one nobody could invite anybody. Make somebody else an owner first.`;
  }
}

export const INVITATION_WORDS: Readonly<Record<InvitationState, string>> = {
  open: 'open',
  used: 'used',
  revoked: 'taken back',
  expired: 'expired',
};

/** `for 15 min` */
export const waitWords = (waitMs: Millis): string =>
  waitMs < 60_000 ? count(Math.ceil(waitMs / 1000), 'second') : formatSpan(waitMs);

/** What was done, by the code in `?done=`; an unknown code says nothing. */
const DONE: Readonly<Record<string, string>> = {
  'invitation-revoked': 'The invitation was taken back. Its link opens nothing.',
  'roles-changed': 'The roles were changed. They hold from the next page on.',
  'roles-same': 'The roles are the same as before, so nothing was changed.',
  'access-ended': 'The access has ended, with all sessions, tokens and open invitations.',
  'sessions-revoked': 'The sessions have ended. Whoever used them has to sign in again.',
  'session-revoked': 'The session has ended. Whoever used it has to sign in again.',
  'others-revoked': 'All other sessions have ended. This one is the only one left.',
  'token-revoked': 'The token was revoked. It opens nothing from now on.',
  'details-changed': 'Your name and address were changed.',
  'passkey-added': 'The passkey was added. It opens the service from now on.',
  'passkey-gone': 'There is no such passkey any more: it was removed before.',
  recovered: 'You have a new passkey. Remove those that are lost.',
  'passkey-renamed': 'The passkey has its new name.',
  'passkey-removed': 'The passkey was removed. It opens nothing from now on.',
};

export const doneWords = (code: string | undefined): string | null =>
  code !== undefined && Object.hasOwn(DONE, code) ? (DONE[code] ?? null) : null;
