import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import { buildIndex } from './advisory-build.actions.ts';
import { updateIndex, type UpdateReport, type UpdateRequest } from './advisory-update.actions.ts';
import type { AdvisoryDetail } from './index-layout.ts';
import { needsRebuild, SECTION_NAMES } from './index-layout.ts';
import { IndexReader } from './index-reader.client.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-update-'));
after(() => rmSync(folder, { recursive: true }));

const built = parseInstant('2026-11-24T00:00:00Z') as Instant;
const later = parseInstant('2026-11-25T00:00:00Z') as Instant;

const record = (id: string, name: string, more: object = {}) => ({
  id,
  modified: '2026-01-01T00:00:00Z',
  affected: [{ package: { ecosystem: 'npm', name }, versions: ['1'] }],
  ...more,
});
const NEWER = { modified: '2026-02-01T00:00:00Z' };

let files = 0;
async function build(records: readonly unknown[], more: object = {}): Promise<string> {
  const source = join(folder, `source-${files}.json`);
  const out = join(folder, `index-${files++}.idx`);
  writeFileSync(source, JSON.stringify(records));
  await buildIndex({ out, sources: [source], built, onProgress: () => undefined, ...more });
  return out;
}

const update = (path: string, records: readonly unknown[], more: Partial<UpdateRequest> = {}): Promise<UpdateReport> =>
  updateIndex({
    path,
    items: records.map((value) => ({ type: 'value', value })),
    removed: [],
    exploited: null,
    epss: null,
    sync: null,
    built: later,
    ...more,
  });

function ask<T>(path: string, question: (index: IndexReader) => T): T {
  const index = new IndexReader(path);
  try {
    return question(index);
  } finally {
    index.close();
  }
}

const detailsFor = (path: string, name: string): readonly AdvisoryDetail[] =>
  ask(path, (index) => index.candidates('npm', name).map(({ advisory }) => index.detail(advisory)));
const idsFor = (path: string, name: string): readonly string[] => detailsFor(path, name).map(({ id }) => id);
const tally = ({ added, changed, removed, unchanged }: UpdateReport) => [added, changed, removed, unchanged];

describe('an update', () => {
  it('adds, changes, withdraws, takes back and removes, and leaves the rest as it lies', async () => {
    const path = await build(['A', 'B', 'C', 'D', 'E'].map((id) => record(id, id.toLowerCase())));
    const report = await update(
      path,
      [
        record('F', 'f'),
        record('A', 'elsewhere', NEWER),
        record('B', 'b', { ...NEWER, withdrawn: '2026-02-01T00:00:00Z' }),
        record('C', 'c', { ...NEWER, affected: [] }),
        record('E', 'e'),
      ],
      { removed: ['D', 'unknown'] },
    );
    assert.deepEqual(tally(report), [1, 1, 3, 2]);
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e', 'f', 'elsewhere'].map((name) => idsFor(path, name)),
      [[], [], [], [], ['E'], ['F'], ['A']],
    );
    const { counts, dead, dataAsOf, built: at } = ask(path, ({ header }) => header);
    assert.deepEqual([counts.advisories, counts.packages, counts.withdrawn, counts.unranged, dead], [3, 3, 1, 1, 4]);
    assert.deepEqual([dataAsOf, at], ['2026-02-01T00:00:00Z', '2026-11-25T00:00:00Z']);
  });

  it('does not believe an older copy of a record that was withdrawn, nor of one that stands', async () => {
    const path = await build([record('A', 'a', NEWER), record('B', 'b')]);
    await update(path, [record('A', 'a', { modified: '2026-03-01T00:00:00Z', withdrawn: '2026-03-01T00:00:00Z' })]);
    await update(path, [record('A', 'a', NEWER), record('B', 'old', { modified: '2025-01-01T00:00:00Z' })]);
    assert.deepEqual([idsFor(path, 'a'), idsFor(path, 'b'), idsFor(path, 'old')], [[], ['B'], []]);
    assert.equal(
      ask(path, (index) => index.modifiedOf('A')),
      parseInstant('2026-03-01T00:00:00Z'),
    );
  });

  it('with a newer record that is cut to one ecosystem replaces that half only', async () => {
    const half = (ecosystem: string) => ({ package: { ecosystem, name: 'a' }, versions: ['1'] });
    const path = await build([record('A', '', { affected: [half('npm'), half('Maven')] })]);
    await update(path, [record('A', '', { ...NEWER, affected: [{ ...half('npm'), versions: ['2'] }] })]);
    const versions = (ecosystem: string) =>
      ask(path, (index) => index.candidates(ecosystem, 'a').map((each) => each.versions));
    assert.deepEqual([versions('npm'), versions('Maven')], [[['2']], [['1']]]);
    assert.deepEqual(ask(path, ({ header }) => header).counts.ecosystems, { Maven: 1, npm: 1 });
  });

  it('joins and splits alias groups of records that it does not name', async () => {
    const path = await build([record('A', 'a', { aliases: ['X'] }), record('B', 'b', { aliases: ['Y'] })]);
    await update(path, [record('C', 'c', { aliases: ['X', 'Y'] })]);
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => detailsFor(path, name).map(({ group, aliases }) => [group, ...aliases])),
      [[['A', 'B', 'C', 'X', 'Y']], [['A', 'A', 'C', 'X', 'Y']], [['A', 'A', 'B', 'X', 'Y']]],
    );
    assert.deepEqual(
      ask(path, (index) => index.byId('Y').map(({ id }) => id)),
      ['A', 'B', 'C'],
    );
    await update(path, [record('C', 'c', { ...NEWER, aliases: ['Y'] })]);
    assert.deepEqual(
      ['a', 'b', 'c'].map((name) => detailsFor(path, name).map(({ group, aliases }) => [group, ...aliases])),
      [[['A', 'X']], [['B', 'C', 'Y']], [['B', 'B', 'Y']]],
    );
  });

  it('keeps catalogues until it is given new ones, also for CVEs that no advisory named before', async () => {
    const score = { probability: 0.00043, percentile: 0.12345 };
    const path = await build([record('A', 'a', { aliases: ['CVE-2024-0001'] })], {
      exploited: ['CVE-2024-0001', 'CVE-2024-0002'],
      epss: new Map([['CVE-2024-0002', score]]),
    });
    await update(path, [record('B', 'b', { aliases: ['CVE-2024-0002', 'CVE-2024-0003'] })]);
    assert.deepEqual(
      ['a', 'b'].flatMap((name) => detailsFor(path, name).map(({ kev, epss }) => [kev, epss])),
      [
        [true, null],
        [true, score],
      ],
    );
    assert.equal(ask(path, ({ header }) => header).counts.kev, 2);
    const higher = { probability: 0.97, percentile: 1 };
    await update(path, [], {
      exploited: ['CVE-2024-0002'],
      epss: new Map([
        ['CVE-2024-0003', higher],
        ['CVE-2024-0002', score],
      ]),
    });
    assert.deepEqual(
      ['a', 'b'].flatMap((name) => detailsFor(path, name).map(({ kev, epss }) => [kev, epss])),
      [
        [false, null],
        [true, higher],
      ],
    );
    assert.equal(ask(path, ({ header }) => header).counts.kev, 1);
  });

  it('that changes nothing keeps the digest, the sources and what a sync remembered', async () => {
    const sync = { base: 'https://osv.example', fullAt: '2026-11-24T00:00:00Z', cursors: {}, kev: null, epss: null };
    const path = await build([record('A', 'a')], { sync: () => sync });
    const before = ask(path, ({ header }) => header);
    const report = await update(path, [record('A', 'a')], { removed: ['unknown'] });
    assert.deepEqual(tally(report), [0, 0, 0, 2]);
    assert.equal(report.header.digest, before.digest);
    assert.deepEqual(report.header.sync, sync);
    assert.deepEqual(report.header.sources, before.sources);
    const other = { ...sync, base: 'https://mirror.example' };
    assert.deepEqual((await update(path, [], { sync: other })).header.sync, other);
  });

  it('says what it was given and did not take', async () => {
    const path = await build([record('A', 'a')]);
    const report = await update(path, [{ no: 'record' }, { cveID: 'CVE-2024-0001' }], {
      exploited: ['CVE-2024-0001', 'log4shell'],
      items: [
        { type: 'value', value: { no: 'record' } },
        { type: 'broken', where: 'b.json', why: 'no JSON', damaged: false },
        { type: 'value', value: { cveID: 'CVE-2024-0001' } },
      ],
    });
    assert.deepEqual(report.skipped, [
      'no id',
      'b.json: no JSON',
      'an entry of a catalogue, which updates take as a whole',
      'log4shell is no CVE id',
    ]);
    assert.equal(report.header.counts.skipped, 4);
  });

  it('asks for a full build once more than a quarter of the details is dead', async () => {
    const path = await build(['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((id) => record(id, 'a')));
    const once = await update(path, [record('A', 'a', NEWER), record('B', 'a', NEWER)]);
    assert.deepEqual([once.header.dead, once.header.counts.advisories, needsRebuild(once.header)], [2, 7, false]);
    const twice = await update(path, [record('C', 'a', NEWER)]);
    assert.deepEqual([twice.header.dead, twice.header.counts.advisories, needsRebuild(twice.header)], [3, 7, true]);
  });
});

describe('an updated index', () => {
  const score = { probability: 0.5, percentile: 0.75 };
  const merged = async (): Promise<string> => {
    const path = await build(
      [
        record('A', 'a', { aliases: ['CVE-2024-0001'] }),
        record('B', 'b'),
        record('W', 'w', { withdrawn: '2026-02-01T00:00:00Z' }),
      ],
      { exploited: ['CVE-2024-0001'], epss: new Map([['CVE-2024-0001', score]]) },
    );
    await update(path, [record('C', 'b', { aliases: ['B'] })]);
    return path;
  };

  it('never answers differently after any single byte was changed: the same answer or an error', async () => {
    const path = await merged();
    const answer = (file: string): string =>
      ask(file, (index) =>
        JSON.stringify([
          ['a', 'b', 'c'].map((name) =>
            index.candidates('npm', name).map((each) => [each, index.detail(each.advisory)]),
          ),
          ['A', 'B', 'C', 'X', 'CVE-2024-0001'].map((id) => [index.byId(id), index.modifiedOf(id)]),
        ]),
      );
    const right = answer(path);
    const good = readFileSync(path);
    const broken = join(folder, 'flipped.idx');
    const refuses = (question: () => unknown): boolean => {
      try {
        question();
        return false;
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        return true;
      }
    };
    const unread: number[] = [];
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      writeFileSync(broken, bytes);
      if (!refuses(() => assert.equal(answer(broken), right, `byte ${at}`))) unread.push(at);
      assert.ok(
        refuses(() => ask(broken, (index) => index.verify())),
        `byte ${at} is found by verify`,
      );
    }
    assert.deepEqual(unread, [], 'every byte is covered by a checksum of its own piece');
  });

  it('is not built upon when any byte of any section is damaged', async () => {
    const path = await merged();
    const good = readFileSync(path);
    const { sections, bodyBytes } = ask(path, ({ header }) => header);
    const broken = join(folder, 'broken-base.idx');
    for (const name of SECTION_NAMES) {
      const { offset, bytes } = sections[name];
      assert.ok(bytes > 0, `${name} is empty`);
      const damaged = Buffer.from(good);
      const at = good.length - bodyBytes + offset + (bytes >> 1);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(broken, damaged);
      await assert.rejects(
        update(broken, [record('N', 'n')]),
        (error) => error instanceof HoldfastError && error.code === 'INDEX_DAMAGED',
        name,
      );
      assert.deepEqual(readFileSync(broken), damaged);
    }
  });

  it('tells the alias groups of more ids than a detail holds from their whole', async () => {
    const ids = (from: number) => Array.from({ length: 50 }, (_, i) => `CVE-2020-${1_000 + from + i}`);
    const path = await build([record('A', 'a', { aliases: ids(0) })], { exploited: ['CVE-2020-1090'] });
    await update(path, [record('B', 'b', { aliases: ids(49) })]);
    assert.deepEqual(
      ['a', 'b'].flatMap((name) => detailsFor(path, name).map(({ aliases, kev }) => [aliases.length, kev])),
      [
        [64, true],
        [64, true],
      ],
    );
    assert.equal(ask(path, ({ header }) => header).counts.kev, 2);
    assert.deepEqual(
      ask(path, (index) => index.byId('CVE-2020-1000').map(({ id }) => id)),
      ['A', 'B'],
    );
  });
});

describe('an update that is killed', () => {
  it('at any moment leaves the whole old index or the whole new one', async () => {
    const records = Array.from({ length: 10_000 }, (_, i) => record(`K-${i}`, `killed-${i}`));
    const old = await build(records);
    const fresh = join(folder, 'killed-new.idx');
    copyFileSync(old, fresh);
    await update(fresh, [record('NEW', 'new')]);
    const digests = [old, fresh].map((path) => ask(path, ({ header }) => header.digest));
    const place = mkdtempSync(join(folder, 'killed-'));
    const path = join(place, 'killed.idx');
    const script = join(folder, 'update-child.ts');
    const source = join(import.meta.dirname, 'advisory-update.actions.ts');
    writeFileSync(
      script,
      `const { updateIndex } = await import(${JSON.stringify(source)});
       const items = [{ type: 'value', value: ${JSON.stringify(record('NEW', 'new'))} }];
       process.stdout.write('ready\\n');
       await updateIndex({ path: ${JSON.stringify(path)}, items, removed: [], exploited: null, epss: null, sync: null, built: ${later} });
       process.stdout.write('done\\n');`,
    );
    const whole = await timeToUpdate(script, path, old, null);
    const seen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      await timeToUpdate(script, path, old, (whole * i) / 18);
      const digest = ask(path, (index) => {
        index.verify();
        return index.header.digest;
      });
      assert.ok(digests.includes(digest), `round ${i}`);
      seen.add(digests.indexOf(digest));
    }
    assert.ok(seen.has(0), 'some of them were killed before the end');
    assert.ok(readdirSync(place).every((name) => name === 'killed.idx' || name.endsWith('.tmp')));
  });
});

/** Runs the update in a process of its own, and kills it that long after it was ready. @returns how long it took, in ms */
function timeToUpdate(script: string, path: string, old: string, killAfterMs: number | null): Promise<number> {
  copyFileSync(old, path);
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let ready = 0;
  child.stdout.on('data', () => {
    if (ready > 0) return;
    ready = performance.now();
    if (killAfterMs !== null) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  });
  return new Promise((resolve) => child.on('exit', () => resolve(performance.now() - ready)));
}
