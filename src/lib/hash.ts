/** Digests. With ed25519.ts the only places outside platform/ that touch `node:crypto`: hashing is pure, randomness is not here. */
interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(encoding: 'hex' | 'base64'): string;
  digest(): Uint8Array;
}

interface Crypto {
  createHash(algorithm: 'sha256'): Hash;
  createHmac(algorithm: 'sha256', key: Uint8Array): Hash;
  /** In one call, and 1.4 times as fast; Node has it since 20.12, and verify.mjs runs on 18. */
  readonly hash?: (algorithm: 'sha256', data: Uint8Array, encoding: 'buffer') => Uint8Array;
}

/** The one piece of Node that lib/ needs, spelled out: pure code is compiled without Node's types. */
declare const process: { getBuiltinModule(id: 'node:crypto'): Crypto };

let loaded: Crypto | undefined;

/** Loading node:crypto takes 5 ms of a scan's 55, and most scans hash nothing: so it is loaded by the first digest. */
const crypto = (): Crypto => (loaded ??= process.getBuiltinModule('node:crypto'));

const newSha256 = (): Hash => crypto().createHash('sha256');

/** Lower-case hex SHA-256 of the bytes, or of the UTF-8 of the text. */
export const sha256 = (data: string | Uint8Array): string => newSha256().update(data).digest('hex');

/** The same in base64, as content security policies and subresource integrity spell it. */
export const sha256Base64 = (text: string): string => newSha256().update(text).digest('base64');

/** The 32 bytes of the SHA-256 themselves. */
export function sha256Bytes(data: Uint8Array): Uint8Array {
  const { hash } = crypto();
  return hash === undefined ? newSha256().update(data).digest() : hash('sha256', data, 'buffer');
}

/** The same over pieces, for what is too large to hold at once. */
export function sha256OfChunks(chunks: Iterable<Uint8Array>): string {
  const hash = newSha256();
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

/** The 32 bytes of HMAC-SHA256 (RFC 2104) of the message. */
export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  crypto().createHmac('sha256', key).update(message).digest();
