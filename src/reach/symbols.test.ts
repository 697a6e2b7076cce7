import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { readSymbols } from './symbols.ts';
import { curatedSymbols } from './reach.actions.ts';
import { symbolsOfFindings } from './symbols-of-findings.ts';

const one = { id: 'CVE-2026-1', package: '@scope/lib', version: '1.0.0', file: 'lib/a.js', function: 'parse' };

describe('a symbol file', () => {
  it('is a list, or an object that holds one', () => {
    const symbol = { ...one, nth: 0 };
    assert.deepEqual(readSymbols(JSON.stringify([one]), 's.json'), [symbol]);
    assert.deepEqual(readSymbols(JSON.stringify({ symbols: [one] }), 's.json'), [symbol]);
  });

  it('may mean a whole file or a whole package', () => {
    const [symbol] = readSymbols(JSON.stringify([{ id: 'x', package: 'lib', version: '1.0.0' }]), 's.json');
    assert.deepEqual(symbol, { id: 'x', package: 'lib', version: '1.0.0', file: null, function: null, nth: 0 });
  });

  it('may say what the code is in releases with the flaw and with the fix', () => {
    const [before, after] = ['0'.repeat(64), '1'.repeat(64)];
    const told = { ...one, vulnerable: { '1.0.0': before }, fixed: { '1.0.1': after } };
    const [symbol] = readSymbols(JSON.stringify([told]), 's.json');
    assert.deepEqual(symbol?.code, { vulnerable: new Map([['1.0.0', before]]), fixed: new Map([['1.0.1', after]]) });
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['symbol 1 has no id', { ...one, id: '' }],
    ['symbol 1 names no package', { ...one, package: '../lib' }],
    [
      'symbol 1 names the file "../../etc/passwd", which does not lie in its package',
      { ...one, file: '../../etc/passwd' },
    ],
    ['symbol 1 names a function without its file', { ...one, file: undefined }],
    ['symbol 1 has an nth that is no number from 0', { ...one, nth: -1 }],
    [
      'symbol 1 has fixed or vulnerable code that is not at most 64 SHA-256 hashes, each under its release',
      { ...one, fixed: { '1.0.1': 'abc' } },
    ],
  ];
  for (const [message, symbol] of wrong)
    it(`is refused where ${message}`, () => {
      assert.throws(
        () => readSymbols(JSON.stringify([symbol]), 's.json'),
        (thrown) =>
          thrown instanceof HoldfastError &&
          thrown.code === 'SYMBOLS_INVALID' &&
          thrown.problems.map((problem) => problem.message).join() === message,
      );
    });

  it('is refused where it is no JSON', () => {
    assert.throws(() => readSymbols('{', 's.json'), { code: 'SYMBOLS_INVALID' });
  });
});

describe('the symbols of findings', () => {
  const finding = {
    id: 'GHSA-xvch-5gv4-984h',
    aliases: ['CVE-2021-44906'],
    ecosystem: 'npm',
    name: 'minimist',
    version: '1.2.5',
    malware: false,
  };

  it('are the whole package where the list knows none, and always for malicious code', () => {
    const whole = [
      { id: 'GHSA-xvch-5gv4-984h', package: 'minimist', version: '1.2.5', file: null, function: null, nth: 0 },
    ];
    assert.deepEqual(symbolsOfFindings([finding], []), whole);
    assert.deepEqual(symbolsOfFindings([{ ...finding, malware: true }], curatedSymbols()), whole);
  });

  it('are none for other ecosystems than npm', () => {
    assert.deepEqual(symbolsOfFindings([{ ...finding, ecosystem: 'Maven' }], curatedSymbols()), []);
  });
});
