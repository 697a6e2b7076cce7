import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { FUNCTION_ITSELF, MAX_PATH, shortened, through, under, UNKNOWN_KEY, type Tag } from './flow-tag.ts';

const name = fc.constantFrom('parse', 'next', 'prototype', '0', '*', 'toString', 'value', 'a', 'b', 'c', 'd');
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
      const known = through({ name: key }, tag).map(({ path }) => path.join());
      const unknown = through(UNKNOWN_KEY, tag);
      for (const each of known) assert.ok(unknown.some(({ path }) => path.join() === each));
      assert.ok(unknown.every(({ may }) => may));
    }),
  );
});

it('a path of one key that repeats stays as short as two', () => {
  const list = stored(['next', 'next', 'next', 'next', 'next', 'run']);
  assert.equal(list.path.length, 2);
});

it('a circle of several keys is one part, however often it is gone round', () => {
  const tree = stored(['child', 'parent', 'child', 'parent', 'child', 'parent', 'run']);
  assert.equal(tree.path.length, 2);
});

it('what is stored too deep is found again by the same reads after its path was shortened', () => {
  fc.assert(
    fc.property(names, (path) => {
      const tag = stored(path);
      if (tag.path.length <= MAX_PATH) return;
      const less = shortened(tag);
      if (less === null) return;
      assert.ok(less.path.length < tag.path.length);
      let found: readonly Tag[] = [less];
      for (const key of path) found = found.flatMap((each) => through({ name: key }, each));
      assert.ok(found.some((each) => each.path.length === 0));
    }),
  );
});
