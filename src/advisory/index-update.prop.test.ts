/** An index that was updated step by step answers what an index built anew from the same records answers. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import type { Instant } from '../lib/time.ts';
import { buildIndex } from './advisory-build.actions.ts';
import { updateIndex } from './advisory-update.actions.ts';
import type { EpssScore } from './advisory.ts';
import { hashKey, packageKey } from './index-layout.ts';
import { IndexReader } from './index-reader.client.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-update-prop-'));
after(() => rmSync(folder, { recursive: true }));

/** Two pairs with one hash each. */
const TWIN_NAMES = ['p565499', 'p2008312'];
const TWIN_IDS = ['CVE-2024-62598', 'CVE-2024-157102'];
const IDS = ['GHSA-1', 'GHSA-2', 'MAL-1', 'CVE-2024-0001', 'CVE-2024-0002', '__proto__', ...TWIN_IDS];
const CVES = Array.from({ length: 80 }, (_, i) => `CVE-2020-${1_000 + i}`);
/** Together they are more than a detail holds, and one id joins them. */
const MANY = [CVES.slice(0, 40), CVES.slice(39)];
const ALIASES = [...IDS, 'CVE-2024-0003', 'SNYK-1', 'constructor'];
const NAMES = ['a', 'b', ...TWIN_NAMES];
const ECOSYSTEMS = ['npm', 'Maven'];
const TIMES = ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00.5Z', '2026-01-03T00:00:00Z'];

interface Osv {
  readonly id: string;
  readonly modified: string;
  readonly aliases: readonly string[];
  readonly withdrawn: string | null;
  readonly affected: readonly object[];
}

const affected = fc.record({
  package: fc.record({ ecosystem: fc.constantFrom(...ECOSYSTEMS), name: fc.constantFrom(...NAMES) }),
  versions: fc.constantFrom(['1'], ['2', '3']),
  database_specific: fc.constantFrom({}, { severity: 'HIGH' }),
});
const rarely = <T, Else>(arbitrary: fc.Arbitrary<T>, otherwise: Else): fc.Arbitrary<T | Else> =>
  fc.oneof({ weight: 1, arbitrary }, { weight: 5, arbitrary: fc.constant(otherwise) });
const record: fc.Arbitrary<Osv> = fc.record({
  id: fc.constantFrom(...IDS),
  modified: fc.constantFrom(...TIMES),
  aliases: fc.oneof(
    { weight: 5, arbitrary: fc.uniqueArray(fc.constantFrom(...ALIASES), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom(...MANY) },
  ),
  withdrawn: rarely(fc.constant('2026-02-01T00:00:00Z'), null),
  affected: fc.array(affected, { maxLength: 4 }),
  database_specific: fc.constantFrom({}, { holdfast: { range_quality: 'derived-from-text' } }),
});
const cves = fc.uniqueArray(fc.constantFrom('CVE-2024-0001', 'CVE-2024-62598', 'CVE-2020-1002', 'CVE-2020-1078'));
const scores = fc
  .dictionary(fc.constantFrom('CVE-2024-0001', 'CVE-2024-0003', 'CVE-2020-1078'), fc.integer({ min: 0, max: 99_999 }))
  .map((drawn) => new Map(Object.entries(drawn).map(([cve, n]) => [cve, { probability: n / 1e5, percentile: 0.5 }])));
const step = fc.record({
  records: fc.array(record, { maxLength: 4 }),
  removed: rarely(fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 2 }), [] as string[]),
  exploited: fc.option(cves),
  epss: fc.option(scores),
});

/** A build needs one record; nothing below touches this one. */
const ANCHOR: Osv = {
  id: 'ANCHOR-1',
  modified: '2025-01-01T00:00:00Z',
  aliases: [],
  withdrawn: null,
  affected: [{ package: { ecosystem: 'npm', name: 'anchor' }, versions: ['1'] }],
};

interface World {
  readonly records: readonly Osv[];
  readonly exploited: readonly string[];
  readonly epss: ReadonlyMap<string, EpssScore>;
}

/** What the world is after a step, as plainly as it can be said: index-merge.ts names the same rules. */
function afterStep(world: World, { records, removed, exploited, epss }: StepOf): World {
  const ends = (old: Osv): boolean =>
    removed.includes(old.id) ||
    records.some(
      (each) =>
        each.id === old.id &&
        each.withdrawn === null &&
        each.affected.length === 0 &&
        Date.parse(each.modified) > Date.parse(old.modified),
    );
  return {
    records: [...world.records.filter((old) => !ends(old)), ...records],
    exploited: exploited ?? world.exploited,
    epss: epss ?? world.epss,
  };
}

type StepOf = typeof step extends fc.Arbitrary<infer Step> ? Step : never;

async function build(out: string, { records, exploited, epss }: World): Promise<void> {
  const source = join(folder, 'records.json');
  writeFileSync(source, JSON.stringify(records));
  await buildIndex({ out, sources: [source], built: 0 as Instant, exploited, epss, onProgress: () => undefined });
}

/** Everything that can be asked, in an order that does not depend on advisory numbers. */
function answers(path: string): object {
  const index = new IndexReader(path);
  try {
    index.verify();
    const sorted = (values: readonly unknown[]): readonly string[] => values.map((each) => JSON.stringify(each)).sort();
    const { advisories, packages, malware, kev, derived, withdrawn, unranged, ecosystems } = index.header.counts;
    return {
      counts: { advisories, packages, malware, kev, derived, withdrawn, unranged, ecosystems },
      candidates: ECOSYSTEMS.flatMap((ecosystem) =>
        [...NAMES, 'anchor'].map((name) => [
          `${ecosystem} ${name}`,
          sorted(
            index.candidates(ecosystem, name).map(({ advisory, rating, ...rest }) => {
              const detail = index.detail(advisory);
              return [rest, detail.ratings[rating], detail];
            }),
          ),
        ]),
      ),
      byId: [...ALIASES, ...CVES.slice(0, 2), 'CVE-2020-1078', 'ANCHOR-1'].map((id) => [id, sorted(index.byId(id))]),
      modified: [...ALIASES, 'ANCHOR-1'].map((id) => [id, index.modifiedOf(id)]),
    };
  } finally {
    index.close();
  }
}

function groupsById(path: string): object {
  const index = new IndexReader(path);
  try {
    return ALIASES.map((id) => [id, new Set(index.byId(id).map((detail) => detail.id))]);
  } finally {
    index.close();
  }
}

/** The same without `ids`: the groups, as the details say them, in which some detail names the id. */
function groupsByDetails(path: string): object {
  const index = new IndexReader(path);
  try {
    const all = ECOSYSTEMS.flatMap((ecosystem) =>
      [...NAMES, 'anchor'].flatMap((name) => index.candidates(ecosystem, name)),
    ).map(({ advisory }) => index.detail(advisory));
    return ALIASES.map((id) => {
      const naming = all.filter((each) => [each.id, ...each.aliases].includes(id)).map(({ group }) => group);
      return [id, new Set(all.filter(({ group }) => naming.includes(group)).map((each) => each.id))];
    });
  } finally {
    index.close();
  }
}

/** Details of groups with more ids than a detail holds do not name them all. */
const isCut = (path: string): boolean =>
  /"aliases":\[(?:"[^"]*",){63}/.test(JSON.stringify(answers(path)).replaceAll('\\', ''));

it('an index updated step by step answers what one built anew from the same records answers', async () => {
  assert.equal(hashKey(packageKey('npm', TWIN_NAMES[0] ?? '')), hashKey(packageKey('npm', TWIN_NAMES[1] ?? '')));
  assert.equal(hashKey(TWIN_IDS[0] ?? ''), hashKey(TWIN_IDS[1] ?? ''));
  await fc.assert(
    fc.asyncProperty(step, fc.array(step, { minLength: 1, maxLength: 4 }), async (first, steps) => {
      const updated = join(folder, 'updated.idx');
      const anew = join(folder, 'anew.idx');
      let world = afterStep({ records: [ANCHOR], exploited: [], epss: new Map() }, first);
      await build(updated, world);
      for (const each of steps) {
        world = afterStep(world, each);
        await updateIndex({
          path: updated,
          items: each.records.map((value) => ({ type: 'value', value })),
          removed: each.removed,
          exploited: each.exploited,
          epss: each.epss,
          sync: null,
          built: 0 as Instant,
        });
        await build(anew, world);
        assert.deepEqual(answers(updated), answers(anew));
        if (!isCut(updated)) assert.deepEqual(groupsById(updated), groupsByDetails(updated));
      }
    }),
    { numRuns: Number(process.env['HOLDFAST_PROPERTY_RUNS'] ?? 100) },
  );
});
