/**
 * The real advisories: every record is read, and the evaluation agrees with test/reference/osv-reference.ts.
 *
 * Needs HOLDFAST_CORPUS, a folder with `advisories/*.ndjson.gz`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { gunzipSync } from 'node:zlib';
import { type RawRecord, referenceMatcher } from '../../test/reference/osv-reference.ts';
import type { Affected } from './advisory.ts';
import { affects, fixesFor } from './affects.ts';
import { readOsv } from './osv.ts';
import { orderOf } from './version.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
const skip = corpus === undefined ? 'HOLDFAST_CORPUS is not set' : false;

const FILES = ['npm', 'maven', 'npm-derived', 'maven-derived', 'npm-malware', 'npm-unranged', 'maven-unranged'];
const load = (file: string): RawRecord[] =>
  gunzipSync(readFileSync(`${corpus}/advisories/${file}.ndjson.gz`))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RawRecord);

test('every record of the corpus is read, and nothing of it is dropped', { skip }, () => {
  const counts: Record<string, number> = {};
  for (const file of FILES) {
    const records = load(file);
    counts[file] = records.length;
    for (const record of records) {
      const result = readOsv(record);
      assert.ok(result.ok, record.id);
      assert.deepEqual(result.value.dropped, [], record.id);
      assert.equal(result.value.advisory.withdrawn !== null, typeof record.withdrawn === 'string', record.id);
    }
  }
  assert.deepEqual(counts, {
    npm: 4000,
    maven: 5292,
    'npm-derived': 387,
    'maven-derived': 416,
    'npm-malware': 2990,
    'npm-unranged': 940,
    'maven-unranged': 652,
  });
});

test('marks of malware, derived ranges and missing ratings are read as the corpus states them', { skip }, () => {
  const count = (file: string, has: (advisory: ReturnType<typeof advisoryOf>) => boolean) =>
    load(file).map(advisoryOf).filter(has).length;
  assert.equal(
    count('maven-derived', ({ quality }) => quality === 'derived'),
    416,
  );
  assert.equal(
    count('npm-derived', ({ quality }) => quality === 'derived'),
    387,
  );
  assert.equal(
    count('npm', ({ quality }) => quality === 'derived'),
    0,
  );
  assert.equal(
    count('npm', ({ withdrawn }) => withdrawn !== null),
    34,
  );
  assert.equal(
    count('maven', ({ withdrawn }) => withdrawn !== null),
    35,
  );
  assert.equal(
    count('npm-malware', ({ malware }) => malware),
    2893,
  );
});

test('for every version that the corpus names, the matching records are those of the reference', { skip }, () => {
  const records = FILES.flatMap(load);
  const matches = referenceMatcher(records);
  const byPackage = new Map<string, { id: string; affected: Affected }[]>();
  for (const record of records) {
    const { id, withdrawn, affected } = advisoryOf(record);
    if (withdrawn !== null) continue;
    for (const element of affected) {
      const key = `${element.ecosystem}|${element.name}`;
      byPackage.set(key, [...(byPackage.get(key) ?? []), { id, affected: element }]);
    }
  }
  let questions = 0;
  let hits = 0;
  for (const [key, entries] of byPackage) {
    const [ecosystem = '', name = ''] = key.split('|');
    const order = orderOf(ecosystem);
    for (const version of versionsNear(entries.map(({ affected }) => affected))) {
      const found = entries.filter(({ affected }) => affects(affected, version, order));
      const expected = matches(ecosystem, name, version);
      assert.deepEqual(new Set(found.map(({ id }) => id)), expected, `${key}@${version}`);
      questions++;
      hits += expected.size;
      for (const { affected } of found) {
        for (const fix of fixesFor(affected, version, order)) {
          assert.ok(!affects(affected, fix, order), `${fix} is no fix of ${key}@${version}`);
        }
      }
    }
  }
  assert.ok(questions > 20_000 && hits > 20_000, `${questions} questions, ${hits} hits`);
});

const advisoryOf = (record: RawRecord) => {
  const result = readOsv(record);
  assert.ok(result.ok);
  return result.value.advisory;
};

/** Every boundary, what stands just beside it, and a few of the enumerated versions. */
function versionsNear(elements: readonly Affected[]): Set<string> {
  const bounds = elements.flatMap(({ ranges }) => ranges.flatMap(({ events }) => events.map(({ version }) => version)));
  const listed = elements.flatMap(({ versions }) => versions.slice(0, 5));
  const beside = bounds.flatMap((version) => [
    version,
    `${version}-rc.1`,
    version.replace(/\d+$/, (n) => `${Number(n) + 1}`),
  ]);
  return new Set([...listed, ...beside, '0.0.1', '99999.0.0']);
}
