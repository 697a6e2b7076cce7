import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, hex, utf8 } from '../lib/bytes.ts';
import { hashLeaf } from './merkle.ts';
import { proveInclusion } from './proof.ts';
import { decodeBundle, encodeBundle, hashesAt, parseTilePath, tilePath, tileWidth } from './tile.ts';
import { TileBuilder } from './tile-builder.ts';

describe('a tile path', () => {
  it('is the one of tlog-tiles: index 1234067 is x001/x234/067', () => {
    assert.equal(tilePath({ level: 0, index: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
    assert.equal(tilePath({ level: 1, index: 0, width: 17 }), 'tile/1/000.p/17');
    assert.equal(tilePath({ level: 'entries', index: 273, width: 112 }), 'tile/entries/273.p/112');
    assert.equal(tilePath({ level: 6, index: 1_000, width: 256 }), 'tile/6/x001/000');
  });

  it('is read in that spelling only', () => {
    for (const text of [
      '',
      'tile/0/',
      'tile/0/1',
      'tile/00/001',
      'tile/64/001',
      'tile/-1/001',
      'tile/0/x000/001',
      'tile/0/001/x002',
      'tile/0/x01/002',
      'tile/0/001.p/0',
      'tile/0/001.p/256',
      'tile/0/001.p/007',
      'tile/0/001.p/',
      'tile/0/../001',
      '/tile/0/001',
      'tile/0/001\n',
      'tile/0/x999/x999/x999/x999/x999/x999/999',
      `tile/0/${'x000/'.repeat(100_000)}001`,
    ])
      assert.equal(parseTilePath(text), null, text.slice(0, 80));
  });
});

describe('the tiles of a log', () => {
  it('are for 70,000 entries those that tlog-tiles counts up', () => {
    // "a tree of size 70,000 will be represented by 273 full level 0 tiles, one partial level 0 tile of width 112, one full
    // level 1 tile, one partial level 1 tile of width 17, and one partial level 2 tile of width 1."
    const tree = new TileBuilder();
    const full = new Map<number, number>();
    const hash = hashLeaf(utf8('the same'));
    for (let index = 0; index < 70_000; index += 1)
      for (const { level } of tree.append(hash)) full.set(level, (full.get(level) ?? 0) + 1);
    assert.deepEqual(
      [...full],
      [
        [0, 273],
        [1, 1],
      ],
    );
    assert.deepEqual(
      tree.partials().map(({ level, index, width, bytes }) => [level, index, width, bytes.length]),
      [
        [0, 273, 112, 3_584],
        [1, 1, 17, 544],
        [2, 0, 1, 32],
      ],
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((level) => hashesAt(level, 70_000)),
      [70_000, 273, 1, 0],
    );
    assert.deepEqual(
      [272, 273, 274].map((index) => tileWidth('entries', index, 70_000)),
      [256, 112, 0],
    );
  });

  it('are for 256 entries a full one and one of width 1 above it', () => {
    const tree = new TileBuilder();
    const full = Array.from({ length: 256 }, (_, at) => tree.append(hashLeaf(utf8(`${at}`)))).flat();
    assert.deepEqual(
      full.map(({ level, width }) => [level, width]),
      [[0, 256]],
    );
    const [above, ...more] = tree.partials();
    assert.deepEqual([above?.level, above?.width, more], [1, 1, []]);
    assert.equal(hex(above!.bytes), hex(tree.root()));
  });

  it('have to have the length that their width asks for before anything is proved with them', async () => {
    await assert.rejects(
      proveInclusion(0, 8, async () => new Uint8Array(7 * 32)),
      { code: 'LOG_DAMAGED', message: 'tile/0/000.p/8 has 224 bytes instead of 256' },
    );
    await assert.rejects(
      proveInclusion(8, 8, async () => new Uint8Array(0)),
      RangeError,
    );
  });
});

describe('an entry bundle', () => {
  it('has each entry behind its length as a big-endian uint16', () => {
    assert.equal(hex(encodeBundle([utf8('ab'), utf8(''), utf8('c')])), '0002616200000001' + '63');
    assert.equal(hex(encodeBundle([new Uint8Array(258)]).subarray(0, 2)), '0102');
  });

  it('gives the entries back, up to the largest that a length can say', () => {
    const entries = [utf8('one'), new Uint8Array(65_535).fill(1), utf8('')];
    const back = decodeBundle(encodeBundle(entries), 3);
    assert.deepEqual(back.ok && back.value.map(hex), entries.map(hex));
    assert.throws(() => encodeBundle([new Uint8Array(65_536)]), RangeError);
  });

  it('is refused where entries or bytes are missing or too many', () => {
    const bundle = encodeBundle([utf8('ab'), utf8('c')]);
    const fault = (bytes: Uint8Array, width: number) => {
      const read = decodeBundle(bytes, width);
      return read.ok ? 'read' : read.error;
    };
    assert.equal(fault(bundle, 2), 'read');
    assert.deepEqual(fault(bundle, 3), { fault: 'wrong-count', found: 2 });
    assert.deepEqual(fault(bundle, 1), { fault: 'bytes-left-over', bytes: 3 });
    assert.deepEqual(fault(bundle.subarray(0, -1), 2), { fault: 'cut-off' });
    assert.deepEqual(fault(bundle.subarray(0, 5), 2), { fault: 'cut-off' });
    assert.deepEqual(fault(fromHex('ffff00')!, 1), { fault: 'cut-off' });
    assert.deepEqual(fault(new Uint8Array(0), 1), { fault: 'wrong-count', found: 0 });
  });
});
