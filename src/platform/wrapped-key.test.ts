import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, it } from 'node:test';
import { newDek, newKek, parseKek, takeDek, takeKek, parseDekId, withKeyBytes } from './encryption-key.ts';
import {
  associatedData,
  formatWrappedKey,
  lengthPrefixed,
  parseWrappedKey,
  unwrapKey,
  wrapKey,
  type KeyPlace,
} from './wrapped-key.ts';

const counting = (from: number, length: number, step = 1): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => from + step * at);

/** Made once with WebCrypto and SHA-256 over bytes that were put together by hand, not with the functions under test. */
const KNOWN = {
  kek: 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
  dekId: 'EBESExQVFhcYGRobHB0eHw',
  place: { table: 'report', column: 'body', row: 'r1' },
  associated:
    '000000067265706f727400000004626f64790000000272310000001645424553457851564668635947526f62484230654877000000027631',
  text: 'v1.4df93e11.EBESExQVFhcYGRobHB0eHw.oKGio6Slpqeoqaqr.GeaB0b4x-0eVk3In9IgxLp9CtPx5XauEe-jDYpxJlOE.pcEsAMANUR7ooF15yTCNnw',
};

const known = () => {
  const kek = parseKek(KNOWN.kek);
  const dekId = parseDekId(KNOWN.dekId);
  assert.ok(kek.ok && dekId !== null);
  return { keyring: { current: kek.value, previous: [] }, dek: takeDek(dekId, counting(255, 32, -1)) };
};

describe('a wrapped key', () => {
  it('has the text, the id and the associated data that other programs compute too', () => {
    const { keyring, dek } = known();
    const wrapped = wrapKey(keyring.current, dek, KNOWN.place, () => counting(0xa0, 12));
    assert.equal(formatWrappedKey(wrapped), KNOWN.text);
    assert.equal(Buffer.from(associatedData(KNOWN.place, dek.id)).toString('hex'), KNOWN.associated);
  });

  it('opens to the key that was wrapped', () => {
    const stored = parseWrappedKey(KNOWN.text);
    assert.ok(stored !== null);
    const opened = unwrapKey(known().keyring, stored, KNOWN.place);
    assert.ok(opened.ok);
    assert.equal(opened.value.id, KNOWN.dekId);
    withKeyBytes(opened.value.key, (bytes) => assert.deepEqual(Uint8Array.from(bytes), counting(255, 32, -1)));
  });

  it('says which KEK is missing', () => {
    const stored = parseWrappedKey(KNOWN.text);
    assert.ok(stored !== null);
    const other = newKek(randomBytes);
    assert.deepEqual(unwrapKey({ current: other, previous: [] }, stored, KNOWN.place), {
      ok: false,
      error: { code: 'kek-not-held', kekId: '4df93e11' },
    });
  });

  it('does not open at a place whose parts run together to the same letters', () => {
    const { keyring, dek } = known();
    const wrapped = wrapKey(keyring.current, dek, { table: 'ab', column: 'c', row: 'd|e' }, randomBytes);
    for (const place of [
      { table: 'a', column: 'bc', row: 'd|e' },
      { table: 'ab', column: 'c', row: 'd' },
      { table: 'ab', column: 'c|d', row: 'e' },
      { table: 'ab', column: 'd|e', row: 'c' },
    ])
      assert.deepEqual(unwrapKey(keyring, wrapped, place), { ok: false, error: { code: 'not-authentic' } });
  });

  it('is not read from any other text', () => {
    const fields = KNOWN.text.split('.');
    const changed = (at: number, field: string): string => fields.map((old, i) => (i === at ? field : old)).join('.');
    for (const text of [
      '',
      'v1',
      'v1.....',
      ` ${KNOWN.text}`,
      `${KNOWN.text}\n`,
      `${KNOWN.text}.`,
      changed(0, 'v2'),
      changed(0, 'V1'),
      changed(1, '4DF93E11'),
      changed(1, '4df93e1'),
      changed(2, fields[2]!.slice(1)),
      changed(3, `${fields[3]!.slice(1)}=`),
      changed(4, fields[4]!.replace('-', '+')),
      changed(4, `${fields[4]!.slice(0, -1)}F`), // the same bytes, with bits that belong to none
      fields.slice(0, 5).join('.'),
      [fields[0], fields[1], fields[2], fields[3], fields[5], fields[4]].join('.'),
      'v1.'.repeat(1_000_000),
    ])
      assert.equal(parseWrappedKey(text), null, text.slice(0, 150));
  });

  it('is never bound to a place that is not one: empty parts and lone surrogates are defects', () => {
    const { keyring, dek } = known();
    for (const place of [
      { ...KNOWN.place, row: '' },
      { ...KNOWN.place, row: 'r\ud800' },
      { ...KNOWN.place, table: '' },
    ] satisfies KeyPlace[])
      assert.throws(() => wrapKey(keyring.current, dek, place, randomBytes), { code: 'ERR_ASSERTION' });
    assert.deepEqual(lengthPrefixed(['ü']), Uint8Array.of(0, 0, 0, 2, 0xc3, 0xbc));
  });
});

describe('a key', () => {
  it('zeroes the bytes that it was made of', () => {
    const bytes = counting(1, 32);
    takeKek(bytes);
    assert.deepEqual(bytes, new Uint8Array(32));
  });

  it('lends its bytes for one call only', () => {
    let lent: Uint8Array = new Uint8Array();
    withKeyBytes(known().dek.key, (bytes) => {
      lent = bytes;
      assert.equal(bytes[0], 255);
    });
    assert.deepEqual(Uint8Array.from(lent), new Uint8Array(32));
  });

  it('does not show its bytes to a log', () => {
    const { keyring, dek } = known();
    const shown = [keyring, dek].map(
      (value) => `${inspect(value, { depth: 9, showHidden: true })}${JSON.stringify(value)}`,
    );
    for (const secret of [KNOWN.kek, '000102030405', 'fffefdfc', '0, 1, 2, 3', '255, 254', '00 01 02', 'ff fe fd'])
      assert.ok(!shown.join().includes(secret), secret);
  });

  it('is new each time, and so is its id', () => {
    const deks = Array.from({ length: 200 }, () => newDek(randomBytes));
    assert.equal(new Set(deks.map(({ id }) => id)).size, 200);
    assert.equal(new Set(deks.map(({ key }) => key.export().toString('hex'))).size, 200);
  });
});
