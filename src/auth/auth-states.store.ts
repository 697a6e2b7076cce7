/** All rows of auth/ that the log speaks of, as `holdfast log verify` compares them (auth-states.ts). */
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Queries } from '../platform/db.ts';
import { invitationState, passkeyState, personState, rescueState, tokenState } from './auth-states.ts';
import type { AuthTables, Recorded } from './auth-tables.ts';
import { subjectOf } from './opaque-id.ts';

export async function authStates(queries: Queries) {
  const tables = queries.tables<AuthTables>();
  const people = await tables.selectFrom('auth_person').selectAll().execute();
  const passkeys = await tables.selectFrom('auth_passkey').selectAll().execute();
  const invitations = await tables.selectFrom('auth_invitation').selectAll().execute();
  const rescues = await tables.selectFrom('auth_rescue').selectAll().execute();
  const tokens = await tables.selectFrom('auth_token').selectAll().execute();
  return [
    ...people.map((row) => recorded(subjectOf('person', row.id), row, personState(row))),
    ...passkeys.map((row) => recorded(subjectOf('passkey', row.id), row, passkeyState(row))),
    ...invitations.map((row) => recorded(subjectOf('invitation', row.id), row, invitationState(row))),
    ...rescues.map((row) => recorded(subjectOf('rescue', row.id), row, rescueState(row))),
    ...tokens.map((row) => recorded(subjectOf('token', row.id), row, tokenState(row))),
  ];
}

const recorded = (subject: string, { origin, idx }: Recorded, state: JsonObject) => ({
  subject,
  origin,
  index: idx,
  digest: sha256(canonicalJson(state)),
});
