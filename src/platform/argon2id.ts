/** Argon2id (RFC 9106): a key out of words that a person keeps. What it protects is recovery-key.ts. */
import { argon2 } from 'node:crypto';

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
}

/** RFC 9106 §4, the second recommended option: for machines that cannot give 2 GiB. */
export const RECOVERY_COST: Argon2Cost = { memoryKiB: 65_536, passes: 3, lanes: 4 };

/** RFC 9106 §3.1: 16 bytes are recommended for passwords. */
export const SALT_BYTES = 16;

export interface Argon2Input {
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  /** RFC 9106 §3.1 "K": known to the server only. */
  readonly secret?: Uint8Array;
  /** RFC 9106 §3.1 "X". */
  readonly associated?: Uint8Array;
}

/** 32 bytes; the caller zeroes them. Runs on a thread of Node's pool, because it takes a tenth of a second and more. */
export function argon2id({ password, salt, secret, associated }: Argon2Input, cost: Argon2Cost): Promise<Uint8Array> {
  const parameters = {
    message: password,
    nonce: salt,
    secret,
    associatedData: associated,
    memory: cost.memoryKiB,
    passes: cost.passes,
    parallelism: cost.lanes,
    tagLength: 32,
  };
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
