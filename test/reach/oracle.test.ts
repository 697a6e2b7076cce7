/** The judge itself: what is read from V8's reports, and how idioms are read. If these fail, honesty.test.ts proves nothing. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseIdioms, plant, runCovered } from '../support/idioms.ts';
import { admits, clears, readAnswers } from '../support/reach.ts';
import { ran, readCoverage } from '../support/v8-coverage.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-oracle-'));
after(() => rmSync(base, { recursive: true }));

let places = 0;
const fresh = (): string => join(base, `${places++}`);

async function coverageOf(text: string) {
  const [idiom] = parseIdioms(text);
  assert.ok(idiom !== undefined);
  const { root } = plant(idiom, fresh());
  const coverage = await runCovered(idiom.run, root, fresh());
  return (file: string, name: string, nth: number | null = null) => ran(coverage, join(root, file), name, nth);
}

describe("V8's reports", () => {
  it('tell a function that ran from one that did not, and from one inside it that was never compiled', async () => {
    const said = await coverageOf(`=== x
runs: index.js used
--- index.js
function used() {}
function unused() { return function inner() {}; }
used();
`);
    assert.equal(said('index.js', 'used'), true);
    assert.equal(said('index.js', 'unused'), false);
    assert.equal(said('index.js', 'inner'), false);
    assert.equal(said('other.js', 'used'), false);
  });

  it('know a function by what stands behind the last dot of its name, and the nth of them by offset', async () => {
    const said = await coverageOf(`=== x
runs: index.js parse
--- index.js
exports.parse = function () {};
function parse() {}
parse();
function reparse() {}
`);
    assert.equal(said('index.js', 'exports.parse'), false);
    assert.equal(said('index.js', 'parse', 0), false);
    assert.equal(said('index.js', 'parse', 1), true);
    assert.equal(said('index.js', 'parse', 2), false);
    assert.equal(said('index.js', 'parse'), true);
  });

  it('count what children and workers ran', async () => {
    const said = await coverageOf(`=== x
runs: child.js inChild
--- index.js
require('child_process').fork('./child.js');
new (require('worker_threads').Worker)('./worker.js');
--- child.js
(function inChild() {})();
--- worker.js
(function inWorker() {})();
`);
    assert.equal(said('child.js', 'inChild'), true);
    assert.equal(said('worker.js', 'inWorker'), true);
  });

  it('are added up over processes', () => {
    const folder = fresh();
    mkdirSync(folder);
    const report = (count: number) =>
      JSON.stringify({
        result: [
          {
            url: 'file:///a.js?x=1',
            functions: [{ functionName: 'a', ranges: [{ startOffset: 0, endOffset: 9, count }] }],
          },
          { url: 'evalmachine.<anonymous>', functions: [] },
        ],
      });
    writeFileSync(join(folder, '1.json'), report(2));
    writeFileSync(join(folder, '2.json'), report(3));
    assert.deepEqual([...readCoverage(folder)], [['/a.js', [{ name: 'a', start: 0, end: 9, count: 5 }]]]);
  });

  it('are refused when the program failed, so that a broken idiom is no proof that nothing ran', async () => {
    await assert.rejects(
      coverageOf('=== x\nidle: index.js a\n--- index.js\nfunction a() {}\nprocess.exit(3);\n'),
      /ended with 3/,
    );
  });
});

describe('idioms', () => {
  it('name functions of dependencies, and twins replace files of the idiom before them', () => {
    const [idiom, twin] = parseIdioms(`A word before.

=== first
run: node a.js
runs: node_modules/dep/index.js get size 2
--- a.js
one
--- b.js
two
--> node_modules/dep ../dep
=== twin: second
idle:
--- a.js
three
--- b.js !
`);
    assert.deepEqual(idiom?.checks, [
      { file: 'node_modules/dep/index.js', function: 'get size', nth: 2, runs: true, advisory: '' },
    ]);
    assert.deepEqual(twin?.checks, [
      { file: 'node_modules/dep/index.js', function: 'vuln', nth: null, runs: false, advisory: '' },
    ]);
    assert.equal(twin?.run, 'node a.js');
    assert.deepEqual([...(twin?.files ?? [])], [['a.js', 'three\n']]);
    assert.deepEqual([...(twin?.links ?? [])], [['node_modules/dep', '../dep']]);
  });

  it('that ask about nothing are refused', () => {
    assert.throws(() => parseIdioms('=== x\n--- index.js\n1\n'), /asks about no function/);
  });
});

describe('an answer', () => {
  const asked = [{ id: '0', package: 'dep', version: '1.0.0', file: 'index.js', function: 'vuln' }];
  const report = (verdict: string, more: object = {}) =>
    JSON.stringify({
      schema: 'holdfast.reach/1',
      verdicts: [{ id: '0', verdict, path: [], sites: [], evidence: { digest: 'a' }, ...more }],
    });

  it('may stand beside a function that ran when it is reachable or unknown, and only then', () => {
    const answered = (verdict: string) => {
      const answer = readAnswers(report(verdict, { path: [{}] }), asked).get('0');
      assert.ok(answer !== undefined);
      return { admits: admits(answer), clears: clears(answer) };
    };
    for (const verdict of ['reachable', 'unknown'])
      assert.deepEqual(answered(verdict), { admits: true, clears: false });
    for (const verdict of [
      'not-shipped',
      'fixed-code-present',
      'never-loaded',
      'not-referenced',
      'unreachable',
      'guarded',
    ])
      assert.deepEqual(answered(verdict), { admits: false, clears: true });
  });

  it('is refused when it passes over a question, invents a verdict, or gives no evidence', () => {
    assert.throws(() => readAnswers('{"schema":"holdfast.reach/1","verdicts":[]}', asked), /nothing was said/);
    assert.throws(() => readAnswers(report('safe'), asked), /no verdict/);
    assert.throws(() => readAnswers(report('reachable'), asked), /by no path/);
    assert.throws(() => readAnswers(report('unreachable', { evidence: {} }), asked), /without evidence/);
  });
});
