import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import compare from 'semver/functions/compare.js';
import type { Inventory } from './component.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';
import { readPackageLock } from './package-lock.ts';
import { explainer, type Why } from './why.ts';

type Packages = Record<string, object>;

/** A lockfile whose top-level packages are given as `name@version` with what they ask for. */
const lock = (root: object, packages: Packages): Inventory =>
  readPackageLock('package-lock.json', {
    lockfileVersion: 3,
    packages: {
      '': root,
      ...Object.fromEntries(Object.entries(packages).map(([path, entry]) => [`node_modules/${path}`, entry])),
    },
  });

function why(inventory: Inventory, location: string, fixed: string[]): { [K in keyof Why]: unknown } {
  const where = (index: number | null): string | null =>
    index === null ? null : inventory.components[index]!.location.replace('node_modules/', '');
  const target = inventory.components.findIndex(
    (component) => where(inventory.components.indexOf(component)) === location,
  );
  const graph = inventory.graph();
  assert.ok(graph !== null && target >= 0);
  const { through, askedBy, fix } = explainer(inventory.components, graph)(target, fixed, compare);
  const named = JSON.parse(JSON.stringify(fix), (key, value) => (key === 'from' ? where(value) : value));
  if ('manifests' in fix) named.manifests = fix.manifests.map(where);
  return {
    through: through.map(where),
    askedBy: askedBy.map(({ from, range }) => `${where(from)} ${range}`),
    fix: named,
  };
}

describe('why a vulnerable package is there', () => {
  const app = { dependencies: { web: '^4.0.0', cli: '^1.0.0', qs: '~6.5.0' } };

  it('names the direct dependencies that bring it, and everyone who asks for this copy', () => {
    const inventory = lock(app, {
      web: { version: '4.1.0', dependencies: { router: '^1.0.0' } },
      router: { version: '1.0.0', dependencies: { ms: '^2.0.0' } },
      cli: { version: '1.0.0', dependencies: { ms: '2.x' } },
      qs: { version: '6.5.2' },
      ms: { version: '2.0.0' },
      stray: { version: '1.0.0', dependencies: { ms: '2.0.0' } },
    });
    assert.deepEqual(why(inventory, 'ms', ['2.1.3']), {
      through: ['web', 'cli'],
      askedBy: ['router ^2.0.0', 'cli 2.x'],
      fix: { kind: 'update', version: '2.1.3' },
    });
    assert.deepEqual(why(inventory, 'stray', ['2.0.0']), { through: [], askedBy: [], fix: { kind: 'orphan' } });
    assert.deepEqual(why(inventory, 'ms', ['1.9.9', '2.0.0']).fix, { kind: 'no-fix' });
  });

  it('shows an update where every range lets the fix in, also that of the product', () => {
    const inventory = lock(app, {
      qs: { version: '6.5.2' },
      cli: { version: '1.0.0', dependencies: { qs: '^6.0.0' } },
    });
    assert.deepEqual(why(inventory, 'qs', ['6.5.3', '6.7.3', '6.4.1']), {
      through: ['qs', 'cli'],
      askedBy: ['null ~6.5.0', 'cli ^6.0.0'],
      fix: { kind: 'update', version: '6.5.3' },
    });
  });

  it('shows an upgrade to the smallest fix where only our own manifests are in the way', () => {
    const inventory = lock(app, {
      qs: { version: '6.5.2' },
      cli: { version: '1.0.0', dependencies: { qs: '^6.0.0' } },
    });
    assert.deepEqual(why(inventory, 'qs', ['7.0.0', '6.10.3', '6.9.7']).fix, {
      kind: 'upgrade',
      version: '6.9.7',
      manifests: [null],
    });
  });

  it('skips a smaller fix that a dependent excludes for a larger one that it accepts', () => {
    const inventory = lock(
      { dependencies: { a: '^1.0.0' } },
      {
        a: { version: '1.0.0', dependencies: { b: '2.0.0 || >=2.2.0 <3' } },
        b: { version: '2.0.0' },
      },
    );
    assert.deepEqual(why(inventory, 'b', ['2.0.5', '2.3.0']).fix, { kind: 'update', version: '2.3.0' });
  });

  it('names the dependent whose range is in the way instead of guessing', () => {
    const inventory = lock(
      { dependencies: { a: '^1.0.0', b: '^2.0.0' } },
      {
        a: { version: '1.0.0', dependencies: { b: '~2.0.0' } },
        b: { version: '2.0.0' },
      },
    );
    assert.deepEqual(why(inventory, 'b', ['2.1.0', '3.0.0']).fix, {
      kind: 'not-shown',
      version: '2.1.0',
      blockers: [{ from: 'a', range: '~2.0.0', because: 'range-excludes-fix' }],
    });
  });

  it('takes the manifest of a workspace for one of ours', () => {
    const inventory = readPackageLock('package-lock.json', {
      lockfileVersion: 3,
      packages: {
        '': { workspaces: ['p'] },
        'node_modules/p': { resolved: 'p', link: true },
        'node_modules/b': { version: '2.0.0' },
        p: { dependencies: { b: '2.0.0' } },
      },
    });
    assert.deepEqual(why(inventory, 'b', ['2.0.1']), {
      through: ['b'],
      askedBy: ['p 2.0.0'],
      fix: { kind: 'upgrade', version: '2.0.1', manifests: ['p'] },
    });
  });

  it('does not promise that an update gets past overrides, bundles, commits and tags of others', () => {
    const ask = (range: string, more: object = {}, version = '2.0.0') =>
      why(
        lock(
          { dependencies: { a: '1' } },
          { a: { version: '1.0.0', dependencies: { b: range } }, b: { version, ...more } },
        ),
        'b',
        ['2.0.1'],
      ).fix;
    const blocked = (range: string, because: string) => ({
      kind: 'not-shown',
      version: '2.0.1',
      blockers: [{ from: 'a', range, because }],
    });
    assert.deepEqual(ask('^1.0.0'), blocked('^1.0.0', 'overridden'));
    assert.deepEqual(ask('^2.0.0', { inBundle: true }), blocked('^2.0.0', 'bundled'));
    assert.deepEqual(ask('github:x/b#main'), blocked('github:x/b#main', 'not-a-range'));
    assert.deepEqual(ask('latest'), blocked('latest', 'not-a-range'));
    assert.deepEqual(ask('npm:@x/b@^2.0.0'), { kind: 'update', version: '2.0.1' });
    assert.deepEqual(ask('npm:@x/b'), { kind: 'update', version: '2.0.1' });
    assert.deepEqual(ask(''), { kind: 'update', version: '2.0.1' });
    assert.deepEqual(ask('^2.0.0-rc.1', {}, '2.0.0-rc.1'), { kind: 'update', version: '2.0.1' });
  });

  it('lets our own manifest give up a tag, but not a commit that somebody chose', () => {
    const own = (range: string) =>
      why(lock({ dependencies: { b: range } }, { b: { version: '2.0.0' } }), 'b', ['2.0.1']).fix;
    assert.deepEqual(own('next'), { kind: 'upgrade', version: '2.0.1', manifests: [null] });
    assert.deepEqual(own('github:x/b#1'), {
      kind: 'not-shown',
      version: '2.0.1',
      blockers: [{ from: null, range: 'github:x/b#1', because: 'not-a-range' }],
    });
  });

  it('says that a lockfile of version 1 does not tell whether the product asks too', () => {
    const document = {
      lockfileVersion: 1,
      requires: true,
      dependencies: { a: { version: '1.0.0', requires: { b: '^2.0.0' } }, b: { version: '2.0.0' } },
    };
    const alone = readPackageLock('package-lock.json', document);
    assert.deepEqual(why(alone, 'b', ['2.0.1']).fix, {
      kind: 'not-shown',
      version: '2.0.1',
      blockers: [{ from: null, range: null, because: 'manifest-unknown' }],
    });
    assert.deepEqual(why(alone, 'a', ['1.0.1']), {
      through: ['a'],
      askedBy: ['null null'],
      fix: { kind: 'upgrade', version: '1.0.1', manifests: [null] },
    });
    const withManifest = readPackageLock('package-lock.json', document, { dependencies: { a: '^1.0.0' } });
    assert.deepEqual(why(withManifest, 'b', ['2.0.1']).fix, { kind: 'update', version: '2.0.1' });
  });

  it('knows of an SBOM only what is direct, and that Maven lets the product decide', () => {
    const path = new URL('../../test/fixtures/inventory/shop.cdx.json', import.meta.url);
    const sbom = readCyclonedxJson('bom.json', JSON.parse(readFileSync(path, 'utf8')));
    assert.deepEqual(why(sbom, 'log', ['2.17.1']).fix, { kind: 'upgrade', version: '2.17.1', manifests: [null] });
    assert.deepEqual(why(sbom, 'runner', ['7.2.0']), {
      through: ['core'],
      askedBy: ['core null'],
      fix: { kind: 'not-shown', version: '7.2.0', blockers: [{ from: 'core', range: null, because: 'range-unknown' }] },
    });
  });
});
