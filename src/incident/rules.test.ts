import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { NOTICE_KINDS } from './notice-kinds.ts';
import { CLOCK_IDS, CLOCK_RULES, clocksNamedBy, DUTY_IDS, DUTY_RULES, versionsOfClock } from './rules.ts';
import { nearestWord } from '../lib/spelling.ts';

describe('the rules', () => {
  it('never have two versions in force on the same day', () => {
    for (const rules of [DUTY_RULES, CLOCK_RULES]) {
      for (const [index, rule] of rules.entries()) {
        for (const other of rules.slice(index + 1).filter((each) => each.id === rule.id)) {
          const apart =
            (rule.validTo !== null && other.validFrom !== null && rule.validTo < other.validFrom) ||
            (other.validTo !== null && rule.validFrom !== null && other.validTo < rule.validFrom);
          assert.ok(apart, rule.id);
        }
      }
    }
  });

  it('leave no day between one version and the next', () => {
    for (const id of CLOCK_IDS) {
      const versions = versionsOfClock(id);
      for (const [index, version] of versions.slice(1).entries()) {
        const before = versions[index]?.validTo;
        assert.equal(Temporal.PlainDate.from(before!).add({ days: 1 }).toString(), version.validFrom, id);
      }
    }
  });

  it('name clocks and notices that exist, and a source each', () => {
    for (const rule of DUTY_RULES) {
      for (const clock of rule.clocks) assert.ok(CLOCK_IDS.includes(clock), `${rule.id}: ${clock}`);
      for (const notice of rule.notices) assert.ok(NOTICE_KINDS.includes(notice), `${rule.id}: ${notice}`);
      assert.ok(rule.sources.length > 0, rule.id);
    }
    for (const rule of CLOCK_RULES) {
      assert.ok(rule.sources.length > 0, rule.id);
      assert.ok(rule.period !== null || rule.wording !== null || rule.notes.length > 0, rule.id);
    }
  });

  it('send whoever asks for a duty to its clocks', () => {
    assert.deepEqual(clocksNamedBy('cra-14-1'), ['cra-14-2-a', 'cra-14-2-b', 'cra-14-2-c']);
    assert.deepEqual(clocksNamedBy('cra-14-3'), ['cra-14-4-a', 'cra-14-4-b', 'cra-14-4-c']);
    assert.equal(clocksNamedBy('atlassian-fix-clock').length, 8);
    assert.deepEqual(clocksNamedBy('nothing'), []);
  });
});

describe('the duties of the corpus', () => {
  const corpus = process.env['HOLDFAST_CORPUS'];
  const file = `${corpus}/duties/duties.json`;
  const skip = corpus === undefined || !existsSync(file) ? 'HOLDFAST_CORPUS is not set' : false;

  it('have the same periods, and every one of them can be asked for', { skip }, () => {
    const { duties } = JSON.parse(readFileSync(file, 'utf8')) as {
      duties: { id: string; kind?: string; deadline?: { kind: string; n?: number; rule?: string } }[];
    };
    for (const duty of duties.filter((each) => each.deadline !== undefined)) {
      const rule = versionsOfClock(duty.id).at(-1);
      assert.ok(rule !== undefined, duty.id);
      if (duty.deadline?.rule === undefined) continue;
      assert.deepEqual(rule.period, { kind: duty.deadline.kind, n: duty.deadline.n, rule: duty.deadline.rule });
    }
    assert.ok(DUTY_IDS.length === 17);
  });
});

describe('a mistyped word', () => {
  it('is answered with its neighbour, or with nothing when it has none', () => {
    assert.equal(nearestWord('breech', ['breach', 'reach']), 'breach');
    assert.equal(nearestWord('serevity', ['severe', 'severity']), 'severity');
    assert.equal(nearestWord('zzz', ['breach']), null);
  });
});
