import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { newDek, newKek, withKeyBytes, type Dek, type Kek } from './encryption-key.ts';
import { isRotated, planRewrap, rewrapAll, type StoredKey } from './key-rotation.ts';
import { formatWrappedKey, parseWrappedKey, unwrapKey, wrapKey, type Keyring, type WrappedKey } from './wrapped-key.ts';

const old = newKek(randomBytes);
const next = newKek(randomBytes);
const keyring: Keyring = { current: next, previous: [old] };
const placeOf = (row: string) => ({ table: 'subject', column: 'dek', row });
const hexOf = ({ key }: Dek): string => withKeyBytes(key, (bytes) => Buffer.from(bytes).toString('hex'));

/** A column of wrapped keys, as a table holds them: text by row, replaced by compare and set. */
class Column {
  readonly texts = new Map<string, string>();

  put(row: string, kek: Kek, dek: Dek): void {
    this.texts.set(row, formatWrappedKey(wrapKey(kek, dek, placeOf(row), randomBytes)));
  }

  read(): readonly StoredKey[] {
    return [...this.texts].map(([row, text]) => {
      const wrapped = parseWrappedKey(text);
      assert.ok(wrapped !== null);
      return { place: placeOf(row), wrapped };
    });
  }

  readonly replace = async ({ place, wrapped }: StoredKey, rewrapped: WrappedKey): Promise<boolean> => {
    if (this.texts.get(place.row) !== formatWrappedKey(wrapped)) return false;
    this.texts.set(place.row, formatWrappedKey(rewrapped));
    return true;
  };

  opens(ring: Keyring): readonly (string | null)[] {
    return this.read().map(({ wrapped, place }) => {
      const dek = unwrapKey(ring, wrapped, place);
      return dek.ok ? hexOf(dek.value) : null;
    });
  }
}

function filled(rows: number, kek: Kek = old): { readonly column: Column; readonly keys: readonly string[] } {
  const column = new Column();
  const deks = Array.from({ length: rows }, () => newDek(randomBytes));
  for (const [at, dek] of deks.entries()) column.put(`row ${at}`, kek, dek);
  return { column, keys: deks.map(hexOf) };
}

describe('a rotation', () => {
  it('wraps every key again, after which the old KEK may go and every key is the same', async () => {
    const { column, keys } = filled(5);
    const plan = planRewrap(keyring, column.read());
    assert.equal(plan.due.length, 5);
    assert.equal(isRotated(plan), false);
    assert.deepEqual(await rewrapAll(keyring, plan, randomBytes, column.replace), {
      rewrapped: 5,
      overtaken: 0,
      refused: [],
    });
    const after = planRewrap(keyring, column.read());
    assert.equal(isRotated(after), true);
    assert.equal(after.current.length, 5);
    assert.deepEqual(column.opens({ current: next, previous: [] }), keys);
    assert.deepEqual(column.opens({ current: old, previous: [] }), [null, null, null, null, null]);
  });

  it('may stop half way: both KEKs open meanwhile, and the next run does the rest only', async () => {
    const { column, keys } = filled(5);
    let done = 0;
    const stopped = rewrapAll(keyring, planRewrap(keyring, column.read()), randomBytes, async (stored, rewrapped) => {
      if (done === 2) throw new Error('the power went');
      done += 1;
      return column.replace(stored, rewrapped);
    });
    await assert.rejects(stopped, /the power went/);

    assert.deepEqual(column.opens(keyring), keys);
    const plan = planRewrap(keyring, column.read());
    assert.deepEqual([plan.current.length, plan.due.length, isRotated(plan)], [2, 3, false]);
    assert.equal((await rewrapAll(keyring, plan, randomBytes, column.replace)).rewrapped, 3);
    assert.deepEqual(column.opens({ current: next, previous: [] }), keys);
  });

  it('does not overwrite a key that somebody replaced after the plan was made', async () => {
    const { column } = filled(2);
    const plan = planRewrap(keyring, column.read());
    const newer = newDek(randomBytes);
    column.put('row 1', next, newer);
    const report = await rewrapAll(keyring, plan, randomBytes, column.replace);
    assert.deepEqual([report.rewrapped, report.overtaken], [1, 1]);
    assert.equal(column.opens(keyring)[1], hexOf(newer));
    assert.equal(isRotated(planRewrap(keyring, column.read())), true);
  });

  it('is not done while a key is wrapped by a KEK that nobody holds', async () => {
    const { column } = filled(1);
    column.put('lost', newKek(randomBytes), newDek(randomBytes));
    await rewrapAll(keyring, planRewrap(keyring, column.read()), randomBytes, column.replace);
    const plan = planRewrap(keyring, column.read());
    assert.deepEqual([plan.due.length, plan.stranded.map(({ place }) => place.row)], [0, ['lost']]);
    assert.equal(isRotated(plan), false);
  });

  it('leaves a key that does not open as it is, says so, and goes on with the others', async () => {
    const { column } = filled(3);
    const moved = column.texts.get('row 0') ?? '';
    column.texts.set('row 1', moved);
    const report = await rewrapAll(keyring, planRewrap(keyring, column.read()), randomBytes, column.replace);
    assert.equal(report.rewrapped, 2);
    assert.deepEqual(
      report.refused.map(({ stored, refusal }) => [stored.place.row, refusal.code]),
      [['row 1', 'not-authentic']],
    );
    assert.equal(column.texts.get('row 1'), moved);
    assert.equal(isRotated(planRewrap(keyring, column.read())), false);
  });

  it('has nothing to do where nothing is stored', () => {
    assert.equal(isRotated(planRewrap(keyring, [])), true);
  });
});
