import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseInstant } from '../lib/time.ts';
import { draftNotice } from './draft.ts';
import { readCase } from './facts-file.ts';
import { GERMAN } from './notice-de.text.ts';
import { ENGLISH } from './notice-en.text.ts';
import { NOTICE_KINDS, type NoticeKind } from './notice-kinds.ts';
import { NOTICE_SETS, noticeSet } from './notice-sets.ts';
import { completeness, type Draft, type DraftEntry } from './notice.ts';

const filled = (text: string): DraftEntry => ({ kind: 'filled', text });
const absent = (reason: string, more: { followsBy?: string; final?: boolean } = {}): DraftEntry => ({
  kind: 'absent',
  reason,
  followsBy: more.followsBy ?? null,
  final: more.final ?? false,
});
const unknown = { late: null, phased: null, 'follow-up': null };
const lacks = (kind: NoticeKind, draft: Draft, circumstances: Parameters<typeof completeness>[2] = unknown) =>
  completeness(noticeSet(kind), draft, circumstances).missing.map(({ field, lacks: what }) => `${field.key} ${what}`);

const complete33 = new Map([
  ['nature', filled('read')],
  ['subjectCategories', filled('users')],
  ['subjectCount', filled('about 40')],
  ['recordCategories', filled('issue texts')],
  ['recordCount', filled('about 900')],
  ['contact', filled('desk')],
  ['consequences', filled('phishing')],
  ['measures', filled('fixed')],
  ['mitigation', filled('sessions ended')],
]);

describe('a notice to the authority', () => {
  const inTime = { late: false, phased: null, 'follow-up': null };

  it('is complete when every field of Art. 33(3) is filled and it is in time', () => {
    assert.deepEqual(lacks('gdpr-33-3', complete33, inTime), []);
  });

  it('lacks the value of a field that the law asks for, even when somebody gave a reason', () => {
    const draft = new Map(complete33).set('measures', absent('we do not know yet', { followsBy: '2026-12-01' }));
    assert.deepEqual(lacks('gdpr-33-3', draft, inTime), ['measures value', 'openPoints value']);
  });

  it('accepts a reason with a day for what is not known yet, and then lists what follows', () => {
    const draft = new Map(complete33).set('subjectCount', absent('export is running', { followsBy: '2026-12-01' }));
    assert.deepEqual(lacks('gdpr-33-3', draft, inTime), ['openPoints value']);
    draft.set('openPoints', filled('the number of people'));
    assert.deepEqual(lacks('gdpr-33-3', draft, inTime), []);
  });

  it('asks by when it follows, or whether it never will', () => {
    const draft = new Map(complete33).set('subjectCount', absent('export is running'));
    assert.deepEqual(lacks('gdpr-33-3', draft, inTime), ['subjectCount date']);
    draft.set('subjectCount', absent('the logs are gone', { final: true }));
    assert.deepEqual(lacks('gdpr-33-3', draft, inTime), []);
  });

  it('needs the reasons for the delay when it is late, and cannot excuse their absence', () => {
    const late = { ...inTime, late: true };
    assert.deepEqual(lacks('gdpr-33-3', complete33, late), ['delayReasons value']);
    const excused = new Map(complete33).set('delayReasons', absent('forgotten'));
    assert.deepEqual(lacks('gdpr-33-3', excused, late), ['delayReasons value']);
  });

  it('asks for a word on the delay when nobody knows whether it is late', () => {
    assert.deepEqual(lacks('gdpr-33-3', complete33), ['delayReasons reason']);
  });

  it('lacks everything when it is empty', () => {
    assert.deepEqual(lacks('gdpr-33-3', new Map()), [
      'nature value',
      'subjectCategories reason',
      'subjectCount reason',
      'recordCategories reason',
      'recordCount reason',
      'contact value',
      'consequences value',
      'measures value',
      'mitigation reason',
      'delayReasons reason',
    ]);
  });
});

describe('the form of the CRA platform', () => {
  it('has 39 fields over its two tracks', () => {
    const kinds = NOTICE_KINDS.filter((kind) => kind.startsWith('srp-'));
    const numbers = new Set(kinds.flatMap((kind) => noticeSet(kind).fields.map((field) => field.ref)));
    assert.equal(numbers.size, 39);
  });

  it('requires these fields at the early warning of a vulnerability', () => {
    const required = noticeSet('srp-early-warning-vulnerability').fields.filter((field) => field.need === 'yes');
    assert.deepEqual(
      required.map((field) => field.key),
      ['notificationType', 'title', 'summary', 'memberStatesAvailable', 'productName', 'productVersion', 'awareAt'],
    );
  });

  it('takes a title of 255 characters and not one more', () => {
    const tooLong = (length: number) =>
      completeness(noticeSet('srp-early-warning-incident'), new Map([['title', filled('x'.repeat(length))]]), unknown)
        .tooLong;
    assert.deepEqual(tooLong(255), []);
    assert.deepEqual(
      tooLong(256).map(({ field, length }) => [field.key, length, field.maxLength]),
      [['title', 256, 255]],
    );
  });
});

const incident = (text: string) => {
  const result = readCase(text, 'Europe/Berlin');
  assert.ok(result.ok);
  return result.value;
};

describe('a draft', () => {
  const draft = (kind: NoticeKind, language: 'de' | 'en', text: string, submitAt = '2026-11-25T09:00:00Z') =>
    draftNotice({
      kind,
      incident: incident(text),
      language,
      zone: 'Europe/Berlin',
      submitAt: parseInstant(submitAt)!,
    });

  it('marks every hole visibly, in its own language', () => {
    const english = draft('gdpr-34-2', 'en', 'notice: { nature: A list was mailed out. }');
    assert.match(english.text, /What happened\n {2}A list was mailed out\./);
    assert.match(english.text, /Likely consequences\n {2}\[missing: Likely consequences\]/);
    assert.match(draft('gdpr-34-2', 'de', '').text, /\[fehlt: Wahrscheinliche Folgen\]/);
    assert.equal(english.completeness.complete, false);
  });

  it('fills in what the facts say, and lets a person overrule it', () => {
    const { text } = draft('gdpr-33-2-notice', 'de', 'awareAt: 2026-11-24T10:12:00+01:00');
    assert.match(text, /Di\., 24\. Nov\. 2026, 10:12 Uhr MEZ \(09:12 UTC\)/);
    const overruled = draft(
      'gdpr-33-2-notice',
      'en',
      'awareAt: 2026-11-24T10:12:00+01:00\nnotice: { processorAwareAt: noon }',
    );
    assert.match(overruled.text, /We were aware\n {2}noon/);
  });

  it('asks for the reasons for the delay after the strict end, not before', () => {
    const facts = 'awareAt: 2026-11-24T10:12:00+01:00';
    const keys = (submitAt: string) =>
      draft('gdpr-33-3', 'en', facts, submitAt).completeness.missing.map(({ field }) => field.key);
    assert.ok(!keys('2026-11-27T09:12:00Z').includes('delayReasons'));
    assert.ok(keys('2026-11-27T09:12:01Z').includes('delayReasons'));
  });

  it('says what follows, and by when', () => {
    const text = 'notice: { subjectCount: { reason: The export is running., followsBy: 2026-11-27 } }';
    assert.match(draft('gdpr-33-3', 'en', text).text, /The export is running\. Follows by 2026-11-27\./);
    assert.match(draft('gdpr-33-3', 'de', text).text, /The export is running\. Folgt bis 2026-11-27\./);
  });

  it('never puts the content of one field through the holes of another', () => {
    const { subject } = draft('customer-notice', 'en', 'notice: { headline: "about {contact}", contact: desk }');
    assert.equal(subject, 'Security incident: about {contact}');
  });

  for (const kind of NOTICE_KINDS) {
    it(`of kind ${kind} has words in both languages that name its own fields only`, () => {
      for (const words of [ENGLISH[kind], GERMAN[kind]]) {
        const keys = noticeSet(kind).fields.map((field) => field.key);
        const named = [words.subject, ...words.opening, ...words.closing].join(' ').matchAll(/\{(\w+)\}/g);
        for (const [, key] of named) assert.ok(keys.includes(key!), `${kind}: ${key}`);
      }
      assert.doesNotMatch(draft(kind, 'en', '').text, /\[fehlt|undefined/);
      assert.doesNotMatch(draft(kind, 'de', '').text, /\[missing|undefined/);
    });
  }
});

describe('the field lists of the corpus', () => {
  const corpus = process.env['HOLDFAST_CORPUS'];
  const file = `${corpus}/duties/notice-fields.json`;
  const skip = corpus === undefined || !existsSync(file) ? 'HOLDFAST_CORPUS is not set' : false;

  it('agree field by field, need by need, limit by limit', { skip }, () => {
    const theirs = JSON.parse(readFileSync(file, 'utf8')) as {
      sets: Record<string, { to: string | null; legalMinimum: boolean; fields: { key: string; required: string }[] }>;
      srpFields: {
        no: string;
        track: string;
        earlyWarning: string;
        notification: string;
        final: string;
        maxLength: number | null;
      }[];
    };
    for (const [kind, set] of Object.entries(theirs.sets)) {
      const ours = NOTICE_SETS.find((each) => each.kind === kind);
      assert.ok(ours !== undefined, kind);
      assert.equal(ours.legalMinimum, set.legalMinimum, kind);
      assert.deepEqual(
        ours.fields.map((field) => [field.key, field.need]),
        set.fields.map((field) => [field.key.split(' = ')[0], field.required]),
      );
    }
    const need: Record<string, string> = { R: 'yes', A: 'if-known', O: 'optional', C: 'carried', S: 'carried' };
    for (const track of ['vulnerability', 'incident'] as const) {
      for (const [stage, kind] of [
        ['earlyWarning', `srp-early-warning-${track}`],
        ['notification', `srp-notification-${track}`],
        ['final', `srp-final-${track}`],
      ] as const) {
        const expected = theirs.srpFields
          .filter((line) => (line.track === 'both' || line.track === track) && line[stage] !== '-')
          .map((line) => [line.no, need[line[stage]], line.maxLength]);
        const ours = noticeSet(kind).fields.map((field) => [field.ref, field.need, field.maxLength]);
        assert.deepEqual(ours, expected, kind);
      }
    }
  });
});
