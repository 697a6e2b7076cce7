import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromHex, fromUtf8, hex, utf8 } from '../lib/bytes.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { commit, opens } from './commitment.ts';
import { encodeLeaf, type Leaf, readLeaf } from './leaf.ts';

const LEAF: Leaf = {
  v: 1,
  org: 'beispiel',
  at: Date.parse('2026-11-24T09:05:00Z') as Instant,
  type: 'incident.opened',
  actor: 'staff-7',
  subject: 'incident:2026-004',
  data: { reach: 'outsider', severity: 'critical' },
  pd: [{ f: 'reporter', c: 'ab'.repeat(32), k: 'subject-19' }],
  state: 'cd'.repeat(32),
};

/** RFC 8785 by hand: members sorted, no blanks. */
const TEXT = `{"actor":"staff-7","at":"2026-11-24T09:05:00Z","data":{"reach":"outsider","severity":"critical"},"org":"beispiel","pd":[{"c":"${'ab'.repeat(32)}","f":"reporter","k":"subject-19"}],"state":"${'cd'.repeat(32)}","subject":"incident:2026-004","type":"incident.opened","v":1}`;

const written = (leaf: Leaf): string => {
  const bytes = encodeLeaf(leaf);
  return bytes.ok ? (fromUtf8(bytes.value) ?? '') : bytes.error;
};
const fault = (text: string): string => {
  const read = readLeaf(utf8(text));
  return read.ok ? 'read' : read.error;
};

describe('a leaf', () => {
  it('is the JSON of RFC 8785, and is read back as what it was', () => {
    assert.equal(written(LEAF), TEXT);
    const read = readLeaf(utf8(TEXT));
    assert.deepEqual(read.ok && read.value, LEAF);
  });

  it('may be about nothing and by nobody: a heartbeat', () => {
    const heartbeat: Leaf = {
      ...LEAF,
      type: 'log.heartbeat',
      actor: null,
      subject: null,
      data: {},
      pd: [],
      state: null,
    };
    assert.equal(
      written(heartbeat),
      '{"actor":null,"at":"2026-11-24T09:05:00Z","data":{},"org":"beispiel","pd":[],"state":null,"subject":null,"type":"log.heartbeat","v":1}',
    );
  });

  it('has one spelling: every other JSON of the same value is refused', () => {
    const canonical = 'is not in the one spelling of RFC 8785';
    for (const other of [
      TEXT.replace('{', '{ '),
      `${TEXT}\n`,
      TEXT.replace('"v":1', '"v":1.0'),
      TEXT.replace('"v":1', '"v":1,"v":1'),
      TEXT.replace('staff-7', '\\u0073taff-7'),
      TEXT.replace(
        '"data":{"reach":"outsider","severity":"critical"}',
        '"data":{"severity":"critical","reach":"outsider"}',
      ),
      TEXT.replace('"outsider"', '-0'),
      TEXT.replace('"outsider"', '12345678901234567890'),
      TEXT.replace('"outsider"', '"\\ud800"'),
    ])
      assert.equal(fault(other), canonical, other);
  });

  it('has exactly its members', () => {
    const members = 'does not have exactly the members actor,at,data,org,pd,state,subject,type,v';
    assert.equal(fault(TEXT.replace(',"v":1', '')), members);
    assert.equal(fault(TEXT.replace('"v":1', '"v":1,"w":2')), members);
    assert.equal(fault(TEXT.replace('{', '{"__proto__":{},')), members);
  });

  it('has members of the right form', () => {
    const change = (from: string, to: string): string => fault(TEXT.replace(from, to));
    assert.equal(change('"v":1', '"v":2'), 'has a version that this program does not know');
    assert.equal(change('"beispiel"', '""'), 'names no organisation');
    for (const at of [
      '2026-11-24',
      '2026-11-24T10:05:00+01:00',
      '2026-11-24T09:05:00.000Z',
      '2026-02-30T09:05:00Z',
      '2026-11-24T09:05:60Z',
      '+275760-09-13T00:00:00Z',
    ])
      assert.equal(change('2026-11-24T09:05:00Z', at), 'has a time that is not RFC 3339 in UTC', at);
    assert.equal(change('2026-11-24T09:05:00Z', '2026-11-24T09:05:00.120Z'), 'read');
    for (const type of ['opened', 'Incident.opened', 'incident.', `a.${'b'.repeat(70)}`])
      assert.equal(change('incident.opened', type), 'has no type of the form "policy.evaluated"', type);
    assert.equal(change('"staff-7"', '7'), 'has an actor that is no id');
    assert.equal(change('incident:2026-004', '2026-004'), 'has a subject that is not of the form "kind:id"');
    assert.equal(change('{"reach":"outsider","severity":"critical"}', '[]'), 'has data that is no object');
    const personal = 'has personal data that is not a list of commitments';
    assert.equal(change('"f":"reporter"', '"f":"reporter","g":1'), personal);
    assert.equal(change('ab'.repeat(32), 'AB'.repeat(32)), personal);
    assert.equal(change('cd'.repeat(32), 'cd'.repeat(31)), 'has a state that is no SHA-256');
  });

  it('has no room for the e-mail address of whoever did it', () => {
    assert.equal(written({ ...LEAF, actor: 'anna@beispiel.example' }), 'has an actor that is no id');
    assert.equal(written({ ...LEAF, org: 'Anna Beispiel' }), 'names no organisation');
  });

  it('is refused above 65,535 bytes and beyond a depth of 32, before anything recurses', () => {
    const room = 65_535 - TEXT.length - '"note":"",'.length;
    const data = (length: number): Leaf => ({ ...LEAF, data: { note: 'x'.repeat(length), ...LEAF.data } });
    assert.equal(written(data(room)).length, 65_535);
    assert.equal(written(data(room + 1)), 'has more than 65,535 bytes');
    const nested = (depth: number): string =>
      fault(TEXT.replace('"outsider"', `${'['.repeat(depth)}${']'.repeat(depth)}`));
    assert.equal(nested(30), 'read');
    assert.equal(nested(31), 'is nested more than 32 deep');
    assert.equal(nested(32_000), 'is nested more than 32 deep');
    // Brackets in a string nest nothing.
    assert.equal(fault(TEXT.replace('outsider', `\\\\\\"${'['.repeat(100)}`)), 'read');
  });

  it('is refused where the bytes are no JSON object at all', () => {
    assert.equal(fault('[]'), 'is not a JSON object');
    assert.equal(fault('{'), 'is not a JSON object');
    assert.equal(fault(''), 'is not a JSON object');
    assert.deepEqual(readLeaf(Uint8Array.of(0xc3)), { ok: false, error: 'is not UTF-8' });
  });

  it('never makes the reader throw, whatever the bytes', () => {
    const cut = fc.tuple(fc.nat(TEXT.length), fc.string({ unit: 'binary', maxLength: 8 }), fc.nat(8));
    fc.assert(
      fc.property(cut, ([at, put, drop]) => {
        const text = TEXT.slice(0, at) + put + TEXT.slice(at + drop);
        const read = readLeaf(utf8(text));
        if (!read.ok) return;
        assert.equal(written(read.value), text, 'what is read has the spelling that is written');
      }),
      { numRuns: 2_000 },
    );
  });

  it('is read back with any data that JSON can hold', () => {
    const plain = fc.dictionary(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.jsonValue({ maxDepth: 4, noUnicodeString: false }),
      { maxKeys: 5 },
    );
    fc.assert(
      fc.property(plain, (value) => {
        const data = JSON.parse(JSON.stringify(value)) as JsonObject;
        if (/\p{Surrogate}/u.test(JSON.stringify(data)) || JSON.stringify(data).includes('\\ud')) return;
        const bytes = encodeLeaf({ ...LEAF, data });
        assert.ok(bytes.ok);
        const read = readLeaf(bytes.value);
        assert.deepEqual(read.ok && read.value.data, data);
      }),
    );
  });
});

describe('a commitment', () => {
  it('is the HMAC-SHA256 of the value (RFC 4231 §4.2 for the function itself)', () => {
    // "openssl mac -digest SHA256 -macopt hexkey:0b… HMAC" over "Hi There", with the key of test case 1 brought to 32 bytes by the
    // zeroes that HMAC itself appends to a short key (RFC 2104 §2): the answer is that of the RFC.
    const r = fromHex(`${'0b'.repeat(20)}${'00'.repeat(12)}`)!;
    assert.equal(commit(r, 'Hi There'), 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7');
  });

  it('is opened by its value and its key, and by nothing else', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.string({ unit: 'grapheme' }),
        fc.nat(255),
        (r, value, bit) => {
          const commitment = commit(r, value);
          assert.ok(opens(commitment, r, value));
          const other = r.map((byte, at) => (at === Math.floor(bit / 8) ? byte ^ (1 << (bit % 8)) : byte));
          assert.ok(!opens(commitment, other, value));
          assert.ok(!opens(commitment, r, `${value} `));
          assert.ok(!opens(hex(fromHex(commitment)!.map((byte) => byte ^ 1)), r, value));
        },
      ),
    );
  });

  it('is not opened by a short key or as upper case, and none is made without 32 random bytes', () => {
    const r = new Uint8Array(32).fill(9);
    const commitment = commit(r, 'anna@beispiel.example');
    assert.ok(!opens(commitment.toUpperCase(), r, 'anna@beispiel.example'));
    assert.ok(!opens(commitment, r.subarray(1), 'anna@beispiel.example'));
    assert.throws(() => commit(r.subarray(1), 'anna@beispiel.example'), TypeError);
    assert.throws(() => commit(r, '\ud800'), TypeError, 'it would share its commitment with U+FFFD');
    assert.ok(!opens(commit(r, '\ufffd'), r, '\ud800'));
  });
});
