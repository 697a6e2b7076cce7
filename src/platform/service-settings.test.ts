import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusal } from '../../test/support/refusal.ts';
import { readServiceSettings } from './service-settings.ts';

const TLS = { HOLDFAST_TLS_CERT_FILE: '/c.pem', HOLDFAST_TLS_KEY_FILE: '/k.pem' };

describe('where the service listens', () => {
  it('is this machine alone and port 8710 when nothing is set', () => {
    const { hosts, port, url, tls, proxy } = readServiceSettings({});
    assert.deepEqual(
      { hosts, port, url, tls, proxy },
      { hosts: ['127.0.0.1', '::1'], port: 8710, url: null, tls: null, proxy: null },
    );
  });

  const inTheClear: readonly (readonly [string, Record<string, string>])[] = [
    ['on every address', { HOLDFAST_HOST: '0.0.0.0' }],
    ['on every address of IPv6', { HOLDFAST_HOST: '::' }],
    ['on an address of a network', { HOLDFAST_HOST: '192.0.2.7' }],
    ['at an http: address of others', { HOLDFAST_URL: 'http://holdfast.example' }],
    ['at an https: address where nothing speaks TLS', { HOLDFAST_URL: 'https://holdfast.example' }],
  ];
  for (const [what, env] of inTheClear)
    it(`is refused in the clear: ${what}`, () => {
      assert.equal(refusal(() => readServiceSettings(env)).code, 'LISTENER_CLEARTEXT');
    });

  it('may be every address with TLS of its own', () => {
    const { hosts, url } = readServiceSettings({
      ...TLS,
      HOLDFAST_HOST: '0.0.0.0',
      HOLDFAST_URL: 'https://holdfast.example',
    });
    assert.deepEqual([hosts, url?.href], [['0.0.0.0'], 'https://holdfast.example/']);
  });

  it('needs the address that people type as soon as there is TLS', () => {
    assert.equal(refusal(() => readServiceSettings(TLS)).code, 'SETTING_INVALID');
  });

  it('believes the proxies that are named, and nobody else', () => {
    const { proxy } = readServiceSettings({
      HOLDFAST_TLS_PROXY: '127.0.0.1, 10.1.0.0/16,2001:db8::/32',
      HOLDFAST_URL: 'https://holdfast.example',
    });
    const believed = [
      '127.0.0.1',
      '10.1.255.255',
      '2001:db8::7',
      '10.2.0.1',
      '127.0.0.2',
      '2001:db9::1',
      'nonsense',
    ].filter((address) => proxy?.trusts(address));
    assert.deepEqual(believed, ['127.0.0.1', '10.1.255.255', '2001:db8::7']);
  });

  const mistakes: readonly Record<string, string>[] = [
    { HOLDFAST_PORT: '65536' },
    { HOLDFAST_PORT: '-1' },
    { HOLDFAST_PORT: '80a' },
    { HOLDFAST_PORT: '' },
    { HOLDFAST_HOST: 'localhost' },
    { HOLDFAST_TLS_CERT_FILE: '/c.pem' },
    { HOLDFAST_TLS_KEY_FILE: '/k.pem' },
    { HOLDFAST_TLS_PROXY: '0.0.0.0/0' },
    { HOLDFAST_TLS_PROXY: '10.0.0.0/33' },
    { HOLDFAST_TLS_PROXY: 'proxy.example' },
    { HOLDFAST_TLS_PROXY: '10.0.0.1,' },
    { HOLDFAST_URL: 'https://holdfast.example/path', ...TLS },
    { HOLDFAST_URL: 'https://user@holdfast.example', ...TLS },
    { HOLDFAST_URL: 'ftp://localhost' },
    { HOLDFAST_URL: 'holdfast.example' },
  ];
  for (const env of mistakes)
    it(`names the mistake in ${JSON.stringify(env)}`, () => {
      assert.equal(refusal(() => readServiceSettings(env)).code, 'SETTING_INVALID');
    });
});
