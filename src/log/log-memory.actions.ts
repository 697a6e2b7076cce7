/**
 * What a process that stays has seen of the log. It finds a database that was exchanged under a running process also where nothing was
 * signed since, and is all that a process without a data folder has (ADR 0009).
 *
 * It also saves work: what was proven once, of a checkpoint or of a tree, needs no second proof while it is the same. A beginning of a
 * beginning is a beginning, so a checkpoint that was compared with what was seen is good for everything that continues it.
 */
import { fromUtf8, sameBytes } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { Queries } from '../platform/db.ts';
import { readOutsideCheckpoint } from './data-folder.client.ts';
import { refuseAnotherWay, refuseRolledBack, rolledBack, signerOf } from './log-guard.actions.ts';
import { readStop } from './log-service.store.ts';
import type { LogHead } from './log.store.ts';
import { CompactRange, type Hash } from './merkle.ts';
import { parseSignerKey, type SignerKey } from './note.ts';

interface Tree {
  readonly log: number;
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

interface Outside {
  readonly note: string;
  readonly origin: string;
}

type SeenTree = Tree & Pick<LogHead, 'nodes'>;

export class LogMemory {
  /** Whether this process has the key and may sign; one that does not needs no data folder. */
  readonly signs: boolean;
  #seen: Tree | null = null;
  /** What this process made of it last; whether that was committed, the next look shows. */
  #made: Tree | null = null;
  /** The checkpoint in the folder, with the log that was found to continue it. */
  #outside: Outside | null = null;
  #key: { readonly text: string; readonly parsed: Result<SignerKey, string> } | null = null;

  constructor(signs: boolean) {
    this.signs = signs;
  }

  /**
   * @throws LOG_ROLLED_BACK where the database no longer continues what was seen of it, or what was signed; then what was seen stays
   *   remembered. LOG_KEY_…; LOG_NOT_FOUND where a process that does not sign finds no log
   */
  async refuse(queries: Queries, folder: string, head: LogHead | null): Promise<void> {
    const outside = this.signs ? await this.#refuseSigning(queries, folder, head) : await refuseStopped(queries, head);
    if (head !== null) await this.#compare(queries, treeOf(head));
    // Only now: a checkpoint is good for what continues the same tree that was seen.
    this.#outside = outside;
  }

  /** Called in the transaction that made it so. */
  made(head: LogHead): void {
    this.#made = treeOf(head);
  }

  /** @returns The checkpoint in the folder, if the log was found to continue it. */
  async #refuseSigning(queries: Queries, folder: string, head: LogHead | null): Promise<Outside | null> {
    // The key first: in the wrong folder neither it nor the checkpoint is there, and nothing was rolled back.
    if (head !== null) signerOf(folder, head.origin, this.#parseKey);
    const bytes = readOutsideCheckpoint(folder);
    const note = bytes instanceof Uint8Array ? fromUtf8(bytes) : null;
    const known = this.#outside;
    if (known !== null && known.note === note && known.origin === head?.origin) return known;
    const outside = await refuseRolledBack(queries, folder, head);
    const isOfThisLog = outside !== null && outside.checkpoint.origin === head?.origin;
    return isOfThisLog ? { note: outside.note, origin: outside.checkpoint.origin } : null;
  }

  async #compare(queries: Queries, now: SeenTree): Promise<void> {
    const seen = this.#seen;
    // A log that follows another one says so in its first entry; whether it may is for the process that signs.
    if (seen !== null && now.log <= seen.log) {
      if (now.origin !== seen.origin)
        throw rolledBack(`this process saw the log ${seen.origin}, and now ${now.origin}`);
      const isKnown = isSame(seen, now) || (this.#made !== null && isSame(this.#made, now));
      if (!isKnown) await refuseAnotherWay(queries, seen, now);
    }
    this.#seen = now;
  }

  readonly #parseKey = (text: string): Result<SignerKey, string> => {
    if (this.#key?.text !== text) this.#key = { text, parsed: parseSignerKey(text) };
    return this.#key.parsed;
  };
}

const treeOf = ({ log, origin, size, nodes }: LogHead): SeenTree => ({
  log,
  origin,
  size,
  nodes,
  root: new CompactRange(size, nodes).root(),
});

const isSame = (a: Tree, b: Tree): boolean =>
  a.log === b.log && a.origin === b.origin && a.size === b.size && sameBytes(a.root, b.root);

async function refuseStopped(queries: Queries, head: LogHead | null): Promise<null> {
  if (head === null)
    throw new HoldfastError(
      'LOG_NOT_FOUND',
      'the database holds no evidence log yet, and this process does not sign one',
      {
        hint: 'Nothing was recorded. Start the process that signs first: `holdfast serve --jobs=on`.',
      },
    );
  const stop = await readStop(queries);
  if (stop !== null) throw new HoldfastError('LOG_ROLLED_BACK', stop.message, { hint: stop.hint });
  return null;
}
