import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { opener, temporaryFolder } from '../../test/support/engines.ts';
import { HoldfastError } from '../lib/errors.ts';
import { EPOCH } from '../lib/time.ts';
import { newKek } from './encryption-key.ts';
import { migrate } from './migrations.ts';
import { openText, openTexts, sealText, type PersonalPlace } from './personal-data.ts';
import { SUBJECT_KEYS } from './subject-keys.ts';
import type { Keyring } from './wrapped-key.ts';

const keys: Keyring = { current: newKek(randomBytes), previous: [] };
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => text.isWellFormed());
const place = fc.record({ subject: fc.constantFrom('p-1', 'p-2', 'p-3'), table: word, column: word, row: word });
const text = fc.string({ unit: 'grapheme', maxLength: 200 }).filter((each) => each.isWellFormed());

describe('any personal data', () => {
  const open = opener();
  const database = async () => {
    const db = await open({ engine: 'sqlite', path: join(temporaryFolder(), 'holdfast.db') });
    await migrate(db, [SUBJECT_KEYS], EPOCH);
    return db;
  };
  const isRefused = async (work: Promise<unknown>): Promise<boolean> =>
    work.then(
      () => false,
      (error: unknown) => error instanceof HoldfastError && error.code === 'DATA_ALTERED',
    );

  it('comes back from its own place, and opens in no other', async () => {
    const db = await database();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(place, text), { minLength: 2, maxLength: 6, selector: ([at]) => JSON.stringify(at) }),
        async (values) => {
          const stored = await db.transaction(async (tx) => {
            const all: { readonly place: PersonalPlace; readonly sealed: string }[] = [];
            for (const [at, value] of values)
              all.push({ place: at, sealed: await sealText(tx, keys, randomBytes, at, value) });
            return all;
          });
          assert.deepEqual(
            await openTexts(db, keys, stored),
            values.map(([, value]) => value),
          );
          for (const [at, { sealed }] of stored.entries()) {
            const other = stored[(at + 1) % stored.length];
            assert.ok(other !== undefined && (await isRefused(openText(db, keys, other.place, sealed))));
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused with any character changed, removed or added', async () => {
    const db = await database();
    await fc.assert(
      fc.asyncProperty(
        place,
        text,
        fc.nat(),
        fc.constantFrom('A', 'Q', '.', '-', '=', ' ', 'ä', ''),
        fc.boolean(),
        async (at, value, seed, letter, isAdded) => {
          const sealed = await db.transaction((tx) => sealText(tx, keys, randomBytes, at, value));
          const where = seed % sealed.length;
          const changed = sealed.slice(0, where) + letter + sealed.slice(isAdded ? where : where + 1);
          fc.pre(changed !== sealed);
          assert.ok(await isRefused(openText(db, keys, at, changed)), changed);
        },
      ),
      { numRuns: 200 },
    );
  });
});
