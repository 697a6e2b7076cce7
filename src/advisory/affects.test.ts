import assert from 'node:assert/strict';
import test from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import type { Range, RangeEvent } from './advisory.ts';
import { affects, fixesFor } from './affects.ts';
import { orderOf } from './version.ts';

const npm = orderOf('npm');
const maven = orderOf('Maven');

type Event = Partial<Record<RangeEvent['type'], string>>;
const range = (...events: readonly Event[]): Range => ({
  events: events.flatMap((event) => Object.entries(event).map(([type, version]) => ({ type, version }) as RangeEvent)),
});
const element = (ranges: readonly Range[], versions: readonly string[] = []) => ({ ranges, versions });

function assertAffected(
  of: ReturnType<typeof element>,
  yes: readonly string[],
  no: readonly string[],
  order = npm,
): void {
  for (const version of yes) assert.equal(affects(of, version, order), true, version);
  for (const version of no) assert.equal(affects(of, version, order), false, version);
}

test('a range holds from introduced up to, and without, fixed', () => {
  assertAffected(
    element([range({ introduced: '1.0.0' }, { fixed: '1.0.2' })]),
    ['1.0.0', '1.0.1', '1.0.2-rc.1', '1.0.1+build'],
    ['0.9.9', '1.0.2', '1.0.3', '2.0.0', '1.0.2+build'],
  );
});

test('introduced 0 stands before every version, pre-releases of 0.0.0 and unreadable ones too', () => {
  assertAffected(
    element([range({ introduced: '0' }, { fixed: '1.0.0' })]),
    ['0.0.0-alpha', '0.0.0', '0', 'next'],
    ['1.0.0'],
  );
  assertAffected(element([range({ introduced: '0' })]), ['0.0.0-0', '999.0.0'], []);
  assertAffected(element([range({ introduced: '0' })]), ['0-alpha', 'alpha', '1'], [], maven);
});

test('last_affected is the last version that is affected', () => {
  assertAffected(
    element([range({ introduced: '0' }, { last_affected: '2.1.214' })]),
    ['0.1.0', '2.1.214'],
    ['2.1.215', '3.0.0'],
  );
});

test('one range can hold, end, and hold again', () => {
  assertAffected(
    element([range({ introduced: '1.0.0' }, { fixed: '1.0.2' }, { introduced: '3.0.0' }, { fixed: '3.2.5' })]),
    ['1.0.1', '3.0.0', '3.2.4'],
    ['0.1.0', '1.0.2', '2.9.9', '3.2.5'],
  );
});

test('events that are not sorted are sorted first', () => {
  assertAffected(
    element([range({ fixed: '3.2.5' }, { introduced: '3.0.0' }, { fixed: '1.0.2' }, { introduced: '1.0.0' })]),
    ['1.0.0', '1.0.1', '3.0.0', '3.2.4'],
    ['0.1.0', '1.0.2', '2.0.0', '3.2.5', '4.0.0'],
  );
  assertAffected(element([range({ fixed: '1.0.0' }, { introduced: '0' })]), ['0.9.0'], ['1.0.0', '1.5.0']);
});

test('a range that starts where the one before ends goes on', () => {
  const one = range({ introduced: '0' }, { fixed: '1.0.0' }, { introduced: '1.0.0' }, { fixed: '2.0.0' });
  assertAffected(element([one]), ['0.5.0', '1.0.0', '1.5.0'], ['2.0.0']);
});

test('any one of several ranges suffices', () => {
  const ranges = [
    range({ introduced: '1.0.0' }, { fixed: '1.2.0' }),
    range({ introduced: '2.0.0' }, { fixed: '2.3.0' }),
  ];
  assertAffected(element(ranges), ['1.1.0', '2.2.9'], ['1.2.0', '1.9.0', '2.3.0']);
});

test('nothing at or above every limit is affected', () => {
  assertAffected(
    element([range({ introduced: '4.0.0' }, { limit: '4.1.0' })]),
    ['4.0.0', '4.0.9'],
    ['4.1.0', '5.0.0', '3.9.0'],
  );
  const two = element([range({ introduced: '1.0.0' }, { limit: '1.5.0' }, { limit: '2.5.0' })]);
  assertAffected(two, ['1.4.0', '1.5.0', '2.4.9'], ['2.5.0', '3.0.0']);
  assertAffected(element([range({ introduced: '1.0.0' }, { limit: '*' })]), ['1.0.0', '99.0.0'], ['0.9.0']);
});

test('a pre-release of introduced stands below it and is not affected', () => {
  assertAffected(
    element([range({ introduced: '2.0.0' }, { fixed: '2.1.0' })]),
    ['2.0.0', '2.1.0-rc.1'],
    ['2.0.0-rc.1', '2.1.0'],
  );
  assertAffected(
    element([range({ introduced: '2.0.0' }, { fixed: '2.1.0' })]),
    ['2.0.0', '2.0.0.Final', '2.1.0-RC1'],
    ['2.0.0-RC1', '2.0.0-SNAPSHOT', '2.1.0.Final'],
    maven,
  );
});

test('a record that only enumerates versions matches these', () => {
  assertAffected(element([], ['1.0.7', '1.0.9']), ['1.0.7', '1.0.9', 'v1.0.7'], ['1.0.8', '1.0.10']);
  assertAffected(element([], ['2.0.0.RELEASE']), ['2.0.0.RELEASE', '2.0.0'], ['2.0.1'], maven);
});

test('an enumerated version is affected whatever the ranges say', () => {
  assertAffected(
    element([range({ introduced: '1.0.0' }, { fixed: '1.1.0' })], ['3.0.0']),
    ['1.0.5', '3.0.0'],
    ['2.0.0'],
  );
});

test('without an order only the very texts that are enumerated match', () => {
  assertAffected(element([range({ introduced: '0' })], ['1.0']), ['1.0'], ['1.0.0', '0.1'], null);
});

test('ranges without an introduced event match nothing', () => {
  assertAffected(
    element([range({ fixed: '1.0.0' }), range({ last_affected: '2.0.0' }), range()]),
    [],
    ['0.1.0', '1.5.0'],
  );
});

test('Maven ranges follow the order of Maven', () => {
  const driver = element([range({ introduced: '12.0.0' }, { fixed: '12.10.2.jre11' })]);
  assertAffected(driver, ['12.10.1', '12.10.2', '12.10.2.jre8'], ['12.10.2.jre11', '12.10.3'], maven);
});

test('numbers of 30 digits are bounds like others', () => {
  const long = element([range({ introduced: '1.0.0' }, { fixed: '1.0.100000000000000000000000000001' })]);
  assertAffected(long, ['1.0.5', '1.0.100000000000000000000000000000'], ['1.0.100000000000000000000000000001']);
});

test('the fixes of a version are those above it in the ranges that hold it, lowest first', () => {
  const lines = element([
    range({ introduced: '3.0.0' }, { fixed: '3.2.5' }),
    range({ introduced: '0' }, { fixed: '1.0.2' }, { introduced: '2.0.0' }, { fixed: '2.4.0' }),
  ]);
  assert.deepEqual(fixesFor(lines, '0.5.0', npm), ['1.0.2', '2.4.0']);
  assert.deepEqual(fixesFor(lines, '2.1.0', npm), ['2.4.0']);
  assert.deepEqual(fixesFor(lines, '3.0.1', npm), ['3.2.5']);
  assert.deepEqual(fixesFor(lines, '3.2.5', npm), []);
});

test('a version that the record still affects is no fix', () => {
  const overlapping = element([
    range({ introduced: '0' }, { fixed: '1.0.0' }),
    range({ introduced: '0.9.0' }, { fixed: '1.1.0' }),
  ]);
  assert.deepEqual(fixesFor(overlapping, '0.5.0', npm), []);
  assert.deepEqual(fixesFor(overlapping, '0.9.5', npm), ['1.1.0']);
  assert.deepEqual(fixesFor(element([range({ introduced: '0' }, { fixed: '1.0.0' })], ['1.0.0']), '0.5.0', npm), []);
});

test('two spellings of one fix are given once', () => {
  const twice = element([
    range({ introduced: '0' }, { fixed: '2.0.0.Final' }),
    range({ introduced: '1.0' }, { fixed: '2.0.0' }),
  ]);
  assert.deepEqual(fixesFor(twice, '1.5', maven), ['2.0.0.Final']);
});

test('there is no fix without a fixed event, for an enumerated version, and without an order', () => {
  assert.deepEqual(fixesFor(element([range({ introduced: '0' }, { last_affected: '2.0.0' })]), '1.0.0', npm), []);
  assert.deepEqual(fixesFor(element([range({ introduced: '0' }, { limit: '2.0.0' })]), '1.0.0', npm), []);
  assert.deepEqual(fixesFor(element([], ['1.0.0']), '1.0.0', npm), []);
  assert.deepEqual(fixesFor(element([range({ introduced: '0' }, { fixed: '2.0.0' })], ['1.0.0']), '1.0.0', null), []);
});

test('a record of 20,000 ranges is evaluated in time', () => {
  const many = element(
    Array.from({ length: 20_000 }, (_, at) => range({ fixed: `2.${at}.0` }, { introduced: '0' })),
    Array.from({ length: 20_000 }, (_, at) => `1.${at}.0`),
  );
  const start = cpuMs();
  assert.equal(affects(many, '2.19999.0', npm), false);
  assert.deepEqual(fixesFor(many, '0.5.0', npm), []);
  // Evaluating every fix takes minutes.
  assert.ok(cpuMs() - start < 5000);
});
