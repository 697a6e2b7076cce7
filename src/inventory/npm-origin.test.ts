import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { originReader, registryVersionOf, withoutCredentials } from './npm-origin.ts';

const originOf = (resolved: unknown, name = '@shop/cart', version = '1.2.3') => originReader()(resolved, name, version);

describe('where npm took a package from', () => {
  it('knows the addresses of registries under any host and path', () => {
    const addresses: [string, string][] = [
      ['https://registry.example/@shop/cart/-/cart-1.2.3.tgz', 'registry.example'],
      ['http://Registry.Example:4873/@shop/cart/-/cart-1.2.3.tgz', 'registry.example:4873'],
      ['https://user:pw@npm.example/repository/npm/@shop/cart/-/cart-1.2.3.tgz', 'npm.example'],
      ['https://npm.example/@shop%2fcart/-/cart-1.2.3.tgz', 'npm.example'],
      ['https://npm.example/%40shop%2Fcart/-/cart-1.2.3.tgz?cache=0#sha', 'npm.example'],
      ['https://npm.example/api/npm/@shop/cart/-/@shop/cart-1.2.3.tgz', 'npm.example'],
      ['https://npm.pkg.example/download/@shop/cart/1.2.3/0a1b2c', 'npm.pkg.example'],
    ];
    for (const [address, host] of addresses) assert.deepEqual(originOf(address), { kind: 'registry', host }, address);
  });

  it('takes an address of another package, another version or another shape for a mere tarball', () => {
    const addresses = [
      'https://registry.example/@shop/cart/-/cart-1.2.4.tgz',
      'https://registry.example/@evil/cart/-/cart-1.2.3.tgz',
      'https://registry.example/x@shop/cart/-/cart-1.2.3.tgz',
      'https://registry.example/@shop/cart/-/card-1.2.3.tgz',
      'https://registry.example/@shop/cart/+/cart-1.2.3.tgz',
      'https://registry.example/@shop/cart/-/cart+1.2.3.tgz',
      'https://registry.example/@shop/cart/-/cart-1.2.3.zip',
      'https://files.example/cart-1.2.3.tgz',
      'https://files.example',
    ];
    for (const location of addresses) assert.deepEqual(originOf(location), { kind: 'file', location }, location);
  });

  it('keeps the hosts of different registries apart', () => {
    const read = originReader();
    const hosts = ['a.example', 'a.example.evil', 'b.example', 'a.example'];
    const found = hosts.map((host) => read(`https://${host}/x/-/x-1.0.0.tgz`, 'x', '1.0.0'));
    assert.deepEqual(
      found,
      hosts.map((host) => ({ kind: 'registry', host })),
    );
  });

  it('tells git, files and folders by their specifiers', () => {
    assert.deepEqual(originOf('git+ssh://git@forge.example/a.git#1'), {
      kind: 'git',
      location: 'git+ssh://git@forge.example/a.git#1',
    });
    assert.deepEqual(originOf('git+https://token@forge.example/a.git#1'), {
      kind: 'git',
      location: 'git+https://forge.example/a.git#1',
    });
    assert.deepEqual(originOf('git@forge.example:a/b.git'), { kind: 'git', location: 'git@forge.example:a/b.git' });
    assert.deepEqual(originOf('gitlab:a/b'), { kind: 'git', location: 'gitlab:a/b' });
    assert.deepEqual(originOf('file:../a.tar.gz'), { kind: 'file', location: '../a.tar.gz' });
    assert.deepEqual(originOf('file:../a'), { kind: 'link', location: '../a' });
    assert.deepEqual(originOf('gitten'), { kind: 'unknown' });
    assert.deepEqual(originOf(17), { kind: 'unknown' });
  });

  it('takes a missing address for a registry whose host is not recorded', () => {
    for (const resolved of [undefined, null, false, ''])
      assert.deepEqual(originOf(resolved), { kind: 'registry', host: null });
  });

  it('finds the version in a registry address', () => {
    assert.equal(registryVersionOf('https://r.example/@shop/cart/-/cart-2.0.0-rc.1.tgz', '@shop/cart'), '2.0.0-rc.1');
    assert.equal(registryVersionOf('https://r.example/cart-2.0.0.tgz', 'cart'), null);
    assert.equal(registryVersionOf('https://r.example/cart/-/cart-2.0.0.zip', 'cart'), null);
  });

  it('hides users, passwords and queries, but not the commit', () => {
    const addresses: [string, string][] = [
      ['https://a:b@c.example/x.tgz', 'https://c.example/x.tgz'],
      ['https://a:p@ss@c.example/x@1.tgz', 'https://c.example/x@1.tgz'],
      ['https://c.example/x.tgz?token=1#sha512-a', 'https://c.example/x.tgz#sha512-a'],
      ['https://a:b@c.example?token=1', 'https://c.example'],
      ['git+ssh://git@c.example/x.git#main', 'git+ssh://git@c.example/x.git#main'],
      ['git+ssh://git:secret@c.example/x.git', 'git+ssh://c.example/x.git'],
      ['github:a/b#c@d', 'github:a/b#c@d'],
    ];
    for (const [address, shown] of addresses) assert.equal(withoutCredentials(address), shown);
  });
});
