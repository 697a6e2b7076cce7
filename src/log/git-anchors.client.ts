/**
 * Checkpoints in a Git repository, as notes on its commits (`refs/notes/holdfast`, git-notes(1)): whoever has a clone with the notes
 * holds them, and the history of the ref keeps also those that were replaced. The content of a note is the signed checkpoint as it is.
 *
 * Writing makes objects and moves that one ref; nothing is pushed.
 */
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { printable } from '../lib/text.ts';
import { type GitEnv, runGit } from '../platform/git-program.ts';
import type { HeldCheckpoint } from './held-checkpoint.ts';

const NOTES = 'holdfast';
export const NOTES_REF = `refs/notes/${NOTES}`;
/** The program itself makes the commit of the note: who asked for it is nobody's business but the person's own. */
const OWN_NAME = ['-c', 'user.name=Holdfast', '-c', 'user.email=holdfast@localhost', '-c', 'commit.gpgSign=false'];
const MOST_ANCHORS = 10_000;
const MOST_ANCHOR_BYTES = 16_384;

/**
 * Keeps a checkpoint as the note of a commit; an earlier note of ours on that commit stays in the history of the ref.
 *
 * @param revision As Git reads it: `HEAD`, a tag.
 * @returns The id of the commit.
 * @throws GIT_UNAVAILABLE, GIT_UNREADABLE, GIT_REF_UNKNOWN
 */
export async function writeAnchor(folder: string, env: GitEnv, revision: string, note: string): Promise<string> {
  const commit = await commitOf(folder, env, revision);
  // As an object first: `-C` takes it as it is, where `-F` would tidy blank lines.
  const blob = (await ask(folder, env, ['hash-object', '-w', '--stdin'], note)).trim();
  await ask(folder, env, [...OWN_NAME, 'notes', `--ref=${NOTES}`, 'add', '-f', '-C', blob, commit]);
  return commit;
}

async function commitOf(folder: string, env: GitEnv, revision: string): Promise<string> {
  const isText = revision !== '' && !revision.startsWith('-') && !revision.includes('\0');
  const question = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
  const { code, stdout, stderr } = isText ? await runGit(folder, env, question) : UNKNOWN;
  if (code === 0) return stdout.trim();
  if (stderr !== '') throw refused(folder, 'rev-parse', stderr);
  throw new HoldfastError('GIT_REF_UNKNOWN', `"${printable(revision)}" names no commit in ${printable(folder)}`, {
    hint: 'Nothing was written. Name the commit that was released, or leave it out for HEAD.',
  });
}

const UNKNOWN = { code: 1, stdout: '', stderr: '' };

/**
 * Every checkpoint that was ever a note of ours here.
 *
 * @throws GIT_REF_UNKNOWN where the repository has no such notes: nothing was compared then
 */
export async function readAnchors(folder: string, env: GitEnv): Promise<readonly HeldCheckpoint[]> {
  const { code, stderr } = await runGit(folder, env, ['rev-parse', '--verify', '--quiet', NOTES_REF]);
  if (code !== 0 && stderr !== '') throw refused(folder, 'rev-parse', stderr);
  if (code !== 0)
    throw new HoldfastError('GIT_REF_UNKNOWN', `${printable(folder)} has no ${NOTES_REF}, so nothing was compared`, {
      hint: `Fetch it: \`git fetch origin ${NOTES_REF}:${NOTES_REF}\`; or write one: \`holdfast log anchor\`.`,
    });
  const objects = await ask(folder, env, ['rev-list', '--objects', NOTES_REF]);
  const paths = new Map(
    objects.split('\n').flatMap((line): [string, string][] => {
      const [, id = '', path = ''] = /^([0-9a-f]{40,64}) (.+)$/.exec(line) ?? [];
      return id === '' ? [] : [[id, path.replaceAll('/', '')]];
    }),
  );
  const blobs = await blobsAmong(folder, env, [...paths.keys()]);
  const contents = await contentsOf(folder, env, blobs);
  return contents.map(({ id, note }) => ({
    where: `the Git note ${id.slice(0, 12)} on ${(paths.get(id) ?? '').slice(0, 12)}`,
    note,
    seenAt: null,
  }));
}

/** The ids of what may be a note; trees are none. @throws GIT_UNREADABLE for more, or larger ones, than we ever write */
async function blobsAmong(folder: string, env: GitEnv, ids: readonly string[]): Promise<readonly string[]> {
  const checked = await ask(folder, env, ['cat-file', '--batch-check'], ids.map((id) => `${id}\n`).join(''));
  const blobs = checked.split('\n').flatMap((line) => {
    const [, id = '', size = ''] = /^([0-9a-f]{40,64}) blob (\d+)$/.exec(line) ?? [];
    return id === '' ? [] : [{ id, size: Number(size) }];
  });
  if (blobs.length > MOST_ANCHORS || blobs.some(({ size }) => size > MOST_ANCHOR_BYTES))
    throw unreadable(
      `${NOTES_REF} holds more than ${MOST_ANCHORS} notes, or one of more than ${MOST_ANCHOR_BYTES} bytes`,
    );
  return blobs.map(({ id }) => id);
}

async function contentsOf(folder: string, env: GitEnv, ids: readonly string[]) {
  const answer = utf8(await ask(folder, env, ['cat-file', '--batch'], ids.map((id) => `${id}\n`).join('')));
  const contents: { readonly id: string; readonly note: Uint8Array }[] = [];
  let at = 0;
  for (const id of ids) {
    const end = answer.indexOf(LINE_FEED, at);
    const head = fromUtf8(answer.subarray(at, Math.max(at, end))) ?? '';
    const [, size = ''] = new RegExp(`^${id} blob (\\d{1,6})$`).exec(head) ?? [];
    const begin = end + 1;
    at = begin + Number(size) + 1;
    // Bytes that are no UTF-8 came back longer than they are: that is no note of ours.
    if (size === '' || answer[at - 1] !== LINE_FEED) throw unreadable(`${NOTES_REF} holds a note that is not UTF-8`);
    contents.push({ id, note: answer.slice(begin, at - 1) });
  }
  return contents;
}

const LINE_FEED = 0x0a;

const unreadable = (message: string): HoldfastError =>
  new HoldfastError('GIT_UNREADABLE', message, {
    hint: `Nothing was compared. Look at it with \`git log --stat ${NOTES_REF}\`: Holdfast writes no such notes.`,
  });

async function ask(folder: string, env: GitEnv, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runGit(folder, env, args, input);
  if (code !== 0)
    throw refused(folder, args.find((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith('-')) ?? '', stderr);
  return stdout;
}

function refused(folder: string, command: string, stderr: string): HoldfastError {
  const why = stderr.split('\n')[0] ?? '';
  return new HoldfastError(
    'GIT_UNREADABLE',
    printable(`\`git ${command}\` failed in ${folder}: ${why === '' ? 'it gave no reason' : why}`),
    { hint: 'Run it in a checkout that belongs to you. Holdfast needs Git 2.31 or later.' },
  );
}
