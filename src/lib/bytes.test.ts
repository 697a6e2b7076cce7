import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { base64url, fromBase64url, utf8 } from './bytes.ts';

describe('base64url', () => {
  it('is that of RFC 4648: the vectors of §10 without padding, and the alphabet of §5', () => {
    for (const [plain, encoded] of [
      ['', ''],
      ['f', 'Zg'],
      ['fo', 'Zm8'],
      ['foo', 'Zm9v'],
      ['foob', 'Zm9vYg'],
      ['fooba', 'Zm9vYmE'],
      ['foobar', 'Zm9vYmFy'],
    ] as const) {
      assert.equal(base64url(utf8(plain)), encoded);
      assert.deepEqual(fromBase64url(encoded), utf8(plain));
    }
    assert.equal(base64url(Uint8Array.of(0xfb, 0xff, 0xfe)), '-__-');
    assert.deepEqual(fromBase64url('-__-'), Uint8Array.of(0xfb, 0xff, 0xfe));
  });

  it('has one spelling for the same bytes', () => {
    // Padded, in the other alphabet, with bits that belong to no byte, with a blank, of an impossible length.
    for (const text of ['Zg==', '+//+', 'Zh', 'Zm 9v', 'Zm9v\n', 'Z', 'Zm9vY', '=', 'é'])
      assert.equal(fromBase64url(text), null, text);
  });
});
