/** Whatever the fast reader of lockfile YAML takes upon itself, it reads as the `yaml` library does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { HoldfastError } from '../lib/errors.ts';
import { readAnyYaml } from './lockfile-yaml-library.ts';
import { readPlainYaml, type YamlValue } from './lockfile-yaml.ts';

const slowly = (text: string): readonly YamlValue[] | string => {
  try {
    return readAnyYaml('lock.yaml', text);
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError, String(thrown));
    return thrown.message;
  }
};

const key = fc.constantFrom(
  'a',
  'b',
  '@s/a',
  'a@npm:^1',
  '/a/1.0.0',
  '__proto__',
  'x y',
  "it's",
  '1',
  '-',
  'a #b',
  '?',
);
const scalar = fc.oneof(
  key,
  fc.constantFrom('', '1.10', '>=1', '*', 'a: b', 'a:', '#', 'two\nlines', ' x ', '{', '"', '~', '|', 'x'.repeat(90)),
  fc.string({ maxLength: 6 }),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}));

/** Pieces of lines; put together they are nearly always nearly YAML. */
const PIECES: readonly string[] =
  '\n~\n~\n  ~\n  ~\n    ~\n ~ ~ ~: ~: ~:~- ~- ~-~? ~, ~,~a~b~{a: b}~# e~ # e~---\n~...~|~|-~>~%~@~é~0'
    .split('~')
    .concat(
      "'",
      "''",
      '"',
      '\\"',
      '{',
      '}',
      '[',
      ']',
      "'c'",
      '"d"',
      '\r\n',
      '\ufeff',
      '&x ',
      '*x',
      '!t ',
      '\ud800',
      '~',
    );

describe('the fast reader of lockfile YAML', () => {
  it('reads documents that a writer of YAML wrote as they were meant, or leaves them alone', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 4 }), (document) => {
        const text = stringify(document, {
          schema: 'failsafe',
          lineWidth: 0,
          version: '1.2',
          aliasDuplicateObjects: false,
        });
        const plain = readPlainYaml('lock.yaml', text);
        if (plain === null) return;
        taken += 1;
        assert.deepEqual(plain, slowly(text));
      }),
      { numRuns: 3000 },
    );
    assert.ok(taken > 2000, `only ${taken} of 3,000 documents were taken for plain`);
  });

  it('takes upon itself nothing that the library refuses or reads otherwise', () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 24, size: 'max' }), (pieces) => {
        const text = pieces.join('');
        const plain = readPlainYaml('lock.yaml', text);
        if (plain === null) return;
        taken += 1;
        assert.deepEqual(plain, slowly(text.replace(/^\ufeff/, '')), JSON.stringify(text));
      }),
      { numRuns: 30_000 },
    );
    assert.ok(taken > 1000, `only ${taken} texts were taken for plain`);
  });
});
