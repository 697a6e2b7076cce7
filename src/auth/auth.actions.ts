/**
 * What the actions of auth/ share: their world, where sealed values lie, and the entries of rows with a state.
 *
 * Each action is one transaction with its entries of the log: `recordInLog(world.log, …)`.
 */
import type { Instant } from '../lib/time.ts';
import type { JsonObject } from '../lib/json.ts';
import type { PersonalDatum } from '../log/leaf.ts';
import { appendEntry, type OpenLog } from '../log/log.actions.ts';
import type { Queries, Tx } from '../platform/db.ts';
import { openTexts, sealText } from '../platform/personal-data.ts';
import type { Random } from '../platform/random.ts';
import type { Keyring } from '../platform/wrapped-key.ts';
import type { Recorded } from './auth-tables.ts';
import { subjectOf, type IdKind } from './opaque-id.ts';

export interface AuthWorld {
  readonly log: OpenLog;
  readonly keys: Keyring;
  readonly random: Random;
}

/** For pages, which also say whose they are. */
export interface AuthPagesWorld extends AuthWorld {
  /** web/shell.ts */
  readonly shell: {
    readonly organisation: string | null;
    readonly zone: string;
    readonly logPosition: () => string | null;
  };
  /** `https://holdfast.example`: links that are handed on are whole addresses. */
  readonly origin: string;
}

/** A sealed value of auth/, and whom it is about. */
export interface AuthPlace {
  readonly table: 'auth_person' | 'auth_passkey' | 'auth_invitation' | 'auth_rescue';
  readonly column: 'name' | 'email' | 'label' | 'reason';
  readonly row: string;
  readonly subject: string;
}

export const nameOf = (person: string): AuthPlace => ({
  table: 'auth_person',
  column: 'name',
  row: person,
  subject: person,
});

export const emailOf = (person: string): AuthPlace => ({
  table: 'auth_person',
  column: 'email',
  row: person,
  subject: person,
});

export const labelOf = (passkey: string, person: string): AuthPlace => ({
  table: 'auth_passkey',
  column: 'label',
  row: passkey,
  subject: person,
});

export const invitedNameOf = (invitation: string, person: string): AuthPlace => ({
  table: 'auth_invitation',
  column: 'name',
  row: invitation,
  subject: person,
});

export const reasonOf = (rescue: string, person: string): AuthPlace => ({
  table: 'auth_rescue',
  column: 'reason',
  row: rescue,
  subject: person,
});

export const sealAt = ({ keys, random }: AuthWorld, tx: Tx, place: AuthPlace, text: string): Promise<string> =>
  sealText(tx, keys, random, place, text);

/** The names of people, by id; absent for those who were erased. */
export async function namesOf(
  { keys }: Pick<AuthWorld, 'keys'>,
  queries: Queries,
  people: readonly { readonly id: string; readonly name: string }[],
): Promise<ReadonlyMap<string, string>> {
  const texts = await openTexts(
    queries,
    keys,
    people.map(({ id, name }) => ({ place: nameOf(id), sealed: name })),
  );
  const names = new Map<string, string>();
  for (const [at, { id }] of people.entries()) {
    const name = texts[at] ?? null;
    if (name !== null) names.set(id, name);
  }
  return names;
}

export interface RowEntry {
  readonly type: string;
  readonly actor: string | null;
  readonly kind: IdKind;
  readonly id: string;
  readonly data: JsonObject;
  readonly pd?: readonly PersonalDatum[];
  /** auth-states.ts; `null` for what has no row that stays. */
  readonly state: JsonObject | null;
}

/** Appends the entry; the answer goes into the row. */
export async function record(tx: Tx, { kind, id, ...entry }: RowEntry, now: Instant): Promise<Recorded> {
  const { origin, index } = await appendEntry(tx, { ...entry, subject: subjectOf(kind, id) }, now);
  return { origin, idx: index };
}
