/** The pages of the log in a browser: long entries, hostile ones, a log that has stopped; both themes, keyboard, the narrowest phone. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { EPOCH, hours, plus, type Instant, type Millis } from '../../src/lib/time.ts';
import { LOG_TABLES } from '../../src/log/log-tables.ts';
import { appendEntry, type OpenLog, recordInLog, signCheckpoint } from '../../src/log/log.actions.ts';
import { openDatabase } from '../../src/platform/db.ts';
import { JOBS } from '../../src/platform/jobs-table.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { POLICY_TABLES } from '../../src/policy/policy-tables.ts';
import { storeEvaluation } from '../../src/policy/policy.store.ts';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import { flawsOf, inBrowser, keyboardWalk, reachable } from '../support/browser.ts';
import { listening, logService } from '../support/log-service.ts';
import { temporaryFolder } from '../support/repository.ts';

const START = Date.parse('2026-11-02T06:00:00Z') as Instant;
const at = (n: number): Instant => plus(START, hours(n));

async function evidence(): Promise<OpenLog> {
  const folder = join(temporaryFolder(), 'data');
  const db = await openDatabase({ engine: 'sqlite', path: join(folder, 'holdfast.db') });
  after(() => db.close());
  await migrate(db, [LOG_TABLES, POLICY_TABLES, JOBS], EPOCH);
  return { db, folder, random: systemRandom };
}

async function evaluated(log: OpenLog, n: number): Promise<void> {
  const subject = 'policy:SECURITY-POLICY.md';
  const state = { kept: n };
  await recordInLog(log, async (tx) => {
    const data = { counts: { kept: 12, broken: n % 2, unknown: 1 }, holdfast: '0.1.0', policy: 'a'.repeat(64) };
    const { origin, index } = await appendEntry(
      tx,
      { type: 'policy.evaluated', actor: null, subject, data, state },
      at(n),
    );
    await storeEvaluation(tx, { subject, origin, index, body: canonicalJson(state) });
  });
}

async function some(log: OpenLog): Promise<void> {
  for (let n = 0; n < 80; n++) {
    if (n % 24 === 0)
      await recordInLog(log, async (tx) => {
        const entry = { type: 'log.heartbeat', actor: null, subject: null, data: { job: n }, state: null };
        await appendEntry(tx, entry, at(n));
      });
    await evaluated(log, n);
  }
  await recordInLog(log, async (tx) => {
    const pd = [{ f: 'name', c: 'c'.repeat(64), k: 'p-7f3a' }];
    const data = {
      words: '<script>alert(1)</script> \u202eright to left\u202c',
      list: Array.from({ length: 40 }, (_, i) => i),
    };
    const subject = `package:${'pkg:npm/%40beispiel/ein-sehr-langer-name-der-nirgends-umbricht@1.0.0'.repeat(3)}`;
    await appendEntry(tx, { type: 'person.joined', actor: 'p-7f3a', subject, data, pd, state: null }, at(81));
  });
  await signCheckpoint(log, at(82), 0 as Millis);
}

inBrowser((browser) => {
  const opened = async (log: OpenLog) => {
    const { origin, server } = await listening(logService(log, () => at(83)));
    after(() => server.close());
    const page = await browser.open({ extraHTTPHeaders: { 'x-viewer': 'auditor' }, reducedMotion: 'reduce' });
    const show = async (path: string): Promise<void> => {
      await page.goto(`${origin}${path}`);
      assert.deepEqual(await flawsOf(page), [], path);
      await page.goto(`${origin}${path}`);
      const stops = await reachable(page);
      // A field for a day has a stop for each of its parts, and draws the last one itself.
      // Behind the end of the page the browser may begin again.
      const round = await keyboardWalk(page, 300);
      const again = round.indexOf('Skip to content', 1);
      const all = again < 0 ? round : round.slice(0, again);
      const walked = all.filter((stop, n) => !stop.startsWith('Day') || !all[n - 1]?.startsWith('Day'));
      assert.equal(walked.length, stops, `${path}: ${walked.join(' | ')}`);
      assert.deepEqual(
        walked.filter((stop) => stop.endsWith('(unseen)')),
        [],
        path,
      );
    };
    return { page, show };
  };

  it('shows the list of the log, whatever stands in it', { timeout: 120_000 }, async () => {
    const log = await evidence();
    const { show, page } = await opened(log);
    await show('/log');
    await some(log);
    await show('/log');
    await show('/log?type=log.heartbeat');
    await show('/log?type=policy.evaluated&day=2026-11-30');
    await show('/log?day=2026-02-30&subject=x');
    // With a mistake beside one of them, too, the fields of the filter and its button stand on one line.
    await page.setViewportSize({ width: 1_280, height: 800 });
    const bottoms: number[] = [];
    for (const field of await page.locator('form.filters').locator('select, input, button').all()) {
      const box = (await field.boundingBox()) ?? assert.fail('a field is not shown');
      bottoms.push(box.y + box.height);
    }
    assert.deepEqual([bottoms.length, new Set(bottoms).size], [4, 1], bottoms.join());
    await page.goto(page.url().replace(/\?.*/, ''));
    await page.getByLabel('Kind').selectOption('person.joined');
    await page.getByRole('button', { name: 'Filter' }).click();
    assert.equal(await page.locator('tbody tr').count(), 1);
    await page.locator('tbody th a').click();
    assert.equal(await page.locator('h1').innerText(), 'Entry 84: person.joined');
  });

  it('shows an entry with its proof, and what does not agree', { timeout: 120_000 }, async () => {
    const log = await evidence();
    await evaluated(log, 0);
    await signCheckpoint(log, at(0), 0 as Millis);
    const { show } = await opened(log);
    await show('/log/entries/0');
    await some(log);
    await show('/log/entries/42');
    await show('/log/entries/85');
    await evaluated(log, 90);
    await show('/log/entries/86');
    await log.db
      .tables<{ policy_evaluation: { body: string } }>()
      .updateTable('policy_evaluation')
      .set({ body: '{}' })
      .execute();
    await show('/log/entries/86');
  });

  it('says loudly that the log has stopped', { timeout: 120_000 }, async () => {
    const log = await evidence();
    await some(log);
    const { show } = await opened(log);
    rmSync(join(log.folder, 'log.checkpoint'));
    mkdirSync(log.folder, { recursive: true });
    await show('/log');
    writeFileSync(join(log.folder, 'log.checkpoint'), 'nonsense');
    await show('/log');
  });
});
