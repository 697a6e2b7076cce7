import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import type { Inventory } from './component.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';

const document: unknown = JSON.parse(
  readFileSync(new URL('../../test/fixtures/inventory/shop.cdx.json', import.meta.url), 'utf8'),
);

const bom = (more: object): Inventory =>
  readCyclonedxJson('bom.json', { bomFormat: 'CycloneDX', specVersion: '1.5', ...more });

const edgesOf = (inventory: Inventory) => {
  const graph = inventory.graph();
  assert.ok(graph !== null);
  const where = (index: number): string => inventory.components[index]!.location;
  const needs = graph.needs.map((found, index) => [where(index), found.map(where)] as const);
  return { roots: graph.roots.map(where), needs: Object.fromEntries(needs.filter(([, found]) => found.length > 0)) };
};

const refusal = (read: () => unknown): HoldfastError => {
  try {
    read();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, String(thrown));
    return thrown;
  }
  assert.fail('it was read');
};

describe('a CycloneDX document', () => {
  const inventory = readCyclonedxJson('bom.json', document);
  const named = (location: string) => inventory.components.find((component) => component.location === location)!;

  it('names the product as its ecosystem does', () => {
    assert.equal(inventory.kind, 'cyclonedx-json');
    assert.deepEqual(inventory.product, {
      name: 'com.example:shop',
      version: '2.0.0',
      purl: 'pkg:maven/com.example/shop@2.0.0',
    });
  });

  it('lists every component, also inside of others, with ecosystem, name and version', () => {
    assert.deepEqual(
      inventory.components.map(({ location, ecosystem, name, version }) =>
        [location, ecosystem, name, version].join(' | '),
      ),
      [
        'shop-core |  | shop-core | 2.0.0',
        'log | Maven | org.apache.logging.log4j:log4j-core | 2.14.1',
        'shaded | Maven | com.lmax:disruptor | 3.4.2',
        'api | Maven | org.apache.logging.log4j:log4j-api | 2.14.1',
        'core | npm | @babel/core | 7.12.3',
        'runner | npm | runner | 7.1.2',
        'tests | npm | patched | 1.0.0',
        'pkg:npm/by-ref@1.0.0 | npm | by-ref | 1.0.0',
        'pkg:npm/other@1.0.0 |  | not-other | 1.0.0',
        'component 10 |  | acme/in-house | 4',
        'file |  | /etc/ssl/cert.pem | ',
        'os | deb | debian/base-files | 12.4',
        'core | npm | second-core | 1.0.0',
        'broken |  | broken | 1.0.0',
      ],
    );
  });

  it('makes up no purl', () => {
    assert.deepEqual(
      inventory.components.filter(({ purl }) => purl === '').map(({ name }) => name),
      ['shop-core', 'not-other', 'acme/in-house', '/etc/ssl/cert.pem', 'broken'],
    );
    assert.equal(named('log').purl, 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar');
    assert.equal(named('core').purl, 'pkg:npm/%40babel/core@7.12.3');
  });

  it('reads scopes, with required as the default of the specification', () => {
    assert.deepEqual(
      ['log', 'shaded', 'core', 'runner', 'tests'].map((location) => named(location).scope),
      ['production', 'production', 'optional', 'development', 'development'],
    );
  });

  it('keeps the strongest hash', () => {
    assert.equal(named('log').integrity, 'sha256:ade7402a70667a727635d5c4c29495f4ff96f061f12539763f6f123973b465b0');
    assert.equal(named('core').integrity, null);
  });

  it('reads the origin off the purl and shows no credentials', () => {
    assert.deepEqual(named('core').origin, { kind: 'registry', host: null });
    assert.deepEqual(named('api').origin, { kind: 'registry', host: 'repo.example' });
    assert.deepEqual(named('runner').origin, {
      kind: 'git',
      location: 'git+ssh://git@forge.example/runner.git@9f2c1e7',
    });
    assert.deepEqual(named('tests').origin, { kind: 'file', location: 'https://files.example/patched.tgz' });
    assert.deepEqual(named('os').origin, { kind: 'unknown' });
    assert.doesNotMatch(JSON.stringify(inventory.components), /s3cret|me:pw/);
  });

  it('joins repeated entries, drops references to nothing and itself, and keeps circles', () => {
    assert.deepEqual(edgesOf(inventory), {
      roots: ['log', 'core', 'shop-core'],
      needs: {
        log: ['api', 'shaded'],
        core: ['runner', 'pkg:npm/by-ref@1.0.0'],
        runner: ['core'],
      },
    });
    assert.deepEqual(
      inventory.components.filter(({ direct }) => direct).map(({ name }) => name),
      ['org.apache.logging.log4j:log4j-core', '@babel/core'],
    );
  });
});

describe('CycloneDX documents that say less', () => {
  const a = { type: 'library', 'bom-ref': 'a', name: 'a', version: '1', purl: 'pkg:npm/a@1' };
  const b = { ...a, 'bom-ref': 'b', name: 'b', purl: 'pkg:npm/b@1' };

  it('have no graph when they record no edge', () => {
    assert.equal(bom({ components: [a, b] }).graph(), null);
    assert.equal(bom({ components: [a, b], dependencies: [{ ref: 'a' }, { ref: 'b', dependsOn: [] }] }).graph(), null);
    assert.equal(bom({ components: [a, b], dependencies: 'a' }).graph(), null);
  });

  it('start at what nothing depends on, and call none of it direct, when the product is not spoken of', () => {
    const inventory = bom({ components: [a, b], dependencies: [{ ref: 'a', dependsOn: ['b'] }] });
    assert.deepEqual(edgesOf(inventory), { roots: ['a'], needs: { a: ['b'] } });
    assert.deepEqual(
      inventory.components.map(({ direct }) => direct),
      [false, false],
    );
  });

  it('may have no components and no metadata at all', () => {
    assert.deepEqual(bom({}).components, []);
    assert.deepEqual(bom({ metadata: null }).product, { name: '', version: '' });
  });

  it('are read whatever stands where a reference is expected', () => {
    const dependencies = [
      null,
      7,
      { ref: {}, dependsOn: ['a'] },
      { ref: 'a', dependsOn: 'b' },
      { ref: 'a', dependsOn: [null, {}, 'b'] },
    ];
    assert.deepEqual(edgesOf(bom({ components: [a, b], dependencies })).needs, { a: ['b'] });
  });
});

describe('CycloneDX documents that are refused', () => {
  it('are those of a version that is not read, with the ones that are', () => {
    for (const specVersion of ['1.0', '1.1', '1.8', '2.0', undefined, 1.5]) {
      const error = refusal(() => bom({ specVersion }));
      assert.equal(error.code, 'INVENTORY_UNSUPPORTED');
      assert.match(error.hint, /1\.2 to 1\.7/);
    }
    assert.equal(refusal(() => bom({ specVersion: '1.1' })).message, 'bom.json (CycloneDX 1.1, JSON) is not read yet');
    for (const specVersion of ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'])
      assert.deepEqual(bom({ specVersion }).components, []);
  });

  it('are those whose components cannot be told', () => {
    const wrong: unknown[] = [
      {},
      'a',
      [null],
      ['a'],
      [{}],
      [{ name: 7 }],
      [{ name: 'a', version: 1 }],
      [{ name: 'a', components: {} }],
    ];
    for (const components of wrong) {
      assert.equal(refusal(() => bom({ components })).code, 'INVENTORY_MALFORMED', JSON.stringify(components));
    }
    for (const other of [null, [], 'x', {}, { bomFormat: 'SPDX' }]) {
      assert.equal(refusal(() => readCyclonedxJson('bom.json', other)).code, 'INVENTORY_MALFORMED');
    }
  });

  it('are not those nested a hundred thousand deep', () => {
    let component: object = { name: 'innermost' };
    for (let depth = 0; depth < 100_000; depth += 1) component = { name: 'x', components: [component] };
    assert.equal(bom({ components: [component] }).components.length, 100_001);
  });
});
