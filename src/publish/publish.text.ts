/** What `holdfast publish` says: what was written and removed, how the policy stands, what is missing. */
import { count, number, printable } from '../lib/text.ts';
import { VERDICT_ORDER, type Counts } from '../policy/evaluate.ts';
import { PUBLIC } from '../web/paths.ts';

interface Published {
  readonly folder: string;
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly left: readonly string[];
  readonly counts: Counts;
}

export function publishedText(done: Published, notes: readonly string[]): string {
  const { folder, written, removed, left, counts } = done;
  const sums = VERDICT_ORDER.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `${number(counts[verdict])} ${verdict === 'no-case' ? 'no case yet' : verdict}`,
  );
  const lines = [
    `${count(written.length, 'file')} in ${printable(folder)}: ${written.join(', ')}`,
    ...(removed.length === 0 ? [] : [`removed, because nothing writes it any more: ${removed.join(', ')}`]),
    ...(left.length === 0 ? [] : [`left there, because somebody changed it; remove it by hand: ${left.join(', ')}`]),
    sums.length === 0 ? 'The document has no sentence: nothing was measured.' : `The page says: ${sums.join(', ')}.`,
    ...notes,
  ];
  return `${lines.join('\n')}\n`;
}

/** What a reader of the folder will miss, each with the way out. */
export function notesOn(found: { readonly contact: string | null; readonly url: string | null }): readonly string[] {
  if (found.contact === null)
    return [
      `No ${PUBLIC.securityTxt}: no contact is known. Write \`contact: security@…\` into the front matter of the policy, or a recipient with the id \`security\` into holdfast.yaml.`,
    ];
  if (found.url === null)
    return [
      `${PUBLIC.securityTxt} names neither the policy nor its own address: give the address of the folder with --url https://…`,
    ];
  return /^https:\/\/[^/]+\/$/.test(found.url)
    ? []
    : [`${PUBLIC.securityTxt} is looked for at the root of the host only (RFC 9116): copy it there.`];
}

export function refusedText(folder: string, files: readonly string[]): string {
  const what =
    files.length === 0
      ? `${printable(folder)} holds other things and was not written by holdfast publish`
      : `${files.join(', ')} in ${printable(folder)} ${files.length === 1 ? 'was' : 'were'} not written by holdfast publish`;
  return `holdfast: ${what}; nothing was changed\n  Name a new or an empty folder, or say --force to replace files of these names. [FILE_EXISTS]\n`;
}
