import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientOf } from './client-address.ts';

const trusts = (address: string): boolean => address.startsWith('10.');

describe('the client of a request', () => {
  it('is who connected where no proxy is declared, whatever the headers say', () => {
    const connection = { peer: '192.0.2.1', forwardedFor: '198.51.100.9', forwardedProto: 'https' };
    assert.deepEqual(clientOf(connection, null), { address: '192.0.2.1', proto: null });
    assert.deepEqual(clientOf(connection, trusts), { address: '192.0.2.1', proto: null });
  });

  it('is what the outermost declared proxy saw, not what the client wrote before it', () => {
    const connection = {
      peer: '10.0.0.1',
      forwardedFor: '203.0.113.1, 198.51.100.9, 10.0.0.2',
      forwardedProto: 'https',
    };
    assert.deepEqual(clientOf(connection, trusts), { address: '198.51.100.9', proto: 'https' });
  });

  it('is the proxy itself where it names nobody', () => {
    assert.deepEqual(clientOf({ peer: '10.0.0.1', forwardedFor: null, forwardedProto: null }, trusts), {
      address: '10.0.0.1',
      proto: null,
    });
  });

  it('came over what the last proxy says, not over what the client claims', () => {
    const connection = { peer: '10.0.0.1', forwardedFor: '198.51.100.9', forwardedProto: 'https, http' };
    assert.equal(clientOf(connection, trusts).proto, 'http');
  });

  it('is the proxy when the list is longer than any chain of proxies', () => {
    const forwardedFor = Array.from({ length: 5_000 }, () => '198.51.100.9').join(',');
    assert.equal(clientOf({ peer: '10.0.0.1', forwardedFor, forwardedProto: null }, trusts).address, '10.0.0.1');
  });
});
