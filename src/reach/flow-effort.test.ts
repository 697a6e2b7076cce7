/**
 * That questions end whatever the program is like: each of these is small, and has so many ways through it that following every one of
 * them takes longer than anybody waits. A rule that forgets what it has looked at does not fail here but never ends; the limit then does.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askFlow, type Sources } from '../../test/support/flow-program.ts';

const TIMEOUT_MS = 60_000;
const NAMES = Array.from({ length: 40 }, (_, at) => `v${at}`);
const MANY = Array.from({ length: 100_000 }, (_, at) => at);
const two = 'exports.vuln = function vuln() {}; exports.safe = function safe() {};';

/** Every variable is assigned from every other by `operator`. */
const tangled = (operator: string): string =>
  `let ${NAMES.join(', ')} = globalThis.begin;
  function step() { ${NAMES.map((name) => NAMES.map((other) => `${name} = ${other}${operator};`).join(' ')).join('\n')} }
  step();`;

const programs: readonly (readonly [string, Sources])[] = [
  [
    'callees that are variables assigned from each other',
    { 'main.js': `const lib = require('lib'); ${tangled('')} v0(lib.vuln);`, 'lib.js': two },
  ],
  [
    'computed names made of counters that are assigned from each other',
    { 'main.js': `const lib = require('lib'); ${tangled(' + 1')} lib[v0]();`, 'lib.js': two },
  ],
  [
    'modules that pass on each other as a whole',
    {
      'main.mjs': `import { v0 } from './m0.mjs'; import { vuln } from './lib.mjs'; v0(vuln);`,
      ...Object.fromEntries(
        NAMES.map((_, at) => [`m${at}.mjs`, NAMES.map((__, other) => `export * from './m${other}.mjs';`).join('\n')]),
      ),
      'lib.mjs': 'export function vuln() {}',
    },
  ],
  [
    'a literal of very many members, beside a call of a method of an object that is not known',
    {
      'main.js': `const lib = require('lib'); const table = { ${MANY.map((at) => `k${at}: ${at}`).join(', ')} };
        globalThis.begin.run(table, lib.vuln);`,
      'lib.js': two,
    },
  ],
];

describe('a question ends for', { timeout: TIMEOUT_MS }, () => {
  for (const [name, sources] of programs)
    it(name, () => {
      const lib = 'lib.js' in sources ? 'lib.js' : 'lib.mjs';
      assert.equal(askFlow(sources, lib, 'vuln').kind, 'unknown');
    });
});
