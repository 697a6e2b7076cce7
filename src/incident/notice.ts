/**
 * A notice as a list of fields: what has to stand in it, and what is still missing from a draft.
 *
 * The lists are data (notice-fields-*.ts), put together in notice-sets.ts; the words around them stand in
 * notice-en.text.ts and notice-de.text.ts; draft.ts makes the text.
 */
import type { RecipientId } from './duty.ts';
import type { Language } from '../lib/language.ts';
import type { NoticeKind } from './notice-kinds.ts';

/**
 * `yes`: has to be filled · `if-known`, `if-applicable`: filled, or a reason why not and, where it can follow, a date ·
 * `recommended` · `optional` · `carried`: the receiving platform keeps it from an earlier stage or the registration.
 */
export type Need = 'yes' | 'if-known' | 'if-applicable' | 'recommended' | 'optional' | 'carried';

/** What makes an `if-applicable` field apply. */
export type Circumstance = 'late' | 'phased' | 'follow-up';

export interface NoticeField {
  readonly key: string;
  readonly need: Need;
  readonly label: Readonly<Record<Language, string>>;
  /** Letter or number of the field in its source. */
  readonly ref: string | null;
  readonly when: Circumstance | null;
  /** In UTF-16 units, as forms on the web count (HTML, `maxlength`); `null` where no limit is known. */
  readonly maxLength: number | null;
}

export interface NoticeSet {
  readonly kind: NoticeKind;
  readonly title: Readonly<Record<Language, string>>;
  readonly basis: string;
  readonly to: RecipientId | 'ourselves';
  /** True where the fields are what the law asks for; false where they are good practice or a form's own list. */
  readonly legalMinimum: boolean;
  readonly fields: readonly NoticeField[];
  /** How it is handed over, and what counts as proof. */
  readonly delivery: readonly string[];
}

/** `followsBy` is a day; `final` says that it will never be known. */
export type DraftEntry =
  | { readonly kind: 'filled'; readonly text: string }
  | { readonly kind: 'absent'; readonly reason: string; readonly followsBy: string | null; readonly final: boolean };

export type Draft = ReadonlyMap<string, DraftEntry>;

/** `null`: nobody knows. */
export type Circumstances = Readonly<Record<Circumstance, boolean | null>>;

interface Missing {
  readonly field: NoticeField;
  /** `value`: nothing there · `reason`: neither a value nor a reason · `date`: a reason, but not by when it follows. */
  readonly lacks: 'value' | 'reason' | 'date';
}

export interface Completeness {
  /** Nothing is missing and nothing is too long. */
  readonly complete: boolean;
  readonly missing: readonly Missing[];
  readonly tooLong: readonly { readonly field: NoticeField; readonly length: number }[];
  /** Recommended fields that are empty; they never make a notice incomplete. */
  readonly recommended: readonly NoticeField[];
  /** Fields that follow later, with the day. */
  readonly following: readonly { readonly field: NoticeField; readonly by: string }[];
  /** Keys in the draft that this kind does not ask for. */
  readonly unused: readonly string[];
}

/**
 * Judges a draft.
 *
 * The rule: a notice is complete when every `yes` field is filled and every `if-known` or `if-applicable` field is filled
 * or carries a reason and, where it can follow, a date. What is not known yet can follow; what does not apply cannot.
 */
export function completeness(set: NoticeSet, draft: Draft, circumstances: Circumstances): Completeness {
  const known = { ...circumstances, phased: circumstances.phased ?? isPhased(set, draft) };
  const missing = set.fields.flatMap((field) => {
    const lacks = lacking(field, draft.get(field.key), known);
    return lacks === null ? [] : [{ field, lacks }];
  });
  const tooLong = set.fields.flatMap((field) => {
    const entry = draft.get(field.key);
    const length = entry?.kind === 'filled' ? entry.text.length : 0;
    return field.maxLength !== null && length > field.maxLength ? [{ field, length }] : [];
  });
  const following = set.fields.flatMap((field) => {
    const entry = draft.get(field.key);
    return entry?.kind === 'absent' && entry.followsBy !== null ? [{ field, by: entry.followsBy }] : [];
  });
  return {
    complete: missing.length === 0 && tooLong.length === 0,
    missing,
    tooLong,
    recommended: set.fields.filter((field) => field.need === 'recommended' && !draft.has(field.key)),
    following,
    unused: [...draft.keys()].filter((key) => !set.fields.some((field) => field.key === key)),
  };
}

/** A notice is phased as soon as one of its fields says when it follows (Art. 33(4) GDPR). */
const isPhased = (set: NoticeSet, draft: Draft): boolean =>
  set.fields.some((field) => {
    const entry = draft.get(field.key);
    return entry?.kind === 'absent' && entry.followsBy !== null;
  });

function lacking(field: NoticeField, entry: DraftEntry | undefined, known: Circumstances): Missing['lacks'] | null {
  if (entry?.kind === 'filled') return null;
  switch (field.need) {
    case 'yes':
      return 'value';
    case 'if-known':
      if (entry === undefined) return 'reason';
      return entry.followsBy === null && !entry.final ? 'date' : null;
    case 'if-applicable': {
      const applies = field.when === null ? null : known[field.when];
      if (applies === true) return 'value';
      return applies === false || entry !== undefined ? null : 'reason';
    }
    case 'recommended':
    case 'optional':
    case 'carried':
      return null;
  }
}
