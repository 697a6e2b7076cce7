/** What can go wrong with a source of `db sync`, and that the old index stays whatever does. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { answers, cutAfter, listOf, neverEnds, stalls, startMirror } from '../../test/support/osv-mirror.ts';
import {
  ask,
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
import { makeZip } from '../../test/support/zip.ts';
import { isIncomplete } from './sync-report.ts';

renewPlaces();

describe('a source that fails', () => {
  const VALID = '/npm/all.zip';
  beforeEach(async () => {
    publishAll();
    await sync();
  });

  it('in one ecosystem ends the whole run: an index never mixes what came with what did not', async () => {
    publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    place.mirror.fail('/Maven/modified_id.csv', answers(500), 99);
    await keepsIndexAndFails('SYNC_UNREACHABLE', {}, /Maven\/modified_id\.csv: it answered with status 500/);
    place.mirror.fail('/Maven/modified_id.csv', answers(403), 99);
    await keepsIndexAndFails('SYNC_UNREACHABLE', { full: true }, /status 403/);
    place.mirror.fail('/Maven/modified_id.csv', answers(200), 0);
    place.mirror.fail('/Maven/all.zip', answers(404), 99);
    await keepsIndexAndFails('SYNC_UNREACHABLE', { full: true }, /Maven\/all\.zip: it answered with status 404/);
  });

  it('by being gone is unreachable', async () => {
    const gone = await startMirror();
    await gone.close();
    await keepsIndexAndFails('SYNC_UNREACHABLE', { from: gone.url }, /nothing listens there/);
  });

  it('with a page of a captive portal in the place of a list, an archive or a record is not believed', async () => {
    const portal = answers(200, { 'content-type': 'text/html' }, '<!DOCTYPE html><title>Welcome to our Wi-Fi</title>');
    place.mirror.fail('/npm/modified_id.csv', portal);
    await keepsIndexAndFails('SYNC_CORRUPT', {}, /no list of records/);
    place.mirror.fail(VALID, portal);
    await keepsIndexAndFails('SYNC_CORRUPT', { full: true });
    assert.ok(!existsSync(join(`${place.path}.sync`, 'npm.zip')));
    publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    place.mirror.put('/npm/GHSA-4.json', JSON.stringify(record('GHSA-5', '2026-11-24T10:00:00Z')));
    await keepsIndexAndFails('SYNC_CORRUPT', {}, /not the record that was asked for/);
  });

  it('with a list that is empty, endless, cut off or has an endless line', async () => {
    place.mirror.fail('/npm/modified_id.csv', answers(200, {}, '\n\n'));
    await keepsIndexAndFails('SYNC_CORRUPT', {}, /lists nothing/);
    place.mirror.fail('/npm/modified_id.csv', neverEnds);
    await keepsIndexAndFails('SYNC_CORRUPT', {}, /endless lines/);
    place.mirror.fail('/npm/modified_id.csv', cutAfter(30), 9);
    await keepsIndexAndFails('SYNC_UNREACHABLE', {}, /cut/);
    place.mirror.fail('/npm/modified_id.csv', answers(200, {}, `${listOf(NPM)}2026-11-24T10:00:00Z\n`));
    await keepsIndexAndFails('SYNC_CORRUPT', {}, /no list of records/);
  });

  it('with an archive that is damaged in one entry is not used at all, and is fetched anew the next time', async () => {
    const whole = NPM.map((each) => ({ name: `${each.id}.json`, data: JSON.stringify(each) }));
    const cases: Record<string, Buffer> = {
      'another CRC-32': makeZip([...whole.slice(1), { name: 'A.json', data: '{"id":"A"}', crc: 7 }]),
      'larger than 128 MB': makeZip([...whole, { name: 'A.json', data: '{}', size: 4_000_000_000 }]),
      'another size': makeZip([...whole, { name: 'A.json', data: '{}', size: 100 }]),
      'could not be read': makeZip(whole).subarray(0, 200),
      'holds no advisory': makeZip([{ name: 'README', data: 'moved' }]),
    };
    for (const [words, zip] of Object.entries(cases)) {
      place.mirror.put(VALID, zip);
      await keepsIndexAndFails('SYNC_CORRUPT', { full: true }, new RegExp(words));
      assert.deepEqual(readdirSync(`${place.path}.sync`), [], words);
    }
    publishAll();
    assert.equal((await sync({ full: true })).mode, 'full');
  });

  it('with a zip bomb costs no memory', async () => {
    const before = process.memoryUsage().rss;
    place.mirror.put(VALID, makeZip([{ name: 'A.json', data: Buffer.alloc(64_000_000, 32), size: 1_000 }]));
    await keepsIndexAndFails('SYNC_CORRUPT', { full: true });
    assert.ok(process.memoryUsage().rss - before < 250_000_000);
  });

  it('with another hash than it states is thrown away', async () => {
    place.mirror.files.set(VALID, {
      ...place.mirror.files.get(VALID)!,
      headers: { 'x-goog-hash': 'md5=AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    await keepsIndexAndFails('SYNC_CORRUPT', { full: true }, /another MD5/);
    assert.deepEqual(readdirSync(`${place.path}.sync`), []);
  });

  it('with less than half of its records is not believed', async () => {
    publishAll(NPM.slice(0, 1));
    await keepsIndexAndFails('SYNC_CORRUPT', { full: true }, /archive of npm has 1 records; the last one had 3/);
    publishAll(NPM.slice(0, 2));
    assert.equal((await sync({ full: true })).mode, 'full');
  });

  it('by falling silent is given up, for lists, archives and records', async () => {
    place.mirror.fail(
      '/npm/modified_id.csv',
      stalls(() => place.timers.pass(30_000)),
    );
    await keepsIndexAndFails('SYNC_UNREACHABLE', {}, /nothing came for 30 s/);
    place.mirror.fail(
      VALID,
      stalls(() => place.timers.pass(3_600_000)),
    );
    await keepsIndexAndFails('SYNC_UNREACHABLE', { full: true }, /not complete after 3600 s/);
    publishAll([...NPM, record('GHSA-4', '2026-11-24T10:00:00Z')]);
    place.mirror.fail(
      '/npm/GHSA-4.json',
      stalls(() => place.timers.pass(60_000)),
    );
    await keepsIndexAndFails('SYNC_UNREACHABLE', {}, /not complete after 60 s/);
  });

  it('in clear text, with a query, or by another scheme is refused before anything is asked, and its password is not shown', async () => {
    place.mirror.asked.length = 0;
    for (const from of ['http://osv.example', 'ftp://osv.example', 'https://osv.example/?key=geheim', '/var/osv', ''])
      await keepsIndexAndFails('SYNC_REFUSED', { from });
    await keepsIndexAndFails('SYNC_REFUSED', { from: 'http://anna:geheim@osv.example' }, /^((?!geheim).)*$/);
    await keepsIndexAndFails('SYNC_REFUSED', { env: { HTTPS_PROXY: 'geheim' } }, /^((?!geheim).)*$/);
    place.mirror.fail('/npm/modified_id.csv', answers(302, { location: 'http://osv.example/' }));
    await keepsIndexAndFails('SYNC_REFUSED', {}, /not encrypted/);
    assert.deepEqual(place.mirror.asked, ['GET /npm/modified_id.csv']);
    await keepsIndexAndFails('USAGE', { ecosystems: ['../etc'] });
  });

  it('keeps a password that was given in the address out of the index and the report', async () => {
    const from = place.mirror.url.replace('//', '//anna:geheim@');
    const report = await sync({ from, full: true });
    assert.ok(!readFileSync(place.path).includes('geheim'));
    assert.ok(!JSON.stringify(report).includes('geheim'));
    assert.equal(report.base, place.mirror.url);
  });
});

describe('KEV and EPSS', () => {
  const kev = (...ids: string[]): string => JSON.stringify({ vulnerabilities: ids.map((cveID) => ({ cveID })) });
  const epss = (score: string): Buffer =>
    gzipSync(
      `#model_version:v2025.03.14,score_date:2026-11-24T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,${score},0.9\n`,
    );
  const wishes = (): Wishes => ({ kev: `${place.mirror.url}/kev.json`, epss: `${place.mirror.url}/epss.csv.gz` });

  beforeEach(() => {
    publishAll();
    place.mirror.put('/kev.json', kev('CVE-2026-0001'));
    place.mirror.put('/epss.csv.gz', epss('0.5'));
  });

  it('are joined when asked for, and remembered', async () => {
    const report = await sync(wishes());
    assert.deepEqual(
      [report.kev?.state, report.kev?.entries, report.epss?.state, report.epss?.date],
      ['renewed', 1, 'renewed', '2026-11-24T00:00:00+00:00'],
    );
    assert.deepEqual(
      [detailOf('GHSA-1')?.kev, detailOf('GHSA-1')?.epss],
      [true, { probability: 0.5, percentile: 0.9 }],
    );
    place.mirror.put('/kev.json', kev('CVE-2020-0001'));
    place.mirror.put('/epss.csv.gz', epss('0.25'));
    assert.equal((await sync()).mode, 'delta');
    assert.deepEqual([detailOf('GHSA-1')?.kev, detailOf('GHSA-1')?.epss?.probability], [false, 0.25]);
  });

  it('are not asked for by themselves', async () => {
    const report = await sync();
    assert.deepEqual([report.kev, report.epss], [null, null]);
    assert.ok(place.mirror.asked.every((each) => /npm|Maven/.test(each)));
  });

  it('stay as they are when they fail, in a delta and in a full sync, and the run says so', async () => {
    await sync(wishes());
    const bomb = gzipSync(Buffer.alloc(300 * 1024 ** 2, 10), { level: 1 });
    const failures: (() => void)[] = [
      () => place.mirror.files.delete('/kev.json'),
      () => place.mirror.put('/kev.json', '<!DOCTYPE html>'),
      () => place.mirror.put('/kev.json', kev()),
      () => place.mirror.put('/kev.json', '{"vulnerabilities":[{"cveID":"no"}]}'),
      () => place.mirror.put('/epss.csv.gz', '<!DOCTYPE html>'),
      () => place.mirror.put('/epss.csv.gz', epss('0.5').subarray(0, 60)),
      () =>
        place.mirror.put('/epss.csv.gz', gzipSync('cve,epss,percentile\nCVE-2026-0001,0.1,0.1\nCVE-2026-0001,1.1\n')),
      () => place.mirror.put('/epss.csv.gz', bomb),
    ];
    for (const [number, fail] of failures.entries()) {
      for (const full of [false, true]) {
        fail();
        publishAll([...NPM, record(`NEW-${number}-${full}`, '2026-11-24T10:00:00Z')]);
        const report = await sync({ full });
        assert.ok(isIncomplete(report), `failure ${number}`);
        assert.ok([report.kev, report.epss].some((feed) => feed?.state === 'kept' && feed.error !== null));
        assert.deepEqual(idsFor(`new-${number}-${full}`), [`NEW-${number}-${full}`]);
        assert.deepEqual([detailOf('GHSA-1')?.kev, detailOf('GHSA-1')?.epss?.probability], [true, 0.5]);
      }
      place.mirror.put('/kev.json', kev('CVE-2026-0001'));
      place.mirror.put('/epss.csv.gz', epss('0.5'));
    }
  });

  it('that never came are absent, and the index is good without them', async () => {
    place.mirror.files.delete('/kev.json');
    const report = await sync(wishes());
    assert.deepEqual([report.kev?.state, isIncomplete(report), idsFor('ghsa-1')], ['absent', true, ['GHSA-1']]);
  });

  it('are read from files, whose folder the index does not tell, and which are read again only when named again', async () => {
    const file = join(place.folder, 'kev-of-today.json');
    writeFileSync(file, kev('CVE-2026-0001'));
    await sync({ kev: file });
    assert.equal(detailOf('GHSA-1')?.kev, true);
    assert.equal(
      ask(({ header }) => header.sync?.kev?.url),
      'file:kev-of-today.json',
    );
    rmSync(file);
    const next = await sync();
    assert.deepEqual(
      [next.kev?.state, next.kev?.error, isIncomplete(next), detailOf('GHSA-1')?.kev],
      ['kept', null, false, true],
    );
    assert.equal((await sync({ kev: file })).kev?.state, 'kept');
  });

  it('in clear text are refused', async () => {
    await sync();
    await keepsIndexAndFails('SYNC_REFUSED', { kev: 'http://kev.example/kev.json' });
    await keepsIndexAndFails('SYNC_REFUSED', { epss: 'ftp://epss.example/scores.csv' });
  });
});
