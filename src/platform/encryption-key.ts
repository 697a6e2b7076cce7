/**
 * The two kinds of keys: a KEK encrypts keys and is given to us from outside, a DEK encrypts data and is stored wrapped.
 *
 * Both live in a `KeyObject`: OpenSSL holds the bytes, so that neither `console.log` nor `JSON.stringify` nor an error can show
 * them. Where a KEK comes from is secrets.ts, how a DEK is stored is wrapped-key.ts, the change of KEKs is key-rotation.ts.
 */
import assert from 'node:assert/strict';
import { createSecretKey, type KeyObject } from 'node:crypto';
import type { Brand } from '../lib/brand.ts';
import { base64, base64url, concat, fromBase64, fromBase64url, utf8 } from '../lib/bytes.ts';
import { sha256 } from '../lib/hash.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Random } from './random.ts';

/** AES-256. */
export const KEY_BYTES = 32;

/** 8 lower-case hex characters: which KEK, without saying anything of use about it. */
export type KekId = Brand<string, 'KekId'>;
/** 16 random bytes in base64url. */
export type DekId = Brand<string, 'DekId'>;

export interface Kek {
  readonly id: KekId;
  readonly key: KeyObject;
}

export interface Dek {
  readonly id: DekId;
  readonly key: KeyObject;
}

export type KekFlaw = 'not-base64-of-32-bytes' | 'placeholder';

const KEK_ID = /^[0-9a-f]{8}$/;
const DEK_ID_BYTES = 16;

/** Parts the id's hash from any other digest of the same bytes. */
const KEK_ID_DOMAIN = utf8('holdfast kek id v1\0');

export const parseKekId = (text: string): KekId | null => (KEK_ID.test(text) ? (text as KekId) : null);

export const parseDekId = (text: string): DekId | null =>
  fromBase64url(text)?.length === DEK_ID_BYTES ? (text as DekId) : null;

/** Reads the text form of a KEK: the base64 of 32 bytes, as `openssl rand -base64 32` prints it, with its line break or without. */
export function parseKek(text: string): Result<Kek, KekFlaw> {
  const bytes = fromBase64(text.endsWith('\n') ? text.slice(0, -1) : text);
  if (bytes === null || bytes.length !== KEY_BYTES) {
    bytes?.fill(0);
    return no('not-base64-of-32-bytes');
  }
  // One byte over and over is what a person types to get going; by chance it comes once in 2^248 keys.
  if (bytes.every((byte) => byte === bytes[0])) return no('placeholder');
  return ok(takeKek(bytes));
}

/** The text that `parseKek` reads. A string cannot be zeroed: for the file of a restored key, and nothing else. */
export const formatKek = ({ key }: Kek): string => `${withKeyBytes(key, base64)}\n`;

/** Makes a KEK of `bytes` and zeroes them. */
export function takeKek(bytes: Uint8Array): Kek {
  const hashed = concat([KEK_ID_DOMAIN, bytes]);
  const id = sha256(hashed).slice(0, 8) as KekId;
  hashed.fill(0);
  return { id, key: takeKey(bytes) };
}

/** Makes a DEK of what `wrapKey` wrapped, and zeroes the bytes. */
export const takeDek = (id: DekId, bytes: Uint8Array): Dek => ({ id, key: takeKey(bytes) });

export const newKek = (random: Random): Kek => takeKek(random(KEY_BYTES));

export const newDek = (random: Random): Dek => takeDek(base64url(random(DEK_ID_BYTES)) as DekId, random(KEY_BYTES));

/** Lends the bytes of a key for the time of one call, and zeroes the copy. */
export function withKeyBytes<T>(key: KeyObject, use: (bytes: Uint8Array) => T): T {
  const bytes = key.export();
  try {
    return use(bytes);
  } finally {
    bytes.fill(0);
  }
}

function takeKey(bytes: Uint8Array): KeyObject {
  assert.equal(bytes.length, KEY_BYTES);
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
}
