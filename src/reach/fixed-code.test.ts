import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fixedCode, ofSameAdvisory } from './fixed-code.ts';
import type { VulnerableSymbol } from './symbols.ts';

function symbol(
  name: string,
  vulnerable: Readonly<Record<string, string>>,
  fixed: Readonly<Record<string, string>>,
  changes: Partial<VulnerableSymbol> = {},
): VulnerableSymbol {
  return {
    id: 'GHSA-aaaa-bbbb-cccc',
    package: 'lib',
    version: '1.0.0',
    file: 'index.js',
    function: name,
    nth: 0,
    code: { vulnerable: new Map(Object.entries(vulnerable)), fixed: new Map(Object.entries(fixed)) },
    ...changes,
  };
}

const PARSE = symbol('parse', { '1.0.0': 'parse-old' }, { '1.0.1': 'parse-new' });
const MERGE = symbol('merge', { '1.0.0': 'merge-old' }, { '1.0.1': 'merge-new' });

const holding =
  (code: Readonly<Record<string, string>>) =>
  ({ function: name }: VulnerableSymbol): string | null =>
    code[name ?? 'file'] ?? null;

describe('repaired code', () => {
  it('is said with both hashes and the release, of every function of the advisory', () => {
    const found = fixedCode([PARSE, MERGE], holding({ parse: 'parse-new', merge: 'merge-new' }));
    const place = { file: 'index.js', nth: 0, release: '1.0.1' };
    assert.deepEqual(found, [
      { ...place, function: 'parse', hash: 'parse-new', vulnerable: ['parse-old'] },
      { ...place, function: 'merge', hash: 'merge-new', vulnerable: ['merge-old'] },
    ]);
  });

  it('is not said where one of two functions is repaired', () => {
    assert.equal(fixedCode([PARSE, MERGE], holding({ parse: 'parse-new', merge: 'merge-old' })), null);
  });

  it('is not said of code that is merely another', () => {
    assert.equal(fixedCode([PARSE], holding({ parse: 'parse-mine' })), null);
  });

  it('is not said where a function is not there', () => {
    assert.equal(fixedCode([PARSE, MERGE], holding({ parse: 'parse-new' })), null);
  });

  it('is not said where a function has no hashes, or the whole package is meant', () => {
    const { code, ...bare } = MERGE;
    assert.ok(code !== undefined);
    assert.equal(fixedCode([PARSE, bare], holding({ parse: 'parse-new', merge: 'merge-new' })), null);
    const whole = { ...PARSE, file: null, function: null };
    assert.equal(fixedCode([whole], holding({ file: 'parse-new' })), null);
    assert.equal(fixedCode([], holding({})), null);
  });

  it('is not said of a mixture of two releases', () => {
    const parse = symbol('parse', {}, { '1.0.1': 'parse-one', '2.0.1': 'parse-two' });
    const merge = symbol('merge', {}, { '1.0.1': 'merge-one', '2.0.1': 'merge-two' });
    assert.equal(fixedCode([parse, merge], holding({ parse: 'parse-one', merge: 'merge-two' })), null);
    assert.notEqual(fixedCode([parse, merge], holding({ parse: 'parse-two', merge: 'merge-two' })), null);
  });

  it('allows that the fix left one function as it was, but not all', () => {
    const kept = symbol('merge', { '1.0.0': 'merge' }, { '1.0.1': 'merge' });
    assert.notEqual(fixedCode([PARSE, kept], holding({ parse: 'parse-new', merge: 'merge' })), null);
    assert.equal(fixedCode([PARSE, kept], holding({ parse: 'parse-old', merge: 'merge' })), null);
    assert.equal(fixedCode([kept], holding({ merge: 'merge' })), null);
  });

  it('reads no file where no release is known', () => {
    const parse = symbol('parse', { '1.0.0': 'parse-old' }, {});
    assert.equal(
      fixedCode([parse], () => assert.fail('a file was read')),
      null,
    );
  });
});

describe('the symbols of one advisory', () => {
  it('are those with its id, package and version', () => {
    const others = [
      { ...PARSE, id: 'GHSA-dddd-eeee-ffff' },
      { ...PARSE, package: 'lib2' },
      { ...PARSE, version: '1.0.1' },
    ];
    assert.deepEqual(ofSameAdvisory([PARSE, ...others, MERGE], PARSE), [PARSE, MERGE]);
  });
});
