import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HoldfastError } from '../lib/errors.ts';
import { parseInstant, type Instant } from '../lib/time.ts';
import { buildIndex } from './advisory-build.actions.ts';
import { dataTime, inspectIndex, openIndex } from './advisory.actions.ts';
import { IndexReader } from './index-reader.client.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-index-'));
after(() => rmSync(folder, { recursive: true }));

const built = parseInstant('2026-11-24T00:00:00Z') as Instant;
const quiet = () => undefined;

/** One record; `more` overrides. */
const record = (id: string, name: string, events: object[], more: object = {}) => ({
  schema_version: '1.7.4',
  id,
  modified: '2026-01-02T03:04:05Z',
  affected: [{ package: { ecosystem: 'npm', name }, ranges: [{ type: 'SEMVER', events }] }],
  ...more,
});

let files = 0;
function source(records: readonly unknown[]): string {
  const path = join(folder, `source-${files++}.ndjson`);
  writeFileSync(path, records.map((each) => `${JSON.stringify(each)}\n`).join(''));
  return path;
}

async function build(...records: readonly unknown[]): Promise<string> {
  const out = join(folder, `index-${files++}.idx`);
  await buildIndex({ out, sources: [source(records)], built, onProgress: quiet });
  return out;
}

function ask<T>(path: string, question: (index: IndexReader) => T): T {
  const index = new IndexReader(path);
  try {
    return question(index);
  } finally {
    index.close();
  }
}

const idsFor = (path: string, name: string, ecosystem = 'npm'): string[] =>
  ask(path, (index) => index.candidates(ecosystem, name).map(({ advisory }) => index.detail(advisory).id)).sort();

const fails = (code: string) => (error: unknown) =>
  error instanceof HoldfastError && error.code === code && error.hint !== '';

describe('an advisory index', () => {
  it('gives back every fact that was put in, and no prose', async () => {
    const path = await build({
      ...record('GHSA-aaaa', 'left', []),
      aliases: ['CVE-2026-1'],
      summary: 'PROSE',
      details: 'PROSE',
      published: '2025-12-31T00:00:00Z',
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      database_specific: { cwe_ids: ['CWE-79'] },
      references: [{ type: 'FIX', url: 'https://example.test/fix' }],
      affected: [
        {
          package: { ecosystem: 'npm', name: 'left' },
          ranges: [
            {
              type: 'SEMVER',
              events: [
                { introduced: '0' },
                { fixed: '1.0.0' },
                { introduced: '2.0.0' },
                { last_affected: '2.5.0' },
                { limit: '3.0.0' },
              ],
            },
          ],
          versions: ['9.9.9'],
        },
      ],
    });
    ask(path, (index) => {
      const [candidate] = index.candidates('npm', 'left');
      assert.ok(candidate);
      assert.deepEqual(candidate.versions, ['9.9.9']);
      assert.deepEqual(candidate.ranges, [
        {
          events: [
            { type: 'introduced', version: '0' },
            { type: 'fixed', version: '1.0.0' },
            { type: 'introduced', version: '2.0.0' },
            { type: 'last_affected', version: '2.5.0' },
            { type: 'limit', version: '3.0.0' },
          ],
        },
      ]);
      assert.deepEqual(index.detail(candidate.advisory), {
        id: 'GHSA-aaaa',
        aliases: ['CVE-2026-1'],
        group: 'CVE-2026-1',
        modified: '2026-01-02T03:04:05Z',
        published: '2025-12-31T00:00:00Z',
        cwes: ['CWE-79'],
        urls: ['https://example.test/fix'],
        malware: false,
        kev: false,
        epss: null,
        derived: false,
        ratings: [{ severity: 'critical', score: 9.8, vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      });
    });
    assert.ok(!readFileSync(path).includes('PROSE'));
  });

  it('is the same, byte for byte, from the same records at the same time', async () => {
    const records = [record('A-1', 'a', [{ introduced: '0' }]), record('B-1', 'b', [{ introduced: '0' }])];
    const bodies = await Promise.all(
      [1, 2].map(async () => {
        const path = await build(...records);
        return readFileSync(path).subarray(-ask(path, ({ header }) => header.bodyBytes));
      }),
    );
    assert.ok((bodies[0]?.length ?? 0) > 100);
    assert.deepEqual(bodies[0], bodies[1]);
  });

  it('knows nothing of a package that no record names, and keeps ecosystems apart', async () => {
    const path = await build(record('A-1', 'a', [{ introduced: '0' }]));
    assert.deepEqual(idsFor(path, 'b'), []);
    assert.deepEqual(idsFor(path, 'a', 'Maven'), []);
    assert.deepEqual(idsFor(path, 'a'), ['A-1']);
  });

  it('joins aliases over records that another package owns, transitively, and never by related', async () => {
    const path = await build(
      record('GHSA-1', 'a', [{ introduced: '0' }], { aliases: ['CVE-1'], related: ['CVE-9'] }),
      record('CVE-1', 'elsewhere', [{ introduced: '0' }], { aliases: ['SNYK-1'] }),
      record('OTHER-1', 'a', [{ introduced: '0' }], { aliases: ['SNYK-1'] }),
      record('CVE-9', 'a', [{ introduced: '0' }]),
    );
    const groups = ask(
      path,
      (index) =>
        new Map(
          index.candidates('npm', 'a').map(({ advisory }) => [index.detail(advisory).id, index.detail(advisory).group]),
        ),
    );
    assert.deepEqual(
      groups,
      new Map([
        ['GHSA-1', 'CVE-1'],
        ['OTHER-1', 'CVE-1'],
        ['CVE-9', 'CVE-9'],
      ]),
    );
  });

  it('leaves withdrawn records out and counts them', async () => {
    const path = await build(
      record('A-1', 'a', [{ introduced: '0' }], { withdrawn: '2026-02-01T00:00:00Z' }),
      record('A-2', 'a', [{ introduced: '0' }]),
    );
    assert.deepEqual(idsFor(path, 'a'), ['A-2']);
    assert.equal(
      ask(path, ({ header }) => header.counts.withdrawn),
      1,
    );
  });

  it('lets the newer record of an id speak, in whatever order they come, and a newer withdrawal end it', async () => {
    const old = record('A-1', 'a', [{ introduced: '0' }, { fixed: '1.0.0' }]);
    const newer = record('A-1', 'a', [{ introduced: '0' }, { fixed: '2.0.0' }], { modified: '2026-03-01T00:00:00Z' });
    for (const order of [
      [old, newer],
      [newer, old],
    ]) {
      const fixed = ask(await build(...order), (index) =>
        index.candidates('npm', 'a').map(({ ranges }) => ranges[0]?.events[1]?.version),
      );
      assert.deepEqual(fixed, ['2.0.0']);
    }
    const withdrawn = { ...newer, withdrawn: '2026-03-01T00:00:00Z' };
    assert.deepEqual(idsFor(await build(old, withdrawn, record('B-1', 'b', [{ introduced: '0' }])), 'a'), []);
  });

  it('keeps both halves of a record that two databases cut to their own ecosystem', async () => {
    const maven = {
      ...record('A-1', '', []),
      modified: '2026-05-01T00:00:00Z',
      affected: [{ package: { ecosystem: 'Maven', name: 'g:a' }, versions: ['1'] }],
    };
    const path = await build(record('A-1', 'a', [{ introduced: '0' }]), maven);
    assert.deepEqual([idsFor(path, 'a'), idsFor(path, 'g:a', 'Maven')], [['A-1'], ['A-1']]);
  });

  it('marks what is known to be exploited by the CVE of its alias group', async () => {
    const path = await build(record('GHSA-1', 'a', [{ introduced: '0' }], { aliases: ['CVE-2021-44228'] }), {
      cveID: 'CVE-2021-44228',
    });
    assert.deepEqual(
      ask(path, (index) => index.candidates('npm', 'a').map(({ advisory }) => index.detail(advisory).kev)),
      [true],
    );
  });

  it('says how old its data is by its newest record, never by when it was built', async () => {
    const path = await build(record('A-1', 'a', [{ introduced: '0' }]));
    assert.equal(
      ask(path, ({ header }) => dataTime(header)),
      parseInstant('2026-01-02T03:04:05Z'),
    );
    const future = await build(record('A-1', 'a', [{ introduced: '0' }], { modified: '2099-01-01T00:00:00Z' }));
    assert.equal(
      ask(future, ({ header }) => dataTime(header)),
      built,
    );
  });

  it('drops a malformed optional field, skips what is no record, and counts both', async () => {
    const path = await build(
      record('A-1', 'a', [{ introduced: '0' }], { aliases: 'CVE-1' }),
      { not: 'a record' },
      'text',
    );
    const { counts } = ask(path, ({ header }) => header);
    assert.deepEqual([counts.advisories, counts.droppedFields, counts.skipped], [1, 1, 2]);
  });
});

describe('sources', () => {
  const one = record('A-1', 'a', [{ introduced: '0' }]);

  it('are read as NDJSON, gzipped NDJSON, a JSON document, a list, a folder and a zip', async () => {
    const json = join(folder, 'pretty.json');
    writeFileSync(json, JSON.stringify(one, null, 2));
    const list = join(folder, 'list.json');
    writeFileSync(list, JSON.stringify([one]));
    const gzipped = join(folder, 'records.gz');
    writeFileSync(gzipped, gzipSync(`${JSON.stringify(one)}\n`));
    const tree = join(folder, 'tree', 'npm');
    mkdirSync(tree, { recursive: true });
    writeFileSync(join(tree, 'A-1.json'), JSON.stringify(one));
    const zip = join(folder, 'all.zip');
    execFileSync('python3', [
      '-c',
      `import zipfile;z=zipfile.ZipFile(${JSON.stringify(zip)},'w',zipfile.ZIP_DEFLATED);z.write(${JSON.stringify(join(tree, 'A-1.json'))},'A-1.json')`,
    ]);
    for (const path of [source([one]), json, list, gzipped, join(folder, 'tree'), zip]) {
      const out = join(folder, 'sources.idx');
      await buildIndex({ out, sources: [path], built, onProgress: quiet });
      assert.deepEqual(idsFor(out, 'a'), ['A-1'], path);
    }
  });

  it("may be FIRST's EPSS scores, whose highest one a group gets", async () => {
    const rows = Array.from({ length: 1_000 }, (_, i) => `CVE-2023-${1_000 + 3 * i},0.0${1_000 + i},0.5${1_000 + i}`);
    const csv = [
      '#model_version:v2025.03.14,score_date:2026-11-24T00:00:00Z',
      'cve,epss,percentile',
      ...rows,
      'torn,0.1',
    ];
    const scores = join(folder, 'scores.csv.gz');
    writeFileSync(scores, gzipSync(`${csv.join('\n')}\n`));
    const advisories = source([
      record('A-1', 'a', [{ introduced: '0' }], { aliases: ['CVE-2023-1000', 'CVE-2023-3997', 'CVE-2023-1001'] }),
      record('B-1', 'b', [{ introduced: '0' }], { aliases: ['CVE-2023-1768'] }),
      record('C-1', 'c', [{ introduced: '0' }], { aliases: ['CVE-2023-0999', 'CVE-2023-1002', 'CVE-2023-3998'] }),
    ]);
    const out = join(folder, 'scores.idx');
    const report = await buildIndex({ out, sources: [advisories, scores], built, onProgress: quiet });
    assert.deepEqual(report.header.sources[1], { name: 'scores.csv.gz', records: 1_000 });
    assert.deepEqual(report.skipped, [`${scores}:1003: no CVE with a probability and a percentile from 0 to 1`]);
    assert.equal(report.header.sections.epss.count, 1_000);
    const scoreOf = (name: string) =>
      ask(out, (index) => index.candidates('npm', name).map(({ advisory }) => index.detail(advisory).epss));
    assert.deepEqual(scoreOf('a'), [{ probability: 0.01999, percentile: 0.51999 }]);
    // The first row of the second page of 256.
    assert.deepEqual(scoreOf('b'), [{ probability: 0.01256, percentile: 0.51256 }]);
    assert.deepEqual(scoreOf('c'), [null]);
  });

  it('without a single advisory are refused, and the old index stays', async () => {
    const out = await build(one);
    const empty = join(folder, 'nothing.ndjson');
    writeFileSync(empty, 'no json at all\n{"neither": "this"}\n');
    await assert.rejects(
      buildIndex({ out, sources: [empty], built, onProgress: quiet }),
      fails('ADVISORY_SOURCE_EMPTY'),
    );
    await assert.rejects(
      buildIndex({ out, sources: [join(folder, 'missing')], built, onProgress: quiet }),
      fails('FILE_NOT_FOUND'),
    );
    const cut = join(folder, 'cut.gz');
    writeFileSync(cut, gzipSync(`${JSON.stringify(one)}\n`.repeat(1_000)).subarray(0, 100));
    await assert.rejects(
      buildIndex({ out, sources: [cut], built, onProgress: quiet }),
      fails('ADVISORY_SOURCE_UNREADABLE'),
    );
    assert.deepEqual(idsFor(out, 'a'), ['A-1']);
  });
});

describe('a damaged index', () => {
  it('is refused when it is missing, foreign, newer, older or a folder', async () => {
    const good = readFileSync(await build(record('A-1', 'a', [{ introduced: '0' }])));
    const versioned = (version: number): Buffer => {
      const bytes = Buffer.from(good);
      bytes.writeUInt32LE(version, 8);
      return bytes;
    };
    const cases: [string, Buffer, string][] = [
      ['foreign', Buffer.from('PK\x03\x04 this is a zip and long enough to be read'), 'INDEX_FOREIGN'],
      ['empty', Buffer.alloc(0), 'INDEX_FOREIGN'],
      ['newer', versioned(3), 'INDEX_NEWER'],
      ['older', versioned(1), 'INDEX_OLDER'],
    ];
    for (const [name, bytes, code] of cases) {
      const path = join(folder, name);
      writeFileSync(path, bytes);
      assert.throws(() => new IndexReader(path), fails(code), name);
    }
    assert.throws(() => new IndexReader(join(folder, 'missing')), fails('INDEX_NOT_FOUND'));
    assert.throws(() => new IndexReader(folder), fails('INDEX_FOREIGN'));
  });

  it('is refused at every length but its own', async () => {
    const path = await build(record('A-1', 'a', [{ introduced: '0' }]));
    const { length } = readFileSync(path);
    for (let keep = 0; keep < length; keep += 7) {
      const cut = join(folder, 'cut.idx');
      copyFileSync(path, cut);
      truncateSync(cut, keep);
      assert.throws(() => new IndexReader(cut), fails(keep < 8 ? 'INDEX_FOREIGN' : 'INDEX_DAMAGED'), `${keep} bytes`);
    }
  });

  it('never answers differently after any single byte was changed: the same answer or an error', async () => {
    const path = await build(
      record('A-1', 'a', [{ introduced: '0' }, { fixed: '1.2.3' }]),
      record('B-1', 'b', [{ introduced: '0' }], { aliases: ['CVE-1'] }),
    );
    const answer = (file: string): string =>
      ask(file, (index) =>
        JSON.stringify(
          ['a', 'b', 'c'].map((name) => [
            index.candidates('npm', name).map((each) => [each, index.detail(each.advisory)]),
            index.byId(name),
          ]),
        ),
      );
    const right = answer(path);
    const good = readFileSync(path);
    const broken = join(folder, 'flipped.idx');
    let refused = 0;
    for (let at = 0; at < good.length; at++) {
      const bytes = Buffer.from(good);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      writeFileSync(broken, bytes);
      try {
        assert.equal(answer(broken), right, `byte ${at}`);
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        refused++;
      }
    }
    assert.equal(refused, good.length, 'every byte is covered by a checksum');
  });

  it('is found by db status also where no question touches the damage', async () => {
    const path = await build(record('A-1', 'a', [{ introduced: '0' }]), record('B-1', 'b', [{ introduced: '0' }]));
    assert.equal(inspectIndex(path, {}).header.counts.advisories, 2);
    const bytes = readFileSync(path);
    bytes[bytes.length - 60] = (bytes[bytes.length - 60] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    assert.throws(() => inspectIndex(path, {}), fails('INDEX_DAMAGED'));
  });

  it('that was named explicitly is an error, never a silent fall back to the snapshot', () => {
    assert.throws(() => openIndex(join(folder, 'missing'), {}), fails('INDEX_NOT_FOUND'));
    assert.throws(() => openIndex(null, { HOLDFAST_DB: join(folder, 'missing') }), fails('INDEX_NOT_FOUND'));
    assert.equal(openIndex(null, { HOME: folder }).place.chosenBy, 'snapshot');
  });
});

describe('building', () => {
  const cli = join(import.meta.dirname, '..', 'cli.ts');

  it('twice at once leaves one whole index and no litter', async () => {
    const sources = ['a', 'b'].map((name) =>
      source(Array.from({ length: 3_000 }, (_, i) => record(`${name}-${i}`, `${name}${i}`, [{ introduced: '0' }]))),
    );
    const place = join(folder, 'contested');
    mkdirSync(place);
    const out = join(place, 'contested.idx');
    const codes = await Promise.all(sources.map((path) => run([cli, 'db', 'build', '--out', out, path])));
    assert.deepEqual(codes, [0, 0]);
    assert.equal(inspectIndex(out, {}).header.counts.advisories, 3_000);
    assert.deepEqual(readdirSync(place), ['contested.idx']);
  });

  it('without room is an error, and the old index stays', {
    skip: process.platform === 'win32' && 'no ulimit',
  }, async () => {
    const out = await build(record('A-1', 'a', [{ introduced: '0' }]));
    const large = source(Array.from({ length: 5_000 }, (_, i) => record(`L-${i}`, `large${i}`, [{ introduced: '0' }])));
    // A file-size limit of 16 blocks, with its signal ignored, makes write(2) fail as a full disk does.
    const limited = `trap '' XFSZ; ulimit -f 16; exec "$0" "$@"`;
    const before = readdirSync(folder).length;
    assert.equal(await run(['-c', limited, process.execPath, cli, 'db', 'build', '--out', out, large], 'bash'), 1);
    assert.deepEqual(idsFor(out, 'a'), ['A-1']);
    assert.equal(readdirSync(folder).length, before);
  });
});

const run = (args: string[], program = process.execPath): Promise<number | null> =>
  new Promise((resolve) => spawn(program, args, { stdio: 'ignore' }).on('exit', resolve));
