/** What `holdfast keys` says to people. Keys are named by their ids, which say nothing about them. */
import { count, printable } from '../lib/text.ts';
import type { KeysStatus } from './keys-status.ts';

const lines = (all: readonly string[]): string => all.map((line) => `${printable(line)}\n`).join('');

/** @param data The data folder as it was named. */
export function statusText({ source, current, previous, rotating, wrapped, erased }: KeysStatus, data: string): string {
  if (current === null) return lines([`No key yet: the first start makes one in ${data}.`]);
  const from = source === 'settings' ? 'from the settings' : `from the file kek in ${data}`;
  const older = [...wrapped].filter(([id]) => id !== current);
  return lines([
    `Key      ${current}, ${from}`,
    ...(previous.length === 0 ? [] : [`Earlier  ${previous.join(', ')}`]),
    `People   ${count(wrapped.get(current) ?? 0, 'key')} wrapped under it`,
    ...older.map(([id, keys]) => `         ${count(keys, 'key')} wrapped under ${id}`),
    `Erased   ${count(erased, 'person', 'people')}`,
    '',
    rotating || older.length > 0
      ? 'A rotation is not finished: run `holdfast keys rotate`. Both keys open until it is.'
      : 'Everything opens. Keep a recovery file of the key: `holdfast keys export FILE`.',
  ]);
}

export const rotatedText = (current: string, rewrapped: number, source: KeysStatus['source'], data: string): string =>
  lines([
    `${count(rewrapped, 'key')} of people wrapped again. The key is ${current} now.`,
    source === 'folder'
      ? `The key before it stays in ${data} under its id: backups from before need it. Delete it with the last of them.`
      : 'Remove the setting of the previous key from every process, and keep that key as long as backups from before are kept.',
    'Make a recovery file of the new key: `holdfast keys export FILE`.',
  ]);

export const exportedText = (current: string, file: string): string =>
  lines([
    `Wrote the recovery file of the key ${current} to ${file}.`,
    'It opens everything with its passphrase. Keep the two apart, and both away from the backups.',
  ]);

export function recoveredText(current: string, opens: number | null, where: string): string {
  const found =
    opens === null
      ? 'There is no database here to compare it with.'
      : opens > 0
        ? `${count(opens, 'key')} of people in the database ${opens === 1 ? 'is' : 'are'} wrapped under it.`
        : 'Nothing in the database is encrypted under it: it is the key of another installation, or of an older backup.';
  return lines([`Wrote the key ${current} to ${where}.`, found]);
}

export const RECOVERY_REFUSALS = {
  'not-a-recovery-key': 'the file is no recovery file of Holdfast, or a part of it is missing',
  'wrong-passphrase-or-altered': 'the passphrase is not the one of this file, or the file was changed',
} as const;

export const ERASE_REFUSALS = {
  'nobody-known': 'nothing was ever stored about that id',
  'erased-before': 'they were erased before',
} as const;

export const erasedText = (subject: string, entry: number): string =>
  lines([
    `Erased ${subject}: their key and every value about them (entry ${entry} of the log).`,
    'Backups from before still hold both. They are erased again when such a backup is restored beside this data folder.',
  ]);
