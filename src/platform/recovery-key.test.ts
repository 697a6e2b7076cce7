import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { refusal } from '../../test/support/refusal.ts';
import { formatKek, newDek, newKek } from './encryption-key.ts';
import { readRecoveryText, writeKeyFile } from './key-file.ts';
import { exportRecoveryKey, parsePassphrase, restoreKek, type Passphrase } from './recovery-key.ts';
import { readKeyring } from './secrets.ts';
import { formatWrappedKey, parseWrappedKey, unwrapKey, wrapKey } from './wrapped-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-recovery-'));
after(() => rmSync(folder, { recursive: true }));

const unixOnly = { skip: process.platform === 'win32' };

function passphrase(text: string): Passphrase {
  const parsed = parsePassphrase(text);
  assert.ok(parsed.ok);
  return parsed.value;
}

const WORDS = passphrase('seven quiet herons in the rain');
const kek = newKek(randomBytes);
const text = await exportRecoveryKey(kek, WORDS, randomBytes);

describe('a recovery key', () => {
  it('brings the stored keys back after the key file is lost, from the file alone', unixOnly, async () => {
    const place = { table: 'subject', column: 'dek', row: 'r1' };
    const keyFile = join(folder, 'kek');
    const recoveryFile = join(folder, 'recovery');
    writeKeyFile(keyFile, 'the key file', formatKek(kek));
    const stored = formatWrappedKey(
      wrapKey(readKeyring({ HOLDFAST_KEK_FILE: keyFile }).current, newDek(randomBytes), place, randomBytes),
    );
    writeKeyFile(recoveryFile, 'the recovery file', text);
    rmSync(keyFile);
    assert.equal(refusal(() => readKeyring({ HOLDFAST_KEK_FILE: keyFile })).code, 'KEY_MISSING');

    const restored = await restoreKek(readRecoveryText(recoveryFile), WORDS);
    assert.ok(restored.ok);
    writeKeyFile(keyFile, 'the key file', formatKek(restored.value));
    const wrapped = parseWrappedKey(stored);
    assert.ok(wrapped !== null);
    assert.ok(unwrapKey(readKeyring({ HOLDFAST_KEK_FILE: keyFile }), wrapped, place).ok);
  });

  it('of version 1 is read for ever, as another program made it', async () => {
    // Made once with WebCrypto and Node's Argon2, and associated data put together by hand.
    const restored = await restoreKek(
      'holdfast-recovery.v1.4df93e11.QEFCQ0RFRkdISUpLTE1OTw.oKGio6Slpqeoqaqr.odB9r1ilw2vxBWxj9zS1t3uAaEEFS17mwc3DVN-ZLa8.6m9_W3BvWlTVQFS_mT3nmw',
      WORDS,
    );
    assert.ok(restored.ok);
    assert.equal(restored.value.id, '4df93e11');
    assert.equal(formatKek(restored.value), 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n');
  });

  it('is written once, for its owner only', unixOnly, () => {
    const path = join(folder, 'once');
    writeKeyFile(path, 'the recovery file', text);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(refusal(() => writeKeyFile(path, 'the recovery file', 'another')).code, 'FILE_EXISTS');
    assert.equal(readRecoveryText(path), text);
    const nowhere = refusal(() => writeKeyFile(join(folder, 'none', 'x'), 'the recovery file', text));
    assert.equal(nowhere.code, 'FILE_UNWRITABLE');
  });

  it('is read with the line breaks and blanks of another editor', async () => {
    const restored = await restoreKek(`\r\n${text.replaceAll('\n', ' \r\n')}\r\n`, WORDS);
    assert.ok(restored.ok);
    assert.equal(restored.value.id, kek.id);
  });

  it('opens with a passphrase that another keyboard composes differently', async () => {
    const umlauts = await exportRecoveryKey(kek, passphrase('fünf stille Reiher im Regen'), randomBytes);
    assert.ok((await restoreKek(umlauts, passphrase('fu\u0308nf stille Reiher im Regen'))).ok);
  });

  it('gives nothing for a wrong passphrase, or with any field changed', async () => {
    const refused = { code: 'wrong-passphrase-or-altered', kekId: kek.id };
    assert.deepEqual(await restoreKek(text, passphrase('seven quiet herons in the rain.')), {
      ok: false,
      error: refused,
    });
    const fields = text.trimEnd().split('\n').at(-1)?.split('.') ?? [];
    for (const at of [3, 4, 5, 6]) {
      const field = fields[at] ?? '';
      const changed = fields.with(at, `${field.startsWith('A') ? 'B' : 'A'}${field.slice(1)}`).join('.');
      assert.deepEqual(await restoreKek(changed, WORDS), { ok: false, error: refused }, `field ${at}`);
    }
    const otherId = kek.id === '00000000' ? '00000001' : '00000000';
    assert.deepEqual(await restoreKek(fields.with(2, otherId).join('.'), WORDS), {
      ok: false,
      error: { ...refused, kekId: otherId },
    });
  });

  it('gives nothing when it was made with the id of another key', async () => {
    // As the one of version 1 above, but for the id, in the text and in what is authenticated.
    const forged =
      'holdfast-recovery.v1.00000000.QEFCQ0RFRkdISUpLTE1OTw.oKGio6Slpqeoqaqr.odB9r1ilw2vxBWxj9zS1t3uAaEEFS17mwc3DVN-ZLa8.FUYG4tMWOAMPLdCwZRdw5g';
    assert.deepEqual(await restoreKek(forged, WORDS), {
      ok: false,
      error: { code: 'wrong-passphrase-or-altered', kekId: '00000000' },
    });
  });

  it('is not read from any other text, before any work is done for it', async () => {
    const line = text.trimEnd().split('\n').at(-1) ?? '';
    for (const other of [
      '',
      '# only a comment',
      `${line}\n${line}`,
      line.replace('.v1.', '.v2.'),
      line.replace('holdfast-recovery', 'holdfast'),
      `${line}.AAAA`,
      line.slice(0, -1),
      `${line}\n${'#'.repeat(5_000)}`,
      '.'.repeat(4_000),
    ])
      assert.deepEqual(await restoreKek(other, WORDS), { ok: false, error: { code: 'not-a-recovery-key' } });
  });

  it('names its key, and holds neither the key nor the passphrase', () => {
    assert.ok(text.includes(`for the key ${kek.id}.`));
    assert.ok(!text.includes(formatKek(kek).trim().slice(0, 20)));
    assert.ok(!text.includes(kek.key.export().toString('base64url').slice(0, 20)));
    assert.ok(!text.includes('herons'));
  });

  it('is another text each time', async () => {
    const again = await exportRecoveryKey(kek, WORDS, randomBytes);
    const [one, other] = [text, again].map((whole) => whole.trimEnd().split('.').slice(-4));
    for (const at of [0, 1, 2, 3]) assert.notEqual(one?.[at], other?.[at]);
  });
});

it('a passphrase has 15 to 1,024 characters, counted as people count them', () => {
  assert.deepEqual(parsePassphrase('a'.repeat(14)), { ok: false, error: 'too-short' });
  assert.equal(parsePassphrase('a'.repeat(15)).ok, true);
  assert.deepEqual(parsePassphrase('😀'.repeat(14)), { ok: false, error: 'too-short' });
  assert.deepEqual(parsePassphrase('u\u0308'.repeat(14)), { ok: false, error: 'too-short' });
  assert.equal(parsePassphrase('a'.repeat(1_024)).ok, true);
  assert.deepEqual(parsePassphrase('a'.repeat(1_025)), { ok: false, error: 'too-long' });
  assert.deepEqual(parsePassphrase(`\ud800${'a'.repeat(20)}`), { ok: false, error: 'not-text' });
});
