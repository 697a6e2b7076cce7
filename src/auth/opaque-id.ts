/**
 * Ids of people and of what belongs to them: a letter for the kind, then 100 random bits. They say nothing about anybody, so they may stand in
 * the log, in addresses of pages and in what is printed.
 */
import { crockford } from '../lib/crockford.ts';

const KINDS = { person: 'p', passkey: 'k', session: 's', invitation: 'i', token: 't', rescue: 'r' } as const;
export type IdKind = keyof typeof KINDS;

/** How many random bytes `newId` wants. */
export const ID_BYTES = 13;
const LENGTH = 20;

export const newId = (kind: IdKind, random: Uint8Array): string =>
  KINDS[kind] + crockford(random).slice(0, LENGTH).toLowerCase();

/** Whether a part of an address can be such an id, before anybody asks the database. */
export const isId = (kind: IdKind, text: string): boolean =>
  text.startsWith(KINDS[kind]) && /^.[0-9a-hjkmnp-tv-z]{20}$/.test(text);

/** What the subject of an entry about it is: `person:p…`. */
export const subjectOf = (kind: IdKind, id: string): string => `${kind}:${id}`;
