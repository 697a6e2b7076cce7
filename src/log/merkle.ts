/**
 * The hash tree of the log: hashing, growing, and checking proofs.
 *
 * Source: RFC 6962 §2.1 for the tree; RFC 9162 §2.1.3.2 and §2.1.4.2 for the two checks, whose variable names are kept.
 * Proofs are made in proof.ts, tiles in tile.ts. Sizes and indexes are numbers up to 2^53 - 1; JavaScript's shifts cut at
 * 32 bits, so halves are divisions here. Nothing recurses on a size.
 */
import { sameBytes } from '../lib/bytes.ts';
import { sha256Bytes } from '../lib/hash.ts';

/** 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF_MARK = 0x00;
const NODE_MARK = 0x01;

/** MTH({}) = SHA-256(). */
export const emptyRoot = (): Hash => sha256Bytes(new Uint8Array(0));

/** MTH({d}) = SHA-256(0x00 || d). */
export function hashLeaf(leaf: Uint8Array): Hash {
  if (leaf.length >= leafInput.length) leafInput = new Uint8Array(2 * (leaf.length + 1));
  leafInput[0] = LEAF_MARK;
  leafInput.set(leaf, 1);
  return sha256Bytes(leafInput.subarray(0, leaf.length + 1));
}

/** SHA-256(0x01 || left || right). */
export function hashNode(left: Hash, right: Hash): Hash {
  if (!isHash(left) || !isHash(right)) throw new TypeError('a node is made of two hashes');
  nodeInput[0] = NODE_MARK;
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return sha256Bytes(nodeInput);
}

/** What is hashed, laid out in memory that is used again: a million entries are two million of these. */
let leafInput = new Uint8Array(1_024);
const nodeInput = new Uint8Array(1 + 2 * HASH_BYTES);

const half = (n: number): number => Math.floor(n / 2);
const isOdd = (n: number): boolean => n % 2 === 1;

/** The largest power of two that is smaller than `n`; the `k` of RFC 6962 §2.1. For `n` above 1. */
export function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/** Called for every node whose leaves are all there: `height` 0 is a leaf, `index` counts from the left of that height. */
export type OnPerfect = (height: number, index: number, hash: Hash) => void;

/**
 * A tree that grows to the right and keeps what its root needs: one hash for each bit that is set in its size, the largest
 * subtree first. Appending costs two hashes on average, whatever the size.
 */
export class CompactRange {
  readonly #nodes: Hash[];
  #size: number;

  /** @param nodes As `nodes` gave them for this size: one for each bit that is set. */
  constructor(size = 0, nodes: readonly Hash[] = []) {
    if (!isTreeSize(size) || nodes.length !== bitsSet(size)) throw new TypeError(`no tree of size ${size} is kept so`);
    this.#size = size;
    this.#nodes = [...nodes];
  }

  get size(): number {
    return this.#size;
  }

  /** For keeping beside the log, so that the next append needs nothing else. */
  get nodes(): readonly Hash[] {
    return [...this.#nodes];
  }

  append(leafHash: Hash, onPerfect?: OnPerfect): void {
    if (!isTreeSize(this.#size + 1)) throw new TypeError('the log is full');
    let hash = leafHash;
    let height = 0;
    let index = this.#size;
    onPerfect?.(height, index, hash);
    for (; isOdd(index); index = half(index)) {
      const left = this.#nodes.pop();
      if (left === undefined) throw new TypeError('a compact range lost a node');
      hash = hashNode(left, hash);
      height += 1;
      onPerfect?.(height, half(index), hash);
    }
    this.#nodes.push(hash);
    this.#size += 1;
  }

  root(): Hash {
    return this.#size === 0 ? emptyRoot() : foldRight(this.#nodes);
  }
}

/** The root over neighbouring perfect subtrees, largest first; at least one. */
export const foldRight = (nodes: readonly Hash[]): Hash => nodes.reduceRight((right, left) => hashNode(left, right));

export const isTreeSize = (size: number): boolean => Number.isSafeInteger(size) && size >= 0;

function bitsSet(size: number): number {
  let bits = 0;
  for (let rest = size; rest > 0; rest = half(rest)) bits += isOdd(rest) ? 1 : 0;
  return bits;
}

const isHash = (hash: Uint8Array): boolean => hash.length === HASH_BYTES;

export interface Inclusion {
  readonly leafHash: Hash;
  /** From 0. */
  readonly index: number;
  /** Of the tree whose root is given. */
  readonly size: number;
  readonly root: Hash;
  /** From the leaf upwards. */
  readonly proof: readonly Hash[];
}

/** Whether the leaf stands at its index in the tree with that root. */
export function isIncluded({ leafHash, index, size, root, proof }: Inclusion): boolean {
  if (![leafHash, root, ...proof].every(isHash)) return false;
  const steps = wayToRoot({ leafHash, index, size, proof });
  return steps !== null && sameBytes(steps.at(-1)?.joined ?? leafHash, root);
}

/** One level up: the neighbour, on which side of us it stands, and the hash of the two. */
export interface Step {
  readonly neighbour: Hash;
  readonly side: 'left' | 'right';
  readonly joined: Hash;
}

/** RFC 9162 §2.1.3.2, step by step. `null` where the proof is longer or shorter than the way is. */
export function wayToRoot({ leafHash, index, size, proof }: Omit<Inclusion, 'root'>): readonly Step[] | null {
  if (!isTreeSize(size) || !isTreeSize(index) || index >= size) return null;
  const steps: Step[] = [];
  let fn = index;
  let sn = size - 1;
  let r = leafHash;
  for (const p of proof) {
    if (sn === 0) return null;
    const side = isOdd(fn) || fn === sn ? 'left' : 'right';
    r = side === 'left' ? hashNode(p, r) : hashNode(r, p);
    if (side === 'left') for (; !isOdd(fn) && fn !== 0; fn = half(fn)) sn = half(sn);
    fn = half(fn);
    sn = half(sn);
    steps.push({ neighbour: p, side, joined: r });
  }
  return sn === 0 ? steps : null;
}

export interface Consistency {
  readonly oldSize: number;
  readonly oldRoot: Hash;
  readonly newSize: number;
  readonly newRoot: Hash;
  readonly proof: readonly Hash[];
}

/**
 * Whether the old tree is the beginning of the new one. RFC 9162 §2.1.4.2.
 *
 * That section starts at sizes from 1. The empty tree is the beginning of every tree, provided that its root is the one
 * of the empty tree; equal sizes need equal roots; both need an empty proof.
 */
export function isConsistent({ oldSize, oldRoot, newSize, newRoot, proof }: Consistency): boolean {
  if (!isTreeSize(oldSize) || !isTreeSize(newSize) || oldSize > newSize) return false;
  if (![oldRoot, newRoot, ...proof].every(isHash)) return false;
  if (newSize === 0 && !sameBytes(newRoot, emptyRoot())) return false;
  if (oldSize === newSize) return proof.length === 0 && sameBytes(oldRoot, newRoot);
  if (oldSize === 0) return proof.length === 0 && sameBytes(oldRoot, emptyRoot());
  if (proof.length === 0) return false;
  let fn = oldSize - 1;
  let sn = newSize - 1;
  for (; isOdd(fn); fn = half(fn)) sn = half(sn);
  // fn is 0 exactly where the old size is a power of two: the old root is then itself the first node of the path.
  const [start, ...rest] = fn === 0 ? [oldRoot, ...proof] : proof;
  if (start === undefined) return false;
  let fr = start;
  let sr = start;
  for (const c of rest) {
    if (sn === 0) return false;
    if (isOdd(fn) || fn === sn) {
      fr = hashNode(c, fr);
      sr = hashNode(c, sr);
      for (; !isOdd(fn) && fn !== 0; fn = half(fn)) sn = half(sn);
    } else sr = hashNode(sr, c);
    fn = half(fn);
    sn = half(sn);
  }
  return sn === 0 && sameBytes(fr, oldRoot) && sameBytes(sr, newRoot);
}
