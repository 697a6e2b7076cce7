/** Every dependency has its reason in docs/adr/0006-dependencies.md, and its version is exact. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './support/canary.ts';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const [program = '', development = ''] = readFileSync(join(ROOT, 'docs/adr/0006-dependencies.md'), 'utf8')
  .split(/^## /m)
  .slice(1);
/** First cells of the rows, without the head and the line below it. */
const rows = (section: string): ReadonlySet<string> =>
  new Set([...section.matchAll(/^\| (\S+) \|/gm)].map(([, name]) => name!).filter((name) => name !== 'package'));

describe('dependencies', () => {
  it('have a line each in the record of decisions, and no line is left without its dependency', () => {
    assert.deepEqual(rows(program), new Set(Object.keys(manifest.dependencies)));
    assert.deepEqual(rows(development), new Set(Object.keys(manifest.devDependencies)));
  });

  it('are pinned to one version, so that what a scanner reads is what is bundled', () => {
    const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    assert.deepEqual(
      all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
      [],
    );
  });
});
