/**
 * What Git prints, read into values: refs, commits, the state of a work tree, and the reason it refused.
 *
 * Every format here is one that git.client.ts asks for, with NUL between fields, because a NUL is the one byte that
 * neither a path nor a ref nor a commit header can hold. Text is kept as written: escape sequences in an author's name
 * are facts about the repository, and are made safe where they are printed.
 */
import type { Brand } from '../lib/brand.ts';
import type { Instant } from '../lib/time.ts';

/** The full id of a commit object: 40 lower-case hex digits (SHA-1) or 64 (SHA-256). Only `parseCommitId` makes one. */
export type CommitId = Brand<string, 'CommitId'>;

/** The one place that brands: Git itself has resolved the name before its answer comes here. */
export const parseCommitId = (text: string): CommitId | null =>
  /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? (text as CommitId) : null;

/** Enough of an id for a person to find the commit again; twelve digits stay unique in the largest known repositories. */
export const shortId = (id: string): string => id.slice(0, 12);

/** A tag as its ref and its tag object describe it; where it leads is `Tag.commit`. */
export type TagRef = {
  /** Without `refs/tags/`. Bytes that are not UTF-8 read as U+FFFD. */
  readonly name: string;
  /** The tag object of an annotated tag, the target itself of a lightweight one. */
  readonly id: string;
  readonly annotated: boolean;
  /** The tag object carries a signature block. Whose key it is, and whether it fits, is not checked. */
  readonly signed: boolean;
  /** When the tag was made, or the commit if the tag is lightweight; `null` where Git knows no such moment. */
  readonly at: Instant | null;
};

export type Tag = TagRef & {
  /** The commit at the end of the chain of tags; `null` where the tag leads to a file or a tree, or to nothing. */
  readonly commit: CommitId | null;
};

type Person = { readonly name: string; readonly at: Instant | null };

export type Commit = {
  readonly id: string;
  readonly parents: number;
  readonly author: Person;
  readonly committer: Person;
  readonly subject: string;
};

/** Names and subjects are cut at this length (UTF-16 units), so that one hostile commit cannot fill the evidence. */
const TEXT_LIMIT = 200;

const bounded = (text: string): string => (text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT).toWellFormed() : text);

/** 9999-12-31T23:59:59Z in seconds: the last moment that RFC 3339 can spell. */
const LAST_SECOND = 253_402_300_799;

/** Git's `:unix` dates. A commit may carry any number; one that RFC 3339 cannot spell is no date. */
function parseSeconds(text: string): Instant | null {
  if (!/^\d{1,12}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds <= LAST_SECOND ? ((seconds * 1000) as Instant) : null;
}

/** Five fields for each ref, each closed by NUL, then a line feed. */
export const TAG_FORMAT =
  '%(refname)%00%(objecttype)%00%(objectname)%00%(creatordate:unix)%00%(if)%(contents:signature)%(then)signed%(end)%00';

export function parseTags(output: string): readonly TagRef[] {
  return records(output, 5).map(([ref = '', type = '', id = '', at = '', signature = '']) => ({
    // The line feed that closed the record before stands in front of the first field.
    name: ref.replace(/^\n/, '').replace(/^refs\/tags\//, ''),
    id,
    annotated: type === 'tag',
    signed: signature === 'signed',
    at: parseSeconds(at),
  }));
}

/**
 * `git cat-file --batch-check=%(objectname)` on lines of the form `<id>^{commit}`: one line each, the commit's id, or the
 * question again and `missing`.
 */
export function parsePeeled(refs: readonly TagRef[], output: string): readonly Tag[] {
  const lines = output.split('\n');
  return refs.map((ref, index) => ({ ...ref, commit: parseCommitId(lines[index] ?? '') }));
}

/** For `git log -z`: seven fields, NUL between them, NUL after the last. */
export const COMMIT_FORMAT = '%H%x00%P%x00%an%x00%at%x00%cn%x00%ct%x00%s';

export function parseCommits(output: string): readonly Commit[] {
  return records(output, 7).map(
    ([id = '', parents = '', author = '', authored = '', committer = '', at = '', subject = '']) => ({
      id,
      parents: parents === '' ? 0 : parents.split(' ').length,
      author: { name: bounded(author), at: parseSeconds(authored) },
      committer: { name: bounded(committer), at: parseSeconds(at) },
      subject: bounded(subject),
    }),
  );
}

function records(output: string, width: number): readonly (readonly string[])[] {
  const fields = fieldsOf(output);
  // Only the line feed after the last record may be left over.
  if (fields.at(-1) === '\n') fields.pop();
  if (fields.length % width !== 0)
    throw new TypeError(`git answered with ${fields.length} fields, not groups of ${width}`);
  return Array.from({ length: fields.length / width }, (_, index) => fields.slice(index * width, (index + 1) * width));
}

/** Splits at NUL; the empty piece after a closing NUL is dropped. */
export function fieldsOf(output: string): string[] {
  const fields = output.split('\0');
  if (fields.at(-1) === '') fields.pop();
  return fields;
}

export interface StatusLine {
  readonly path: string;
  readonly tracked: boolean;
}

/** `git status --porcelain=v1 -z --no-renames`: two letters, a space, a path (git-status(1), "Porcelain Format Version 1"). */
export const parseStatus = (output: string): readonly StatusLine[] =>
  fieldsOf(output).map((entry) => ({ path: entry.slice(3), tracked: !entry.startsWith('??') }));

export interface IndexEntry {
  readonly path: string;
  readonly submodule: boolean;
  /** Marked `assume-unchanged` or `skip-worktree`: Git does not look whether this file was changed. */
  readonly unwatched: boolean;
}

/**
 * `git ls-files -v -s -z`: a letter, mode, id and stage, a tab, a path. A lower-case letter is `assume-unchanged`,
 * `S` is `skip-worktree` (git-ls-files(1), options -t and -v); mode 160000 is a submodule.
 */
export const parseIndex = (output: string): readonly IndexEntry[] =>
  fieldsOf(output).map((entry) => ({
    path: entry.slice(entry.indexOf('\t') + 1),
    submodule: entry.startsWith('160000 ', 2),
    unwatched: /^[a-zS] /.test(entry),
  }));

/** Why Git refused, in words of ours; `null` when its own first line says it best. */
export function explainRefusal(
  stderr: string,
  folder: string,
): { readonly message: string; readonly hint: string } | null {
  if (stderr.includes('detected dubious ownership') || stderr.includes('unsafe repository')) {
    return {
      message: `Git does not read ${folder}, because it belongs to another user`,
      hint: `Where you trust it, run \`git config --global --add safe.directory '${folder.replaceAll("'", String.raw`'\''`)}'\` (git-config(1), safe.directory).`,
    };
  }
  if (
    /missing blob|missing tree|bad object|could not parse|is corrupt|unable to read|missing object|lazy fetch|promisor/i.test(
      stderr,
    )
  ) {
    return {
      message: `the repository in ${folder} is incomplete or damaged: ${firstLine(stderr)}`,
      hint: 'Run `git fsck`; a clone made with --filter lacks objects, so make a full one.',
    };
  }
  return null;
}

/** Git says this, and only this, where no parent folder holds a repository. */
export const saysNoRepository = (stderr: string): boolean => /^fatal: not a git repository \(or any/m.test(stderr);

/** The line that says what failed: hints and warnings come before it. */
export function firstLine(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling =
    lines.find((line) => line.startsWith('fatal: ')) ??
    lines.find((line) => line.startsWith('error: ')) ??
    lines.find((line) => line !== '') ??
    '';
  return bounded(telling.replace(/^(?:fatal|error): /, ''));
}
