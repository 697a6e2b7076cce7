import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EPOCH, parseInstant, type Instant } from '../lib/time.ts';
import { ListReading, Newest, type ListedRecord } from './modified-list.ts';

const at = (text: string): Instant => parseInstant(text) as Instant;
const CURSOR = at('2026-11-20T00:00:00Z');

function read(
  lines: readonly string[],
  cursor = CURSOR,
  isNeeded: (record: ListedRecord) => boolean = () => true,
): ListReading {
  const reading = new ListReading(cursor, isNeeded);
  for (const line of lines) if (reading.take(line) === 'stop') break;
  return reading;
}
const neededIn = (...args: Parameters<typeof read>): string[] => read(...args).needed.map(({ id }) => id);

describe('a list of changes', () => {
  const TOP = ['2026-11-21T02:00:00Z,A', '2026-11-21T01:00:00Z,B'];

  it('is read down to a day before the cursor', () => {
    const lines = [...TOP, '2026-11-19T00:00:00Z,C', '2026-11-18T23:59:59Z,D', '2020-01-01T00:00:00Z,E'];
    assert.deepEqual(neededIn(lines), ['A', 'B', 'C']);
  });

  it('is stopped soon after that, not at its end', () => {
    const old = Array.from({ length: 100_000 }, (_, i) => `2020-01-01T00:00:00Z,O-${i}`);
    assert.ok(read([...TOP, ...old]).lines < 500);
  });

  it('reads fractions of a second, offsets, CRLF, a heading and empty lines', () => {
    const lines = [
      'modified,id\r',
      '2026-11-21T00:00:00.123456Z,GHSA-aaaa-bbbb-cccc\r',
      '',
      '2026-11-21T01:00:00+02:00,DSA-1:2',
    ];
    assert.deepEqual(read(lines).needed, [
      { id: 'GHSA-aaaa-bbbb-cccc', modified: at('2026-11-21T00:00:00.123Z') },
      { id: 'DSA-1:2', modified: at('2026-11-20T23:00:00Z') },
    ]);
  });

  it('calls everything malformed that is no list, and counts ids that no record can have', () => {
    const step = (line: string): string => new ListReading(CURSOR, () => true).take(line);
    for (const line of [
      '<!DOCTYPE html>',
      '2026-11-21T00:00:00Z',
      'yesterday,A',
      '2026-13-01T00:00:00Z,A',
      '{"id":"A"}',
    ])
      assert.equal(step(line), 'malformed', line);
    const odd = ['', '../../etc/passwd', 'a b', 'npm/GHSA-1', 'A\u001b[2J', 'x'.repeat(300), '.', '?a=1'];
    assert.equal(read(odd.map((id) => `2026-11-21T00:00:00Z,${id}`)).odd, odd.length);
    // A heading is a heading at the top only.
    const reading = read(['2026-11-21T00:00:00Z,A']);
    assert.equal(reading.take('modified,id'), 'malformed');
  });

  it('that is out of order is read to its end, and what is new is found wherever it stands', () => {
    const old = Array.from({ length: 1_000 }, (_, i) => `2020-01-01T00:00:00Z,O-${i}`);
    const top = [...TOP, '2020-01-01T00:00:00Z,O', '2026-11-20T12:00:00Z,C'];
    const reading = read([...top, ...old, '2026-11-20T00:00:00Z,D']);
    assert.deepEqual([reading.sorted, reading.needed.map(({ id }) => id)], [false, ['A', 'B', 'C', 'D']]);
  });

  it('decides itself where a cursor lies beyond it', () => {
    const lines = ['2026-11-21T00:00:00Z,A', '2026-11-20T12:00:00Z,B', '2026-11-19T11:59:59Z,C'];
    assert.deepEqual(neededIn(lines, at('2099-01-01T00:00:00Z')), ['A', 'B']);
  });

  it('names only what the index lacks or has in an older version', () => {
    const known = new Map([['A', at('2026-11-21T00:00:00Z')]]);
    const lines = ['2026-11-21T00:00:01Z,A', '2026-11-21T00:00:00Z,A', '2026-11-20T00:00:00Z,B'];
    const isNeeded = ({ id, modified }: ListedRecord): boolean => (known.get(id) ?? -1) < modified;
    assert.deepEqual(read(lines, CURSOR, isNeeded).needed, [
      { id: 'A', modified: at('2026-11-21T00:00:01Z') },
      { id: 'B', modified: at('2026-11-20T00:00:00Z') },
    ]);
  });

  it('does not pile up more than an archive would be better for', () => {
    const lines = Array.from({ length: 50_000 }, (_, i) => `2026-11-21T00:00:00Z,A-${i}`);
    assert.equal(read(lines).needed.length, 10_001);
  });
});

describe('the cursor', () => {
  const now = at('2026-11-24T12:00:00Z');
  const cursorOf = (...times: string[]): Instant => {
    const newest = new Newest();
    for (const time of times) newest.take(at(time));
    return newest.cursor(now);
  };

  it('is the second newest change, so that a single date in the future moves nothing', () => {
    assert.equal(
      cursorOf('2026-11-24T10:00:00Z', '2099-01-01T00:00:00Z', '2026-11-24T11:00:00Z'),
      at('2026-11-24T11:00:00Z'),
    );
    assert.equal(cursorOf('2026-11-24T10:00:00Z'), EPOCH);
    assert.equal(cursorOf(), EPOCH);
  });

  it('never lies after now', () => {
    assert.equal(cursorOf('2099-01-01T00:00:00Z', '2099-01-02T00:00:00Z'), now);
  });
});
