/** Yarn's lockfiles with something wrong in their text or values: they are read or refused, and nothing else happens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { assertSound } from '../../test/support/sound-inventory.ts';
import { HoldfastError } from '../lib/errors.ts';
import { parseLockfileYaml, readPlainYaml } from './lockfile-yaml.ts';
import type { ProductManifests } from './product-manifests.ts';
import { readYarnBerry } from './yarn-berry.ts';
import { readYarnClassic } from './yarn-classic.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/inventory/${name}`, import.meta.url), 'utf8');

/** What means something in one of the formats, or in an object of JavaScript. */
const PIECES = [
  '"',
  ':',
  ', ',
  '@',
  '\n',
  '\r\n',
  '  ',
  '\t',
  '#',
  '::',
  '\\',
  '%',
  '\ud800',
  '\0',
  '__proto__',
  '"": ""',
  'npm:',
  'npm:@',
  'patch:',
  'patch:a@patch%3Aa#x',
  'workspace:.',
  'workspace:packages/ui',
  'link:',
  'file:',
  'exec:',
  'https://u:pw@x.example/a.git#commit=',
  'https:///-/',
  'git+ssh://',
  '<<<<<<< HEAD\n',
  '  version ""\n',
  '  dependencies:\n',
  '    a "*"\n',
  '0.0.0-use.local',
];

interface Edit {
  readonly at: number;
  readonly length: number;
  readonly how: 'delete' | 'repeat' | 'move' | 'insert';
  readonly piece: string;
}

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.nat(),
    length: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 400 })),
    how: fc.constantFrom('delete', 'repeat', 'move', 'insert'),
    piece: fc.constantFrom(...PIECES),
  }),
  { minLength: 1, maxLength: 4 },
);

function edited(text: string, list: readonly Edit[]): string {
  let result = text;
  for (const { at, length, how, piece } of list) {
    const start = at % (result.length + 1);
    const [before, slice, after] = [
      result.slice(0, start),
      result.slice(start, start + length),
      result.slice(start + length),
    ];
    if (how === 'delete') result = before + after;
    else if (how === 'repeat') result = before + slice + slice + after;
    else if (how === 'move') result = before + after.slice(0, length) + slice + after.slice(length);
    else result = before + piece + result.slice(start);
  }
  return result;
}

const table = fc.dictionary(
  fc.constantFrom('cart', 'runner', 'ui', '@shop/money', '__proto__', 'constructor', 'gone', ''),
  fc.oneof(fc.constantFrom('^3.0.0', '^5.0.0', 'workspace:^', 'npm:cart@^2.0.0', ''), fc.jsonValue({ maxDepth: 1 })),
);
const manifest = fc.record(
  {
    name: fc.oneof(fc.constantFrom('shop', 'ui'), fc.jsonValue({ maxDepth: 1 })),
    version: fc.jsonValue({ maxDepth: 0 }),
    dependencies: fc.oneof(table, fc.jsonValue({ maxDepth: 1 })),
    devDependencies: table,
    optionalDependencies: table,
    dependenciesMeta: fc.jsonValue({ maxDepth: 2 }),
    resolutions: fc.dictionary(
      fc.constantFrom('cart', 'runner/cart', '**/@shop/money', '@', '/', 'a@b/c@d', '**'),
      fc.string(),
    ),
  },
  { requiredKeys: [] },
);
const manifests: fc.Arbitrary<ProductManifests | null> = fc.option(
  fc.record({
    own: manifest,
    workspaces: fc.array(fc.record({ folder: fc.constantFrom('packages/ui', '.', ''), manifest }), { maxLength: 3 }),
    complete: fc.boolean(),
  }),
);

/** A refusal of the text is as good as one of what it says; the library's reading is asked where ours gives up. */
async function yamlOf(text: string) {
  try {
    return readPlainYaml('yarn.lock', text) ?? (await parseLockfileYaml('yarn.lock', text));
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError && thrown.code.startsWith('INVENTORY_'), String(thrown));
    return null;
  }
}

describe('lockfiles of Yarn with something wrong in them', () => {
  it('are read or refused, and nothing else: Yarn 1', () => {
    const text = fixture('shop.yarn-v1.lock');
    fc.assert(
      fc.property(edits, manifests, (list, given) =>
        assertSound(() => readYarnClassic('yarn.lock', edited(text, list), given)),
      ),
      { numRuns: 3000 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  it('are read or refused, and nothing else: Yarn 2 and later', async () => {
    const text = fixture('shop.yarn-berry.lock');
    await fc.assert(
      fc.asyncProperty(edits, manifests, async (list, given) => {
        const documents = await yamlOf(edited(text, list));
        if (documents !== null) assertSound(() => readYarnBerry('yarn.lock', documents, given));
      }),
      { numRuns: 3000 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });
});

describe('lockfiles of Yarn that are made to be slow', () => {
  const seconds = (read: () => unknown): number => {
    const start = cpuMs();
    try {
      read();
    } catch (thrown) {
      assert.ok(thrown instanceof HoldfastError, String(thrown));
    }
    return (cpuMs() - start) / 1000;
  };
  const many = 50_000;
  const lines = (line: (index: number) => string): string =>
    Array.from({ length: many }, (_, index) => line(index)).join('');

  it('take two seconds at most: Yarn 1', () => {
    const texts = [
      `${'"a@1", '.repeat(many)}"a@2":\n  version "1"\n`,
      `"${'\\"'.repeat(many)}":\n  version "1"\n`,
      `"${'\\'.repeat(many)}":\n  version "1"\n`,
      `a@1:\n  version "1"\n  dependencies:\n${'    a "2"\n'.repeat(many)}`,
      lines((index) => `a@${index}:\n  version "${index}"\n  dependencies:\n    a "x"\n    b "${index}"\n`),
      ' '.repeat(many * 20),
      `a@1:\n${' \n'.repeat(many)}`,
      lines((index) => `a${index}@1:\n  version "1"\n  resolved "https://${'/-/'.repeat(20)}"\n`),
    ];
    for (const text of texts) {
      const taken = seconds(() => readYarnClassic('yarn.lock', text, null).graph()?.rangeOf(0, 1));
      assert.ok(taken < 2, `${text.slice(0, 40)} took ${taken} s`);
    }
  });

  it('take two seconds at most: Yarn 2 and later', async () => {
    const head = '__metadata:\n  version: 8\n';
    const chain = (index: number): string => `a@patch:${encodeURIComponent(`a@patch:${index + 1}#`)}#`;
    const texts = [
      `${head}? "${'a@npm:1, '.repeat(many)}a@npm:2"\n: version: 1\n  resolution: "a@npm:1"\n`,
      head +
        lines(
          (index) => `"a@npm:${index}":\n  version: 1\n  resolution: "a@npm:${index}"\n  dependencies:\n    a: x\n`,
        ),
      head + lines((index) => `"a@patch:${index}":\n  version: 1\n  resolution: "${chain(index)}"\n`),
    ];
    for (const text of texts) {
      const documents = await parseLockfileYaml('yarn.lock', text);
      const taken = seconds(() => readYarnBerry('yarn.lock', documents, null).graph()?.rangeOf(0, 1));
      assert.ok(taken < 2, `${text.slice(0, 60)} took ${taken} s`);
    }
  });
});
