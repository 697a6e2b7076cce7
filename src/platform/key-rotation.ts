/**
 * The change of KEKs: every stored key is wrapped again under the current one, the data under it stays as it is.
 *
 * While it runs, and after a crash in the middle, both KEKs open (`Keyring`). Planning and wrapping are here; reading and replacing rows
 * is the caller's, because every table has its own store.
 */
import assert from 'node:assert/strict';
import type { Random } from './random.ts';
import { unwrapKey, wrapKey, type KeyPlace, type Keyring, type UnwrapRefusal, type WrappedKey } from './wrapped-key.ts';

export interface StoredKey {
  readonly place: KeyPlace;
  readonly wrapped: WrappedKey;
}

export interface RewrapPlan {
  /** Wrapped by the current KEK already. */
  readonly current: readonly StoredKey[];
  /** To be wrapped again, in the order they came in. */
  readonly due: readonly StoredKey[];
  /** Wrapped by a KEK that the keyring does not hold: lost unless that one is found. */
  readonly stranded: readonly StoredKey[];
}

export interface RewrapReport {
  readonly rewrapped: number;
  /** Somebody else replaced or deleted them meanwhile; the next plan says what they are now. */
  readonly overtaken: number;
  readonly refused: readonly { readonly stored: StoredKey; readonly refusal: UnwrapRefusal }[];
}

export function planRewrap(keyring: Keyring, stored: Iterable<StoredKey>): RewrapPlan {
  const held = new Set(keyring.previous.map(({ id }) => id));
  const plan = { current: [] as StoredKey[], due: [] as StoredKey[], stranded: [] as StoredKey[] };
  for (const key of stored) {
    const { kekId } = key.wrapped;
    if (kekId === keyring.current.id) plan.current.push(key);
    else if (held.has(kekId)) plan.due.push(key);
    else plan.stranded.push(key);
  }
  return plan;
}

/** Whether the previous KEKs may be thrown away. Ask with a plan over everything that is stored, made after the last `rewrapAll`. */
export const isRotated = ({ due, stranded }: RewrapPlan): boolean => due.length === 0 && stranded.length === 0;

/**
 * Carries out a plan, one key after the other.
 *
 * @param replace Writes the second key where the first still stands, and says whether it stood there. It must compare and set in one
 *   statement: an older wrapped key written over a newer one would lose data. What it throws ends the run; what was replaced until then stays.
 */
export async function rewrapAll(
  keyring: Keyring,
  plan: RewrapPlan,
  random: Random,
  replace: (stored: StoredKey, rewrapped: WrappedKey) => Promise<boolean>,
): Promise<RewrapReport> {
  let rewrapped = 0;
  let overtaken = 0;
  const refused: { stored: StoredKey; refusal: UnwrapRefusal }[] = [];
  for (const stored of plan.due) {
    const dek = unwrapKey(keyring, stored.wrapped, stored.place);
    if (!dek.ok) {
      refused.push({ stored, refusal: dek.error });
      continue;
    }
    const next = wrapKey(keyring.current, dek.value, stored.place, random);
    assert.ok(unwrapKey(keyring, next, stored.place).ok, 'a key that was just wrapped opens');
    if (await replace(stored, next)) rewrapped += 1;
    else overtaken += 1;
  }
  return { rewrapped, overtaken, refused };
}
