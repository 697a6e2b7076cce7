import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { refusal } from '../../test/support/refusal.ts';
import type { ErrorCode } from '../lib/errors.ts';
import { readKeyring, type Environment } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
after(() => rmSync(folder, { recursive: true }));

/** Two keys that are nothing but digests of words, and their ids: SHA-256 of "holdfast kek id v1", a zero byte and the key. */
const ONE = createHash('sha256').update('one').digest();
const TWO = createHash('sha256').update('two').digest();
const ONE_ID = 'ddf1bc6f';
const TWO_ID = '0eff8f4e';
const one = ONE.toString('base64');
const two = TWO.toString('base64');

let made = 0;
function file(text: string | Uint8Array, mode = 0o600): string {
  const path = join(folder, `key-${(made += 1)}`);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function madeFolder(mode: number): string {
  const path = join(folder, `folder-${(made += 1)}`);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

const idOf = (env: Environment): string => readKeyring(env).current.id;

/** Every way in which the two keys could be spelled in words; eight characters of one are too many. */
const SPELLINGS = [ONE, TWO].flatMap((key) =>
  (['hex', 'base64', 'base64url', 'latin1'] as const).map((encoding) => key.toString(encoding).slice(0, 8)),
);

function fails(env: Environment, code: ErrorCode, words: RegExp = /./): void {
  const error = refusal(() => readKeyring(env));
  assert.equal(error.code, code, error.message);
  assert.match(`${error.message} ${error.hint}`, words);
  assert.equal(error.cause, undefined);
  const all = `${error.message}${error.hint}${error.stack}${JSON.stringify(error)}`.toLowerCase();
  for (const spelling of SPELLINGS) assert.ok(!all.includes(spelling.toLowerCase()), `${code} repeats a key`);
}

const unixOnly = { skip: process.platform === 'win32' };

describe('the key of the service', unixOnly, () => {
  it('comes from a file, a credential or a variable, with the same text', () => {
    const credentials = madeFolder(0o700);
    writeFileSync(join(credentials, 'kek'), `${one}\n`, { mode: 0o400 });
    assert.equal(idOf({ HOLDFAST_KEK_FILE: file(`${one}\n`) }), ONE_ID);
    assert.equal(idOf({ HOLDFAST_KEK_FILE: file(one, 0o400) }), ONE_ID);
    assert.equal(idOf({ HOLDFAST_KEK_CREDENTIAL: 'kek', CREDENTIALS_DIRECTORY: credentials }), ONE_ID);
    assert.equal(idOf({ HOLDFAST_KEK: one }), ONE_ID);
    assert.equal(idOf({ HOLDFAST_KEK: two }), TWO_ID);
  });

  it('is the first that is set, in that order', () => {
    const credentials = madeFolder(0o700);
    writeFileSync(join(credentials, 'kek'), one, { mode: 0o400 });
    const credential = { HOLDFAST_KEK_CREDENTIAL: 'kek', CREDENTIALS_DIRECTORY: credentials };
    assert.equal(idOf({ ...credential, HOLDFAST_KEK: two }), ONE_ID);
    assert.equal(idOf({ ...credential, HOLDFAST_KEK_FILE: file(two), HOLDFAST_KEK: one }), TWO_ID);
  });

  it('is never looked for elsewhere when it is not where it was said to be', () => {
    fails(
      { HOLDFAST_KEK_FILE: join(folder, 'none'), HOLDFAST_KEK: one },
      'KEY_MISSING',
      /KEK_FILE names does not exist/,
    );
    fails({ HOLDFAST_KEK_FILE: '', HOLDFAST_KEK: one }, 'KEY_MISSING', /HOLDFAST_KEK_FILE is set, but empty/);
    fails({ HOLDFAST_KEK_FILE: file('nonsense'), HOLDFAST_KEK: one }, 'KEY_WRONG');
    fails({ HOLDFAST_KEK_CREDENTIAL: 'kek', HOLDFAST_KEK: one }, 'KEY_MISSING', /LoadCredentialEncrypted=/);
  });

  it('has a previous one beside it while a rotation runs, which must be another', () => {
    const { current, previous } = readKeyring({ HOLDFAST_KEK: two, HOLDFAST_PREVIOUS_KEK_FILE: file(one) });
    assert.deepEqual([current.id, previous.map(({ id }) => id)], [TWO_ID, [ONE_ID]]);
    assert.deepEqual(readKeyring({ HOLDFAST_KEK: two }).previous, []);
    fails({ HOLDFAST_KEK: one, HOLDFAST_PREVIOUS_KEK: one }, 'KEY_WRONG', /are the same/);
    fails({ HOLDFAST_PREVIOUS_KEK: one }, 'KEY_MISSING', /no key is set/);
    fails({ HOLDFAST_KEK: two, HOLDFAST_PREVIOUS_KEK_FILE: join(folder, 'none') }, 'KEY_MISSING', /PREVIOUS_KEK_FILE/);
  });

  it('is missing with the next step: how to make one', () => {
    fails({}, 'KEY_MISSING', /openssl rand -base64 32/);
    fails({ HOLDFAST_KEK: '' }, 'KEY_MISSING');
    fails({ HOLDFAST_KEK_FILE: file('') }, 'KEY_MISSING', /is empty/);
    fails({ HOLDFAST_KEK_FILE: file('\n') }, 'KEY_MISSING', /is empty/);
  });

  it('is exactly the base64 of 32 bytes', () => {
    for (const text of [
      ONE, // raw bytes
      ONE.toString('hex'),
      ONE.toString('base64url'),
      one.slice(0, -1),
      one.slice(4),
      `${one}${one}`,
      `${one}\n\n`,
      `${one}\r\n`,
      ` ${one}`,
      `\ufeff${one}`,
      `HOLDFAST_KEK=${one}`,
      `${ONE.subarray(0, 31).toString('base64')}`,
      Buffer.concat([ONE, TWO]).toString('base64'),
      `${one}\n${two}\n`,
    ]) {
      fails({ HOLDFAST_KEK_FILE: file(text) }, 'KEY_WRONG', /44 characters/);
      fails({ HOLDFAST_KEK: text.toString() }, 'KEY_WRONG', /44 characters/);
    }
    fails({ HOLDFAST_KEK_FILE: file(one.repeat(1_000)) }, 'KEY_WRONG', /longer than any key/);
  });

  it('is no placeholder', () => {
    for (const byte of [0, 0x61, 0xff])
      fails({ HOLDFAST_KEK: Buffer.alloc(32, byte).toString('base64') }, 'KEY_WRONG', /placeholder/);
  });

  it('is not used from a file that others may read, change or run', () => {
    for (const mode of [
      0o644, 0o640, 0o604, 0o660, 0o606, 0o620, 0o602, 0o440, 0o444, 0o700, 0o500, 0o601, 0o777, 0o4600,
    ])
      fails(
        { HOLDFAST_KEK_FILE: file(one, mode) },
        'KEY_EXPOSED',
        new RegExp(`has mode 0?${mode.toString(8)} instead of 0600.*chmod 600`),
      );
  });

  it('is not used from a file of another user', { skip: process.geteuid?.() !== 0 && 'needs root' }, () => {
    const path = file(one);
    chownSync(path, 12_345, 12_345);
    fails({ HOLDFAST_KEK_FILE: path }, 'KEY_EXPOSED', /another user.*chown/);
  });

  it('is not used from a folder in which everyone could put another', () => {
    const open = madeFolder(0o777);
    writeFileSync(join(open, 'kek'), one, { mode: 0o600 });
    fails({ HOLDFAST_KEK_FILE: join(open, 'kek') }, 'KEY_EXPOSED', /folder that everyone may write to/);
    mkdirSync(join(open, 'inner'), { mode: 0o700 });
    writeFileSync(join(open, 'inner', 'kek'), one, { mode: 0o600 });
    fails({ HOLDFAST_KEK_FILE: join(open, 'inner', 'kek') }, 'KEY_EXPOSED', /chmod o-w/);
    chmodSync(open, 0o1777);
    assert.equal(idOf({ HOLDFAST_KEK_FILE: join(open, 'kek') }), ONE_ID, 'the sticky bit protects it, as in /tmp');
  });

  it('may be behind a link, when what the link leads to is in order', () => {
    const link = (target: string, where = folder): string => {
      const path = join(where, `link-${(made += 1)}`);
      symlinkSync(target, path);
      return path;
    };
    assert.equal(idOf({ HOLDFAST_KEK_FILE: link(file(one)) }), ONE_ID);
    fails({ HOLDFAST_KEK_FILE: link(file(one, 0o644)) }, 'KEY_EXPOSED', /mode 0644/);
    fails({ HOLDFAST_KEK_FILE: link(link(file(one, 0o604))) }, 'KEY_EXPOSED', /mode 0604/);
    fails({ HOLDFAST_KEK_FILE: link(join(folder, 'none')) }, 'KEY_MISSING');

    const open = madeFolder(0o777);
    writeFileSync(join(open, 'kek'), one, { mode: 0o600 });
    fails({ HOLDFAST_KEK_FILE: link(join(open, 'kek')) }, 'KEY_EXPOSED', /folder/);
    fails({ HOLDFAST_KEK_FILE: link(file(one), open) }, 'KEY_EXPOSED', /folder/);

    const circle = join(folder, 'circle');
    symlinkSync(circle, circle);
    fails({ HOLDFAST_KEK_FILE: circle }, 'FILE_UNREADABLE', /ELOOP/);
  });

  it('is a regular file: folders, devices and pipes are refused at once', () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', ['-m', '600', pipe]);
    fails({ HOLDFAST_KEK_FILE: pipe }, 'KEY_WRONG', /not a regular file/);
    fails({ HOLDFAST_KEK_FILE: madeFolder(0o700) }, 'KEY_WRONG', /not a regular file/);
    fails({ HOLDFAST_KEK_FILE: '/dev/null' }, 'KEY_WRONG', /not a regular file/);
    fails({ HOLDFAST_KEK_FILE: join(file(one), 'kek') }, 'KEY_MISSING');
  });
});

describe('a systemd credential', unixOnly, () => {
  const credentials = (mode: number): Environment => {
    const directory = madeFolder(0o700);
    writeFileSync(join(directory, 'kek'), one);
    chmodSync(join(directory, 'kek'), mode);
    return { HOLDFAST_KEK_CREDENTIAL: 'kek', CREDENTIALS_DIRECTORY: directory };
  };

  it('may have the mode 0440 that systemd gives it where an access control list lets the service read', () => {
    assert.equal(idOf(credentials(0o440)), ONE_ID);
    for (const mode of [0o444, 0o644, 0o460, 0o404]) fails(credentials(mode), 'KEY_EXPOSED');
  });

  it('is a name, not a way to another file', () => {
    const env = credentials(0o400);
    for (const name of ['../kek', '/etc/passwd', '.', '..', 'a/b', 'kek\0'])
      fails({ ...env, HOLDFAST_KEK_CREDENTIAL: name }, 'KEY_MISSING', /does not hold the name/);
    fails({ ...env, HOLDFAST_KEK_CREDENTIAL: 'other' }, 'KEY_MISSING', /KEK_CREDENTIAL names does not exist/);
  });
});

describe('an error about keys', unixOnly, () => {
  it('does not repeat a key that was pasted where a path or a name belongs', () => {
    for (const key of [
      one,
      ONE.toString('hex'),
      ONE.toString('base64url'),
      `/${one}`,
      `${one}\0`,
      `${folder}/${one}`,
    ]) {
      for (const setting of ['HOLDFAST_KEK_FILE', 'HOLDFAST_KEK_CREDENTIAL', 'HOLDFAST_PREVIOUS_KEK_FILE']) {
        const error = refusal(() => readKeyring({ HOLDFAST_KEK: two, CREDENTIALS_DIRECTORY: folder, [setting]: key }));
        assert.ok(['KEY_MISSING', 'FILE_UNREADABLE'].includes(error.code));
        fails({ HOLDFAST_KEK: two, CREDENTIALS_DIRECTORY: folder, [setting]: key }, error.code);
      }
    }
    fails({ HOLDFAST_KEK_FILE: ONE.toString('hex').repeat(9) }, 'FILE_UNREADABLE', /ENAMETOOLONG/);
  });

  it('is not confused by names of objects', () => {
    fails(Object.create({ HOLDFAST_KEK: one }) as Environment, 'KEY_MISSING');
  });
});
