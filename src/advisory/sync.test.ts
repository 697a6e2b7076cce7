import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { listOf } from '../../test/support/osv-mirror.ts';
import {
  ask,
  at,
  detailOf,
  idsFor,
  keepsIndexAndFails,
  NPM,
  place,
  publishAll,
  record,
  renewPlaces,
  sync,
  type Wishes,
} from '../../test/support/sync-place.ts';
import { buildIndex } from './advisory-build.actions.ts';
import { isIncomplete } from './sync-report.ts';

renewPlaces();

describe('a first sync', () => {
  it('fetches the archives of npm and Maven and nothing else', async () => {
    publishAll();
    const report = await sync();
    assert.deepEqual(
      [report.mode, report.why, report.changes, isIncomplete(report)],
      ['full', 'no-index', null, false],
    );
    assert.deepEqual([idsFor('ghsa-1'), idsFor('org.example:lib', 'Maven')], [['GHSA-1'], ['GHSA-9']]);
    assert.deepEqual(place.mirror.asked, [
      'GET /npm/modified_id.csv',
      'GET /npm/all.zip',
      'GET /Maven/modified_id.csv',
      'GET /Maven/all.zip',
    ]);
  });

  it('leaves nothing behind but the index and an empty folder', async () => {
    publishAll();
    await sync();
    assert.deepEqual(readdirSync(place.folder).sort(), ['advisories.idx', 'advisories.idx.sync']);
    assert.deepEqual(readdirSync(`${place.path}.sync`), []);
  });

  it('works from a mirror that holds archives only, and says every time why it fetches them', async () => {
    publishAll();
    for (const file of [...place.mirror.files.keys()].filter((name) => !name.endsWith('.zip')))
      place.mirror.files.delete(file);
    assert.equal((await sync()).why, 'no-index');
    const again = await sync();
    assert.deepEqual([again.mode, again.why, again.ecosystems[0]?.list], ['full', 'no-list', 'absent']);
  });

  it('says when the archive lags behind its list, and the next sync brings the rest', async () => {
    publishAll();
    const fresh = ['2026-11-22T20:00:00Z', '2026-11-24T10:00:00Z', '2026-11-24T11:00:00Z'].map((modified, i) =>
      record(`GHSA-${i + 4}`, modified),
    );
    place.mirror.put('/npm/modified_id.csv', listOf([...NPM, ...fresh]));
    for (const each of fresh) place.mirror.put(`/npm/${each.id}.json`, JSON.stringify(each));
    const first = await sync();
    assert.ok(isIncomplete(first) && first.ecosystems[0]?.archiveBehind);
    const second = await sync();
    assert.deepEqual([second.mode, second.changes], ['delta', { added: 3, changed: 0, removed: 0 }]);
    assert.deepEqual(
      ['ghsa-4', 'ghsa-5', 'ghsa-6'].map((name) => idsFor(name)),
      [['GHSA-4'], ['GHSA-5'], ['GHSA-6']],
    );
  });
});

describe('the next sync', () => {
  const firstSync = async (wishes: Wishes = {}): Promise<void> => {
    publishAll();
    await sync(wishes);
    place.mirror.asked.length = 0;
  };

  it('fetches nothing when nothing has changed, and remembers that it looked', async () => {
    await firstSync();
    await sync();
    place.mirror.asked.length = 0;
    place.now = at('2026-11-24T18:00:00Z');
    const { digest } = ask(({ header }) => header);
    const report = await sync();
    assert.deepEqual(place.mirror.asked, ['GET /npm/modified_id.csv', 'GET /Maven/modified_id.csv']);
    assert.deepEqual(
      report.ecosystems.map(({ list }) => list),
      ['unchanged', 'unchanged'],
    );
    assert.equal(report.header.digest, digest);
    assert.equal(
      ask(({ header }) => header.sync?.cursors['npm']?.checkedAt),
      '2026-11-24T18:00:00Z',
    );
  });

  it('fetches only records that are new or newer, and merges them', async () => {
    await firstSync();
    const changed = record('GHSA-2', '2026-11-24T09:00:00Z', { aliases: ['CVE-2026-0002'] });
    publishAll([...NPM.filter(({ id }) => id !== 'GHSA-2'), changed, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    const report = await sync();
    assert.deepEqual([report.mode, report.changes], ['delta', { added: 1, changed: 1, removed: 0 }]);
    assert.deepEqual(place.mirror.asked.filter((each) => each.endsWith('.json')).sort(), [
      'GET /npm/GHSA-2.json',
      'GET /npm/GHSA-4.json',
    ]);
    assert.deepEqual(detailOf('GHSA-2')?.aliases, ['CVE-2026-0002']);
    assert.deepEqual([idsFor('ghsa-4'), idsFor('ghsa-1')], [['GHSA-4'], ['GHSA-1']]);
  });

  it('answers like a full sync of the same data', async () => {
    await firstSync();
    const npm = [
      record('GHSA-1', '2026-11-24T08:00:00Z', { withdrawn: '2026-11-24T08:00:00Z' }),
      record('GHSA-2', '2026-11-24T09:00:00Z', { aliases: ['CVE-2026-0003'] }),
      record('GHSA-3', '2026-11-22T10:00:00Z'),
      record('GHSA-4', '2026-11-24T10:00:00Z', { aliases: ['CVE-2026-0003'] }),
    ];
    publishAll(npm);
    const answer = () => ask((index) => [...NPM, ...npm].map(({ id }) => [idsFor(id.toLowerCase()), index.byId(id)]));
    assert.equal((await sync()).mode, 'delta');
    const merged = answer();
    assert.equal((await sync({ full: true })).mode, 'full');
    assert.deepEqual(merged, answer());
    assert.deepEqual(idsFor('ghsa-1'), []);
  });

  it('does not ask again for records that it knows to be withdrawn', async () => {
    await firstSync();
    publishAll([...NPM, record('GHSA-5', '2026-11-24T10:00:00Z', { withdrawn: '2026-11-24T10:00:00Z' })]);
    await sync();
    place.mirror.put('/npm/modified_id.csv', listOf([...NPM, { id: 'GHSA-5', modified: '2026-11-24T10:00:00Z' }]), {
      'x-other': '1',
    });
    place.mirror.asked.length = 0;
    await sync();
    assert.deepEqual(place.mirror.asked, ['GET /npm/modified_id.csv', 'GET /Maven/modified_id.csv']);
  });

  it('fetches everything when asked to, from another source, for other ecosystems, and every 30 days', async () => {
    await firstSync();
    assert.equal((await sync({ full: true })).why, 'asked-for');
    assert.equal((await sync({ from: place.mirror.url.replace('127.0.0.1', 'localhost') })).why, 'other-source');
    await sync();
    assert.equal((await sync({ ecosystems: ['npm'] })).why, 'other-ecosystems');
    assert.deepEqual(idsFor('org.example:lib', 'Maven'), []);
    place.now = at('2026-12-24T12:00:00Z');
    assert.equal((await sync()).why, 'monthly');
  });

  it('drops what was deleted from the bucket with the next full sync only', async () => {
    await firstSync();
    publishAll(NPM.slice(1));
    await sync();
    assert.deepEqual(idsFor('ghsa-1'), ['GHSA-1']);
    await sync({ full: true });
    assert.deepEqual(idsFor('ghsa-1'), []);
  });

  it('takes source and ecosystems from the last sync when nothing else is said', async () => {
    publishAll();
    await sync({ ecosystems: ['Maven'] });
    place.mirror.asked.length = 0;
    await sync({ from: null });
    assert.deepEqual(place.mirror.asked, ['GET /Maven/modified_id.csv']);
  });

  it('passes over a record that is gone between list and question, and says so', async () => {
    await firstSync();
    publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z'), record('GHSA-5', '2026-11-24T11:00:00Z')]);
    place.mirror.files.delete('/npm/GHSA-4.json');
    const report = await sync();
    assert.deepEqual([report.ecosystems[0]?.missing, report.changes?.added, isIncomplete(report)], [1, 1, false]);
  });

  it('asks again for a record that was no JSON, until it is one, however much comes after it', async () => {
    await firstSync();
    const bad = record('GHSA-4', '2026-11-23T01:00:00Z');
    const good = [record('GHSA-10', '2026-11-24T10:00:00Z'), record('GHSA-11', '2026-11-24T11:00:00Z')];
    publishAll([...NPM, bad, ...good]);
    place.mirror.put('/npm/GHSA-4.json', '{"id":');
    const report = await sync();
    assert.ok(isIncomplete(report) && report.ecosystems[0]?.broken === 1);
    place.now = at('2026-11-28T12:00:00Z');
    const later = [record('GHSA-6', '2026-11-27T10:00:00Z'), record('GHSA-7', '2026-11-27T11:00:00Z')];
    publishAll([...NPM, bad, ...good, ...later]);
    const next = await sync();
    assert.deepEqual([next.mode, next.changes?.added, isIncomplete(next)], ['delta', 3, false]);
    assert.deepEqual(idsFor('ghsa-4'), ['GHSA-4']);
  });

  it('is not led past later records by one from the future, or by a clock that was wrong', async () => {
    await firstSync();
    const future = record('GHSA-8', '2099-01-01T00:00:00Z');
    publishAll([...NPM, future]);
    await sync();
    publishAll([...NPM, future, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    await sync();
    assert.deepEqual(idsFor('ghsa-4'), ['GHSA-4']);
    place.now = at('2038-01-01T00:00:00Z');
    await sync();
    place.now = at('2026-11-24T13:00:00Z');
    publishAll([...NPM, future, record('GHSA-4', '2026-11-24T10:00:00Z'), record('GHSA-5', '2026-11-24T12:30:00Z')]);
    await sync();
    assert.deepEqual(idsFor('ghsa-5'), ['GHSA-5']);
  });

  it('finds what is new wherever it stands in a list that is out of order', async () => {
    await firstSync();
    const late = record('GHSA-4', '2026-11-24T10:00:00Z');
    publishAll([...NPM, late]);
    const old = Array.from({ length: 150 }, (_, i) => `2020-01-01T00:00:00Z,GHSA-old-${i}\n`).join('');
    place.mirror.put('/npm/modified_id.csv', `${listOf(NPM)}${old}2026-11-24T10:00:00Z,GHSA-4\n`);
    const report = await sync();
    assert.deepEqual([report.ecosystems[0]?.sorted, report.changes?.added], [false, 1]);
    assert.deepEqual(idsFor('ghsa-4'), ['GHSA-4']);
  });

  it('fetches the archive instead where the source keeps no single records', async () => {
    await firstSync();
    const many = Array.from({ length: 30 }, (_, i) => record(`MAL-${i}`, '2026-11-24T10:00:00Z'));
    publishAll([...NPM, ...many]);
    for (const { id } of many) place.mirror.files.delete(`/npm/${id}.json`);
    assert.equal((await sync()).why, 'many-missing');
    assert.deepEqual(idsFor('mal-29'), ['MAL-29']);
  });

  it('fetches the archive instead when more than 10,000 records have changed', async () => {
    await firstSync();
    const lines = Array.from({ length: 10_001 }, (_, i) => `2026-11-24T10:00:00Z,MAL-${i}\n`).join('');
    place.mirror.put('/npm/modified_id.csv', `${lines}${listOf(NPM)}`);
    assert.equal((await sync()).why, 'many-changes');
    assert.deepEqual(
      place.mirror.asked.filter((each) => each.includes('MAL-')),
      [],
    );
  });

  it('starts over from an index that is damaged, also where only what it builds on is', async () => {
    await firstSync();
    const good = readFileSync(place.path);
    for (let byte = good.length - 1; byte > 1_000; byte -= 97) {
      const bytes = Buffer.from(good);
      bytes[byte] = (bytes[byte] ?? 0) ^ 4;
      writeFileSync(place.path, bytes);
      publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z')]);
      assert.equal((await sync()).why, 'unreadable-index', `byte ${byte}`);
      assert.deepEqual([idsFor('ghsa-1'), idsFor('ghsa-4')], [['GHSA-1'], ['GHSA-4']]);
    }
  });

  it('replaces an index that was built from files, and never a file that is no index', async () => {
    publishAll();
    const source = join(place.folder, 'records.ndjson');
    writeFileSync(source, `${JSON.stringify(NPM[0])}\n`);
    await buildIndex({ out: place.path, sources: [source], built: place.now, onProgress: () => undefined });
    assert.equal((await sync()).why, 'never-synced');
    writeFileSync(place.path, 'the only copy of a thesis');
    await keepsIndexAndFails('INDEX_FOREIGN');
    assert.deepEqual(place.mirror.asked.length, 4);
  });
});

describe('the clock', () => {
  it('that runs behind is warned of, blocks nothing, and never makes an index look older than the one before', async () => {
    publishAll();
    await sync();
    place.now = at('2026-11-20T00:00:00Z');
    publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    const report = await sync();
    assert.deepEqual(
      report.warnings.map(({ clock }) => clock),
      ['before-last-index', 'before-newest-record'],
    );
    assert.equal(report.header.built, '2026-11-24T12:00:00Z');
    assert.deepEqual(idsFor('ghsa-4'), ['GHSA-4']);
  });

  it('that runs right gets no warning', async () => {
    publishAll();
    assert.deepEqual((await sync()).warnings, []);
  });
});

describe('two syncs at once', () => {
  it('are one: the second is told so and changes nothing', async () => {
    publishAll();
    let second: Promise<unknown> = Promise.resolve();
    place.mirror.fail('/npm/all.zip', (_, __, ___, serve) => {
      second = keepsIndexAndFails('SYNC_BUSY', {}, /another sync of .* runs since 2026-11-24T12:00:00Z/).finally(serve);
    });
    await sync();
    await second;
    assert.deepEqual(idsFor('ghsa-1'), ['GHSA-1']);
  });

  it('that lose their lock to somebody else replace nothing', async () => {
    publishAll();
    place.mirror.fail('/Maven/all.zip', (_, __, ___, serve) => {
      writeFileSync(join(`${place.path}.sync`, 'lock'), 'somebody else');
      serve();
    });
    await keepsIndexAndFails('SYNC_BUSY', {}, /took .* over/);
  });
});
