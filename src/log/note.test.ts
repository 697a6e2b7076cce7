/** Notes, keys and checkpoints against examples of others: golang.org/x/mod/sumdb/note and the C2SP specifications. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { fromBase64, hex, utf8 } from '../lib/bytes.ts';
import { formatCheckpoint, parseCheckpoint } from './checkpoint.ts';
import {
  formatNote,
  formatSignerKey,
  formatVerifierKey,
  keyIdOf,
  parseNote,
  parseSignerKey,
  parseVerifierKey,
  signNote,
  verifierOf,
  verifyNote,
} from './note.ts';

/** golang.org/x/mod v0.43.0, sumdb/note/example_test.go. */
const NEUMANN = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const NEUMANN_PRIVATE = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const SIGNED = `${TEXT}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
const ENOCH =
  '\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';

/** What Go's command asks of sum.golang.org (cmd/go/internal/modfetch/key.go). */
const SUM_GOLANG_ORG = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';

const key = (text: string) => {
  const parsed = parseVerifierKey(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const note = (text: string) => {
  const parsed = parseNote(utf8(text));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
};
const fault = (bytes: string | Uint8Array): string => {
  const parsed = parseNote(typeof bytes === 'string' ? utf8(bytes) : bytes);
  return parsed.ok ? 'read' : parsed.error;
};

describe('a key', () => {
  it('of Go is read, and written the same again', () => {
    for (const text of [NEUMANN, SUM_GOLANG_ORG]) assert.equal(formatVerifierKey(key(text)), text);
    assert.equal(hex(keyIdOf(key(SUM_GOLANG_ORG))), '033de0ae');
    const signer = parseSignerKey(NEUMANN_PRIVATE);
    assert.ok(signer.ok);
    assert.equal(formatSignerKey(signer.value), NEUMANN_PRIVATE);
    assert.equal(formatVerifierKey(verifierOf(signer.value)), NEUMANN);
  });

  it('is refused when any of its characters is another', () => {
    for (let at = 0; at < NEUMANN.length; at += 1) {
      const next = String.fromCharCode(NEUMANN.charCodeAt(at) + 1);
      assert.ok(!parseVerifierKey(NEUMANN.slice(0, at) + next + NEUMANN.slice(at + 1)).ok, `character ${at}`);
      assert.ok(!parseVerifierKey(NEUMANN.slice(0, at)).ok, `cut at ${at}`);
    }
    for (let at = 0; at < NEUMANN_PRIVATE.length; at += 1)
      assert.ok(!parseSignerKey(NEUMANN_PRIVATE.slice(0, at) + NEUMANN_PRIVATE.slice(at + 1)).ok, `without ${at}`);
  });

  it('is refused with the wrong length or an unknown algorithm, though its id fits (sumdb/note/note_test.go)', () => {
    assert.ok(!parseVerifierKey('PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==').ok);
    assert.ok(!parseVerifierKey('PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW').ok);
  });

  it('that is private is never repeated in the words of a refusal', () => {
    for (const text of [NEUMANN_PRIVATE.slice(0, -1), NEUMANN_PRIVATE.replace('c74f20a3', 'c74f20a4')]) {
      const parsed = parseSignerKey(text);
      assert.ok(!parsed.ok && !parsed.error.includes('AYEKFALV') && !parsed.error.includes('Neumann'));
    }
  });
});

describe('a note', () => {
  it('signed by Go is verified, and signed the same again', () => {
    assert.equal(note(SIGNED).text, TEXT);
    assert.equal(verifyNote(note(SIGNED), key(NEUMANN)), 'signed');
    const signer = parseSignerKey(NEUMANN_PRIVATE);
    assert.ok(signer.ok);
    assert.equal(formatNote({ text: TEXT, signatures: [signNote(TEXT, signer.value)] }), SIGNED);
  });

  it('may have signatures of others, which have no say', () => {
    const both = note(SIGNED + ENOCH);
    assert.deepEqual(
      both.signatures.map(({ name }) => name),
      ['PeterNeumann', 'EnochRoot'],
    );
    assert.equal(verifyNote(both, key(NEUMANN)), 'signed');
    assert.equal(verifyNote(note(`${TEXT}\n${ENOCH}`), key(NEUMANN)), 'not-signed');
    assert.equal(formatNote(both), SIGNED + ENOCH);
    // Same name and another id, or the other way round: another key.
    const line = note(SIGNED).signatures[0]!;
    const other = { ...line, keyId: Uint8Array.of(1, 2, 3, 4) };
    assert.equal(verifyNote({ text: TEXT, signatures: [other] }, key(NEUMANN)), 'not-signed');
    assert.equal(verifyNote({ text: TEXT, signatures: [{ ...line, name: 'Other' }] }, key(NEUMANN)), 'not-signed');
    assert.equal(verifyNote({ text: TEXT, signatures: [{ ...line, name: 'Other' }, line] }, key(NEUMANN)), 'signed');
  });

  it('is wrong when one of several signatures in the name of the key is', () => {
    const line = note(SIGNED).signatures[0]!;
    const bad = { ...line, signature: line.signature.map((byte) => byte ^ 1) };
    const short = { ...line, signature: line.signature.subarray(1) };
    for (const signatures of [[bad], [short], [line, bad], [bad, line]])
      assert.equal(verifyNote({ text: TEXT, signatures }, key(NEUMANN)), 'wrong');
  });

  it('is not verified when any bit of its text or signature is flipped', () => {
    const bytes = utf8(SIGNED);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const changed = bytes.map((byte, place) => (place === at ? byte ^ (1 << bit) : byte));
        const parsed = parseNote(changed);
        assert.ok(!parsed.ok || verifyNote(parsed.value, key(NEUMANN)) !== 'signed');
      }),
      { numRuns: 500 },
    );
  });

  it('is cut at its last empty line', () => {
    const text = 'one\n\ntwo\n\n\nthree\n';
    assert.equal(note(`${text}\n${ENOCH}`).text, text);
    // The example of C2SP signed-note.
    const poem =
      'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned \u00e8 subito sera.\n\n\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n';
    const [signature] = note(poem).signatures;
    assert.deepEqual(
      [signature?.name, hex(signature!.keyId), signature?.signature.length],
      ['quasimodo.example/salvatore', '367ba04b', 64],
    );
    assert.equal(formatNote(note(poem)), poem);
  });

  it('is refused where the specification leaves no room', () => {
    const line = ENOCH.trimEnd();
    assert.equal(fault(''), 'has no empty line between text and signatures');
    assert.equal(fault(`text\n${ENOCH}`), 'has no empty line between text and signatures');
    assert.equal(fault('text\n\n'), 'has no signature, or ends in the middle of a line');
    assert.equal(fault(`text\n\n${line}`), 'has no signature, or ends in the middle of a line');
    assert.equal(fault(`te\txt\n\n${ENOCH}`), 'holds control characters');
    assert.equal(fault(`text\r\n\n${ENOCH}`), 'holds control characters');
    assert.equal(fault(Uint8Array.of(0xff, 0x0a, 0x0a)), 'is not UTF-8');
    const none = 'has a signature line (number 1) that is none';
    for (const wrong of [
      line.replace('\u2014', '-'),
      line.replace('\u2014 ', '\u2014'),
      line.replace('EnochRoot', ''),
      line.replace('EnochRoot', 'Enoch+Root'),
      line.replace('EnochRoot', 'Enoch\u00a0Root'),
      line.replace('=', ''),
      `${line} `,
      `${line}=`,
      '\u2014 EnochRoot rwz+eA==',
      '\u2014 EnochRoot',
    ])
      assert.equal(fault(`text\n\n${wrong}\n`), none, wrong);
  });

  it('has limits: a million bytes, a hundred signatures', () => {
    assert.equal(fault(`text\n\n${ENOCH.repeat(100)}`), 'read');
    assert.equal(fault(`text\n\n${ENOCH.repeat(101)}`), 'has more than 100 signatures');
    assert.equal(fault(`${'x'.repeat(1_000_000)}\n\n${ENOCH}`), 'has more than 1,000,000 bytes');
  });

  it('keeps a byte order mark, so that no two notes have one text', () => {
    assert.equal(note(`\ufefftext\n\n${ENOCH}`).text, '\ufefftext\n');
  });
});

describe('a checkpoint', () => {
  /** The example of C2SP tlog-checkpoint. */
  const EXAMPLE = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
  const words = (text: string): string => {
    const parsed = parseCheckpoint(text);
    return parsed.ok ? 'read' : parsed.error;
  };

  it('of the specification is read, and written the same again', () => {
    const signed = `${EXAMPLE}\n\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;
    const parsed = parseCheckpoint(note(signed).text);
    assert.ok(parsed.ok);
    assert.equal(parsed.value.origin, 'example.com/behind-the-sofa');
    assert.equal(parsed.value.size, 20_852_163);
    assert.deepEqual(parsed.value.root, fromBase64('CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I='));
    assert.equal(formatCheckpoint(parsed.value), EXAMPLE);
  });

  it('of sum.golang.org is read: its origin is words, which the specification allows', () => {
    const text = 'go.sum database tree\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
    assert.equal(words(text), 'read');
  });

  it('may have extension lines, which are kept and may not be empty', () => {
    const parsed = parseCheckpoint(`${EXAMPLE}one\ntwo\n`);
    assert.deepEqual(parsed.ok && parsed.value.extensions, ['one', 'two']);
    assert.equal(words(`${EXAMPLE}\n`), 'has an empty line below its root');
    assert.equal(words(`${EXAMPLE}one\n\ntwo\n`), 'has an empty line below its root');
  });

  it('has its size in one spelling, up to what a number holds exactly', () => {
    const withSize = (size: string): string => words(EXAMPLE.replace('20852163', size));
    for (const size of ['0', '1', '9007199254740991']) assert.equal(withSize(size), 'read', size);
    for (const size of ['', '00', '01', '+1', '-1', '1.0', '1e3', '0x1', ' 1', '1 ', '\u0661'])
      assert.equal(withSize(size), 'has a size that is no plain decimal number', size);
    for (const size of ['9007199254740992', '18446744073709551615'])
      assert.equal(withSize(size), 'has a size above 9,007,199,254,740,991, which no log of this kind has');
  });

  it('has a root of exactly 32 bytes in canonical base64', () => {
    const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';
    for (const wrong of ['', root.slice(0, -1), root.replace('2I=', '2J='), ` ${root}`, 'AAAA', root.replace('/', '_')])
      assert.equal(words(EXAMPLE.replace(root, wrong)), 'has a root that is not the base64 of 32 bytes', wrong);
  });

  it('is refused without origin or final line feed', () => {
    assert.equal(words(EXAMPLE.slice(0, -1)), 'does not end with a line feed');
    assert.equal(words(EXAMPLE.replace('example.com/behind-the-sofa', '')), 'names no origin');
    assert.throws(
      () => formatCheckpoint({ origin: 'a\nb', size: 1, root: new Uint8Array(32), extensions: [] }),
      TypeError,
    );
  });
});
