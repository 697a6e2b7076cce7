/** Documents of the right shape with something wrong in them: parsers read them or refuse them, and nothing else happens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { assertSound } from '../../test/support/sound-inventory.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';
import { readPackageLock } from './package-lock.ts';
import { readSpdxJson } from './spdx-json.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/inventory/${name}`, import.meta.url), 'utf8');

const KEYS = [
  '',
  '__proto__',
  'constructor',
  'toString',
  'node_modules/',
  'node_modules/@',
  'node_modules/a/node_modules/b',
  '..',
  '/',
  'a/b',
  'link',
  'version',
  'resolved',
  'dependencies',
  'packages',
  'name',
  'bom-ref',
  'components',
  'SPDXID',
  'relationships',
  'externalRefs',
  'lockfileVersion',
  'node_modules/cart',
  'packages/a',
  '@/',
  '\ud800',
];
const VALUES: unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  '',
  'x',
  '^1.0.0',
  'npm:@',
  'npm:a@',
  'git+ssh://@',
  'https://',
  'https:///',
  'https://a/b/-/b-.tgz',
  'file:',
  '//@',
  'node_modules/cart',
  'packages/a',
  '..',
  '\ud800',
  'pkg:npm/%',
  'pkg:npm/a@1?vcs_url=//@',
  [],
  [[]],
  {},
  { '': {} },
  [null],
  { link: true, resolved: 'packages/a' },
];

interface Change {
  /** Which of the document's objects and lists is changed, and which of its members. */
  readonly at: number;
  readonly member: number;
  readonly how: 'replace' | 'remove' | 'rename' | 'copy' | 'swap';
  readonly key: string;
  readonly value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(),
  member: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'rename', 'copy', 'swap'),
  key: fc.constantFrom(...KEYS),
  value: fc.oneof(fc.constantFrom(...VALUES), fc.jsonValue({ maxDepth: 2 })),
});

type Holder = Record<string, unknown>;

function holdersIn(document: unknown): Holder[] {
  const found: Holder[] = [];
  const open: unknown[] = [document];
  for (const value of open) {
    if (typeof value !== 'object' || value === null) continue;
    found.push(value as Holder);
    open.push(...Object.values(value));
  }
  return found;
}

/** Own properties only, so that `__proto__` is a key like any other, as it is for JSON.parse. */
const set = (holder: Holder, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

function mutate(text: string, changes: readonly Change[]): unknown {
  const document: unknown = JSON.parse(text);
  for (const { at, member, how, key, value } of changes) {
    const holders = holdersIn(document);
    const holder = holders[at % holders.length]!;
    const keys = Object.keys(holder);
    const old = keys[member % Math.max(1, keys.length)] ?? key;
    const other = holders[member % holders.length]!;
    if (how === 'replace') set(holder, old, structuredClone(value));
    else if (how === 'copy') set(holder, key, structuredClone(other));
    else if (how === 'swap')
      set(holder, old, structuredClone(Object.values(other)[at % Math.max(1, Object.keys(other).length)]));
    else if (Object.hasOwn(holder, old)) {
      const moved = holder[old];
      delete holder[old];
      if (how === 'rename') set(holder, key, moved);
    }
  }
  return document;
}

describe('documents with something wrong in them', () => {
  const changes = fc.array(change, { minLength: 1, maxLength: 4 });
  for (const name of ['monorepo.package-lock.json', 'nested.package-lock.json']) {
    it(`are read or refused, and nothing else: ${name}`, () => {
      const text = fixture(name);
      fc.assert(
        fc.property(changes, (list) => assertSound(() => readPackageLock('package-lock.json', mutate(text, list)))),
        { numRuns: 3000 },
      );
      assert.deepEqual(Object.keys(Object.prototype), []);
    });
  }

  it('are read or refused, and nothing else: shop.cdx.json', () => {
    const text = fixture('shop.cdx.json');
    fc.assert(
      fc.property(changes, (list) => assertSound(() => readCyclonedxJson('bom.json', mutate(text, list)))),
      { numRuns: 3000 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  it('are read or refused, and nothing else: shop.spdx.json', () => {
    const text = fixture('shop.spdx.json');
    fc.assert(
      fc.property(changes, (list) => assertSound(() => readSpdxJson('a.spdx.json', mutate(text, list)))),
      { numRuns: 3000 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});
