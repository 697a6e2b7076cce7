/** `node verify.mjs DIR`: verifies an exported log without Holdfast. What it checks is verify-log.ts, how it says it verify.text.ts. */
import { HoldfastError } from '../lib/errors.ts';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { readArgs } from '../platform/args.ts';
import type { Terminal } from '../platform/terminal.ts';
import { type HeldCheckpoint, MOST_HISTORY_BYTES, parseHistory } from './held-checkpoint.ts';
import { parseVerifierKey, type VerifierKey } from './note.ts';
import { openPack, readLimited } from './pack-files.client.ts';
import { verifyLog } from './verify-log.ts';
import { VERIFY_USAGE, verifyText } from './verify.text.ts';

export async function verifyCommand(
  args: readonly string[],
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<ExitCode> {
  try {
    const { values, positionals } = readArgs(
      args,
      { vkey: { type: 'string' }, history: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
      'node verify.mjs --help',
    );
    if (values.help === true) {
      out(VERIFY_USAGE);
      return EXIT.kept;
    }
    const [folder, ...more] = positionals;
    const read = folder === undefined || more.length > 0 ? null : openPack(folder);
    if (read === null) throw usage('name one folder that holds an exported log');
    const report = await verifyLog(read, {
      key: values.vkey === undefined ? null : keyOf(values.vkey),
      held: (values.history ?? []).flatMap(heldIn),
    });
    out(verifyText(report));
    if (report.broken > 0) return EXIT.broken;
    return report.unread > 0 ? EXIT.incomplete : EXIT.kept;
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    err(`${printable(thrown.message)}\n${printable(thrown.hint)}\n`);
    return EXIT.usage;
  }
}

const usage = (message: string): HoldfastError =>
  new HoldfastError('USAGE', message, { hint: 'Run `node verify.mjs --help`.' });

function keyOf(text: string): VerifierKey {
  const key = parseVerifierKey(text.trim());
  if (!key.ok) throw usage(`the key of --vkey ${key.error}`);
  return key.value;
}

/** One checkpoint as it was fetched, or a history file: their first character tells them apart. */
function heldIn(path: string): readonly HeldCheckpoint[] {
  const bytes = readLimited(path, MOST_HISTORY_BYTES);
  if (!(bytes instanceof Uint8Array)) throw usage(`the file ${path} of --history ${bytes.why}`);
  if (bytes[0] !== '{'.charCodeAt(0)) return [{ where: path, note: bytes, seenAt: null }];
  const held = parseHistory(path, bytes);
  if (!held.ok) throw usage(`the history in ${path} ${held.error}`);
  return held.value;
}
