/** CHANGELOG.md is what scripts/changelog.mjs makes of changes/, and the script can be run twice. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
// @ts-expect-error A script without types; its two functions are used with text only.
import { composeChangelog, readEntries } from '../scripts/changelog.mjs';
import { ROOT } from './support/canary.ts';

const compose = composeChangelog as (current: string, entries: readonly string[]) => string;

describe('CHANGELOG.md', () => {
  it('is what the script makes of changes/ (run `node scripts/changelog.mjs`)', () => {
    const entries = (readEntries as (root: string) => readonly string[])(ROOT);
    const current = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8').replaceAll('\r\n', '\n');
    assert.ok(entries.length > 0);
    assert.equal(current, compose(current, entries));
    for (const entry of entries) assert.ok(current.includes(entry.replaceAll('\r\n', '\n').trim()));
  });

  it('keeps released sections, replaces the unreleased one and changes nothing the second time', () => {
    const old = '# Changelog\n\nWords.\n\n## Unreleased\n\n### Gone\n\n## 0.1.0\n\n### First\n';
    const made = compose(old, ['### New\n\nText.\n']);
    assert.equal(made, '# Changelog\n\nWords.\n\n## Unreleased\n\n### New\n\nText.\n\n## 0.1.0\n\n### First\n');
    assert.equal(compose(made, ['### New\n\nText.\n']), made);
    assert.equal(
      compose('# Changelog\n\n## 0.1.0\n\n### First\n', ['### New\n']),
      '# Changelog\n\n## Unreleased\n\n### New\n\n## 0.1.0\n\n### First\n',
    );
  });
});
