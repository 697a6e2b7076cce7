/**
 * What the log records of a row of auth/: the state whose digest an entry carries, made from the columns, so that a column that is changed
 * behind our back no longer fits (`holdfast log verify`). Reading all rows is auth-states.store.ts.
 *
 * A sealed value stands in by its digest: the ciphertext says nothing about the person, and a digest of it is no easier to guess.
 * What changes with every use (counters, times of use) is left out: such an entry would drown the log.
 */
import { sha256 } from '../lib/hash.ts';
import type { JsonObject } from '../lib/json.ts';
import type { InvitationRow, PasskeyRow, PersonRow, RescueRow, TokenRow } from './auth-tables.ts';

const orNull = (text: string | null): string | null => (text === null ? null : sha256(text));
const list = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

export const personState = (row: Omit<PersonRow, 'origin' | 'idx' | 'seen_at'>): JsonObject => ({
  id: row.id,
  roles: list(row.roles),
  access: row.access,
  name: sha256(row.name),
  email: orNull(row.email),
  createdAt: row.created_at,
  endedAt: row.ended_at,
});

type Changing = 'origin' | 'idx' | 'counter' | 'backed_up' | 'used_at';

export const passkeyState = (row: Omit<PasskeyRow, Changing>): JsonObject => ({
  id: row.id,
  person: row.person,
  credential: sha256(row.credential),
  publicKey: sha256(row.public_key),
  transports: list(row.transports),
  backupEligible: row.backup_eligible === 1,
  label: sha256(row.label),
  createdAt: row.created_at,
  removedAt: row.removed_at,
});

export const invitationState = (row: Omit<InvitationRow, 'origin' | 'idx'>): JsonObject => ({
  id: row.id,
  hash: row.hash,
  person: row.person,
  name: sha256(row.name),
  roles: list(row.roles),
  invitedBy: row.invited_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  state: row.state,
  settledAt: row.settled_at,
});

export const rescueState = (row: Omit<RescueRow, 'origin' | 'idx'>): JsonObject => ({
  id: row.id,
  hash: row.hash,
  person: row.person,
  reason: sha256(row.reason),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  state: row.state,
  settledAt: row.settled_at,
});

export const tokenState = (row: Omit<TokenRow, 'origin' | 'idx' | 'used_at'>): JsonObject => ({
  id: row.id,
  hash: row.hash,
  label: sha256(row.label),
  scopes: list(row.scopes),
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
});
