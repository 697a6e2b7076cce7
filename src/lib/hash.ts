/** Digests. The only place outside platform/ that touches `node:crypto`: hashing is pure, randomness is not here. */
interface Hash {
  update(data: string | Uint8Array): Hash;
  digest(encoding: 'hex' | 'base64'): string;
}

/** The one piece of Node that lib/ needs, spelled out: pure code is compiled without Node's types. */
declare const process: { getBuiltinModule(id: 'node:crypto'): { createHash(algorithm: 'sha256'): Hash } };

/** Loading node:crypto takes 5 ms of a scan's 55, and most scans hash nothing: so it is loaded by the first digest. */
const newSha256 = (): Hash => process.getBuiltinModule('node:crypto').createHash('sha256');

/** Lower-case hex SHA-256 of the bytes, or of the UTF-8 of the text. */
export const sha256 = (data: string | Uint8Array): string => newSha256().update(data).digest('hex');

/** The same in base64, as content security policies and subresource integrity spell it. */
export const sha256Base64 = (text: string): string => newSha256().update(text).digest('base64');

/** The same over pieces, for what is too large to hold at once. */
export function sha256OfChunks(chunks: Iterable<Uint8Array>): string {
  const hash = newSha256();
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}
