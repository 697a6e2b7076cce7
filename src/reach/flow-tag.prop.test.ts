import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import {
  FUNCTION_ITSELF,
  perhaps,
  tagKey,
  through,
  under,
  UNKNOWN_KEY,
  widened,
  type Rounds,
  type Tag,
} from './flow-tag.ts';

const name = fc.constantFrom('parse', 'next', 'prototype', '0', '*', 'toString', 'app', 'request', 'response');
const names = fc.array(name, { minLength: 1, maxLength: 12 });

const stored = (path: readonly string[]): Tag => path.reduceRight((tag, key) => under(key, tag), FUNCTION_ITSELF);

it('what is stored under keys is found again by reading them, however often they repeat', () => {
  fc.assert(
    fc.property(names, (path) => {
      let found: readonly Tag[] = [stored(path)];
      for (const key of path) found = found.flatMap((tag) => through({ name: key }, tag));
      assert.ok(found.some((tag) => tag.path.length === 0));
    }),
  );
});

it('a read of an unknown name finds whatever a read of any name finds, and never for certain', () => {
  fc.assert(
    fc.property(names, name, (path, key) => {
      const tag = stored(path);
      const known = through({ name: key }, tag).map((each) => tagKey(perhaps(each)));
      const unknown = through(UNKNOWN_KEY, tag);
      for (const each of known) assert.ok(unknown.some((other) => tagKey(other) === each));
      assert.ok(unknown.every(({ may }) => may));
    }),
  );
});

it('what leads round through objects that hold each other is found after any number of rounds, and paths stay short', () => {
  const ways = fc.array(fc.constantFrom('app', 'request', 'response'), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(ways, (way) => {
      const tag = stored([...way, 'run']);
      assert.ok(tag.path.length <= 6, tag.path.join(' '));
      let found: readonly Tag[] = [tag];
      for (const key of [...way, 'run']) found = found.flatMap((each) => through({ name: key }, each));
      assert.ok(found.some(({ path }) => path.length === 0));
    }),
  );
});

it('rounds that are made one lead to everything that each of them led to', () => {
  const key = fc.constantFrom('app', 'request', 'response', 'parent');
  const ways = fc.array(fc.array(key, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(ways, (all) => {
      const rounds: Rounds = new Map();
      for (const way of all) {
        let found: readonly Tag[] = [widened(rounds, stored([...way, 'run']))];
        for (const step of [...way, 'run'])
          found = found.flatMap((each) => through({ name: step }, each)).map((each) => widened(rounds, each));
        assert.ok(found.some(({ path }) => path.length === 0));
      }
    }),
  );
});

it('a path of one key that repeats stays as short as two', () => {
  const list = stored(['next', 'next', 'next', 'next', 'next', 'run']);
  assert.equal(list.path.length, 2);
});
