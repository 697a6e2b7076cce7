/** `node verify.mjs DIR|FILE`: verifies an exported log, or the proof of one entry, without Holdfast. What it checks is verify-log.ts, how it says it verify.text.ts. */
import { HoldfastError } from '../lib/errors.ts';
import { EXIT, type ExitCode } from '../lib/exit.ts';
import { printable } from '../lib/text.ts';
import { readArgs } from '../platform/args.ts';
import type { Terminal } from '../platform/terminal.ts';
import { openPack, readBundle } from './pack-files.client.ts';
import { isProofBundle, verifyBundle } from './proof-bundle.ts';
import { readTrust } from './trust.client.ts';
import { verifyLog } from './verify-log.ts';
import { bundleText, VERIFY_USAGE, verifyText } from './verify.text.ts';

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
    const [named, ...more] = positionals;
    if (named === undefined || more.length > 0) throw usage(NAME_ONE);
    const trust = readTrust(values.vkey ?? null, values.history ?? [], HELP);
    const pack = openPack(named);
    const bundle = pack === null ? readBundle(named) : null;
    if (pack !== null) {
      const report = await verifyLog(pack, trust);
      out(verifyText(report));
      return exitOf(report);
    }
    if (bundle === null || !isProofBundle(bundle)) throw usage(NAME_ONE);
    const report = verifyBundle(bundle, trust.key, trust.held);
    out(bundleText(report));
    return exitOf(report);
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    err(`${printable(thrown.message)}\n${printable(thrown.hint)}\n`);
    return EXIT.usage;
  }
}

const NAME_ONE = 'name one folder that holds an exported log, or one file that holds the proof of an entry';

function exitOf({ broken, unread }: { readonly broken: number; readonly unread: number }): ExitCode {
  if (broken > 0) return EXIT.broken;
  return unread > 0 ? EXIT.incomplete : EXIT.kept;
}

const usage = (message: string): HoldfastError => new HoldfastError('USAGE', message, { hint: `Run \`${HELP}\`.` });
