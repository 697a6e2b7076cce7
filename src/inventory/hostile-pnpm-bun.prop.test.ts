/** Lockfiles of pnpm and Bun with pieces cut out, doubled, moved and replaced: read or refused, and nothing else happens. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { assertSound } from '../../test/support/sound-inventory.ts';
import { parseBunJson, withBlanks, withoutBunCommas } from './bun-json.ts';
import { readBunLock } from './bun-lock.ts';
import { readAnyYaml } from './lockfile-yaml-library.ts';
import { readPlainYaml } from './lockfile-yaml.ts';
import { readPnpmLock } from './pnpm-lock.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/inventory/${name}`, import.meta.url), 'utf8');

const PIECES: readonly string[] =
  '\n|  |    |: |:|- |? |{|}|[|]|,|, |"|#| # |/|//|/*|*/|@|(|)|_|..|---\n|&a |*a|!a |__proto__|constructor|link:|file:|workspace:|root:|npm:|git+ssh://u:pw@h/a|https://u:pw@h.example/b.tgz|runtime:|9.0|1.0.0|null|true|[[[['
    .split('|')
    .concat("'", '|-\n', '~', '\t', '\r\n', '\ufeff', '\ud800', '\\', '\\u0000', '\0', "''", '"a": ');

interface Edit {
  readonly how: 'cut' | 'double' | 'move' | 'put' | 'swap lines';
  /** Fractions of the text. */
  readonly at: number;
  readonly to: number;
  readonly length: number;
  readonly piece: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  how: fc.constantFrom('cut', 'double', 'move', 'put', 'swap lines'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 60 }),
  piece: fc.constantFrom(...PIECES),
});

function apply(text: string, { how, at, to, length, piece }: Edit): string {
  const start = Math.floor(at * text.length);
  const end = start + length;
  const other = Math.floor(to * text.length);
  if (how === 'cut') return text.slice(0, start) + text.slice(end);
  if (how === 'double') return text.slice(0, end) + text.slice(start);
  if (how === 'put') return text.slice(0, start) + piece + text.slice(start + (length % 4));
  if (how === 'move') return text.slice(0, other) + text.slice(start, end) + text.slice(other);
  const lines = text.split('\n');
  const [a, b] = [Math.floor(at * (lines.length - 1)), Math.floor(to * (lines.length - 1))];
  const [first = '', second = ''] = [lines[a], lines[b]];
  return lines.with(a, second).with(b, first).join('\n');
}

const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
const MOST_MS = 2000;

function check(text: string, read: (text: string) => void): void {
  fc.assert(
    fc.property(edits, (list) => {
      const edited = list.reduce(apply, text);
      const start = cpuMs();
      read(edited);
      assert.ok(cpuMs() - start < MOST_MS, `it took longer than ${MOST_MS} ms`);
    }),
    { numRuns: 2000 },
  );
  assert.deepEqual(Object.keys(Object.prototype), []);
}

describe('a damaged lockfile of pnpm or Bun', () => {
  for (const name of ['five', 'six', 'nine']) {
    it(`is read or refused, and nothing else: ${name}.pnpm-lock.yaml`, () => {
      const path = 'pnpm-lock.yaml';
      check(fixture(`${name}.pnpm-lock.yaml`), (text) =>
        assertSound(() => readPnpmLock(path, readPlainYaml(path, text) ?? readAnyYaml(path, text))),
      );
    });
  }

  it('is read or refused, and nothing else: shop.bun.lock', () => {
    check(fixture('shop.bun.lock'), (text) =>
      assertSound(() => readBunLock('bun.lock', parseBunJson('bun.lock', text))),
    );
  });

  it('is the same JSON on the fast way as on the careful one', () => {
    let both = 0;
    check(fixture('shop.bun.lock'), (text) => {
      const fast = withoutBunCommas(text);
      if (fast === null) return;
      let parsed: unknown;
      try {
        parsed = JSON.parse(fast);
      } catch {
        return;
      }
      both += 1;
      assert.deepEqual(JSON.parse(withBlanks(text)), parsed);
    });
    assert.ok(both > 100, `only ${both} texts were JSON on the fast way`);
  });
});
