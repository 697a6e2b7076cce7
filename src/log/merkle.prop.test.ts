/** The tree by its definition in RFC 6962 §2.1, which recurses, against ours, which does not; and what a changed bit does. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { hex, utf8 } from '../lib/bytes.ts';
import { CompactRange, hashLeaf, type Hash, isConsistent, isIncluded } from './merkle.ts';
import { proveConsistency, proveInclusion, type ReadTile } from './proof.ts';
import { parseTilePath, tilePath } from './tile.ts';
import { TileBuilder } from './tile-builder.ts';

const sha = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** MTH(D[n]) word for word. */
function mth(leaves: readonly Uint8Array[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return sha();
  if (leaves.length === 1) return sha(Uint8Array.of(0), first);
  let k = 1;
  while (2 * k < leaves.length) k *= 2;
  return sha(Uint8Array.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

const leaf = (index: number): Uint8Array => utf8(`entry ${index}`);

interface Log {
  /** Root at every size from 0. */
  readonly roots: readonly Hash[];
  readonly leafHashes: readonly Hash[];
  readonly tiles: ReadonlyMap<string, Uint8Array>;
}

/** Every full tile of a log, and the hashes of its partial ones at any size: each is a beginning of a longer one. */
function grow(size: number): Log {
  const tree = new TileBuilder();
  const roots = [tree.root()];
  const leafHashes: Hash[] = [];
  const tiles = new Map<string, Uint8Array>();
  for (let index = 0; index < size; index += 1) {
    const hash = hashLeaf(leaf(index));
    leafHashes.push(hash);
    for (const tile of tree.append(hash)) tiles.set(`${tile.level}/${tile.index}`, tile.bytes);
    roots.push(tree.root());
  }
  for (const tile of tree.partials()) tiles.set(`${tile.level}/${tile.index}`, tile.bytes);
  return { roots, leafHashes, tiles };
}

const reader =
  ({ tiles }: Log): ReadTile =>
  async (level, index, width) =>
    tiles.get(`${level}/${index}`)!.subarray(0, width * 32);

const SMALL = grow(300);
const LARGE = grow(100_000);
const flip = (bytes: Uint8Array, bit: number): Uint8Array =>
  bytes.map((byte, at) => (at === Math.floor(bit / 8) % bytes.length ? byte ^ (1 << (bit % 8)) : byte));
const pair = (most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 1, max: most }))
    .map(([a, b]): [number, number] => (a < b ? [a, b] : [b === 0 ? 0 : b - 1, Math.max(a, b)]));

describe('the tree', () => {
  it('has the roots of the recursive definition at every size up to 300', () => {
    const leaves = SMALL.leafHashes.map((_, index) => leaf(index));
    for (let size = 0; size <= 300; size += 1)
      assert.equal(hex(SMALL.roots[size]!), mth(leaves.slice(0, size)).toString('hex'));
  });

  it('names each perfect subtree once, in order, also at sizes beyond 32 bits', () => {
    // A size with every second bit set: 27 subtrees, whose hashes are free to choose.
    const size = 0b0101_0101_0101_0101_0101_0101_0101_0101_0101_0101_0101_0101_0101;
    assert.ok(size > 2 ** 50);
    const nodes = Array.from({ length: 26 }, (_, at) => hashLeaf(leaf(at)));
    const range = new CompactRange(size, nodes);
    const seen: [number, number][] = [];
    range.append(hashLeaf(leaf(0)), (height, index) => seen.push([height, index]));
    assert.deepEqual(seen, [
      [0, size],
      [1, (size - 1) / 2],
    ]);
    assert.equal(range.size, size + 1);
    assert.equal(range.nodes.length, 26);
  });
});

describe('proofs', () => {
  it('of inclusion hold for every entry at every size up to 64, and at all sizes up to 300 for some', async () => {
    for (let size = 1; size <= 300; size += 1) {
      const step = size <= 64 ? 1 : 37;
      for (let index = 0; index < size; index += step) await holdsInclusion(SMALL, index, size);
      await holdsInclusion(SMALL, size - 1, size);
    }
  });

  it('of consistency hold for every pair of sizes up to 64, and for each size up to 300 with some', async () => {
    for (let newSize = 0; newSize <= 300; newSize += 1) {
      const step = newSize <= 64 ? 1 : 31;
      for (let oldSize = 0; oldSize <= newSize; oldSize += step) await holdsConsistency(SMALL, oldSize, newSize);
      if (newSize > 0) await holdsConsistency(SMALL, newSize - 1, newSize);
    }
  });

  it('hold at random sizes up to 100,000', async () => {
    await fc.assert(
      fc.asyncProperty(pair(100_000), async ([smaller, size]) => {
        await holdsInclusion(LARGE, Math.min(smaller, size - 1), size);
        await holdsConsistency(LARGE, smaller, size);
      }),
      { numRuns: 200 },
    );
  });

  it('of inclusion fail when any bit of leaf, root or path is flipped', async () => {
    await fc.assert(
      fc.asyncProperty(pair(100_000), fc.nat(255), fc.nat(20), async ([smaller, size], bit, at) => {
        const right = await holdsInclusion(LARGE, Math.min(smaller, size - 1), size);
        assert.ok(!isIncluded({ ...right, root: flip(right.root, bit) }));
        assert.ok(!isIncluded({ ...right, leafHash: flip(right.leafHash, bit) }));
        assert.ok(!isIncluded({ ...right, leafHash: hashLeaf(flip(leaf(right.index), bit)) }));
        const proof = right.proof.map((hash, place) => (place === at % right.proof.length ? flip(hash, bit) : hash));
        if (proof.length > 0) assert.ok(!isIncluded({ ...right, proof }));
      }),
      { numRuns: 100 },
    );
  });

  it('of consistency fail when any bit of a root or the path is flipped', async () => {
    await fc.assert(
      fc.asyncProperty(pair(100_000), fc.nat(255), fc.nat(20), async ([oldSize, newSize], bit, at) => {
        const right = await holdsConsistency(LARGE, oldSize, newSize);
        assert.ok(!isConsistent({ ...right, oldRoot: flip(right.oldRoot, bit) }));
        // Of the empty tree every tree is a continuation, whatever its root.
        if (oldSize > 0) assert.ok(!isConsistent({ ...right, newRoot: flip(right.newRoot, bit) }));
        const proof = right.proof.map((hash, place) => (place === at % right.proof.length ? flip(hash, bit) : hash));
        if (proof.length > 0) assert.ok(!isConsistent({ ...right, proof }));
      }),
      { numRuns: 100 },
    );
  });

  it('of hostile sizes and lengths are refused at once, and never throw', () => {
    const hash = fc.uint8Array({ minLength: 0, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.double(),
        fc.double(),
        hash,
        hash,
        fc.array(hash, { maxLength: 70 }),
        (index, size, root, leafHash, proof) => {
          assert.ok(!isIncluded({ leafHash, index, size, root, proof }));
          const isFree = index === 0 && size > 0;
          if (!isFree)
            assert.ok(!isConsistent({ oldSize: index, oldRoot: leafHash, newSize: size, newRoot: root, proof }));
        },
      ),
    );
  });
});

describe('tile paths', () => {
  it('are read back as the place they were made of, at every level and index', () => {
    const level = fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 }));
    const index = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.maxSafeNat());
    fc.assert(
      fc.property(level, index, fc.integer({ min: 1, max: 256 }), (ofLevel, at, width) => {
        const place = { level: ofLevel, index: at, width };
        assert.deepEqual(parseTilePath(tilePath(place)), place);
      }),
    );
  });

  it('have one spelling: what is read gives the same text again', () => {
    const piece = fc.constantFrom(
      'tile',
      '/',
      '0',
      '1',
      '63',
      '64',
      'entries',
      'x',
      '000',
      '001',
      '12',
      '.p/',
      '256',
      'x000',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        const place = parseTilePath(text);
        if (place !== null) assert.equal(tilePath(place), text);
      }),
      { numRuns: 2_000 },
    );
  });
});

async function holdsInclusion(log: Log, index: number, size: number) {
  const leafHash = log.leafHashes[index]!;
  const given = {
    leafHash,
    index,
    size,
    root: log.roots[size]!,
    proof: await proveInclusion(index, size, reader(log)),
  };
  assert.ok(isIncluded(given), `entry ${index} of ${size}`);
  return given;
}

async function holdsConsistency(log: Log, oldSize: number, newSize: number) {
  const proof = await proveConsistency(oldSize, newSize, reader(log));
  const given = { oldSize, oldRoot: log.roots[oldSize]!, newSize, newRoot: log.roots[newSize]!, proof };
  assert.ok(isConsistent(given), `${oldSize} before ${newSize}`);
  return given;
}
