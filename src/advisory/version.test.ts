import assert from 'node:assert/strict';
import test from 'node:test';
import { orderOf } from './version.ts';

test('npm and Maven each have their own order', () => {
  assert.ok(orderOf('npm')!.compare('1.0.0-sp', '1.0.0') < 0);
  assert.ok(orderOf('Maven')!.compare('1.0.0-sp', '1.0.0') > 0);
});

test('an ecosystem that is not known, or spelled otherwise, has no order', () => {
  for (const name of ['PyPI', 'NPM', 'maven', 'npm:x', '', '__proto__', 'toString']) assert.equal(orderOf(name), null);
});

test('answers stay right when more versions are compared than are remembered', () => {
  for (const ecosystem of ['npm', 'Maven']) {
    const { compare } = orderOf(ecosystem)!;
    for (let minor = 1; minor < 20_000; minor++) {
      assert.ok(compare(`1.${minor}.0`, `1.${minor - 1}.99`) > 0);
      assert.ok(compare('1.0.0', `1.${minor}.0`) < 0);
    }
  }
});
