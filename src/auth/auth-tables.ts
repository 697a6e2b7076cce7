/**
 * The tables of people and of what they sign in with. Queries are the `*.store.ts` files beside this one.
 *
 * Nothing that opens a door is stored: links, session cookies, tokens and recovery codes are here as digests. Names, e-mail addresses
 * and labels are sealed under the key of the person they are about (platform/personal-data.ts).
 *
 * A person, passkey, invitation, rescue or token is a row that entries of the log speak of (`origin`, `idx`), so that one that is put in or changed
 * behind our back is found by `holdfast log verify`. Those rows are never deleted. Sessions, challenges and recovery codes come and
 * go; their beginning and end are entries without a state.
 */
import type { Instant } from '../lib/time.ts';

export const AUTH_TABLES = {
  feature: 'auth',
  migrations: [
    {
      name: 'people and what they sign in with',
      statements: [
        // `roles`: in the order of ROLES, with commas between. `seen_at` is written once an hour at most, and no entry speaks of it.
        'create table auth_person (id :text primary key, roles :text not null, access :text not null, name :text not null, ' +
          'email :text, created_at :instant not null, ended_at :instant, seen_at :instant, ' +
          'origin :text not null, idx :integer not null)',
        // `credential`: base64url of the id that the authenticator chose. `counter`, `backed_up` and `used_at` change with every use.
        'create table auth_passkey (id :text primary key, person :text not null references auth_person (id), ' +
          'credential :text not null unique, public_key :bytes not null, counter :integer not null, transports :text not null, ' +
          'backup_eligible :flag not null, backed_up :flag not null, label :text not null, created_at :instant not null, ' +
          'used_at :instant, removed_at :instant, origin :text not null, idx :integer not null)',
        'create index auth_passkey_person on auth_passkey (person)',
        // `purpose`: what it is good for; one that began with a recovery code opens only the page that makes a new passkey.
        'create table auth_session (id :text primary key, person :text not null references auth_person (id), ' +
          'purpose :text not null, device :text not null, started_at :instant not null, authenticated_at :instant not null, ' +
          'seen_at :instant not null, ends_at :instant not null)',
        'create index auth_session_person on auth_session (person)',
        'create index auth_session_end on auth_session (ends_at)',
        // One session has several for a moment, while a new one is on its way to the browser.
        'create table auth_session_token (hash :text primary key, ' +
          'session :text not null references auth_session (id) on delete cascade, made_at :instant not null, ' +
          'used :flag not null, valid_until :instant)',
        'create index auth_session_token_session on auth_session_token (session)',
        // `person`: the id that the invited person will have, because the sealed name needs its key now.
        'create table auth_invitation (id :text primary key, hash :text not null unique, person :text not null unique, ' +
          'name :text not null, roles :text not null, invited_by :text not null references auth_person (id), ' +
          'created_at :instant not null, expires_at :instant not null, state :text not null, settled_at :instant, ' +
          'origin :text not null, idx :integer not null)',
        // `selector`: the part of a code that finds its row; the rest is known as a digest only.
        'create table auth_recovery_code (selector :text primary key, person :text not null references auth_person (id), ' +
          'salt :bytes not null, hash :bytes not null, created_at :instant not null)',
        'create index auth_recovery_code_person on auth_recovery_code (person)',
        'create table auth_token (id :text primary key, hash :text not null unique, label :text not null, scopes :text not null, ' +
          'created_by :text not null references auth_person (id), created_at :instant not null, expires_at :instant not null, ' +
          'used_at :instant, revoked_at :instant, origin :text not null, idx :integer not null)',
        'create index auth_token_creator on auth_token (created_by)',
        // `person`: the id that the first owner will have.
        'create table auth_set_up (id :integer primary key check (id = 1), hash :text not null, person :text not null, ' +
          'created_at :instant not null)',
        // `binding`: whom the challenge was given to: a session, the digest of a link, or the form of the sign-in page.
        'create table auth_challenge (challenge :text primary key, purpose :text not null, binding :text not null, ' +
          'expires_at :instant not null)',
        'create index auth_challenge_end on auth_challenge (expires_at)',
      ],
    },
    {
      name: 'links that let an owner in from the machine',
      statements: [
        // `person`: the id that the new owner will have, because the sealed reason needs its key now.
        'create table auth_rescue (id :text primary key, hash :text not null unique, person :text not null unique, ' +
          'reason :text not null, created_at :instant not null, expires_at :instant not null, state :text not null, ' +
          'settled_at :instant, origin :text not null, idx :integer not null)',
      ],
    },
  ],
} as const;

/** Where the last entry about a row stands. */
export interface Recorded {
  readonly origin: string;
  readonly idx: number;
}

export interface PersonRow extends Recorded {
  readonly id: string;
  readonly roles: string;
  readonly access: 'active' | 'ended';
  /** Sealed. */
  readonly name: string;
  /** Sealed. */
  readonly email: string | null;
  readonly created_at: Instant;
  readonly ended_at: Instant | null;
  readonly seen_at: Instant | null;
}

export interface PasskeyRow extends Recorded {
  readonly id: string;
  readonly person: string;
  /** base64url. */
  readonly credential: string;
  /** COSE. */
  readonly public_key: Uint8Array;
  readonly counter: number;
  /** With commas between; empty where the authenticator said nothing. */
  readonly transports: string;
  readonly backup_eligible: number;
  readonly backed_up: number;
  /** Sealed. */
  readonly label: string;
  readonly created_at: Instant;
  readonly used_at: Instant | null;
  readonly removed_at: Instant | null;
}

export interface SessionRow {
  readonly id: string;
  readonly person: string;
  readonly purpose: SessionPurpose;
  readonly device: string;
  readonly started_at: Instant;
  readonly authenticated_at: Instant;
  readonly seen_at: Instant;
  readonly ends_at: Instant;
}

export type SessionPurpose = 'staff' | 'recovery';

export interface SessionTokenRow {
  readonly hash: string;
  readonly session: string;
  readonly made_at: Instant;
  readonly used: number;
  /** `null`: as long as its session. */
  readonly valid_until: Instant | null;
}

export interface InvitationRow extends Recorded {
  readonly id: string;
  readonly hash: string;
  readonly person: string;
  /** Sealed. */
  readonly name: string;
  readonly roles: string;
  readonly invited_by: string;
  readonly created_at: Instant;
  readonly expires_at: Instant;
  readonly state: 'open' | 'used' | 'revoked';
  readonly settled_at: Instant | null;
}

export interface RescueRow extends Recorded {
  readonly id: string;
  readonly hash: string;
  readonly person: string;
  /** Sealed. */
  readonly reason: string;
  readonly created_at: Instant;
  readonly expires_at: Instant;
  /** `revoked`: a newer one took its place. */
  readonly state: InvitationRow['state'];
  readonly settled_at: Instant | null;
}

export interface RecoveryCodeRow {
  readonly selector: string;
  readonly person: string;
  readonly salt: Uint8Array;
  readonly hash: Uint8Array;
  readonly created_at: Instant;
}

export interface TokenRow extends Recorded {
  readonly id: string;
  readonly hash: string;
  readonly label: string;
  readonly scopes: string;
  readonly created_by: string;
  readonly created_at: Instant;
  readonly expires_at: Instant;
  readonly used_at: Instant | null;
  readonly revoked_at: Instant | null;
}

export interface ChallengeRow {
  /** base64url, as the browser signs it. */
  readonly challenge: string;
  readonly purpose: string;
  readonly binding: string;
  readonly expires_at: Instant;
}

export interface AuthTables {
  auth_person: PersonRow;
  auth_passkey: PasskeyRow;
  auth_session: SessionRow;
  auth_session_token: SessionTokenRow;
  auth_invitation: InvitationRow;
  auth_recovery_code: RecoveryCodeRow;
  auth_token: TokenRow;
  auth_set_up: { id: number; hash: string; person: string; created_at: number };
  auth_challenge: ChallengeRow;
  auth_rescue: RescueRow;
}
