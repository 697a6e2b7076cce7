import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from '../../test/support/canary.ts';
import { childEnvironment } from './child-environment.ts';

describe('the environment of programs that we start', () => {
  it('holds no key, passphrase, token or address of a database, in whatever capitals', () => {
    const withheld = [
      'HOLDFAST_KEK',
      'HOLDFAST_KEK_FILE',
      'HOLDFAST_KEK_CREDENTIAL',
      'HOLDFAST_PREVIOUS_KEK',
      'HOLDFAST_PREVIOUS_KEK_FILE',
      'HOLDFAST_PREVIOUS_KEK_CREDENTIAL',
      'CREDENTIALS_DIRECTORY',
      'HOLDFAST_PASSPHRASE_FILE',
      'HOLDFAST_TLS_KEY_FILE',
      'HOLDFAST_TOKEN',
      'HOLDFAST_SMTP_PASSWORD',
      'HOLDFAST_DATABASE_URL',
      'Holdfast_Kek',
    ];
    assert.deepEqual(childEnvironment(Object.fromEntries(withheld.map((name) => [name, 'x']))), {});
  });

  it('holds everything else', () => {
    const env = { PATH: '/bin', HOME: '/home/a', HOLDFAST_DB: 'index', HOLDFAST_PORT: '8710', MONKEY: '1', KEK: '2' };
    assert.deepEqual(childEnvironment(env), env);
  });

  it('is asked for by every file of ours that starts a program', () => {
    const starters = globSync('src/**/*.{ts,tsx}', { cwd: ROOT, exclude: (path) => /\.test\.tsx?$/.test(path) }).filter(
      (path) => /from 'node:child_process'/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    assert.ok(starters.length >= 4, 'the sources were read');
    for (const path of starters)
      assert.match(readFileSync(join(ROOT, path), 'utf8'), /env: (?:gitEnvironment|childEnvironment)\(/, path);
  });
});
