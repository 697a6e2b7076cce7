/**
 * The tree against what others computed: leaves, roots and proofs of the Certificate Transparency test data, as they stand
 * in github.com/transparency-dev/merkle (proof/verify_test.go, "inclusionProofs", "consistencyProofs", "roots", "leaves"),
 * which took them over from github.com/google/certificate-transparency.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromHex, hex } from '../lib/bytes.ts';
import { CompactRange, emptyRoot, hashLeaf, hashNode, isConsistent, isIncluded } from './merkle.ts';
import { proveConsistency, proveInclusion } from './proof.ts';
import { TileBuilder } from './tile-builder.ts';

const bytes = (text: string): Uint8Array => fromHex(text)!;

const LEAVES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
  bytes,
);

/** Of the first one, two, … eight leaves. */
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** Leaf (from 0) and size; in the source leaves count from 1. */
const INCLUSION: readonly [number, number, readonly string[]][] = [
  [
    0,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    5,
    8,
    [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  [
    1,
    5,
    [
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
];

const CONSISTENCY: readonly [number, number, readonly string[]][] = [
  [
    1,
    8,
    [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ],
  ],
  [
    6,
    8,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
  [
    2,
    5,
    [
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    ],
  ],
  [
    6,
    7,
    [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ],
  ],
];

const readTile = (size: number) => {
  const tree = new TileBuilder();
  for (const leaf of LEAVES.slice(0, size)) tree.append(hashLeaf(leaf));
  const [tile] = tree.partials();
  return async (level: number, index: number): Promise<Uint8Array> => {
    assert.deepEqual([level, index], [0, 0], 'eight leaves lie in one tile');
    return tile!.bytes;
  };
};

describe('the tree', () => {
  it('has the root of RFC 6962 §2.1 when it is empty: the SHA-256 of nothing', () => {
    assert.equal(hex(emptyRoot()), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    assert.equal(hex(new CompactRange().root()), hex(emptyRoot()));
  });

  it('hashes a leaf as github.com/transparency-dev/merkle does (rfc6962/rfc6962_test.go)', () => {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    assert.equal(hex(hashLeaf(utf8(''))), '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d');
    assert.equal(hex(hashLeaf(utf8('L123456'))), '395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56');
    // Its children have four bytes there; ours have 32, and what has not is a mistake of ours, not a hash of something.
    assert.throws(() => hashNode(utf8('N123'), utf8('N456')), TypeError);
  });

  it('has the roots of the Certificate Transparency test data at every size', () => {
    const range = new CompactRange();
    const roots = LEAVES.map((leaf) => {
      range.append(hashLeaf(leaf));
      return hex(range.root());
    });
    assert.deepEqual(roots, ROOTS);
  });

  it('goes on from the nodes that it gave, as a log does after a restart', () => {
    let range = new CompactRange();
    for (const [at, leaf] of LEAVES.entries()) {
      range.append(hashLeaf(leaf));
      range = new CompactRange(range.size, range.nodes);
      assert.equal(hex(range.root()), ROOTS[at]);
    }
    assert.throws(() => new CompactRange(3, [emptyRoot()]), TypeError);
    assert.throws(() => new CompactRange(2 ** 53, []), TypeError);
  });
});

describe('an inclusion proof', () => {
  it('is the one of the Certificate Transparency test data', async () => {
    for (const [index, size, proof] of INCLUSION) {
      assert.deepEqual((await proveInclusion(index, size, readTile(size))).map(hex), proof);
      const given = { leafHash: hashLeaf(LEAVES[index]!), index, size, root: bytes(ROOTS[size - 1]!) };
      assert.ok(isIncluded({ ...given, proof: proof.map(bytes) }));
    }
  });

  it('is refused for another place, size or root, with a hash more or less, and with hashes of another length', () => {
    for (const [index, size, proof] of INCLUSION) {
      const right = {
        leafHash: hashLeaf(LEAVES[index]!),
        index,
        size,
        root: bytes(ROOTS[size - 1]!),
        proof: proof.map(bytes),
      };
      const { root, proof: path } = right;
      for (const wrong of [
        { index: index - 1 },
        { index: index + 1 },
        { index: index + 0.5 },
        { index: Number.NaN },
        { size: size * 2 },
        { size: Math.floor(size / 2) },
        { size: index },
        { size: Number.POSITIVE_INFINITY },
        { root: emptyRoot() },
        { root: new Uint8Array(0) },
        { leafHash: emptyRoot() },
        { leafHash: new Uint8Array(0) },
        { proof: [...path, root] },
        { proof: [root, ...path] },
        { proof: [...path, new Uint8Array(0)] },
        { proof: path.slice(0, -1) },
        { proof: path.slice(1) },
        { proof: [...path].reverse().concat(path.length < 2 ? [root] : []) },
      ])
        assert.equal(isIncluded({ ...right, ...wrong }), false, JSON.stringify([index, size, Object.keys(wrong)]));
    }
  });

  it('of the only entry is empty', async () => {
    const leafHash = hashLeaf(LEAVES[0]!);
    assert.deepEqual(await proveInclusion(0, 1, readTile(1)), []);
    assert.ok(isIncluded({ leafHash, index: 0, size: 1, root: leafHash, proof: [] }));
    assert.ok(!isIncluded({ leafHash, index: 0, size: 0, root: emptyRoot(), proof: [] }));
  });
});

describe('a consistency proof', () => {
  it('is the one of the Certificate Transparency test data', async () => {
    for (const [oldSize, newSize, proof] of CONSISTENCY) {
      assert.deepEqual((await proveConsistency(oldSize, newSize, readTile(newSize))).map(hex), proof);
      const [oldRoot, newRoot] = [bytes(ROOTS[oldSize - 1]!), bytes(ROOTS[newSize - 1]!)];
      assert.ok(isConsistent({ oldSize, oldRoot, newSize, newRoot, proof: proof.map(bytes) }));
    }
  });

  it('is refused for other sizes and roots, and with a hash more or less', () => {
    for (const [oldSize, newSize, proof] of CONSISTENCY) {
      const [oldRoot, newRoot] = [bytes(ROOTS[oldSize - 1]!), bytes(ROOTS[newSize - 1]!)];
      const right = { oldSize, oldRoot, newSize, newRoot, proof: proof.map(bytes) };
      const path = right.proof;
      for (const wrong of [
        { oldSize: oldSize - 1 },
        { oldSize: oldSize + 1 },
        { newSize: newSize * 2 },
        { newSize: Math.floor(newSize / 2) },
        { newSize: Number.NaN },
        { oldRoot: emptyRoot() },
        { newRoot: emptyRoot() },
        { oldRoot: newRoot, newRoot: oldRoot },
        { proof: [] },
        { proof: [...path, oldRoot] },
        { proof: [...path, new Uint8Array(0)] },
        { proof: [newRoot, ...path] },
        { proof: [path[0]!, ...path] },
        { proof: path.slice(0, -1) },
      ])
        assert.equal(isConsistent({ ...right, ...wrong }), false, JSON.stringify([oldSize, newSize, wrong]));
    }
  });

  it('is empty, and needs the right roots, where there is nothing to show', async () => {
    const root = bytes(ROOTS[0]!);
    assert.deepEqual(await proveConsistency(0, 8, readTile(8)), []);
    assert.deepEqual(await proveConsistency(8, 8, readTile(8)), []);
    const empty = { oldSize: 0, oldRoot: emptyRoot(), newSize: 1, newRoot: root, proof: [] };
    assert.ok(isConsistent(empty));
    assert.ok(isConsistent({ ...empty, newSize: 0, newRoot: emptyRoot() }));
    assert.ok(isConsistent({ ...empty, oldSize: 1, oldRoot: root }));
    assert.ok(!isConsistent({ ...empty, oldRoot: root }), 'the empty tree has one root');
    assert.ok(!isConsistent({ ...empty, newSize: 0, oldRoot: root, newRoot: root }));
    assert.ok(!isConsistent({ ...empty, proof: [root] }));
    assert.ok(!isConsistent({ ...empty, oldSize: 1, newSize: 0 }), 'a log does not shrink');
  });
});
