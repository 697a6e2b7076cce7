import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { parseBunJson } from './bun-json.ts';
import { readBunLock } from './bun-lock.ts';
import type { Component, Inventory } from './component.ts';

const read = (text: string): Inventory => readBunLock('bun.lock', parseBunJson('bun.lock', text));
const inventory = read(readFileSync(new URL('../../test/fixtures/inventory/shop.bun.lock', import.meta.url), 'utf8'));

const at = (location: string): Component => {
  const component = inventory.components.find((candidate) => candidate.location === location);
  assert.ok(component !== undefined, `no component at ${location}`);
  return component;
};

const rangeOf = (from: string | null, to: string): string | null => {
  const index = (location: string): number => inventory.components.indexOf(at(location));
  return inventory.graph()!.rangeOf(from === null ? null : index(from), index(to));
};

const refusal = (act: () => unknown): HoldfastError => {
  try {
    act();
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError && thrown.hint !== '');
    return thrown;
  }
  assert.fail('it was read');
};

describe('a bun.lock', () => {
  it('names the product, and every installed place with what it is needed for', () => {
    assert.equal(inventory.kind, 'bun-lock');
    assert.deepEqual(inventory.product, { name: 'shop', version: '' });
    assert.deepEqual(
      inventory.components.map(
        ({ location, name, version, scope, direct }) =>
          `${location} ${name}@${version} ${scope}${direct ? ' direct' : ''}`,
      ),
      [
        'aliased @real/name@2.1.0 production direct',
        'builder builder@4.1.0 development direct',
        'bundler bundler@1.0.0 production direct',
        'deep deep@1.0.9 production direct',
        'forked forked@ production direct',
        'linked linked@ production direct',
        'local local@ production direct',
        'native native@1.0.0 optional direct',
        'pinned pinned@ production direct',
        'private private@1.0.0 production direct',
        'react react@18.2.0 production direct',
        'shared shared@3.0.0 development',
        'strayed strayed@ production direct',
        '@shop/cart/react react@17.0.2 development direct',
        'builder/deep deep@2.0.0 development',
        'bundler/inner inner@1.4.0 production',
        'builder/deep/@s/leaf @s/leaf@1.0.0 development',
        'packages/cart @shop/cart@0.2.0 production direct',
        'tools/alone alone@ production direct',
      ],
    );
    assert.deepEqual(inventory.gaps, []);
  });

  it('finds what is needed in the nearest folder, a scope being no folder of its own', () => {
    const graph = inventory.graph();
    assert.ok(graph !== null);
    const where = (index: number): string => inventory.components[index]!.location;
    assert.deepEqual(
      Object.fromEntries(
        graph.needs
          .map((found, from) => [where(from), found.map(where)] as const)
          .filter(([, found]) => found.length > 0),
      ),
      {
        aliased: ['react'],
        builder: ['builder/deep', 'shared', 'native'],
        bundler: ['bundler/inner'],
        pinned: ['deep'],
        'builder/deep': ['builder/deep/@s/leaf'],
        'builder/deep/@s/leaf': ['shared', 'builder/deep'],
        'packages/cart': ['deep', '@shop/cart/react'],
      },
    );
  });

  it('has the range of each request, those of catalogs looked up', () => {
    assert.equal(rangeOf(null, 'react'), '^18.0.0');
    assert.equal(rangeOf(null, 'builder'), '~4.1.0');
    assert.equal(rangeOf(null, 'aliased'), 'npm:@real/name@^2.0.0');
    assert.equal(rangeOf('packages/cart', '@shop/cart/react'), '^17.0.0');
    assert.equal(rangeOf('builder', 'shared'), '^2.0.0');
    assert.equal(rangeOf('aliased', 'react'), '>=17');
    assert.equal(rangeOf('aliased', 'deep'), null);
  });

  it('reads where packages come from, and shows no password', () => {
    assert.deepEqual(at('react').origin, { kind: 'registry', host: null });
    assert.deepEqual(at('private').origin, { kind: 'registry', host: 'npm.shop.example' });
    assert.deepEqual(at('forked').origin, { kind: 'git', location: 'github:shop/forked#9f8e7d6' });
    assert.deepEqual(at('pinned').origin, { kind: 'git', location: 'git+ssh://git.example/shop/pinned.git#0a1b2c3' });
    assert.deepEqual(at('strayed').origin, { kind: 'file', location: 'https://files.example/strayed-1.0.0.tgz' });
    assert.deepEqual(at('local').origin, { kind: 'file', location: 'vendor/local.tgz' });
    assert.deepEqual(at('linked').origin, { kind: 'link', location: 'linked' });
    assert.deepEqual(at('packages/cart').origin, { kind: 'link', location: 'packages/cart' });
    assert.deepEqual(at('bundler/inner').origin, { kind: 'bundled' });
  });

  it('has integrity where the file has it, in the place that depends on the kind', () => {
    assert.deepEqual(
      ['react', 'forked', 'pinned', 'local', 'builder/deep/@s/leaf'].map((location) => at(location).integrity),
      ['sha512-IIII==', 'sha512-EEEE==', null, 'sha512-FFFF==', null],
    );
  });
});

describe('an unusual bun.lock', () => {
  it('lets nothing need itself', () => {
    const { graph } = read(
      '{"lockfileVersion": 1, "workspaces": {}, "packages": {"a": ["a@1.0.0", "", {"dependencies": {"a": "*"}, "peerDependencies": {"a": "*"}}, ""]}}',
    );
    assert.deepEqual(graph()?.needs, [[]]);
  });

  it('is read in version 0, which repeats the manifest of a workspace, and in versions 2 and 3', () => {
    const text = (version: number): string =>
      `{"lockfileVersion": ${version}, "workspaces": {"": {}, "a": {"name": "a", "dependencies": {"b": "1"}}}, "overrides": {"b": {".": "1"}}, "packages": {"a": ["a@workspace:a", {"dependencies": {"b": "1"}}], "b": ["b@1.0.0", "", {}, ""]}}`;
    for (const version of [0, 1, 2, 3]) {
      const { components, graph } = read(text(version));
      assert.deepEqual(
        components.map(({ location, scope }) => `${location} ${scope}`),
        ['b production', 'a production'],
      );
      assert.deepEqual(graph()?.needs, [[], [0]]);
    }
  });

  it('is read without packages, and with a workspace that has no manifest', () => {
    assert.deepEqual(read('{"lockfileVersion": 1, "workspaces": {"": {"name": "x"}}}').components, []);
    const { components } = read('{"lockfileVersion": 1, "workspaces": {}, "packages": {"a": ["a@workspace:lost"]}}');
    assert.deepEqual(
      components.map(({ name, origin }) => [name, origin]),
      [['a', { kind: 'link', location: 'lost' }]],
    );
  });

  it('is loud about a request that leads to no package, unless it is optional', () => {
    const { gaps } = read(
      '{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"a": "^1.0.0"}, "optionalDependencies": {"b": "1"}}}, "packages": {"c": ["c@1.0.0", "", {"dependencies": {"d": "2"}, "peerDependencies": {"e": "3"}}, ""]}}',
    );
    assert.deepEqual(gaps, [
      'a ^1.0.0, which the product asks for, is not among the packages of the lockfile',
      'd 2, which c asks for, is not among the packages of the lockfile',
    ]);
  });

  it('takes keys that are names of prototypes for what they are', () => {
    const { components, graph } = read(
      '{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"__proto__": "1", "a": "catalog:"}}}, "packages": {"__proto__": ["__proto__@1.0.0", "", {}, ""], "a": ["a@1.0.0", "", {}, ""]}}',
    );
    assert.deepEqual(
      components.map(({ name }) => name),
      ['__proto__', 'a'],
    );
    assert.deepEqual(graph()?.wanted.get(1), 'catalog:');
  });

  const REFUSED: readonly (readonly [string, string, string])[] = [
    [
      '{"lockfileVersion": 4, "workspaces": {}}',
      'INVENTORY_UNSUPPORTED',
      'lockfileVersion 4 is newer than Holdfast knows (it reads 0 to 3)',
    ],
    [
      '{"lockfileVersion": "1", "workspaces": {}}',
      'INVENTORY_MALFORMED',
      'its `lockfileVersion` is not a version of bun.lock',
    ],
    ['{"lockfileVersion": 1, "workspaces": []}', 'INVENTORY_MALFORMED', 'bun.lock is not a lockfile of Bun'],
    [
      '{"lockfileVersion": 1, "workspaces": {}, "packages": {"a": {}}}',
      'INVENTORY_MALFORMED',
      'the entry `a` is not a list that begins with name and version',
    ],
    ['{"lockfileVersion": 1, "workspaces": {"a": 1}}', 'INVENTORY_MALFORMED', 'the entry `a` is not an object'],
    [
      `{"lockfileVersion": 1, "workspaces": {}, "packages": {"${'a/'.repeat(70)}a": ["a@1.0.0", "", {}, ""]}}`,
      'INVENTORY_MALFORMED',
      `the entry \`${'a/'.repeat(40)}…\` is nested deeper than 64 packages or 4,096 characters`,
    ],
  ];
  for (const [text, code, message] of REFUSED) {
    it(`is refused where it is no lockfile that is read: ${message}`, () => {
      const { code: found, message: said } = refusal(() => read(text));
      assert.deepEqual([found, said], [code, message]);
    });
  }
});

describe('the JSON of bun.lock', () => {
  const parse = (text: string): unknown => parseBunJson('bun.lock', text);

  it('may have commas behind last items and comments anywhere, and strings that look like either', () => {
    const value = { a: [1, { b: ', ]' }], c: ',\\n}', d: '// no /* comment */ ,]', e: [true, null] };
    for (const text of [
      '{"a": [1, {"b": ", ]",},], "c": ",\\\\n}", "d": "// no /* comment */ ,]", "e": [true, null, ],}',
      '{\n  "a": [1, {"b": ", ]"}, ],\n  "c": ",\\\\n}",\n  "d": "// no /* comment */ ,]",\n  "e": [true, null, ],\n}\n',
      '\ufeff// head\r\n{"a": [1, {"b": ", ]"} /* x */, /* y */ ], // z\r\n"c": ",\\\\n}", "d": "// no /* comment */ ,]", "e": [true, null,],}// end',
    ]) {
      assert.deepEqual(parse(text), value);
    }
  });

  const MISTAKES: readonly (readonly [string, number, number])[] = [
    ['{\n  "a": [,],\n}', 2, 9],
    ['{\n  "a": [1,,],\n}', 2, 11],
    ['{\n  // x\n  "a": 1, b\n}', 3, 11],
    ['{"a": 1 / 2}', 1, 9],
    ['{"a": 1} /* x', 1, 10],
    ['{,\n}', 1, 2],
    ['{"a": "b,\n}', 1, 10],
  ];
  for (const [text, line, column] of MISTAKES) {
    it(`is refused with the place of a mistake: ${JSON.stringify(text)}`, () => {
      const { code, at: place } = refusal(() => parse(text));
      assert.deepEqual([code, place], ['INVENTORY_MALFORMED', { file: 'bun.lock', line, column }]);
    });
  }
});
