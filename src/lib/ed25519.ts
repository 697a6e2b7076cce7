/**
 * Ed25519 (RFC 8032) over Node's own implementation: signing and verifying are pure, keys are arguments, randomness is not here.
 *
 * Node takes keys in DER only, so the raw 32 bytes get the fixed heads of RFC 8410: §4 for public keys (SPKI), §7 for
 * private ones (PKCS #8).
 */
interface KeyObject {
  export(options: { readonly format: 'der'; readonly type: 'spki' }): Uint8Array;
}

interface Crypto {
  createPublicKey(key: { key: Uint8Array; format: 'der'; type: 'spki' } | KeyObject): KeyObject;
  createPrivateKey(key: { key: Uint8Array; format: 'der'; type: 'pkcs8' }): KeyObject;
  sign(algorithm: null, message: Uint8Array, key: KeyObject): Uint8Array;
  verify(algorithm: null, message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean;
}

declare const process: { getBuiltinModule(id: 'node:crypto'): Crypto };
const crypto = (): Crypto => process.getBuiltinModule('node:crypto');

/** Of a public key, and of the seed that RFC 8032 §5.1.5 calls the private key. */
export const ED25519_KEY_BYTES = 32;
const ED25519_SIGNATURE_BYTES = 64;

const SPKI_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PKCS8_HEAD = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

function withHead(head: readonly number[], key: Uint8Array): Uint8Array {
  if (key.length !== ED25519_KEY_BYTES) throw new TypeError(`an Ed25519 key has 32 bytes, not ${key.length}`);
  return Uint8Array.from([...head, ...key]);
}

const privateKey = (seed: Uint8Array): KeyObject =>
  crypto().createPrivateKey({ key: withHead(PKCS8_HEAD, seed), format: 'der', type: 'pkcs8' });

/** The public key that belongs to a seed. */
export const ed25519PublicKey = (seed: Uint8Array): Uint8Array =>
  Uint8Array.from(
    crypto().createPublicKey(privateKey(seed)).export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length),
  );

export const ed25519Sign = (seed: Uint8Array, message: Uint8Array): Uint8Array =>
  crypto().sign(null, message, privateKey(seed));

/** False for anything that is not exactly a signature by this key over these bytes, whatever its length. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== ED25519_SIGNATURE_BYTES) return false;
  const key = crypto().createPublicKey({ key: withHead(SPKI_HEAD, publicKey), format: 'der', type: 'spki' });
  return crypto().verify(null, message, key, signature);
}
