import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/repository.ts';
import { digestOfRules, rulesIn } from './analyser.client.ts';

const FOLDER = import.meta.dirname;

/** The command, its words and its JSON, which findings it asks about, a question of tests: no verdict on a function depends on them. */
const NO_RULES = [
  'closure.ts',
  'finding-reach.actions.ts',
  'finding-reach.text.ts',
  'finding-reach.ts',
  'product-findings.ts',
  'reach-findings.actions.ts',
  'reach-json.ts',
  'reach.cli.ts',
  'reach.text.ts',
  'symbols-of-findings.ts',
  'verify.text.ts',
];

/** Types alone do nothing, so nothing imports them as values. */
const hasCode = (file: string): boolean =>
  /^export (?:const|function|async|class|\{)/m.test(readFileSync(join(FOLDER, file), 'utf8'));

/** A checkout with the sources that count and their manifest. */
function checkout(): string {
  const root = temporaryFolder();
  cpSync(join(FOLDER, '../../package.json'), join(root, 'package.json'));
  for (const file of rulesIn(FOLDER)) {
    const to = join(root, 'src/reach', file);
    mkdirSync(join(to, '..'), { recursive: true });
    cpSync(join(FOLDER, file), to);
  }
  return root;
}

describe('the digest of the analysis', () => {
  it('is over every file of reach that decides, and over what these import from elsewhere', () => {
    const rules = new Set(rulesIn(FOLDER));
    const left = readdirSync(FOLDER).filter((file) => !file.endsWith('.test.ts') && !rules.has(file) && hasCode(file));
    assert.deepEqual(left, NO_RULES);
    assert.ok(rules.has('../lib/canonical-json.ts'));
  });

  it('changes with one character of any rule, and with the parser', () => {
    const root = checkout();
    const folder = join(root, 'src/reach');
    const before = digestOfRules(folder);
    assert.match(before, /^[0-9a-f]{64}$/);
    assert.equal(digestOfRules(folder), before);
    for (const file of ['flow-call.ts', 'judge.ts', '../lib/hash.ts']) {
      const text = readFileSync(join(folder, file), 'utf8');
      appendFileSync(join(folder, file), ' ');
      assert.notEqual(digestOfRules(folder), before, file);
      writeFileSync(join(folder, file), text);
    }
    const manifest = join(root, 'package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(/"oxc-parser": "[^"]+"/, '"oxc-parser": "9.9.9"'));
    assert.notEqual(digestOfRules(folder), before);
  });
});
