/** The log over HTTP: what everybody gets, what auditors and tokens get, and that nobody gets more. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { forEachEngine } from '../../test/support/engines.ts';
import { AT_ONCE, fill, hour, openEvidence, raw, record } from '../../test/support/evidence-log.ts';
import { AUDITOR, type Get, logService, TOKEN } from '../../test/support/log-service.ts';
import { fillListing } from './log-listing.actions.ts';
import { appendEntry, type OpenLog, recordInLog, signCheckpoint } from './log.actions.ts';
import { parseVerifierKey } from './note.ts';
import { verifyBundle } from './proof-bundle.ts';
import { decodeBundle } from './tile.ts';
import { type ReadFile, verifyLog } from './verify-log.ts';

const NOW = hour(1_000);
const text = async (answer: Response | Promise<Response>): Promise<string> => (await answer).text();

async function heartbeats(log: OpenLog, size: number): Promise<void> {
  await recordInLog(log, async (tx) => {
    for (let at = 0; at < size; at++)
      await appendEntry(tx, { type: 'log.heartbeat', actor: null, subject: null, data: { at }, state: null }, hour(at));
  });
}

/** Follows the pages of the history to their end. */
async function wholeHistory(get: Get, path = '/.well-known/holdfast/checkpoints'): Promise<string> {
  const answer = await get(path);
  const [, next] = /^<([^>]+)>; rel="next"$/.exec(answer.headers.get('link') ?? '') ?? [];
  const lines = await answer.text();
  return next === undefined ? lines : lines + (await wholeHistory(get, next));
}

forEachEngine((engine) => {
  it('gives everybody the checkpoint, those before it and the key, and keeps none of them for longer than a minute', async () => {
    const log = await openEvidence(engine);
    const get = logService(log, () => NOW);
    for (const path of ['checkpoint', 'checkpoints', 'log.vkey'])
      assert.equal((await get(`/.well-known/holdfast/${path}`)).status, 404);
    const notes: string[] = [];
    for (let at = 0; at < 3; at++) {
      await record(log, hour(at));
      notes.unshift((await signCheckpoint(log, hour(at), AT_ONCE))!.note);
    }
    const newest = await get('/.well-known/holdfast/checkpoint');
    assert.equal(newest.headers.get('cache-control'), 'public, max-age=60');
    assert.equal(newest.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(await newest.text(), notes[0]);
    const history = await get('/.well-known/holdfast/checkpoints');
    assert.equal(await history.text(), notes.map((note) => `${JSON.stringify({ note, seen: null })}\n`).join(''));
    const vkey = await text(get('/.well-known/holdfast/log.vkey'));
    assert.match(vkey, /^holdfast\/[0-9a-f]{8}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}\n$/);
    assert.equal(parseVerifierKey(vkey.trim()).ok, true);
  });

  it('turns the pages of the history, of the log that grows and of the one before it', async () => {
    const log = await openEvidence(engine);
    await fill(log, 1);
    const { note } = await raw(log.db).selectFrom('log_checkpoint').select('note').executeTakeFirstOrThrow();
    const rows = Array.from({ length: 450 }, (_, at) => ({ log: 1, size: at + 2, note: `${at}`, signed_at: hour(1) }));
    await raw(log.db).insertInto('log_checkpoint').values(rows).execute();
    const get = logService(log, () => NOW);
    const lines = (await wholeHistory(get)).trim().split('\n');
    assert.deepEqual(
      [lines.length, lines[0], lines.at(-2), lines.at(-1)],
      [451, '{"note":"449","seen":null}', '{"note":"0","seen":null}', JSON.stringify({ note, seen: null })],
    );
    await raw(log.db)
      .insertInto('log_head')
      .values({ log: 2, origin: 'holdfast/00000000/log2', size: 0, nodes: new Uint8Array(0), last_at: null })
      .execute();
    assert.equal((await text(get('/.well-known/holdfast/checkpoints'))).length, 0);
    assert.equal((await wholeHistory(get, '/.well-known/holdfast/checkpoints?log=1')).split('\n').length, 452);
    for (const query of ['?below=x', '?below=-1', '?log=9', '?log=01', '?below=1e3'])
      assert.equal((await get(`/.well-known/holdfast/checkpoints${query}`)).status, 404, query);
  });

  it('shows no checkpoint that its own key did not sign', async () => {
    const log = await openEvidence(engine);
    await fill(log, 2);
    const failures: string[] = [];
    const get = logService(log, () => NOW, failures);
    await raw(log.db).updateTable('log_checkpoint').set({ note: 'x\n2\nAAAA\n\n— x AAAA\n' }).execute();
    for (const path of ['checkpoint', 'log.vkey']) {
      const answer = await get(`/.well-known/holdfast/${path}`);
      assert.equal(answer.status, 503);
      assert.match(await answer.text(), /LOG_DAMAGED/);
    }
    assert.equal(failures.length, 4);
  });

  it('serves tiles and bundles that verify as an export does, whole and partial, and forever', async () => {
    const log = await openEvidence(engine);
    await heartbeats(log, 600);
    await signCheckpoint(log, hour(600), AT_ONCE);
    const get = logService(log, () => NOW);
    for (const [prefix, viewer] of [
      ['/', AUDITOR],
      ['/api/v1/', TOKEN],
    ] as const) {
      const read: ReadFile = async (path) => {
        const from = path === 'log.vkey' ? '/.well-known/holdfast/log.vkey' : `${prefix}${path}`;
        const answer = await get(from, viewer);
        if (answer.status !== 200) return { absent: answer.status === 404, why: `gave ${answer.status}` };
        return new Uint8Array(await answer.arrayBuffer());
      };
      const report = await verifyLog(read, { key: null, held: [] });
      assert.deepEqual(
        [report.broken, report.unread, report.sums.entries, report.sums.tiles],
        [0, 0, 600, 4],
        JSON.stringify(report.findings),
      );
    }
    const full = await get('/log/tile/entries/001', AUDITOR);
    assert.equal(full.headers.get('cache-control'), 'private, max-age=31536000, immutable');
    assert.equal(full.headers.get('content-type'), 'application/octet-stream');
    const older = new Uint8Array(await (await get('/log/tile/entries/001.p/3', AUDITOR)).arrayBuffer());
    assert.equal(decodeBundle(older, 3).ok, true);
  });

  it('knows one spelling of each tile, and none beyond what was signed', async () => {
    const log = await openEvidence(engine);
    await heartbeats(log, 300);
    await signCheckpoint(log, hour(300), AT_ONCE);
    await record(log, hour(301));
    const get = logService(log, () => NOW);
    for (const path of [
      'tile/0/002',
      'tile/0/001.p/45',
      'tile/0/001',
      'tile/0/000.p/256',
      'tile/0/x000/000',
      'tile/00/000',
      'tile/0/000.p/0',
      'tile/64/000',
      'tile/-1/000',
      'tile/0/0',
      'tile/0/000/',
      'tile/0/%30%30%30',
      'tile/entries/../0/000x',
      'tile/',
      'tile/data/000',
      'tile/0/x999/x999/x999/x999/x999/999',
    ]) {
      const answer = await get(`/log/${path}`, AUDITOR);
      assert.equal(answer.status, 404, path);
    }
    assert.equal((await get('/log/tile/0/001.p/44', AUDITOR)).status, 200);
  });

  it('gives entries, tiles and proofs to whoever may read the log, and to nobody else', async () => {
    const log = await openEvidence(engine);
    await fill(log, 3);
    const get = logService(log, () => NOW);
    const staff = [
      '/log',
      '/log/entries/0',
      '/log/entries/0/proof.json',
      '/log/verify.mjs',
      '/log/checkpoint',
      '/log/tile/0/000.p/3',
    ];
    for (const path of staff) {
      assert.equal((await get(path)).status, 303, path);
      assert.equal((await get(path, TOKEN)).status, 303, path);
    }
    for (const path of ['/api/v1/log/checkpoint', '/api/v1/log/tile/0/000.p/3', '/api/v1/log/entries/0/proof']) {
      assert.equal((await get(path)).status, 401, path);
      assert.equal((await get(path, AUDITOR)).status, 401, path);
      assert.equal((await get(path, TOKEN)).status, 200, path);
    }
  });

  it('hands out a proof of one entry that verifies by itself, and none for what is not signed yet', async () => {
    const log = await openEvidence(engine);
    await fill(log, 5);
    await record(log, hour(6));
    const get = logService(log, () => NOW);
    const answer = await get('/log/entries/3/proof.json', AUDITOR);
    assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="entry-3.proof.json"');
    const report = verifyBundle(new Uint8Array(await answer.arrayBuffer()), null, []);
    assert.deepEqual([report.broken, report.unread, report.entry?.index, report.entry?.size], [0, 0, 3, 5]);
    for (const index of ['5', '6', '-1', '03', 'x', '99999999999999999999'])
      assert.equal((await get(`/log/entries/${index}/proof.json`, AUDITOR)).status, 404, index);
  });

  it('shows an entry with its bytes, its proof and its row, and says what does not agree', async () => {
    const log = await openEvidence(engine);
    await fill(log, 7);
    const get = logService(log, () => NOW);
    const page = await text(get('/log/entries/6', AUDITOR));
    assert.match(page, /<h1>Entry 6: the policy was evaluated<\/h1>/);
    assert.match(page, /proof holds/);
    assert.match(page, /From the entry to the root: 2 steps/);
    assert.match(page, /agrees<\/span>/);
    const before = await text(get('/log/entries/3', AUDITOR));
    assert.match(before, /<a href="\/log\/entries\/6">Entry 6<\/a> says what it is now/);
    await raw(log.db).updateTable('policy_evaluation').set({ body: '{}' }).where('subject', '=', 'policy:0').execute();
    assert.match(await text(get('/log/entries/6', AUDITOR)), /was changed since, and no entry says so/);
    await raw(log.db).deleteFrom('policy_evaluation').where('subject', '=', 'policy:0').execute();
    assert.match(await text(get('/log/entries/6', AUDITOR)), /is gone, and no entry says so/);
    await raw(log.db)
      .updateTable('log_evidence')
      .set({ body: new Uint8Array(1) })
      .execute();
    assert.match(await text(get('/log/entries/5', AUDITOR)), /The evidence of this entry was changed/);
    const leaf = new TextEncoder().encode('{"<script>":1}');
    await raw(log.db).updateTable('log_entry').set({ leaf }).where('idx', '=', 4).execute();
    const broken = await text(get('/log/entries/4', AUDITOR));
    assert.match(broken, /proof does not hold/);
    assert.match(broken, /&lt;script&gt;/);
    await record(log, hour(8));
    assert.match(await text(get('/log/entries/7', AUDITOR)), /not signed yet/);
    for (const path of ['/log/entries/8', '/log/entries/x', '/log/entries/1e1'])
      assert.equal((await get(path, AUDITOR)).status, 404, path);
  });

  it('lists entries the newest first, by kind, subject and day, a page at a time', async () => {
    const log = await openEvidence(engine);
    const get = logService(log, () => NOW);
    assert.match(await text(get('/log', AUDITOR)), /<h1>Nothing was recorded yet<\/h1>/);
    await heartbeats(log, 120);
    await fill(log, 6, 120);
    const indexes = async (query: string): Promise<readonly number[]> =>
      [...(await text(get(`/log${query}`, AUDITOR))).matchAll(/<th scope="row"><a href="\/log\/entries\/(\d+)">/g)].map(
        ([, index]) => Number(index),
      );
    const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, at) => from - at);
    const page = await text(get('/log', AUDITOR));
    assert.match(page, /<h1>The log has 126 entries<\/h1>/);
    assert.match(page, /href="\/log\?before=76" rel="next"/);
    assert.deepEqual(await indexes(''), down(125, 76));
    assert.deepEqual(await indexes('?before=76'), down(75, 26));
    assert.deepEqual(await indexes('?before=26'), down(25, 0));
    assert.deepEqual(await indexes('?type=policy.evaluated'), down(125, 120));
    assert.deepEqual(await indexes('?subject=policy%3A1'), [124, 121]);
    assert.deepEqual(await indexes('?type=log.heartbeat&subject=policy%3A1'), []);
    assert.deepEqual(await indexes('?type=log.heartbeat&before=52'), down(51, 2));
    // The log begins on 24 November at 10:00 in Berlin, with an entry an hour.
    assert.deepEqual(await indexes('?day=2026-11-24'), down(13, 0));
    assert.deepEqual(await indexes('?day=2026-11-25'), down(37, 14));
    assert.deepEqual(await indexes('?day=2026-11-23'), []);
    assert.deepEqual(await indexes('?day=2026-11-29&type=policy.evaluated'), down(125, 120));
    const bad = await get('/log?day=2026-02-30', AUDITOR);
    assert.deepEqual([bad.status, /This is no day of the calendar/.test(await bad.text())], [422, true]);
    for (const query of [
      '?type=%00',
      '?before=x',
      '?subject=%F0%9F%92%A9',
      '?day=%22%3E',
      '?type=%FF',
      `?subject=${'x'.repeat(5_000)}`,
    ])
      assert.ok((await get(`/log${query}`, AUDITOR)).status < 500, query);
  });

  it('finds entries of the time before there was a list once they are in it, and says so until then', async () => {
    const log = await openEvidence(engine);
    await heartbeats(log, 2_500);
    await raw(log.db).deleteFrom('log_listing').execute();
    await record(log, hour(2_500));
    const get = logService(log, () => hour(2_600));
    assert.match(await text(get('/log?type=log.heartbeat', AUDITOR)), /Entries before 2,500 are not in the list yet/);
    let rounds = 1;
    while (await fillListing(log.db)) rounds++;
    assert.equal(rounds, 3);
    const page = await text(get('/log?type=log.heartbeat', AUDITOR));
    assert.doesNotMatch(page, /not in the list yet/);
    assert.match(page, /href="\/log\/entries\/2499"/);
    assert.equal(await fillListing(log.db), false);
  });
});
