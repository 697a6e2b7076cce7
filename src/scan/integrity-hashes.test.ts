import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hashesOf } from './integrity-hashes.ts';

/** Of no bytes: FIPS 180-4 and RFC 1321 test values. */
const EMPTY_SHA1 = 'da39a3ee5e6b4b0d3255bfef95601890afd80709';
const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('the integrity of a component', () => {
  it('is read from the base64 of lockfiles, each of several, without its options', () => {
    assert.deepEqual(
      hashesOf('sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=?opaque-option'),
      [
        { alg: 'SHA-1', content: EMPTY_SHA1 },
        { alg: 'SHA-256', content: EMPTY_SHA256 },
      ],
    );
  });

  it('is read from the hexadecimal of SBOMs', () => {
    assert.deepEqual(hashesOf(`sha256:${EMPTY_SHA256.toUpperCase()}`), [{ alg: 'SHA-256', content: EMPTY_SHA256 }]);
    assert.deepEqual(hashesOf(`sha3-256:${'0f'.repeat(32)}`), [{ alg: 'SHA3-256', content: '0f'.repeat(32) }]);
  });

  it('is nothing where it has another length, an unknown algorithm or characters of neither spelling', () => {
    for (const text of [
      '',
      'sha256-AAAA',
      'sha999-47DEQpj8',
      'sha1-2jmj7l5rSw0yVb_vlWAYkK_YBwk=',
      `sha1:${'zz'.repeat(20)}`,
      '-',
      ':',
    ])
      assert.deepEqual(hashesOf(text), [], text);
    assert.deepEqual(hashesOf(null), []);
  });

  it('agrees with Node about any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const digest = createHash('sha512').update(bytes);
        const raw = digest.digest();
        assert.deepEqual(hashesOf(`sha512-${raw.toString('base64')}`), [
          { alg: 'SHA-512', content: raw.toString('hex') },
        ]);
      }),
    );
  });
});
