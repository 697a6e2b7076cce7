/** What may stand in a column: the subset that means the same on both engines (docs/adr/0008-storage-on-two-engines.md). */
import assert from 'node:assert/strict';

/** Times are milliseconds since 1970, truth is 0 or 1, JSON is text. */
export type SqlValue = null | string | number | Uint8Array;

/**
 * The parameters of a query, checked.
 *
 * Each engine takes more than the other by itself: SQLite stores a boolean, a date or `undefined` as something, PostgreSQL
 * turns them into words; U+0000 is text for SQLite and an error for PostgreSQL. What is stored must not depend on that.
 */
export function sqlValues(parameters: readonly unknown[]): SqlValue[] {
  return parameters.map((value) => {
    if (typeof value === 'string') {
      assert(!value.includes('\0'), 'text with U+0000 is refused where it is read, not stored');
      return value;
    }
    if (value === null || value instanceof Uint8Array) return value;
    assert(typeof value === 'number' && Number.isFinite(value), `no column holds a value of type ${typeof value}`);
    assert(!Number.isInteger(value) || Number.isSafeInteger(value), 'an integer above 2^53 would be rounded');
    return value;
  });
}
