/**
 * The scan and a plain comparison agree on everything we have: every npm lockfile and SBOM of the corpus against every
 * advisory of the corpus. The reference (test/reference/) reads raw OSV records and uses no index and none of our evaluation.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { buildIndex } from '../src/advisory/advisory-build.actions.ts';
import { affects } from '../src/advisory/affects.ts';
import { IndexReader } from '../src/advisory/index-reader.client.ts';
import { orderOf } from '../src/advisory/version.ts';
import type { Instant } from '../src/lib/time.ts';
import { scanInventories } from '../src/scan/scan.actions.ts';
import { packagesOf } from '../src/scan/finding.ts';
import { referenceMatcher, type Matcher, type RawRecord } from './reference/osv-reference.ts';
import { advisoryPaths, CORPUS, NO_CORPUS, rawAdvisories, readableInputs } from './support/corpus.ts';

const corpus = CORPUS ?? '';

describe('on the corpus', { skip: NO_CORPUS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-agreement-'));
  const database = join(folder, 'advisories.idx');
  let reference: Matcher;
  let groups: Map<string, string>;

  before(async () => {
    const records = rawAdvisories(corpus);
    reference = referenceMatcher(records);
    groups = aliasGroups(records);
    await buildIndex({
      out: database,
      sources: advisoryPaths(corpus),
      built: 0 as Instant,
      onProgress: () => undefined,
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const input of CORPUS === null ? [] : readableInputs(corpus)) {
    it(`finds in ${basename(input)} what a plain comparison finds, and nothing else`, async () => {
      const { report, inventories } = await scanInventories({
        paths: [input],
        cwd: '/',
        ignore: [],
        database,
        env: {},
        prod: false,
        decisions: null,
      });
      // What stands nowhere in a tree of POMs is an error of its own (src/inventory/corpus-maven-pom.test.ts lists them).
      assert.deepEqual(
        report.errors.filter(({ code }) => code !== 'INVENTORY_INCOMPLETE'),
        [],
      );
      const index = new IndexReader(database);
      let compared = 0;
      for (const { component } of packagesOf(inventories, false)) {
        const { ecosystem, name, version } = component;
        const expected = reference(ecosystem, name, version);
        const matching = index
          .candidates(ecosystem, name)
          .filter((candidate) => affects(candidate, version, orderOf(ecosystem)));
        assert.deepEqual(
          new Set(matching.map(({ advisory }) => index.detail(advisory).id)),
          expected,
          `${ecosystem} ${name}@${version}`,
        );

        const findings = report.findings.filter(
          (finding) => finding.ecosystem === ecosystem && finding.name === name && finding.version === version,
        );
        const expectedGroups = new Set([...expected].map((id) => groups.get(id)));
        assert.deepEqual(
          new Set(findings.map(({ id }) => groups.get(id))),
          expectedGroups,
          `groups of ${name}@${version}`,
        );
        assert.equal(findings.length, expectedGroups.size, `one finding for each group of ${name}@${version}`);
        compared++;
      }
      index.close();
      assert.ok(compared > (input.includes('xshady') ? 2 : 50), `only ${compared} packages compared`);
      assert.ok(report.findings.length > 0);
    });
  }
});

/** The smallest id of everything that aliases connect, by spreading it until nothing changes: slow, plain, independent of alias.ts. */
function aliasGroups(records: readonly (RawRecord & { aliases?: string[] })[]): Map<string, string> {
  const smallest = new Map<string, string>();
  const links = records
    .filter(({ withdrawn }) => typeof withdrawn !== 'string')
    .map(({ id, aliases }) => [id, ...(aliases ?? [])]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const ids of links) {
      const least = ids.map((id) => smallest.get(id) ?? id).sort()[0] ?? '';
      for (const id of ids) {
        if (smallest.get(id) === least) continue;
        smallest.set(id, least);
        changed = true;
      }
    }
  }
  return smallest;
}
