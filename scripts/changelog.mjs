/**
 * Puts the entries of changes/ into the "Unreleased" section of CHANGELOG.md, in the order of their numbers.
 *
 *   node scripts/changelog.mjs
 *
 * What stands under older headings stays as it is, so a second run changes nothing. A release renames the heading and
 * removes the entries. test/changelog.test.ts holds the two together.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADING = '## Unreleased';
const INTRODUCTION = `# Changelog

What users notice, newest first. Each entry says what was wrong or missing and what is so now.
`;

/**
 * @param {string} current CHANGELOG.md, empty when there is none
 * @param {readonly string[]} entries texts of changes/*.md, in order
 */
export function composeChangelog(current, entries) {
  const text = current.replaceAll('\r\n', '\n');
  const start = text.indexOf(`\n${HEADING}\n`);
  const next = start < 0 ? text.indexOf('\n## ') : text.indexOf('\n## ', start + 1 + HEADING.length);
  const before =
    (start >= 0 ? text.slice(0, start) : next >= 0 ? text.slice(0, next) : text).trim() || INTRODUCTION.trim();
  const released = next >= 0 ? text.slice(next).trim() : '';
  const unreleased = [HEADING, ...entries.map((entry) => entry.replaceAll('\r\n', '\n').trim())].join('\n\n');
  return `${[before, unreleased, released].filter((part) => part !== '').join('\n\n')}\n`;
}

/** Names start with four digits, so that their order as text is the order of time. */
export function readEntries(root) {
  const names = readdirSync(join(root, 'changes')).sort();
  const odd = names.filter((name) => !/^\d{4}-[a-z0-9-]+\.md$/.test(name));
  if (odd.length > 0) throw new Error(`changes/ holds something else: ${odd.join(', ')}`);
  return names.map((name) => readFileSync(join(root, 'changes', name), 'utf8'));
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const path = join(root, 'CHANGELOG.md');
  writeFileSync(path, composeChangelog(readFileSync(path, { encoding: 'utf8', flag: 'a+' }), readEntries(root)));
}
