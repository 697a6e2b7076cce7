/**
 * An authenticator in software, for tests that need no browser: it answers the options of src/auth/passkey.ts as a browser with a phone or a
 * security key would, and lies where a test says so.
 *
 * Written from Web Authentication Level 3: authenticator data §6.1, attestation objects §6.5.4, COSE keys RFC 9053 §7. Chromium's own authenticator,
 * which test/browser/ uses, is the independent one.
 */
import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

interface CreationOptions {
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
  readonly challenge: string;
}

interface RequestOptions {
  readonly rpId: string;
  readonly challenge: string;
}

export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly challenge?: string;
  readonly crossOrigin?: boolean;
  /** Whether it asked for a finger or a PIN. */
  readonly userVerified?: boolean;
  /** `null`: says nothing of whose passkey it is. */
  readonly userHandle?: string | null;
  readonly counter?: number;
  /** Signs something else. */
  readonly forged?: boolean;
  /** What stands in the attestation object in place of `none`. */
  readonly attestation?: { readonly fmt: string; readonly attStmt: readonly (readonly [string, Cbor])[] };
}

export class SoftAuthenticator {
  readonly credential: string;
  readonly #origin: string;
  readonly #id: Buffer;
  readonly #keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  #counter: number;
  #user = '';

  /** @param counts Security keys count their uses, synchronised passkeys stay at 0. */
  constructor(origin: string, { id = 'credential-1', counts = false } = {}) {
    this.#origin = origin;
    this.#id = Buffer.from(id);
    this.credential = this.#id.toString('base64url');
    this.#keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#counter = counts ? 1 : 0;
  }

  create({ rp, user, challenge }: CreationOptions, lies: Lies = {}): string {
    this.#user = user.id;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const credential = Buffer.concat([Buffer.alloc(16), length, this.#id, this.#coseKey()]);
    const authData = Buffer.concat([this.#data(rp.id, 0x40, lies), credential]);
    const { fmt, attStmt } = lies.attestation ?? { fmt: 'none', attStmt: [] };
    const attestationObject = cbor([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', authData],
    ]);
    return this.#answer({
      clientDataJSON: this.#clientData('webauthn.create', challenge, lies),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal', 'hybrid'],
    });
  }

  get({ rpId, challenge }: RequestOptions, lies: Lies = {}): string {
    if (this.#counter > 0) this.#counter += 1;
    const authData = this.#data(rpId, 0, lies);
    const clientDataJSON = this.#clientData('webauthn.get', challenge, lies);
    const hash = sha256(Buffer.from(clientDataJSON, 'base64url'));
    const signed = lies.forged === true ? sha256(hash) : hash;
    const signature = sign('sha256', Buffer.concat([authData, signed]), this.#keys.privateKey);
    const userHandle = lies.userHandle === undefined ? this.#user : lies.userHandle;
    return this.#answer({
      clientDataJSON,
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      ...(userHandle === null ? {} : { userHandle }),
    });
  }

  /** §6.1: hash of the RP id, flags (UP 1, UV 4, BE 8, BS 16, AT 64), counter. */
  #data(rpId: string, flags: number, { rpId: other, userVerified = true, counter = this.#counter }: Lies): Buffer {
    const head = Buffer.alloc(5);
    head[0] = flags | 0x01 | 0x08 | 0x10 | (userVerified ? 0x04 : 0);
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(Buffer.from(other ?? rpId)), head]);
  }

  /** RFC 9053 §7.1.1: kty 2 (EC2), alg -7 (ES256), crv 1 (P-256). */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    return cbor([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
  }

  #clientData(type: string, challenge: string, lies: Lies): string {
    const data = {
      type: lies.type ?? type,
      challenge: lies.challenge ?? challenge,
      origin: lies.origin ?? this.#origin,
      crossOrigin: lies.crossOrigin ?? false,
    };
    return Buffer.from(JSON.stringify(data)).toString('base64url');
  }

  #answer(response: object): string {
    const id = this.credential;
    return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
  }
}

const sha256 = (data: Buffer): Buffer => createHash('sha256').update(data).digest();

/** A list of pairs is a map. */
export type Cbor = number | string | Uint8Array | readonly Uint8Array[] | readonly (readonly [string | number, Cbor])[];

/** RFC 8949, as much of it as an authenticator says. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  if (isList(value)) return Buffer.concat([head(4, value.length), ...value.map((each) => cbor(each))]);
  return Buffer.concat([head(5, value.length), ...value.flatMap(([key, each]) => [cbor(key), cbor(each)])]);
}

const isList = (value: readonly unknown[]): value is readonly Uint8Array[] => value[0] instanceof Uint8Array;

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.from([(major << 5) | size]);
  if (size < 256) return Buffer.from([(major << 5) | 24, size]);
  return Buffer.from([(major << 5) | 25, size >> 8, size & 0xff]);
}
