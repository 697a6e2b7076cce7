/**
 * The vectors are test cases 13 to 16 for 256-bit keys of McGrew and Viega, "The Galois/Counter Mode of Operation (GCM)", Appendix B,
 * as submitted to NIST, and the first two of its CAVP file gcmEncryptExtIV256.rsp that fit our sizes.
 */
import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { open, seal } from './aes-gcm.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const keyOf = (text: string) => createSecretKey(bytes(text));

const CASE_16 = {
  key: 'feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308',
  iv: 'cafebabefacedbaddecaf888',
  plain:
    'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39',
  associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
  ciphertext:
    '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
  tag: '76fc6ece0f4e1768cddf8853bb2d551b',
};

const VECTORS = [
  {
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '',
    associated: '',
    ciphertext: '',
    tag: '530f8afbc74536b9a963b4f1c4cb738b',
  },
  {
    key: '00'.repeat(32),
    iv: '00'.repeat(12),
    plain: '00'.repeat(16),
    associated: '',
    ciphertext: 'cea7403d4d606b6e074ec5d3baf39d18',
    tag: 'd0d1c8a799996bf0265b98b5d48ab919',
  },
  {
    key: CASE_16.key,
    iv: CASE_16.iv,
    plain: `${CASE_16.plain}1aafd255`,
    associated: '',
    ciphertext: `${CASE_16.ciphertext}898015ad`,
    tag: 'b094dac5d93471bdec1a502270e3cc6c',
  },
  CASE_16,
  {
    key: 'b52c505a37d78eda5dd34f20c22540ea1b58963cf8e5bf8ffa85f9f2492505b4',
    iv: '516c33929df5a3284ff463d7',
    plain: '',
    associated: '',
    ciphertext: '',
    tag: 'bdc1ac884d332457a1d2664f168c76f0',
  },
  {
    key: '31bdadd96698c204aa9ce1448ea94ae1fb4a9a0b3c9d773b51bb1822666b8f22',
    iv: '0d18e06c7c725ac9e362e1ce',
    plain: '2db5168e932556f8089a0622981d017d',
    associated: '',
    ciphertext: 'fa4362189661d163fcd6a56d8bf0405a',
    tag: 'd636ac1bbedd5cc3ee727dc2ab4a9489',
  },
];

describe('AES-256-GCM', () => {
  it('seals and opens as the vectors say', () => {
    for (const { key, iv, plain, associated, ciphertext, tag } of VECTORS) {
      const sealed = seal(keyOf(key), bytes(plain), bytes(associated), () => bytes(iv));
      assert.equal(Buffer.from(sealed.ciphertext).toString('hex'), ciphertext);
      assert.equal(Buffer.from(sealed.tag).toString('hex'), tag);
      const stored = { iv: bytes(iv), ciphertext: bytes(ciphertext), tag: bytes(tag) };
      assert.deepEqual(Buffer.from(open(keyOf(key), stored, bytes(associated))!).toString('hex'), plain);
    }
  });

  it('opens nothing with a tag or an IV of another length, however right its bytes are', () => {
    const sealed = { iv: bytes(CASE_16.iv), ciphertext: bytes(CASE_16.ciphertext), tag: bytes(CASE_16.tag) };
    const opened = (change: Partial<typeof sealed>) =>
      open(keyOf(CASE_16.key), { ...sealed, ...change }, bytes(CASE_16.associated));
    assert.notEqual(opened({}), null);
    for (const length of [0, 4, 8, 12, 15]) assert.equal(opened({ tag: sealed.tag.subarray(0, length) }), null);
    assert.equal(opened({ tag: bytes(`${CASE_16.tag}00`) }), null);
    assert.equal(opened({ iv: sealed.iv.subarray(0, 8) }), null);
    assert.equal(opened({ iv: new Uint8Array() }), null);
    assert.equal(opened({ ciphertext: sealed.ciphertext.subarray(0, 59) }), null);
  });

  it('does not go on with an IV of another length', () => {
    assert.throws(() => seal(keyOf(CASE_16.key), bytes(''), bytes(''), () => bytes('00')), {
      code: 'ERR_ASSERTION',
    });
  });
});
