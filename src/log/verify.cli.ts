/** `node verify.mjs DIR`: verifies an exported log without Holdfast. What it checks is verify-log.ts, how it says it verify.text.ts. */
import { HoldfastError } from '../lib/errors.ts';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { readArgs } from '../platform/args.ts';
import type { Terminal } from '../platform/terminal.ts';
import { openPack } from './pack-files.client.ts';
import { readTrust } from './trust.client.ts';
import { verifyLog } from './verify-log.ts';
import { VERIFY_USAGE, verifyText } from './verify.text.ts';

const HELP = 'node verify.mjs --help';

export async function verifyCommand(
  args: readonly string[],
  { out, err }: Pick<Terminal, 'out' | 'err'>,
): Promise<ExitCode> {
  try {
    const { values, positionals } = readArgs(
      args,
      { vkey: { type: 'string' }, history: { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } },
      HELP,
    );
    if (values.help === true) {
      out(VERIFY_USAGE);
      return EXIT.kept;
    }
    const [folder, ...more] = positionals;
    const read = folder === undefined || more.length > 0 ? null : openPack(folder);
    if (read === null) throw usage('name one folder that holds an exported log');
    const report = await verifyLog(read, readTrust(values.vkey ?? null, values.history ?? [], HELP));
    out(verifyText(report));
    if (report.broken > 0) return EXIT.broken;
    return report.unread > 0 ? EXIT.incomplete : EXIT.kept;
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    err(`${printable(thrown.message)}\n${printable(thrown.hint)}\n`);
    return EXIT.usage;
  }
}

const usage = (message: string): HoldfastError => new HoldfastError('USAGE', message, { hint: `Run \`${HELP}\`.` });
