/** Whether a recorded proof supports a decision, before anything is analysed. That it still holds: proofs.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RecordedVerdict } from '../reach/evidence.ts';
import type { Curated } from '../reach/symbols-of-findings.ts';
import type { VulnerableSymbol } from '../reach/symbols.ts';
import type { Verdict } from '../reach/verdict.ts';
import { failureOf, fitProof, shownBy } from './proof-fit.ts';

const FINDING = { id: 'GHSA-9c47-m6qq-7p4h', aliases: ['CVE-2022-46175'], name: 'json5', version: '2.2.1' };

const symbol = (changes: Partial<VulnerableSymbol> = {}): VulnerableSymbol => ({
  id: 'CVE-2022-46175',
  package: 'json5',
  version: '2.2.1',
  file: 'lib/parse.js',
  function: 'internalize',
  nth: 0,
  ...changes,
});
const PUSH = { function: 'push' };
const code = { fixed: new Map([['2.2.2', 'f'.repeat(64)]]), vulnerable: new Map([['2.2.1', 'a'.repeat(64)]]) };
const listed = (...symbols: readonly VulnerableSymbol[]) => [
  {
    ids: ['CVE-2022-46175'],
    package: 'json5',
    symbols: symbols.map((each) => ({ symbol: { ...each, version: null }, versions: '*' })),
    compared: [],
    checked: [],
  },
];
const CURATED = listed(symbol(), symbol(PUSH));

const recorded = (verdict: Verdict, changes: Partial<VulnerableSymbol> = {}): RecordedVerdict => ({
  symbol: symbol(changes),
  verdict,
  digests: {},
});
const BOTH = [recorded('unreachable'), recorded('never-loaded', PUSH)];

/** `fits`, or why it does not. */
function fit(
  verdicts: readonly RecordedVerdict[],
  justification: Parameters<typeof fitProof>[3] = null,
  curated: Curated = CURATED,
): string {
  const done = fitProof({ run: null, verdicts }, FINDING, curated, justification);
  return done.ok ? 'fits' : done.error;
}

describe('a proof', () => {
  it('fits where it clears every function that the list knows for the finding, under any of its ids', () => {
    assert.equal(fit(BOTH), 'fits');
    assert.equal(
      fit(BOTH.map(({ symbol: each, ...rest }) => ({ ...rest, symbol: { ...each, id: 'ghsa-9C47-m6qq-7p4h' } }))),
      'fits',
    );
  });

  it('does not fit where it leaves one of them out, or asks about another of the same name', () => {
    assert.equal(fit([recorded('unreachable')]), 'it leaves out json5@2.2.1 lib/parse.js push');
    assert.equal(
      fit([recorded('unreachable'), recorded('unreachable', { ...PUSH, nth: 1 })]),
      'it leaves out json5@2.2.1 lib/parse.js push',
    );
    // That the package is not loaded says nothing about a function that a list names: the list was not known then.
    assert.equal(
      fit([recorded('never-loaded', { file: null, function: null })]),
      'it leaves out json5@2.2.1 lib/parse.js internalize',
    );
  });

  it('does not fit where one verdict on the finding does not clear it, also one that nobody asked for', () => {
    assert.equal(
      fit([...BOTH, recorded('reachable', { file: 'lib/more.js', function: 'more' })]),
      'it says that json5@2.2.1 lib/more.js more is reachable',
    );
    assert.equal(
      fit([recorded('unknown'), recorded('unreachable', PUSH)]),
      'it says that json5@2.2.1 lib/parse.js internalize is unknown',
    );
  });

  it('does not fit another version, another package or another advisory', () => {
    const nothing = 'it says nothing about GHSA-9c47-m6qq-7p4h in json5@2.2.1';
    for (const other of [{ version: '2.2.0' }, { version: null }, { package: 'json6' }, { id: 'CVE-2020-0001' }])
      assert.equal(fit([recorded('unreachable', other)]), nothing);
    assert.equal(fit([]), nothing);
  });

  it('rests on functions that a person named only where no list knows any', () => {
    const named = [recorded('not-referenced', { file: 'lib/mine.js', function: 'mine' })];
    assert.equal(fit(named, null, []), 'fits');
    assert.equal(fit(named), 'it leaves out json5@2.2.1 lib/parse.js internalize');
  });

  it('shows repaired code only by hashes that the shipped list has, never by those that stand in the proof alone', () => {
    const other = { ...code, fixed: code.vulnerable };
    assert.equal(fit([recorded('fixed-code-present', { code })], null, listed(symbol({ code }))), 'fits');
    const foreign = 'it compares json5@2.2.1 lib/parse.js internalize with code that the shipped list does not name';
    assert.equal(fit([recorded('fixed-code-present', { code: other })], null, listed(symbol({ code }))), foreign);
    assert.equal(fit([recorded('fixed-code-present', { code: other })], null, listed(symbol())), foreign);
    assert.equal(fit([recorded('fixed-code-present', { code: other })], null, []), foreign);
  });

  it('supports the justification that it shows, and no stronger one', () => {
    assert.equal(fit(BOTH, 'vulnerable_code_not_in_execute_path'), 'fits');
    assert.equal(
      fit(BOTH, 'component_not_present'),
      'it shows vulnerable_code_not_in_execute_path, not component_not_present',
    );
    assert.equal(shownBy([recorded('not-shipped')]), 'component_not_present');
    assert.equal(shownBy([recorded('not-shipped'), recorded('unreachable')]), 'vulnerable_code_not_in_execute_path');
  });
});

describe('a proof that fails', () => {
  it('says what has changed and what is so now, and that it is to be renewed only where the same is shown again', () => {
    assert.equal(failureOf(symbol(), { kind: 'holds' }), null);
    assert.equal(
      failureOf(symbol(), { kind: 'lapsed', changed: ['lockfile', 'sources'], now: 'unreachable' }),
      'since it was made these have changed: the lockfile, the code; renew it: holdfast decide --renew',
    );
    assert.equal(
      failureOf(symbol(), { kind: 'lapsed', changed: ['analyser'], now: 'reachable' }),
      'since it was made this has changed: the analysis, and now json5@2.2.1 lib/parse.js internalize is reachable; decide again',
    );
    assert.equal(
      failureOf(symbol(), { kind: 'contradicted', now: 'unknown' }),
      'the analysis of the same code says that json5@2.2.1 lib/parse.js internalize is unknown; decide again',
    );
  });
});
