import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPackageKey, type Spelling, withoutPeers } from './pnpm-key.ts';

describe('the keys of pnpm-lock.yaml', () => {
  const CASES: readonly (readonly [Spelling, string, string, string, string | null | undefined])[] = [
    [5, '/a/1.0.0', 'a', '1.0.0', null],
    [5, '/@s/a/1.0.0-rc.1+b_c@2.0.0+@d+e@3.0.0', '@s/a', '1.0.0-rc.1+b', null],
    [5, '/a/1.0.0/b@2.0.0', 'a', '1.0.0', null],
    [5, 'npm.example+8080/@s/a/1.0.0', '@s/a', '1.0.0', 'npm.example:8080'],
    [5, 'github.com/shop/a/0a1b2c', '', '', undefined],
    [5, '@github.com/shop/a/tarball/master', '', '', undefined],
    [5, 'file:packages/a', '', '', undefined],
    [6, '/a@1.0.0', 'a', '1.0.0', null],
    [6, '/@s/a@1.0.0_hash', '@s/a', '1.0.0', null],
    [6, 'npm.example/a@1.0.0', 'a', '1.0.0', 'npm.example'],
    [6, 'github.com/shop/a/0a1b2c', '', '', undefined],
    [6, 'file:packages/a@1.0.0', '', '', undefined],
    [9, 'a@1.0.0', 'a', '1.0.0', null],
    [9, '@s/a@1.0.0', '@s/a', '1.0.0', null],
    [9, 'a@file:packages/a', 'a', '', undefined],
    [9, 'a@https://h.example/a@1.0.0.tgz', 'a', '', undefined],
    [9, 'a', 'a', '', undefined],
    [9, '', '', '', undefined],
  ];
  for (const [spelling, key, name, version, host] of CASES) {
    it(`of version ${spelling} are told apart: ${key}`, () => {
      const read = readPackageKey(key, spelling);
      assert.deepEqual([read.name, read.version, read.registry?.host], [name, version, host]);
    });
  }

  it('lose their peers and patches, however these are nested', () => {
    assert.equal(withoutPeers('a@1.0.0(b@2.0.0(c@3.0.0))(patch_hash=x)'), 'a@1.0.0');
    assert.equal(withoutPeers('a@1.0.0(0123456789abcdef)'), 'a@1.0.0');
    assert.equal(withoutPeers('a@file:dir(1)/b'), 'a@file:dir(1)/b');
    assert.equal(withoutPeers('a@1.0.0(b'), 'a@1.0.0(b');
    assert.equal(withoutPeers('a@1.0.0)b)'), 'a@1.0.0)b)');
    assert.equal(withoutPeers('(a)'), '(a)');
  });
});
