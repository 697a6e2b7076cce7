/**
 * The way back when a KEK is lost: the KEK, encrypted under a passphrase, as a file or on paper, kept away from the database.
 *
 *     holdfast-recovery.v1.kekId.salt.iv.ct.tag      salt, iv, ct and tag in base64url; lines with # are for people
 *
 * The passphrase gives a key by Argon2id (argon2id.ts), with the cost that belongs to the version: a file cannot ask for more memory. Whoever
 * has the file can guess as long as they like, so the passphrase is long. Writing and reading the file is key-file.ts.
 */
import assert from 'node:assert/strict';
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Brand } from '../lib/brand.ts';
import { base64url, utf8 } from '../lib/bytes.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { IV_BYTES, open, seal, TAG_BYTES, type Sealed } from './aes-gcm.ts';
import type { Random } from './random.ts';
import { argon2id, RECOVERY_COST, SALT_BYTES } from './argon2id.ts';
import { KEY_BYTES, parseKekId, takeKek, withKeyBytes, type Kek, type KekId } from './encryption-key.ts';
import { bytesOf, lengthPrefixed } from './wrapped-key.ts';

export type Passphrase = Brand<string, 'Passphrase'>;

export type RecoveryRefusal =
  | { readonly code: 'not-a-recovery-key' }
  /** Which of the two cannot be told. `kekId` is what the file says. */
  | { readonly code: 'wrong-passphrase-or-altered'; readonly kekId: KekId };

interface RecoveryKey extends Sealed {
  readonly kekId: KekId;
  readonly salt: Uint8Array;
}

/** NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where nothing else protects. */
const SHORTEST_PASSPHRASE = 15;
const LONGEST_PASSPHRASE = 1_024;

const HEAD = 'holdfast-recovery';
const VERSION = 'v1';

/** NFC, because keyboards differ in how they give "ü" (RFC 8265 §4.2.2); characters are code points. */
export function parsePassphrase(text: string): Result<Passphrase, 'too-short' | 'too-long' | 'not-text'> {
  if (!text.isWellFormed()) return no('not-text');
  if (text.length > LONGEST_PASSPHRASE) return no('too-long');
  const normal = text.normalize('NFC');
  return Array.from(normal).length < SHORTEST_PASSPHRASE ? no('too-short') : ok(normal as Passphrase);
}

/** The text of a recovery file, after it was seen to give the KEK back. Two calls give two texts. */
export async function exportRecoveryKey(kek: Kek, passphrase: Passphrase, random: Random): Promise<string> {
  const salt = random(SALT_BYTES);
  assert.equal(salt.length, SALT_BYTES);
  const key = await passphraseKey(passphrase, salt);
  const sealed = withKeyBytes(kek.key, (bytes) => seal(key, bytes, associatedData(kek.id), random));
  const text = formatRecoveryKey({ kekId: kek.id, salt, ...sealed });
  const restored = await restoreKek(text, passphrase);
  assert.ok(restored.ok && restored.value.id === kek.id, 'a recovery key that was just made gives its KEK back');
  return text;
}

/** The KEK of a recovery file, or why there is none. Takes 64 MiB and some tenths of a second. */
export async function restoreKek(text: string, passphrase: Passphrase): Promise<Result<Kek, RecoveryRefusal>> {
  const recovery = parseRecoveryKey(text);
  if (recovery === null) return no({ code: 'not-a-recovery-key' });
  const { kekId } = recovery;
  const bytes = open(await passphraseKey(passphrase, recovery.salt), recovery, associatedData(kekId));
  if (bytes === null) return no({ code: 'wrong-passphrase-or-altered', kekId });
  const kek = takeKek(bytes);
  // Only who knows the passphrase could have written another id over this key; it would open nothing that the id promises.
  return kek.id === kekId ? ok(kek) : no({ code: 'wrong-passphrase-or-altered', kekId });
}

async function passphraseKey(passphrase: Passphrase, salt: Uint8Array): Promise<KeyObject> {
  const password = utf8(passphrase);
  try {
    const bytes = await argon2id({ password, salt }, RECOVERY_COST);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    return key;
  } finally {
    password.fill(0);
  }
}

/** The salt needs no place here: another one gives another key. */
const associatedData = (kekId: KekId): Uint8Array => lengthPrefixed([HEAD, VERSION, kekId]);

const formatRecoveryKey = ({ kekId, salt, iv, ciphertext, tag }: RecoveryKey): string =>
  [
    `# Recovery key of Holdfast for the key ${kekId}.`,
    '# With its passphrase it opens everything that this key protects: keep both away from the database, its backups and each other.',
    [HEAD, VERSION, kekId, ...[salt, iv, ciphertext, tag].map(base64url)].join('.'),
    '',
  ].join('\n');

/** Blank lines, comments and line breaks of any system are passed over; everything else must be one key. */
function parseRecoveryKey(text: string): RecoveryKey | null {
  const lines = text.length > LONGEST_TEXT ? [] : text.split(/\r?\n/).map((line) => line.trim());
  const [line, ...more] = lines.filter((candidate) => candidate !== '' && !candidate.startsWith('#'));
  const parts = line?.split('.') ?? [];
  const [head, version, kek = '', saltText = '', ivText = '', ciphertextText = '', tagText = ''] = parts;
  const kekId = parseKekId(kek);
  if (more.length > 0 || parts.length !== 7 || head !== HEAD || version !== VERSION || kekId === null) return null;
  const salt = bytesOf(saltText, SALT_BYTES);
  const iv = bytesOf(ivText, IV_BYTES);
  const ciphertext = bytesOf(ciphertextText, KEY_BYTES);
  const tag = bytesOf(tagText, TAG_BYTES);
  if (salt === null || iv === null || ciphertext === null || tag === null) return null;
  return { kekId, salt, iv, ciphertext, tag };
}

/** As long as key-file.ts reads. */
const LONGEST_TEXT = 4_096;
