/** How often somebody may try, in bounded memory, and without locking anybody else out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Instant, Millis } from '../lib/time.ts';
import { clientKey } from './client-key.ts';
import { Buckets, SlowDown } from './rate-limit.ts';

const at = (ms: number): Instant => (1_764_000_000_000 + ms) as Instant;
const settings = { burst: 3, everyMs: 1_000 as Millis, most: 100 };

describe('a client', () => {
  it('may try three times at once, and then once a second', () => {
    const buckets = new Buckets(settings);
    const waits = [0, 0, 0, 0, 400, 1_000, 1_001].map((ms) => buckets.take('a', at(ms)));
    assert.deepEqual(waits, [0, 0, 0, 1_000, 600, 0, 999]);
  });

  it('that waited is as if it had never been there', () => {
    const buckets = new Buckets(settings);
    for (let tries = 0; tries < 3; tries += 1) buckets.take('a', at(0));
    assert.deepEqual(
      [0, 0, 0, 0].map(() => buckets.take('a', at(3_000))),
      [0, 0, 0, 1_000],
    );
  });

  it('never has more attempts than its bucket allows, whatever others do', () => {
    const tries = fc.array(fc.record({ client: fc.constantFrom('a', 'b', 'c'), pauseMs: fc.nat(2_000) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(tries, (list) => {
        const buckets = new Buckets(settings);
        let now = 0;
        const admitted: number[] = [];
        for (const { client, pauseMs } of list) {
          now += pauseMs;
          if (buckets.take(client, at(now)) === 0 && client === 'a') admitted.push(now);
        }
        for (const [from, first] of admitted.entries())
          for (const [to, last] of admitted.entries())
            if (to >= from) assert.ok(to - from + 1 <= 3 + (last - first) / 1_000);
      }),
    );
  });

  it('is not refused because others are: there is no bucket for everybody', () => {
    const buckets = new Buckets(settings);
    for (let other = 0; other < 10_000; other += 1) buckets.take(`other ${other}`, at(0));
    assert.equal(buckets.take('a', at(0)), 0);
    assert.ok(buckets.size <= 100);
  });
});

describe('an account', () => {
  it('answers later after each wrong secret, up to eight seconds, and forgets it in a quarter of an hour', () => {
    const slow = new SlowDown();
    const waits = Array.from({ length: 8 }, () => {
      slow.failed('a', at(0));
      return slow.waitMs('a', at(0));
    });
    assert.deepEqual(waits, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    assert.equal(slow.waitMs('b', at(0)), 0);
    assert.equal(slow.waitMs('a', at(899_999)), 8_000);
    assert.equal(slow.waitMs('a', at(900_000)), 0);
    slow.failed('a', at(900_000));
    assert.equal(slow.waitMs('a', at(900_000)), 250);
    slow.succeeded('a');
    assert.equal(slow.waitMs('a', at(900_000)), 0);
  });
});

describe('the key of a client', () => {
  const key = new Uint8Array(32).fill(1);
  const same = (a: string, b: string): boolean => clientKey(key, a) === clientKey(key, b);

  it('is one for a network of IPv6, and one for each address of IPv4', () => {
    assert.ok(same('2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff'));
    assert.ok(same('2001:DB8:1:2::1', '2001:0db8:0001:0002::9%eth0'));
    assert.ok(same('2001:db8::1', '2001:db8:0:0:1::1'));
    assert.ok(!same('2001:db8:1:2::1', '2001:db8:1:3::1'));
    assert.ok(same('::ffff:192.0.2.1', '192.0.2.1'));
    assert.ok(!same('192.0.2.1', '192.0.2.2'));
  });

  it('says nothing about the address, and is another one in each process', () => {
    assert.match(clientKey(key, '192.0.2.1'), /^[\w-]{22}$/);
    assert.notEqual(clientKey(key, '192.0.2.1'), clientKey(new Uint8Array(32).fill(2), '192.0.2.1'));
  });
});
