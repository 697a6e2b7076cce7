/** The policy in the service, from reports to recorded evaluations, on both engines. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { forEachEngine } from '../../test/support/engines.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { openHouse, readSound, reportJson, type House } from '../../test/support/policy-service.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { walkLog } from '../log/log-walk.actions.ts';
import { verifyOpenLog } from '../log/log-verify.actions.ts';
import { signCheckpoint } from '../log/log.actions.ts';
import type { JobTables } from '../platform/jobs-table.ts';
import { defineControl } from './control.ts';
import type { PolicyTables } from './policy-tables.ts';
import { rebuildDays } from './history.actions.ts';
import { evaluationStates, readDays, readObstacle } from './policy.store.ts';
import { takeReport } from './report.actions.ts';
import { sourceStates } from './report.store.ts';
import { evaluateService, measureLocally } from './service.actions.ts';

const TOKEN = { actor: 'token-1', via: 'token' } as const;
const YEAR = { from: '2026-01-01', to: '2027-12-31' };

const take = async (house: House, json: JsonObject, now: Instant) => {
  const taken = await takeReport(house.world, readSound(json), TOKEN, now);
  assert.ok(taken.ok, JSON.stringify(taken.ok ? null : taken.error));
  return taken.value;
};

/** The sentence and the verdict of the statement about reviews. */
async function reviewAt(house: House, now: Instant): Promise<readonly [string, string]> {
  const evaluated = await evaluateService(house.world, now);
  assert.ok(evaluated.kind === 'recorded');
  const [statement] = evaluated.evaluation.report.statements;
  return [statement?.verdict ?? '', statement?.controls[0]?.summary ?? ''];
}

async function logged(house: House): Promise<readonly (readonly [string, string | null, Json])[]> {
  const entries: (readonly [string, string | null, Json])[] = [];
  for await (const { leaf } of walkLog(house.world.log.db)) entries.push([leaf.type, leaf.subject, leaf.data]);
  return entries;
}

async function findings(house: House): Promise<readonly string[]> {
  await signCheckpoint(house.world.log, hour(1_000), 0 as never);
  const report = await verifyOpenLog(house.world.log, [evaluationStates, sourceStates], { vkey: null, history: [] });
  return report.findings.map(({ code }) => code);
}

forEachEngine((engine) => {
  describe('a report', () => {
    it('is judged by the service, recorded once, and answered the same way twice', async () => {
      const house = await openHouse(engine);
      const first = await take(house, reportJson(hour(0), {}, 2), hour(1));
      const again = await take(house, reportJson(hour(0), {}, 2), hour(9));
      assert.equal(first.isNew, true);
      assert.deepEqual(again, { answer: first.answer, isNew: false });
      const { origin: _, ...entry } = first.answer['entry'] as JsonObject;
      assert.deepEqual(
        { ...first.answer, digest: '', entry },
        {
          schema: 'holdfast.reported/1',
          digest: '',
          entry: { index: 0 },
          receivedAt: '2026-11-24T10:00:00Z',
          standing: 'newest',
          clockAheadMs: 0,
          controls: [
            {
              control: 'release.review',
              params: { most: 0 },
              verdict: 'broken',
              summary: '2 changes without a review, at most 0.',
            },
          ],
        },
      );
      assert.deepEqual(
        (await logged(house)).map(([type, subject]) => [type, subject]),
        [['policy.reported', 'source:*']],
      );
    });

    it('promises an evaluation in the same transaction', async () => {
      const house = await openHouse(engine);
      await take(house, reportJson(hour(0)), hour(1));
      const jobs = await house.world.log.db.tables<JobTables>().selectFrom('job').select(['name', 'state']).execute();
      assert.deepEqual(jobs, [{ name: 'policy.evaluate', state: 'waiting' }]);
    });

    it('changes the verdict of the next evaluation, and an older one that comes later changes nothing', async () => {
      const house = await openHouse(engine);
      assert.deepEqual(await reviewAt(house, hour(0)), [
        'unknown',
        'Nothing was reported yet: this is measured in a checkout. Next: holdfast check --report-to URL, in CI, on every change',
      ]);
      await take(house, reportJson(hour(1), {}, 1), hour(1));
      assert.equal((await reviewAt(house, hour(1)))[0], 'broken');
      const late = await take(house, reportJson(hour(0), {}, 0), hour(2));
      assert.equal(late.answer['standing'], 'older');
      assert.equal((await reviewAt(house, hour(2)))[0], 'broken');
      assert.deepEqual(await findings(house), []);
    });

    it('lets kept lapse to stale after the interval of its control, and broken stays broken', async () => {
      const house = await openHouse(engine);
      await take(house, reportJson(hour(0)), hour(0));
      assert.deepEqual(await reviewAt(house, hour(72)), ['kept', '0 changes without a review, at most 0.']);
      assert.deepEqual(await reviewAt(house, hour(73)), [
        'stale',
        'Reported 3 d ago, on 2026-11-24T09:00:00Z, and good for 3 days. Let CI run `holdfast check --report-to` again. It said: 0 changes without a review, at most 0.',
      ]);
      await take(house, reportJson(hour(74), {}, 3), hour(74));
      assert.equal((await reviewAt(house, hour(200)))[0], 'broken');
    });

    it('of a clock that is ahead is flagged, counts from its arrival, and does not lock out the next one', async () => {
      const house = await openHouse(engine);
      const ahead = await take(house, reportJson(hour(24 * 365)), hour(0));
      assert.equal(ahead.answer['clockAheadMs'], 365 * 24 * 3_600_000);
      assert.equal((await reviewAt(house, hour(73)))[0], 'stale');
      const next = await take(house, reportJson(hour(74), {}, 1), hour(74));
      assert.equal(next.answer['standing'], 'newest');
      const flags = (await logged(house)).flatMap(([, , data]) => (data as JsonObject)['clockAheadMs'] ?? []);
      assert.deepEqual(flags, [365 * 24 * 3_600_000]);
    });

    it('of one product does not hide that of another: the worst counts', async () => {
      const house = await openHouse(engine);
      await take(house, reportJson(hour(0), { product: 'planner' }, 4), hour(0));
      await take(house, reportJson(hour(1), { product: 'timesheets' }, 0), hour(1));
      assert.deepEqual(await reviewAt(house, hour(1)), [
        'broken',
        'planner: 4 changes without a review, at most 0. This is the worst of 2 reports.',
      ]);
      house.write('holdfast.yaml', 'products:\n  - id: timesheets\n');
      assert.deepEqual(await reviewAt(house, hour(2)), ['kept', 'timesheets: 0 changes without a review, at most 0.']);
    });

    it('is refused whole where a part of it is not understood', async () => {
      const house = await openHouse(engine);
      const refused = async (changes: JsonObject) => {
        const taken = await takeReport(house.world, readSound(reportJson(hour(0), changes)), TOKEN, hour(0));
        return taken.ok ? 'taken' : taken.error.map(({ at, message }) => `${at}: ${message}`);
      };
      const facts = { at: hour(0), unreviewed: 0, authors: [] };
      assert.deepEqual(await refused({ product: 'plannner' }), [
        'product: plannner is no product in the holdfast.yaml of this service',
      ]);
      assert.deepEqual(await refused({ controls: [{ control: 'release.reveiw', params: {}, facts }] }), [
        'controls[0].control: release.reveiw is no control of this service; update it',
      ]);
      assert.deepEqual(await refused({ controls: [{ control: 'manual', params: {}, facts }] }), [
        'controls[0].control: manual is measured by the service itself, and not reported',
      ]);
      assert.deepEqual(
        await refused({
          controls: [
            { control: 'release.review', params: { least: 1 }, facts },
            { control: 'release.review', params: {}, facts: { ...facts, unreviewed: -1 } },
            { control: 'release.review', params: {}, facts },
            { control: 'release.review', params: { most: 0 }, facts },
          ],
        }),
        [
          'controls[0].params.least: is no parameter of this control',
          'controls[1].facts.unreviewed: Too small: expected number to be >=0',
          'controls[3]: has release.review with the same parameters a second time',
        ],
      );
      assert.deepEqual(await logged(house), []);
    });

    it('about other parameters than those of the document leaves its statement unknown', async () => {
      const house = await openHouse(engine);
      const facts = { at: hour(0), unreviewed: 0, authors: [] };
      await take(
        house,
        reportJson(hour(0), { controls: [{ control: 'release.review', params: { most: 9 }, facts }] }),
        hour(0),
      );
      const [verdict, words] = await reviewAt(house, hour(0));
      assert.equal(verdict, 'unknown');
      assert.match(words, /^No report has release\.review with the parameters of this document\./);
    });

    it('of a measurement that failed makes its statement unknown, with the reason', async () => {
      const house = await openHouse(engine);
      const failed = { code: 'GIT_UNAVAILABLE', message: 'git was not found. Install it.' };
      await take(
        house,
        reportJson(hour(0), { controls: [{ control: 'release.review', params: {}, failed }] }),
        hour(0),
      );
      assert.deepEqual(await reviewAt(house, hour(0)), ['unknown', 'git was not found. Install it.']);
    });
  });

  describe('an evaluation of the service', () => {
    it('is recorded with the reports that it judged', async () => {
      const house = await openHouse(engine);
      const { answer } = await take(house, reportJson(hour(0)), hour(0));
      await evaluateService(house.world, hour(1));
      const db = house.world.log.db.tables<PolicyTables>();
      const { body } = await db.selectFrom('policy_evaluation').select('body').executeTakeFirstOrThrow();
      const { basis } = JSON.parse(body) as { basis: JsonObject };
      assert.deepEqual(basis['reports'], [{ product: null, digest: answer['digest'], entry: 0 }]);
      assert.equal(basis['zone'], 'Europe/Berlin');
      assert.deepEqual(await findings(house), []);
    });

    it('is kept out by a document with mistakes, which is a state with its moment and no crash', async () => {
      const house = await openHouse(engine);
      await evaluateService(house.world, hour(0));
      house.write('SECURITY-POLICY.md', 'We promise.[^nothing]\n');
      for (const at of [1, 2]) assert.equal((await evaluateService(house.world, hour(at))).kind, 'obstacle');
      const { db } = house.world.log;
      const obstacle = await readObstacle(db, house.world.subject);
      assert.deepEqual([obstacle?.code, obstacle?.since], ['POLICY_INVALID', hour(1)]);
      const types = (await logged(house)).map(([type]) => type);
      assert.deepEqual(types, ['policy.evaluated', 'policy.unreadable']);
      house.write('SECURITY-POLICY.md', 'We promise.\n');
      assert.equal((await evaluateService(house.world, hour(3))).kind, 'recorded');
      assert.equal(await readObstacle(db, house.world.subject), null);
    });

    it('asks its own controls when it is due, and not again because of each report', async () => {
      const house = await openHouse(engine);
      let asked = 0;
      const counting = defineControl({
        id: 'log.intact',
        title: 'counts',
        where: 'service',
        params: z.strictObject({}),
        facts: z.object({ asked: z.int() }),
        gather: async () => ({ asked: ++asked }),
        judge: (_, facts, now) => ({ verdict: 'kept', summary: `asked ${facts.asked}`, measuredAt: now, evidence: {} }),
      });
      const world = { ...house.world, controls: [...house.world.controls, counting] };
      house.write(
        'SECURITY-POLICY.md',
        `The log is intact.[^log]\n\n[^log]: Said.\n\n    \`\`\`yaml\n    control: log.intact\n    \`\`\`\n`,
      );
      const said = async (at: Instant, why: 'due' | 'report') => {
        const evaluated = await evaluateService(world, at, why);
        assert.ok(evaluated.kind === 'recorded');
        const control = evaluated.evaluation.report.statements[0]?.controls[0];
        return [control?.summary, control?.measuredAt];
      };
      assert.deepEqual(await said(hour(0), 'due'), ['asked 1', hour(0)]);
      assert.deepEqual(await said((hour(0) + 60_000) as Instant, 'report'), ['asked 1', hour(0)]);
      assert.deepEqual(await said(hour(2), 'report'), ['asked 2', hour(2)]);
      assert.deepEqual(await said(hour(2), 'due'), ['asked 3', hour(2)]);
      house.write('holdfast.yaml', '{}\n');
      assert.deepEqual(await said(hour(2), 'report'), ['asked 4', hour(2)]);
    });

    it('leaves measuring to CI once CI reports', async () => {
      const house = await openHouse(engine, { unreviewed: '5' });
      mkdirSync(join(house.root, '.git'));
      await take(house, reportJson(hour(0), { product: 'planner' }), hour(0));
      assert.equal(await measureLocally(house.world, { checkout: null, hide: (words) => words }, hour(1)), null);
    });

    it('measures a checkout as CI would, without the names of authors, and no folder that is none', async () => {
      const house = await openHouse(engine, { unreviewed: '5' });
      const origin = { checkout: null, hide: (words: string) => words };
      assert.equal(await measureLocally(house.world, origin, hour(0)), null);
      mkdirSync(join(house.root, '.git'));
      const taken = await measureLocally(house.world, origin, hour(0));
      assert.equal(taken?.isNew, true);
      assert.deepEqual(await reviewAt(house, hour(0)), ['broken', '5 changes without a review, at most 0.']);
      const { body } = await house.world.log.db
        .tables<PolicyTables>()
        .selectFrom('policy_source')
        .select('body')
        .executeTakeFirstOrThrow();
      assert.ok(body.includes('"unreviewed":5') && !body.includes('Ada'));
    });
  });

  describe('the days of a statement', () => {
    it('hold the worst verdict of each day of the organisation, and nothing for a day without an evaluation', async () => {
      const house = await openHouse(engine);
      // 23:00 and 01:00 in Berlin are two days, and one in UTC.
      await take(house, reportJson(hour(12), {}, 1), hour(12));
      await evaluateService(house.world, hour(12));
      await take(house, reportJson(hour(13)), hour(13));
      await evaluateService(house.world, hour(13));
      await take(house, reportJson(hour(14)), hour(14));
      await evaluateService(house.world, hour(14));
      await evaluateService(house.world, hour(15));
      await evaluateService(house.world, hour(63));
      const days = await readDays(house.world.log.db, house.world.subject, YEAR);
      assert.deepEqual(
        days.map(({ day, statement, verdict }) => `${day} ${statement} ${verdict}`),
        [
          '2026-11-24 laptops manual',
          '2026-11-24 review broken',
          '2026-11-25 laptops manual',
          '2026-11-25 review kept',
          '2026-11-27 laptops manual',
          '2026-11-27 review kept',
        ],
      );
    });

    it('come back from the log as they were', async () => {
      const house = await openHouse(engine);
      for (const [at, unreviewed] of [0, 1, 0, 0].entries()) {
        await take(house, reportJson(hour(at * 20), {}, unreviewed), hour(at * 20));
        await evaluateService(house.world, hour(at * 20));
      }
      const { db } = house.world.log;
      const before = await readDays(db, house.world.subject, YEAR);
      assert.ok(before.length > 4);
      await db.tables<PolicyTables>().deleteFrom('policy_day').execute();
      assert.equal(await rebuildDays(house.world.log, house.world.subject), 4);
      assert.deepEqual(await readDays(db, house.world.subject, YEAR), before);
    });
  });

  it('a row that somebody edits is found by verifying the log', async () => {
    const house = await openHouse(engine);
    await take(house, reportJson(hour(0), {}, 7), hour(0));
    const { db } = house.world.log;
    const { body } = await db
      .tables<PolicyTables>()
      .selectFrom('policy_source')
      .select('body')
      .executeTakeFirstOrThrow();
    await db
      .tables<PolicyTables>()
      .updateTable('policy_source')
      .set({ body: body.replace('"unreviewed":7', '"unreviewed":0') })
      .execute();
    assert.deepEqual(await findings(house), ['state-differs']);
  });
});
