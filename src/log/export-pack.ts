/**
 * What `log export DIR` writes: everything that an outsider needs to verify the log without us, as paths and bytes.
 *
 * ```
 * index.html             what this is, for people (pack-page.ts)
 * VERIFY.md              how to verify it (pack-guide.text.ts)
 * verify.mjs             a program that does (src/verify.ts)
 * log.vkey               the key of the log
 * log/history.ndjson     older checkpoints, where there are any
 * evidence/README.txt    where evidence goes along; and evidence/ab/ab12…, the bodies by their SHA-256
 * log/tile/entries/…     the entries
 * log/tile/0/… 1/… 2/…   the hashes above them
 * log/checkpoint         the signed root; last, so that a pack that was interrupted has none
 * ```
 */
import { sameBytes, utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { formatHistory } from './held-checkpoint.ts';
import { type Leaf, readLeaf } from './leaf.ts';
import { hashLeaf } from './merkle.ts';
import { formatVerifierKey, parseNote, type VerifierKey, verifyNote } from './note.ts';
import { EVIDENCE_README, packGuide } from './pack-guide.text.ts';
import { packPage, type PackSummary } from './pack-page.ts';
import { encodeBundle, MOST_ENTRY_BYTES, TILE_WIDTH, tilePath } from './tile.ts';
import { type Tile, TileBuilder } from './tile-builder.ts';
import { evidenceOf, evidencePath, PACK } from './verify-log.ts';

export interface PackFile {
  /** With `/`, relative to the pack. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface PackInput {
  /** In order, from 0; as many as the checkpoint says. What follows is not read. */
  readonly entries: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** The signed checkpoint, as it was published. */
  readonly note: string;
  readonly key: VerifierKey;
  readonly history: readonly { readonly note: string; readonly seenAt: Instant | null }[];
  /** What an entry names by its SHA-256; `null` for what does not go along. Absent: an export without evidence. */
  readonly evidence?: (digest: string) => Promise<Uint8Array | null>;
  /** dist/verify.mjs. */
  readonly program: Uint8Array;
  readonly exportedAt: Instant;
}

/**
 * The files one after another: a log of a million entries has 8,000 of them and 300 MB.
 *
 * @throws LOG_DAMAGED before `log/checkpoint` where the entries are not those of the checkpoint: a pack that does not
 *   verify is not handed out.
 */
export async function* packFiles(input: PackInput): AsyncGenerator<PackFile> {
  const checkpoint = openOwn(input);
  const summary = new SummaryOfEntries();
  yield { path: PACK.key, bytes: utf8(`${formatVerifierKey(input.key)}\n`) };
  yield { path: 'verify.mjs', bytes: input.program };
  yield { path: 'VERIFY.md', bytes: utf8(packGuide(checkpoint.origin, formatVerifierKey(input.key))) };
  if (input.history.length > 0) yield { path: PACK.history, bytes: utf8(formatHistory(input.history)) };
  const evidence = new EvidenceFiles(input.evidence);
  yield* evidence.head();
  const tree = new TileBuilder();
  let bundle: Uint8Array[] = [];
  const bundleFile = (): PackFile => {
    const index = Math.ceil(tree.size / TILE_WIDTH) - 1;
    const bytes = encodeBundle(bundle);
    return { path: `${PACK.tiles}${tilePath({ level: 'entries', index, width: bundle.length })}`, bytes };
  };
  if (checkpoint.size > 0) {
    for await (const entry of input.entries) {
      if (entry.length > MOST_ENTRY_BYTES) throw damaged(`entry ${tree.size} has ${entry.length} bytes`);
      yield* evidence.of(summary.add(entry));
      bundle.push(entry);
      const full = tree.append(hashLeaf(entry));
      yield* full.map(tileFile);
      if (bundle.length === TILE_WIDTH) {
        yield bundleFile();
        bundle = [];
      }
      if (tree.size === checkpoint.size) break;
    }
  }
  if (bundle.length > 0) yield bundleFile();
  yield* tree.partials().map(tileFile);
  if (tree.size !== checkpoint.size)
    throw damaged(`the log has ${tree.size} entries, the checkpoint is of ${checkpoint.size}`);
  if (!sameBytes(tree.root(), checkpoint.root)) throw damaged('the entries do not give the root of the checkpoint');
  yield { path: 'index.html', bytes: utf8(await packPage(summary.of(checkpoint, input))) };
  yield { path: PACK.checkpoint, bytes: utf8(input.note) };
}

const tileFile = (tile: Tile): PackFile => ({ path: `${PACK.tiles}${tilePath(tile)}`, bytes: tile.bytes });

function openOwn({ note, key }: PackInput): Checkpoint {
  const parsed = parseNote(utf8(note));
  const checkpoint = parsed.ok ? parseCheckpoint(parsed.value.text) : parsed;
  if (!parsed.ok || !checkpoint.ok) throw damaged(`the checkpoint ${checkpoint.ok ? '' : checkpoint.error}`);
  if (verifyNote(parsed.value, key) !== 'signed' || checkpoint.value.origin !== key.name)
    throw damaged('the checkpoint is not signed by the key of the log');
  return checkpoint.value;
}

const damaged = (message: string): HoldfastError =>
  new HoldfastError('LOG_DAMAGED', message, {
    hint: 'Do not hand the pack out. Run `holdfast log verify`, and restore the log from a backup where it is broken.',
  });

class EvidenceFiles {
  readonly #bodyOf: PackInput['evidence'];
  readonly #seen = new Set<string>();

  constructor(bodyOf: PackInput['evidence']) {
    this.#bodyOf = bodyOf;
  }

  head(): readonly PackFile[] {
    return this.#bodyOf === undefined ? [] : [{ path: PACK.evidence, bytes: utf8(EVIDENCE_README) }];
  }

  async *of(leaf: Leaf): AsyncGenerator<PackFile> {
    const digest = evidenceOf(leaf);
    if (this.#bodyOf === undefined || digest === null || this.#seen.has(digest)) return;
    this.#seen.add(digest);
    const bytes = await this.#bodyOf(digest);
    if (bytes !== null) yield { path: evidencePath(digest), bytes };
  }
}

/** A log that we did not write may have a type of its own in every entry. */
const MOST_TYPES = 200;
const OTHER_TYPES = 'others';

class SummaryOfEntries {
  readonly #types = new Map<string, number>();
  #firstAt: Instant | null = null;
  #lastAt: Instant | null = null;

  add(entry: Uint8Array): Leaf {
    const leaf = readLeaf(entry);
    if (!leaf.ok) throw damaged(`an entry of the log ${leaf.error}`);
    const { at, type } = leaf.value;
    const name = this.#types.has(type) || this.#types.size < MOST_TYPES ? type : OTHER_TYPES;
    this.#types.set(name, (this.#types.get(name) ?? 0) + 1);
    this.#firstAt ??= at;
    this.#lastAt = at;
    return leaf.value;
  }

  of(checkpoint: Checkpoint, { note, key, exportedAt }: PackInput): PackSummary {
    return {
      origin: checkpoint.origin,
      size: checkpoint.size,
      key: formatVerifierKey(key),
      note,
      firstAt: this.#firstAt,
      lastAt: this.#lastAt,
      exportedAt,
      types: [...this.#types].sort(([, a], [, b]) => b - a).map(([type, entries]) => ({ type, entries })),
    };
  }
}
