/**
 * Signed notes: a text, and below it one line for each signature. Checkpoints are notes (checkpoint.ts).
 *
 * Source: C2SP signed-note (https://c2sp.org/signed-note); the text forms of keys are those of golang.org/x/mod/sumdb/note,
 * which other tools of this kind read too.
 *
 * ```
 * text\n
 * \n
 * — <key name> base64(key id || signature)\n
 *
 * <name>+<hex of key id>+base64(0x01 || public key)                what verifiers are given
 * PRIVATE+KEY+<name>+<hex of key id>+base64(0x01 || seed)          what the log keeps
 * ```
 *
 * Only Ed25519 (type 0x01) is signed and verified. Lines of other keys, such as witnesses, are kept and have no say.
 */
import { base64, concat, fromBase64, fromHex, fromUtf8, hex, sameBytes, utf8 } from '../lib/bytes.ts';
import { ED25519_KEY_BYTES, ed25519PublicKey, ed25519Sign, ed25519Verify } from '../lib/ed25519.ts';
import { sha256Bytes } from '../lib/hash.ts';
import { no, ok, type Result } from '../lib/result.ts';

const ED25519_TYPE = 0x01;
const KEY_ID_BYTES = 4;
const SIGNATURE_START = '\u2014 ';

/** Both as golang.org/x/mod/sumdb/note has them. The specification asks for room for 16 signatures of up to 5 kB. */
export const MOST_NOTE_BYTES = 1_000_000;
const MOST_SIGNATURES = 100;

export interface NoteSignature {
  readonly name: string;
  /** 4 bytes. With the name it says which key signed. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Note {
  /** Ends with a line feed. */
  readonly text: string;
  /** At least one. None of them has been checked. */
  readonly signatures: readonly NoteSignature[];
}

/** A public key and the name it signs under. */
export interface VerifierKey {
  readonly name: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** A private key: what may sign in the name of the log. Never printed, never part of an error. */
export interface SignerKey {
  readonly name: string;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/** Why a note was not read, in words that continue "the note …". */
export type NoteFault = string;

export function parseNote(bytes: Uint8Array): Result<Note, NoteFault> {
  if (bytes.length > MOST_NOTE_BYTES) return no('has more than 1,000,000 bytes');
  const whole = fromUtf8(bytes);
  if (whole === null) return no('is not UTF-8');
  if (CONTROL.test(whole)) return no('holds control characters');
  // "The text is separated from the signatures by the last empty line in the note."
  const gap = whole.lastIndexOf('\n\n');
  if (gap < 0) return no('has no empty line between text and signatures');
  const below = whole.slice(gap + 2);
  if (!below.endsWith('\n')) return no('has no signature, or ends in the middle of a line');
  const lines = below.slice(0, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return no(`has more than ${MOST_SIGNATURES} signatures`);
  const signatures: NoteSignature[] = [];
  for (const [at, line] of lines.entries()) {
    const signature = parseSignature(line);
    if (signature === null) return no(`has a signature line (number ${at + 1}) that is none`);
    signatures.push(signature);
  }
  return ok({ text: whole.slice(0, gap + 1), signatures });
}

/** "MUST NOT contain any ASCII control characters (those below U+0020) other than newline." */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

function parseSignature(line: string): NoteSignature | null {
  if (!line.startsWith(SIGNATURE_START)) return null;
  const [name = '', encoded = '', ...rest] = line.slice(SIGNATURE_START.length).split(' ');
  const bytes = fromBase64(encoded);
  if (!isKeyName(name) || rest.length > 0 || bytes === null || bytes.length <= KEY_ID_BYTES) return null;
  return { name, keyId: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

/** "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus (U+002B) characters." */
const isKeyName = (name: string): boolean => name !== '' && !/[+\p{White_Space}\p{Cc}\p{Cs}]/u.test(name);

export const formatNote = ({ text, signatures }: Note): string =>
  `${text}\n${signatures.map(({ name, keyId, signature }) => `${SIGNATURE_START}${name} ${base64(concat([keyId, signature]))}\n`).join('')}`;

/** SHA-256(key name || 0x0A || signature type || public key)[:4]. */
export const keyIdOf = ({ name, publicKey }: VerifierKey): Uint8Array =>
  sha256Bytes(concat([utf8(`${name}\n`), Uint8Array.of(ED25519_TYPE), publicKey])).slice(0, KEY_ID_BYTES);

export function signNote(text: string, signer: SignerKey): NoteSignature {
  if (!text.endsWith('\n')) throw new TypeError('the text of a note ends with a line feed');
  return {
    name: signer.name,
    keyId: keyIdOf(verifierOf(signer)),
    signature: ed25519Sign(signer.seed, utf8(text)),
  };
}

/** What a key says about a note. `wrong`: a signature in its name does not fit the text. */
export type NoteVerdict = 'signed' | 'not-signed' | 'wrong';

/**
 * Checks every signature of this key, and no other: "Verifiers MUST ignore signatures from unknown keys, even if they share
 * a name or ID (but not both) with a known key."
 */
export function verifyNote({ text, signatures }: Note, key: VerifierKey): NoteVerdict {
  const keyId = keyIdOf(key);
  const own = signatures.filter((line) => line.name === key.name && sameBytes(line.keyId, keyId));
  if (own.length === 0) return 'not-signed';
  const message = utf8(text);
  return own.every(({ signature }) => ed25519Verify(key.publicKey, message, signature)) ? 'signed' : 'wrong';
}

export const verifierOf = ({ name, seed }: SignerKey): VerifierKey => ({ name, publicKey: ed25519PublicKey(seed) });

export const formatVerifierKey = (key: VerifierKey): string =>
  `${key.name}+${hex(keyIdOf(key))}+${base64(concat([Uint8Array.of(ED25519_TYPE), key.publicKey]))}`;

/** Why a key was not read, in words that continue "the key …". */
export function parseVerifierKey(text: string): Result<VerifierKey, string> {
  const parts = parseKey(text);
  if (!parts.ok) return parts;
  const key = { name: parts.value.name, publicKey: parts.value.key };
  return sameBytes(keyIdOf(key), parts.value.keyId) ? ok(key) : no('does not fit its own key id: a part was changed');
}

const PRIVATE_START = 'PRIVATE+KEY+';

export const formatSignerKey = (signer: SignerKey): string =>
  `${PRIVATE_START}${signer.name}+${hex(keyIdOf(verifierOf(signer)))}+${base64(concat([Uint8Array.of(ED25519_TYPE), signer.seed]))}`;

/** The words of a refusal hold nothing of the key. */
export function parseSignerKey(text: string): Result<SignerKey, string> {
  if (!text.startsWith(PRIVATE_START)) return no(`does not start with ${PRIVATE_START}`);
  const parts = parseKey(text.slice(PRIVATE_START.length));
  if (!parts.ok) return parts;
  const signer = { name: parts.value.name, seed: parts.value.key };
  return sameBytes(keyIdOf(verifierOf(signer)), parts.value.keyId)
    ? ok(signer)
    : no('does not fit its own key id: a part was changed');
}

/** Base64 may hold a plus, a name may not: so the text is cut at its first two. */
const KEY = /^([^+]{1,1000})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{4,200})$/;

interface KeyParts {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly key: Uint8Array;
}

function parseKey(text: string): Result<KeyParts, string> {
  const [, name = '', id = '', encoded = ''] = KEY.exec(text) ?? [];
  const keyId = fromHex(id);
  const bytes = fromBase64(encoded);
  if (!isKeyName(name) || keyId === null || bytes === null) return no('does not have the form name+id+base64');
  if (bytes[0] !== ED25519_TYPE) return no(`is of type ${bytes[0] ?? 'none'}; only Ed25519 (type 1) is known here`);
  if (bytes.length !== 1 + ED25519_KEY_BYTES) return no(`has ${bytes.length - 1} bytes instead of 32`);
  return ok({ name, keyId, key: bytes.subarray(1) });
}
