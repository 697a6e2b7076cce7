import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCurated, symbolsFor } from './curated-symbols.ts';
import { curatedSymbols } from './reach.actions.ts';
import { symbolsOfFindings } from './symbols-of-findings.ts';

const minimist = {
  id: 'GHSA-xvch-5gv4-984h',
  aliases: ['CVE-2021-44906'],
  ecosystem: 'npm',
  name: 'minimist',
  version: '1.2.5',
  malware: false,
};

const moved = readCurated(
  JSON.stringify({
    advisories: [
      {
        ids: ['GHSA-aaaa-bbbb-cccc', 'CVE-2026-1'],
        package: 'mover',
        compared: ['2.0.9 2.1.0'],
        checked: ['0.9.0', '1.0.0', '2.0.9'],
        symbols: [
          { file: 'index.js', function: 'parse', versions: '>0.9.0 <2.0.9' },
          { file: 'lib/parse.js', function: 'parse', versions: '>1.0.0' },
        ],
      },
      { ids: ['GHSA-dddd-eeee-ffff'], package: 'mover', compared: [], checked: [], symbols: [] },
    ],
  }),
);

describe('the curated list', () => {
  it('answers to any id of an advisory, with the version that was found', () => {
    const [symbol, ...others] = symbolsOfFindings([minimist], curatedSymbols());
    assert.deepEqual(others, []);
    assert.deepEqual(
      { ...symbol, code: null },
      {
        id: 'GHSA-xvch-5gv4-984h',
        package: 'minimist',
        version: '1.2.5',
        file: 'index.js',
        function: 'setKey',
        nth: 0,
        code: null,
      },
    );
  });

  it('names the place that the code has in each version, and both where a move was not dated', () => {
    const finding = { ...minimist, id: 'GHSA-aaaa-bbbb-cccc', aliases: [], name: 'mover' };
    const places = (version: string) =>
      symbolsOfFindings([{ ...finding, version }], moved).map(({ file, function: name }) => [file, name]);
    assert.deepEqual(places('1.0.0'), [['index.js', 'parse']]);
    assert.deepEqual(places('2.0.9'), [['lib/parse.js', 'parse']]);
    assert.deepEqual(places('1.5.0'), [
      ['index.js', 'parse'],
      ['lib/parse.js', 'parse'],
    ]);
    assert.deepEqual(places('2.0.0-rc.1'), [
      ['index.js', 'parse'],
      ['lib/parse.js', 'parse'],
    ]);
  });

  it('means the whole package in a version for which it names nothing, and for a version that is none', () => {
    const finding = { ...minimist, id: 'CVE-2026-1', aliases: [], name: 'mover' };
    for (const version of ['0.9.0', 'next']) {
      const [symbol] = symbolsOfFindings([{ ...finding, version }], moved);
      assert.deepEqual(symbol, { id: 'CVE-2026-1', package: 'mover', version, file: null, function: null, nth: 0 });
    }
  });

  it('means the whole package where one of two flaws under a finding has no function', () => {
    const finding = { ...minimist, id: 'GHSA-aaaa-bbbb-cccc', aliases: ['GHSA-dddd-eeee-ffff'], name: 'mover' };
    const [symbol, ...others] = symbolsOfFindings([{ ...finding, version: '1.0.0' }], moved);
    assert.equal(symbol?.file, null);
    assert.deepEqual(others, []);
  });

  it('says of every entry which versions were looked at, and of a hash which release it is of', () => {
    for (const { ids, symbols, compared, checked } of curatedSymbols()) {
      assert.ok(symbols.length === 0 || checked.length > 0, `${ids[0]} was checked in no version`);
      const before = compared.map(([vulnerable]) => vulnerable);
      const after = compared.map(([, fixed]) => fixed);
      for (const { symbol } of symbols) {
        for (const release of symbol.code?.vulnerable.keys() ?? [])
          assert.ok(before.includes(release), `${ids[0]}: ${release}`);
        for (const release of symbol.code?.fixed.keys() ?? [])
          assert.ok(after.includes(release), `${ids[0]}: ${release}`);
      }
    }
  });

  it('never calls code repaired in a release in which nothing of the advisory changed', () => {
    for (const advisory of curatedSymbols())
      for (const [vulnerable, fixed] of advisory.compared) {
        const known = symbolsFor(advisory, vulnerable).filter(({ code }) => code?.fixed.has(fixed) === true);
        if (known.length === 0) continue;
        const changed = known.filter(({ code }) => code?.fixed.get(fixed) !== code?.vulnerable.get(vulnerable));
        assert.ok(changed.length > 0, `${advisory.ids[0]} ${advisory.package} ${fixed}`);
      }
  });
});
