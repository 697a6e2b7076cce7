import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import type { Instant } from '../lib/time.ts';
import { buildIndex } from './advisory-build.actions.ts';
import { IndexReader } from './index-reader.client.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-index-prop-'));
after(() => rmSync(folder, { recursive: true }));

const NAMES = ['a', 'b', 'ab', '@s/a', 'A', 'constructor', '__proto__', 'é', 'a'.repeat(300)];
const entry = fc.record({
  ecosystem: fc.constantFrom('npm', 'Maven', 'PyPI'),
  name: fc.constantFrom(...NAMES),
  versions: fc.uniqueArray(fc.stringMatching(/^[0-9a-z.-]{1,6}$/), { minLength: 1, maxLength: 4 }),
});
const records = fc.array(fc.array(entry, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 40 });

it('an index answers for every package what reading all records one after another answers', async () => {
  await fc.assert(
    fc.asyncProperty(records, async (drawn) => {
      const osv = drawn.map((affected, number) => ({
        id: `X-${number}`,
        modified: '2026-01-01T00:00:00Z',
        affected: affected.map(({ ecosystem, name, versions }) => ({ package: { ecosystem, name }, versions })),
      }));
      const source = join(folder, 'records.json');
      const out = join(folder, 'records.idx');
      writeFileSync(source, JSON.stringify(osv));
      await buildIndex({ out, sources: [source], built: 0 as Instant, onProgress: () => undefined });
      const index = new IndexReader(out);
      try {
        for (const ecosystem of ['npm', 'Maven', 'PyPI', 'Go']) {
          for (const name of [...NAMES, 'absent']) {
            const linear = osv.flatMap(({ id, affected }) =>
              affected
                .filter((each) => each.package.ecosystem === ecosystem && each.package.name === name)
                .map(({ versions }) => `${id} ${versions.join(' ')}`),
            );
            const found = index
              .candidates(ecosystem, name)
              .map(({ advisory, versions }) => `${index.detail(advisory).id} ${versions.join(' ')}`);
            assert.deepEqual(found.sort(), linear.sort());
          }
        }
      } finally {
        index.close();
      }
    }),
    { numRuns: 60 },
  );
});
