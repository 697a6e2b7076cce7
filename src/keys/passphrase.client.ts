/**
 * The passphrase of a recovery file: from the file that HOLDFAST_PASSPHRASE_FILE names, else from the person at the terminal. Never from the
 * arguments of a command, which every user of the machine can read and a shell keeps.
 */
import { fromUtf8 } from '../lib/bytes.ts';
import { HoldfastError } from '../lib/errors.ts';
import { askSecretly } from '../platform/ask.ts';
import { readKeyFile } from '../platform/key-file.ts';
import { parsePassphrase, type Passphrase } from '../platform/recovery-key.ts';
import type { Terminal } from '../platform/terminal.ts';

const SETTING = 'HOLDFAST_PASSPHRASE_FILE';
const WHAT = `the passphrase file that ${SETTING} names`;

const REASONS = {
  'too-short': 'it has fewer than 15 characters',
  'too-long': 'it has more than 1,024 characters',
  'not-text': 'it is no text',
} as const;

/**
 * @param isNew A new one is asked for twice, because nobody sees what is typed.
 * @throws PASSPHRASE_MISSING, PASSPHRASE_UNFIT, KEY_… for the file
 */
export async function readPassphrase(
  terminal: Pick<Terminal, 'env' | 'errIsTty'>,
  isNew: boolean,
): Promise<Passphrase> {
  const path = terminal.env[SETTING];
  if (path !== undefined) return fit(firstLine(readKeyFile(path, WHAT)));
  const first = await ask(terminal, isNew ? 'New passphrase (15 characters or more): ' : 'Passphrase: ');
  if (!isNew) return fit(first);
  const passphrase = fit(first);
  if ((await ask(terminal, 'Once more: ')) === first) return passphrase;
  throw unfit('the two were not the same');
}

async function ask(terminal: Pick<Terminal, 'errIsTty'>, question: string): Promise<string> {
  const answer = await askSecretly(terminal, question);
  if (answer !== undefined && answer !== null && answer !== '') return answer;
  throw new HoldfastError('PASSPHRASE_MISSING', 'no passphrase was given', {
    hint: `Run the command at a terminal, or name a file with ${SETTING} that only you can read (chmod 600).`,
  });
}

/** What stands behind the first line break belongs to the editor. The key files are read byte by byte; this one is UTF-8. */
function firstLine(bytes: string): string {
  const [line = ''] = bytes.split(/\r?\n/, 1);
  const text = fromUtf8(Uint8Array.from(line, (letter) => letter.charCodeAt(0)));
  if (text === null) throw unfit(`${WHAT} is not UTF-8`);
  return text;
}

function fit(text: string): Passphrase {
  const passphrase = parsePassphrase(text);
  if (passphrase.ok) return passphrase.value;
  throw unfit(REASONS[passphrase.error]);
}

const unfit = (why: string): HoldfastError =>
  new HoldfastError('PASSPHRASE_UNFIT', `the passphrase cannot be used: ${why}`, {
    hint: 'Nothing was written. Take five words or more that belong to no sentence, and keep them away from the recovery file.',
  });
