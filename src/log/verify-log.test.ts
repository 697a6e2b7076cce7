/**
 * What somebody could do to a log, and what finds it. Where only a checkpoint that somebody else kept finds it, the test
 * shows both: the log that verifies without, and the finding with it.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  atOf,
  entriesOf,
  KEY,
  leafBytes,
  noteOf,
  ORIGIN,
  type Pack,
  packOf,
  readerOf,
  rootOf,
  SIGNER,
} from '../../test/support/log.ts';
import { utf8 } from '../lib/bytes.ts';
import type { Instant } from '../lib/time.ts';
import { formatCheckpoint } from './checkpoint.ts';
import { formatHistory, type HeldCheckpoint } from './held-checkpoint.ts';
import { hashLeaf } from './merkle.ts';
import { formatNote, formatVerifierKey, type SignerKey, signNote, verifierOf } from './note.ts';
import { encodeBundle } from './tile.ts';
import { type LogReport, type Trust, verifyLog } from './verify-log.ts';

const SIZE = 600;
const ENTRIES = entriesOf(SIZE);

const verify = (pack: Pack, trust: Partial<Trust> = {}): Promise<LogReport> =>
  verifyLog(readerOf(pack), { key: null, held: [], ...trust });
const codes = ({ findings }: LogReport): readonly string[] => findings.map(({ code }) => code);
const held = (entries: readonly Uint8Array[], seenAt: Instant | null = null): HeldCheckpoint => ({
  where: 'kept.txt',
  note: utf8(noteOf(entries)),
  seenAt,
});

/** The files of an export, with these entries put into them and everything else left as it was signed. */
async function packWith(entries: readonly Uint8Array[]): Promise<Pack> {
  const pack = await packOf(ENTRIES);
  for (const path of [...pack.keys()].filter((name) => name.startsWith('log/tile/entries/'))) pack.delete(path);
  for (let at = 0; at < entries.length; at += 256) {
    const bundle = entries.slice(at, at + 256);
    const name = `${at / 256}`.padStart(3, '0');
    pack.set(`log/tile/entries/${name}${bundle.length < 256 ? `.p/${bundle.length}` : ''}`, encodeBundle(bundle));
  }
  return pack;
}

/** A new history of the same log by whoever holds the key: consistent in itself. */
const rewritten = (entries: readonly Uint8Array[]): Promise<Pack> => packOf(entries);

const replaced = (index: number, entry: Uint8Array): readonly Uint8Array[] =>
  ENTRIES.map((own, at) => (at === index ? entry : own));

describe('a log as it was exported', () => {
  it('verifies at every kind of size, and says what was looked at', async () => {
    for (const size of [0, 1, 2, 255, 256, 257, 512, 600]) {
      const report = await verify(await packOf(ENTRIES.slice(0, size)), { key: KEY });
      assert.deepEqual(codes(report), [], `${size} entries`);
      assert.equal(report.sums.entries, size);
    }
    const report = await verify(await packOf(ENTRIES));
    assert.equal(report.checkpoint?.origin, ORIGIN);
    assert.deepEqual(report.key, { vkey: formatVerifierKey(KEY), cameWithPack: true });
    assert.deepEqual(report.sums, {
      entries: 600,
      entryBytes: ENTRIES.reduce((sum, { length }) => sum + length, 0),
      tiles: 4,
      olderCheckpoints: 0,
      evidenceRead: 0,
      evidenceNamed: 0,
      firstAt: atOf(0),
      lastAt: atOf(599),
    });
  });

  it('verifies against every older checkpoint of it, those in the pack and those that were kept', async () => {
    const sizes = [0, 1, 255, 256, 257, 599, 600];
    const kept = sizes.map((size) => held(ENTRIES.slice(0, size)));
    const history = [128, 300].map((size) => ({ note: noteOf(ENTRIES.slice(0, size)), seenAt: atOf(size) }));
    const report = await verify(await packOf(ENTRIES, { history }), { held: kept });
    assert.deepEqual(codes(report), []);
    assert.equal(report.sums.olderCheckpoints, 9);
  });
});

describe('an attack on the entries', () => {
  it('by changing one is found by the root', async () => {
    const report = await verify(await packWith(replaced(300, leafBytes(300, { actor: 'staff-8' }))));
    assert.deepEqual(codes(report), ['tile-differs', 'tile-differs', 'root-differs']);
    assert.match(report.findings[0]!.where, /^log\/tile\/0\/001$/);
  });

  it('by changing one and its tiles is found by the root', async () => {
    const changed = replaced(300, leafBytes(300, { actor: 'staff-8' }));
    const pack = await rewritten(changed);
    pack.set('log/checkpoint', utf8(noteOf(ENTRIES)));
    assert.deepEqual(codes(await verify(pack)), ['root-differs']);
  });

  it('by exchanging two is found by the root, and by their times', async () => {
    const swapped = replaced(10, ENTRIES[11]!).map((entry, at) => (at === 11 ? ENTRIES[10]! : entry));
    const report = await verify(await packWith(swapped));
    assert.deepEqual(codes(report), ['time-backwards', 'tile-differs', 'tile-differs', 'root-differs']);
    assert.equal(report.findings[0]?.where, 'entry 11');
  });

  it('by exchanging two of the same minute is found by the root', async () => {
    const same = [leafBytes(0, { subject: 'policy:a' }), leafBytes(0, { subject: 'policy:b' })];
    const pack = await packOf(same);
    pack.set('log/tile/entries/000.p/2', encodeBundle([same[1]!, same[0]!]));
    assert.ok(codes(await verify(pack)).includes('root-differs'));
  });

  it('by removing one is found by the number of entries', async () => {
    const report = await verify(await packWith(ENTRIES.filter((_, at) => at !== 300)));
    assert.deepEqual(codes(report), ['tile-differs', 'entries-missing']);
    assert.deepEqual(
      report.findings.map(({ where }) => where),
      ['log/tile/0/001', 'log/tile/entries/002.p/88'],
    );
    const shorter = await packOf(ENTRIES);
    shorter.set('log/tile/entries/001', encodeBundle(ENTRIES.slice(256, 511)));
    assert.deepEqual(codes(await verify(shorter)), ['bundle-malformed']);
    assert.match((await verify(shorter)).findings[0]!.words, /has 255 entries and the checkpoint asks for 256/);
  });

  it('by removing a whole bundle is found, and what lies behind it does not count as looked at', async () => {
    const pack = await packOf(ENTRIES);
    pack.delete('log/tile/entries/001');
    const report = await verify(pack, { held: [held(ENTRIES.slice(0, 500))] });
    assert.deepEqual([codes(report), report.broken, report.unread], [['entries-missing'], 1, 0]);
    assert.deepEqual([report.sums.entries, report.sums.olderCheckpoints], [256, 0]);
  });

  it('by adding one is found by the bytes behind the last', async () => {
    const pack = await packOf(ENTRIES);
    pack.set('log/tile/entries/002.p/88', encodeBundle([...ENTRIES.slice(512), leafBytes(600)]));
    assert.deepEqual(codes(await verify(pack)), ['bundle-malformed']);
  });

  it('by cutting the tail off is found by the size of the checkpoint', async () => {
    const report = await verify(await packWith(ENTRIES.slice(0, 512)));
    assert.deepEqual(codes(report), ['entries-missing']);
    assert.equal(report.findings[0]?.where, 'log/tile/entries/002.p/88');
  });

  it('by putting the hash of the entry in place of the entry, or an entry in two places, is found', async () => {
    for (const entry of [hashLeaf(ENTRIES[300]!), ENTRIES[299]!])
      assert.ok(codes(await verify(await packWith(replaced(300, entry)))).includes('root-differs'));
  });
});

describe('an attack on the checkpoint', () => {
  const signedBy = async (signer: SignerKey, origin = ORIGIN): Promise<Pack> => {
    const pack = await packOf(ENTRIES);
    return pack.set('log/checkpoint', utf8(noteOf(ENTRIES, signer, origin)));
  };

  it('by another key under the same name is found, and stops before anything is believed', async () => {
    const report = await verify(await signedBy({ name: ORIGIN, seed: new Uint8Array(32).fill(8) }));
    assert.deepEqual(codes(report), ['signature-missing']);
    assert.equal(report.checkpoint, null);
    assert.equal(report.sums.entries, 0);
  });

  it('by exchanging the key in the pack as well is found by whoever got the key elsewhere, and by nobody else', async () => {
    const thief = { name: ORIGIN, seed: new Uint8Array(32).fill(8) };
    const pack = await signedBy(thief);
    pack.set('log.vkey', utf8(`${formatVerifierKey(verifierOf(thief))}\n`));
    const trusting = await verify(pack);
    assert.deepEqual([codes(trusting), trusting.key?.cameWithPack], [[], true]);
    assert.deepEqual(codes(await verify(pack, { key: KEY })), ['key-differs', 'signature-missing']);
    assert.deepEqual(codes(await verify(pack, { held: [held(ENTRIES.slice(0, 9))] })), ['history-other-key']);
  });

  it('by changing a byte of its text or signature is found', async () => {
    const pack = await packOf(ENTRIES);
    const note = noteOf(ENTRIES);
    pack.set('log/checkpoint', utf8(note.replace('\n600\n', '\n599\n')));
    assert.deepEqual(codes(await verify(pack)), ['signature-wrong']);
    for (let at = 0; at < note.length; at += 1) {
      pack.set('log/checkpoint', utf8(`${note.slice(0, at)}${note[at] === 'A' ? 'B' : 'A'}${note.slice(at + 1)}`));
      const report = await verify(pack);
      assert.ok(report.broken > 0 && report.sums.entries === 0, `character ${at}`);
    }
  });

  it('by a checkpoint of another log of the same key is found', async () => {
    assert.deepEqual(codes(await verify(await signedBy(SIGNER, 'other.example/log'))), ['origin-differs']);
  });

  it('by a size that no log has costs nothing', async () => {
    const text = formatCheckpoint({ origin: ORIGIN, size: 2 ** 53 - 1, root: rootOf(ENTRIES), extensions: [] });
    const pack = await packOf(ENTRIES);
    pack.set('log/checkpoint', utf8(formatNote({ text, signatures: [signNote(text, SIGNER)] })));
    assert.deepEqual(codes(await verify(pack)), ['entries-missing']);
    assert.equal((await verify(pack)).sums.entries, 512);
  });

  it('is incomplete, not broken, where there is none: nothing was claimed', async () => {
    const pack = await packOf(ENTRIES);
    pack.delete('log/checkpoint');
    const report = await verify(pack);
    assert.deepEqual([codes(report), report.broken, report.unread], [['checkpoint-missing'], 0, 1]);
    pack.delete('log.vkey');
    assert.deepEqual(codes(await verify(pack)), ['key-missing']);
    pack.set('log.vkey', utf8('nonsense\n'));
    assert.deepEqual(codes(await verify(pack)), ['key-malformed']);
  });
});

describe('an attack by whoever holds the key', () => {
  it('by rolling the log back is found only by a newer checkpoint that somebody kept', async () => {
    const pack = await rewritten(ENTRIES.slice(0, 400));
    assert.deepEqual(codes(await verify(pack, { key: KEY })), []);
    const report = await verify(pack, { key: KEY, held: [held(ENTRIES)] });
    assert.deepEqual(codes(report), ['rolled-back']);
    assert.match(report.findings[0]!.words, /once had 600 entries and now ends at 400/);
  });

  it('by forking it is found only by a checkpoint of the other branch', async () => {
    const fork = [
      ...ENTRIES.slice(0, 450),
      ...entriesOf(SIZE).slice(450, 590),
      leafBytes(590, { actor: 'staff-9' }),
      ...ENTRIES.slice(591),
    ];
    const pack = await rewritten(fork);
    assert.deepEqual(codes(await verify(pack, { key: KEY, held: [held(ENTRIES.slice(0, 450))] })), []);
    const report = await verify(pack, { key: KEY, held: [held(ENTRIES.slice(0, 450)), held(ENTRIES.slice(0, 595))] });
    assert.deepEqual(codes(report), ['rewritten']);
  });

  it('by writing the whole history anew is found only by any older checkpoint', async () => {
    const pack = await rewritten(replaced(0, leafBytes(0, { data: { kept: 99 } })));
    assert.deepEqual(codes(await verify(pack, { key: KEY })), []);
    for (const size of [1, 256, 600])
      assert.deepEqual(codes(await verify(pack, { key: KEY, held: [held(ENTRIES.slice(0, size))] })), ['rewritten']);
    const own = formatHistory([{ note: noteOf(ENTRIES.slice(0, 77)), seenAt: null }]);
    pack.set('log/history.ndjson', utf8(own));
    assert.deepEqual(codes(await verify(pack)), ['rewritten'], 'a history that was forgotten in the pack counts too');
  });

  it('by backdating an entry before the one in front of it is found by itself', async () => {
    const pack = await rewritten(replaced(300, leafBytes(300, { at: atOf(200) })));
    const report = await verify(pack, { key: KEY });
    assert.deepEqual(codes(report), ['time-backwards']);
    assert.equal(report.findings[0]?.where, 'entry 300');
  });

  it('by backdating new entries is found only by a checkpoint of which somebody knows when they saw it', async () => {
    // The log stood still at 300 entries, 14:00; two days later somebody adds entries that claim to be of 14:01 and later.
    const pack = await rewritten(ENTRIES);
    assert.deepEqual(codes(await verify(pack, { key: KEY, held: [held(ENTRIES.slice(0, 300))] })), []);
    const seenAt = (atOf(300) + 2 * 86_400_000) as Instant;
    const report = await verify(pack, { key: KEY, held: [held(ENTRIES.slice(0, 300), seenAt)] });
    assert.deepEqual([report.broken, new Set(codes(report))], [300, new Set(['time-before-anchor'])]);
    assert.equal(report.findings[0]?.where, 'entry 300');
    assert.equal(report.findings.length, 100, 'the list ends, the count does not');
  });

  it('by dating entries later than they were seen is found the same way', async () => {
    const pack = await rewritten(ENTRIES);
    const seenAt = (atOf(200) - 3_600_001) as Instant;
    const anchors = [held(ENTRIES.slice(0, 201), seenAt)];
    const report = await verify(pack, { key: KEY, held: anchors });
    assert.deepEqual(
      [report.findings[0]?.code, report.findings[0]?.where, report.broken],
      ['time-after-anchor', 'entry 200', 1],
    );
  });

  it('by dating entries later than a larger log was seen is found, whenever a smaller one was', async () => {
    const early = held(ENTRIES.slice(0, 300), (atOf(200) - 3_600_001) as Instant);
    const late = held(ENTRIES.slice(0, 201), atOf(600));
    const report = await verify(await rewritten(ENTRIES), { key: KEY, held: [late, early] });
    assert.deepEqual([report.findings[0]?.code, report.findings[0]?.where], ['time-after-anchor', 'entry 200']);
  });

  it('is not seen in a stale copy: a checkpoint shown after a larger one says nothing about what followed it', async () => {
    const stale = held(ENTRIES.slice(0, 300), atOf(500));
    const report = await verify(await rewritten(ENTRIES), {
      key: KEY,
      held: [stale, held(ENTRIES.slice(0, 400), atOf(400))],
    });
    assert.deepEqual(codes(report), []);
  });

  it('does not need exact clocks: an hour between two of them is no attack', async () => {
    const pack = await rewritten(ENTRIES);
    for (const shift of [-3_600_000, 0, 3_600_000]) {
      const seen = (size: number): HeldCheckpoint =>
        held(ENTRIES.slice(0, size), (atOf(size) + shift - 60_000) as Instant);
      const report = await verify(pack, { key: KEY, held: [seen(1), seen(256), seen(600)] });
      assert.deepEqual(codes(report), [], `${shift} ms`);
    }
  });
});

describe('what cannot be looked at', () => {
  it('is incomplete: a tile that is missing breaks nothing, because tiles can be computed', async () => {
    const pack = await packOf(ENTRIES);
    pack.delete('log/tile/0/001');
    pack.delete('log/tile/1/000.p/2');
    const report = await verify(pack);
    assert.deepEqual([codes(report), report.broken, report.unread], [['tile-missing', 'tile-missing'], 0, 2]);
    assert.equal(report.sums.tiles, 2);
  });

  it('is incomplete: an entry bundle that is there and cannot be read', async () => {
    const pack = await packOf(ENTRIES);
    const report = await verifyLog(
      async (path, most) =>
        path === 'log/tile/entries/001'
          ? { absent: false, why: 'cannot be read (EACCES)' }
          : readerOf(pack)(path, most),
      { key: KEY, held: [] },
    );
    assert.deepEqual([codes(report), report.broken, report.unread], [['entries-missing'], 0, 1]);
  });

  it('is incomplete: a checkpoint that was kept and is of another log, or is none', async () => {
    const other = { where: 'a', note: utf8(noteOf(ENTRIES, { ...SIGNER, name: 'other.example/log' })), seenAt: null };
    const none = { where: 'b', note: utf8('nonsense'), seenAt: null };
    const report = await verify(await packOf(ENTRIES), { held: [other, none] });
    assert.deepEqual([codes(report), report.broken], [['history-other-log', 'history-malformed'], 0]);
    const pack = await packOf(ENTRIES);
    for (const text of ['{', '{"note":1,"seen":null}\n', '{"note":"a","seen":"yesterday"}\n', '\n\n'])
      assert.deepEqual(codes(await verify(new Map(pack).set('log/history.ndjson', utf8(text)))), ['history-malformed']);
  });
});

describe('an entry', () => {
  it('that is no leaf is found, though it was signed for', async () => {
    const entries = [ENTRIES[0]!, utf8('{"hello":"world"}'), ENTRIES[2]!];
    const pack = await packOf(ENTRIES.slice(0, 3));
    const text = formatCheckpoint({ origin: ORIGIN, size: 3, root: rootOf(entries), extensions: [] });
    pack.set('log/checkpoint', utf8(formatNote({ text, signatures: [signNote(text, SIGNER)] })));
    pack.set('log/tile/entries/000.p/3', encodeBundle(entries));
    const report = await verify(pack);
    assert.deepEqual(codes(report), ['entry-malformed', 'tile-differs']);
    assert.equal(report.findings[0]?.where, 'entry 1');
  });

  it('of another organisation is found', async () => {
    const report = await verify(await rewritten(replaced(5, leafBytes(5, { org: 'nachbar' }))));
    assert.deepEqual(codes(report), ['entry-foreign']);
  });
});
