/** Small evidence logs for tests: invented entries, a key of its own, the files of an export in memory. */
import { utf8 } from '../../src/lib/bytes.ts';
import type { Instant } from '../../src/lib/time.ts';
import { formatCheckpoint } from '../../src/log/checkpoint.ts';
import { packFiles, type PackInput } from '../../src/log/export-pack.ts';
import { encodeLeaf, type Leaf } from '../../src/log/leaf.ts';
import { CompactRange, hashLeaf, type Hash } from '../../src/log/merkle.ts';
import { formatNote, type SignerKey, signNote, verifierOf } from '../../src/log/note.ts';
import type { ReadFile } from '../../src/log/verify-log.ts';

export const ORIGIN = 'log.beispiel.example/evidence';
export const SIGNER: SignerKey = { name: ORIGIN, seed: new Uint8Array(32).fill(7) };
export const KEY = verifierOf(SIGNER);

const START = Date.parse('2026-11-24T09:00:00Z');
/** One entry a minute. */
export const atOf = (index: number): Instant => (START + index * 60_000) as Instant;

function leafOf(index: number, changes: Partial<Leaf> = {}): Leaf {
  return {
    v: 1,
    org: 'beispiel',
    at: atOf(index),
    type: 'policy.evaluated',
    actor: 'staff-7',
    subject: `policy:${index}`,
    data: { kept: 12, broken: index % 3 },
    pd: [],
    state: null,
    ...changes,
  };
}

export function leafBytes(index: number, changes: Partial<Leaf> = {}): Uint8Array {
  const bytes = encodeLeaf(leafOf(index, changes));
  if (!bytes.ok) throw new Error(bytes.error);
  return bytes.value;
}

export const entriesOf = (size: number): readonly Uint8Array[] =>
  Array.from({ length: size }, (_, index) => leafBytes(index));

export function rootOf(entries: readonly Uint8Array[]): Hash {
  const range = new CompactRange();
  for (const entry of entries) range.append(hashLeaf(entry));
  return range.root();
}

/** The signed checkpoint of a log with these entries. */
export function noteOf(entries: readonly Uint8Array[], signer: SignerKey = SIGNER, origin = signer.name): string {
  const text = formatCheckpoint({ origin, size: entries.length, root: rootOf(entries), extensions: [] });
  return formatNote({ text, signatures: [signNote(text, signer)] });
}

export type Pack = Map<string, Uint8Array>;

export async function packOf(entries: readonly Uint8Array[], changes: Partial<PackInput> = {}): Promise<Pack> {
  const input = {
    entries,
    note: noteOf(entries),
    key: KEY,
    history: [],
    program: utf8('// verify.mjs\n'),
    exportedAt: atOf(entries.length),
    ...changes,
  };
  const pack: Pack = new Map();
  for await (const { path, bytes } of packFiles(input)) pack.set(path, bytes);
  return pack;
}

export const readerOf =
  (pack: ReadonlyMap<string, Uint8Array>): ReadFile =>
  async (path, mostBytes) => {
    const bytes = pack.get(path);
    if (bytes === undefined) return { absent: true, why: 'is not there' };
    return bytes.length > mostBytes ? { absent: false, why: 'is too large' } : bytes;
  };
