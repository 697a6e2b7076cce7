import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import { HoldfastError } from '../lib/errors.ts';
import { readAnyYaml } from './lockfile-yaml-library.ts';
import { parseLockfileYaml, readPlainYaml, type YamlValue } from './lockfile-yaml.ts';

/** Maps as lists of entries, so that the order of keys counts, and `__proto__` is seen. */
const shown = (value: YamlValue): unknown =>
  typeof value === 'string'
    ? value
    : value instanceof Map
      ? { entries: [...value].map(([key, inner]) => [key, shown(inner)]) }
      : [...(value as readonly YamlValue[])].map(shown);

const map = (...entries: [string, unknown][]): unknown => ({ entries });
const read = (text: string): unknown => readPlainYaml('lock.yaml', text)?.map(shown) ?? null;
const readSlowly = (text: string): unknown => readAnyYaml('lock.yaml', text).map(shown);

describe('the YAML of lockfiles', () => {
  const CASES: readonly (readonly [string, string, ...unknown[]])[] = [
    [
      'scalars stay text',
      'a: 1.10\nb: 5e3\nc: true\nd: ~\ne: 0x1',
      map(['a', '1.10'], ['b', '5e3'], ['c', 'true'], ['d', '~'], ['e', '0x1']),
    ],
    [
      'maps nest by indentation',
      'a:\n  b:\n    c: d\n  e: f\ng: h',
      map(['a', map(['b', map(['c', 'd'])], ['e', 'f'])], ['g', 'h']),
    ],
    [
      'blank lines and comments stand anywhere',
      '# head\n\na: b # tail\n   # inside\n\nc:\n  # before\n  d: e#f\n',
      map(['a', 'b'], ['c', map(['d', 'e#f'])]),
    ],
    [
      'keys hold colons, at signs and brackets',
      '/a/1.0.0_b@2:\n  x: y\na@https://git.example/a.tgz#1(b@2):\n  x: y\n\'@a/b@1.0.0(c@2)\':\n  x: y\n"a@npm:^1, a@npm:^2":\n  x: y',
      map(
        ['/a/1.0.0_b@2', map(['x', 'y'])],
        ['a@https://git.example/a.tgz#1(b@2)', map(['x', 'y'])],
        ['@a/b@1.0.0(c@2)', map(['x', 'y'])],
        ['a@npm:^1, a@npm:^2', map(['x', 'y'])],
      ),
    ],
    [
      'long keys are written with a question mark',
      '? "a@npm:1"\n:\n  x: y\n? b\n: x: y\n  z: w\n? c\n: d',
      map(['a@npm:1', map(['x', 'y'])], ['b', map(['x', 'y'], ['z', 'w'])], ['c', 'd']),
    ],
    [
      'quotes are doubled or escaped',
      "a: 'it''s'\nb: \"\\u0041\\n\\\"\"\nc: ''",
      map(['a', "it's"], ['b', 'A\n"'], ['c', '']),
    ],
    [
      'lists hold scalars and maps',
      'a:\n  - b\n  - "c: d"\n  - e: f\n    g: h\n  - - i\n    - j\nk:\n- l',
      map(['a', ['b', 'c: d', map(['e', 'f'], ['g', 'h']), ['i', 'j']]], ['k', ['l']]),
    ],
    [
      'flow collections stand on one line',
      "a: {integrity: sha512-a/b+c==, tarball: https://a.example/b.tgz, node: '>=10'}\nb: [x64, '!arm64']\nc: {}\nd: []\ne: {f: {g: [h]}}",
      map(
        ['a', map(['integrity', 'sha512-a/b+c=='], ['tarball', 'https://a.example/b.tgz'], ['node', '>=10'])],
        ['b', ['x64', '!arm64']],
        ['c', map()],
        ['d', []],
        ['e', map(['f', map(['g', ['h']])])],
      ),
    ],
    [
      'literal blocks keep their lines',
      'a: |-\n  one\n\n    two\n  # three\nb: |\n  one\n\nc: |+\n  one\n\nd: e',
      map(['a', 'one\n\n  two\n# three'], ['b', 'one\n'], ['c', 'one\n\n'], ['d', 'e']),
    ],
    ['a key may have no value', 'a:\nb:\n  c:\nd:', map(['a', ''], ['b', map(['c', ''])], ['d', ''])],
    ['Windows writes CRLF and a byte order mark', '\ufeffa: b\r\nc:\r\n  - d\r\n', map(['a', 'b'], ['c', ['d']])],
    ['documents follow each other', '---\na: b\n\n---\nc: d\n', map(['a', 'b']), map(['c', 'd'])],
    [
      'names of prototypes are keys like any other',
      '__proto__:\n  a: b\nconstructor: c',
      map(['__proto__', map(['a', 'b'])], ['constructor', 'c']),
    ],
  ];
  for (const [name, text, ...expected] of CASES) {
    it(`is read by both readers: ${name}`, () => {
      assert.deepEqual(read(text), expected);
      assert.deepEqual(readSlowly(text.replace('\ufeff', '')), expected);
    });
  }

  it('is read by the library where it is folded, runs over lines, or holds tabs', async () => {
    const text = 'a: >-\n  one\n  two\nb: one\n  two\nc: "one\n  two"\nd: {e: f,\n  g: h}\ni:\tj\n';
    assert.equal(read(text), null);
    const [document] = await parseLockfileYaml('lock.yaml', text);
    assert.deepEqual(
      shown(document ?? ''),
      map(['a', 'one two'], ['b', 'one two'], ['c', 'one two'], ['d', map(['e', 'f'], ['g', 'h'])], ['i', 'j']),
    );
  });

  const REFUSED: readonly (readonly [string, string, string, number, number])[] = [
    ['a key that stands twice', 'a: 1\nb:\n  c: 2\n  c: 3\n', 'lock.yaml is not YAML: `c` stands here twice', 4, 3],
    ['an alias', 'a: &x {b: c}\nd: *x\n', 'lock.yaml is not YAML: aliases are not read', 2, 4],
    ['a tag', 'a: !!binary aGk=\n', 'lock.yaml is not YAML: tags are not read', 1, 13],
    ['a key that is not text', '? [a]\n: b\n', 'lock.yaml is not YAML: a key is not text', 1, 3],
    ['an open quote', "a: b\nc: 'd\n", "lock.yaml is not YAML: Missing closing 'quote", 3, 1],
    [
      'a line that belongs to nothing',
      'a: b\n  c: d\n',
      'lock.yaml is not YAML: Nested mappings are not allowed in compact mappings',
      1,
      4,
    ],
    [
      'a merge conflict',
      'a: b\n<<<<<<< HEAD\nc: d\n=======\nc: e\n>>>>>>> x\n',
      'lock.yaml holds a merge conflict that is not resolved',
      2,
      1,
    ],
    ['great depth', `a: ${'['.repeat(40)}`, 'lock.yaml is nested deeper than 32 levels', 1, 37],
  ];
  for (const [name, text, message, line, column] of REFUSED) {
    it(`is refused with its place: ${name}`, async () => {
      assert.equal(read(text), null);
      await assert.rejects(parseLockfileYaml('lock.yaml', text), (thrown) => {
        assert.ok(thrown instanceof HoldfastError);
        assert.equal(thrown.code, 'INVENTORY_MALFORMED');
        assert.equal(thrown.message, message);
        assert.deepEqual(thrown.at, { file: 'lock.yaml', line, column });
        return true;
      });
    });
  }

  it('is refused where it holds more values than any lockfile, or is large and not plain', () => {
    const code = (expected: string) => (thrown: unknown) => thrown instanceof HoldfastError && thrown.code === expected;
    assert.throws(() => read(`a: [${'b,'.repeat(1_000_001)}]`), code('INVENTORY_UNSUPPORTED'));
    assert.throws(() => readSlowly(`a: >\n  ${'b'.repeat(1024 * 1024)}`), code('INVENTORY_UNSUPPORTED'));
  });
});

describe('the YAML lockfiles of the corpus', { skip: NO_CORPUS }, () => {
  const folder = join(CORPUS ?? '', 'lockfiles');
  const names = CORPUS === null ? [] : readdirSync(folder).filter((name) => /pnpm-lock|yarn-berry/.test(name));
  for (const name of names) {
    it(`are read without the library, as it reads them: ${name}`, () => {
      const text = readFileSync(join(folder, name), 'utf8');
      const plain = read(text);
      assert.notEqual(plain, null);
      assert.deepEqual(plain, readSlowly(text));
    });
  }
});
