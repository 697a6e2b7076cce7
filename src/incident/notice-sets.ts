/** All kinds of notice together, found by kind. */
import { CRA_NOTICES } from './notice-fields-cra.ts';
import { GDPR_NOTICES } from './notice-fields-gdpr.ts';
import { OTHER_NOTICES } from './notice-fields-others.ts';
import { SRP_FORMS } from './notice-fields-srp.ts';
import { NOTICE_KINDS, type NoticeKind } from './notice-kinds.ts';
import type { NoticeSet } from './notice.ts';

export const NOTICE_SETS: readonly NoticeSet[] = [...GDPR_NOTICES, ...CRA_NOTICES, ...SRP_FORMS, ...OTHER_NOTICES];

export function noticeSet(kind: NoticeKind): NoticeSet {
  const set = NOTICE_SETS.find((each) => each.kind === kind);
  if (set === undefined) throw new TypeError(`no fields for ${kind}`);
  return set;
}

export const isNoticeKind = (kind: string): kind is NoticeKind => (NOTICE_KINDS as readonly string[]).includes(kind);

/** Every key that some kind of notice asks for. */
export const ALL_FIELD_KEYS: readonly string[] = [
  ...new Set(NOTICE_SETS.flatMap((set) => set.fields.map((field) => field.key))),
];
