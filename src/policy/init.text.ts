/** What `holdfast init` says: its questions, what it found and assumed, and what to do next. */
import { count, printable } from '../lib/text.ts';
import { matters, TOPICS, type Known, type Topic } from './init-answers.ts';
import type { InitProduct } from './init-products.ts';

const QUESTIONS: Readonly<Record<Topic, string>> = {
  name: 'Name of the organisation',
  timezone: 'Time zone, e.g. Europe/Berlin',
  country: 'Country, two letters, e.g. DE',
  state: 'State, e.g. HE for Hesse (decides which data protection authority is yours)',
  hosting: 'Where the products run: forge, connect, data-center, self-hosted or website',
  contact: 'Mail address for security reports, public',
};

const LABELS: Readonly<Record<Topic, string>> = {
  name: 'name',
  timezone: 'time zone',
  country: 'country',
  state: 'state',
  hosting: 'hosting',
  contact: 'contact',
};

/** Where to put what stayed open. */
const OPEN: Readonly<Record<Topic, string>> = {
  name: 'put it into both files',
  timezone: 'put `timezone` into holdfast.yaml: deadlines are shown in it',
  country: 'put `country` into holdfast.yaml: it decides which authority and which holidays count',
  state: 'put `state` into holdfast.yaml: it decides which authority and which holidays count',
  hosting: 'put `hosting` into holdfast.yaml for each product, and the sentence about it into the policy',
  contact: 'put the address for reports into SECURITY-POLICY.md before you publish it',
};

/** One question with its suggestion, ready for a prompt; `problem` says why it is asked again. */
export function questionText(topic: Topic, suggestion: string | null, problem: string | null): string {
  const again = problem === null ? '' : `  ${printable(problem)}\n`;
  const offered = suggestion === null ? ' (Enter leaves it open)' : ` [${printable(suggestion)}]`;
  return `${again}${QUESTIONS[topic]}${offered}: `;
}

/** One line per topic and product: the value, and how we know. Ends with a newline. */
export function foundText(known: Known, products: readonly InitProduct[], foldersLeftOut: boolean): string {
  const topics = TOPICS.flatMap((topic) => {
    const answer = known.get(topic);
    if (answer !== undefined) return [line(LABELS[topic], `${printable(answer.value)} (${printable(answer.from)})`)];
    return matters(topic, known, products) ? [line(LABELS[topic], `unknown; ${OPEN[topic]}`)] : [];
  });
  const found = products.map(({ id, path, hosting, from }) =>
    line('product', `${id} in ${printable(path)}, ${hosting ?? 'hosting unknown'} (${from.map(printable).join(', ')})`),
  );
  const none = line('product', 'none found: no lockfile and no app descriptor; list yours in holdfast.yaml');
  const rest = foldersLeftOut
    ? [line('', 'the folder is large and was not searched to its end; add what is missing')]
    : [];
  return `${[...topics, ...(found.length === 0 ? [none] : found), ...rest].join('\n')}\n`;
}

/** What nobody could say although it matters here. */
export const openTopics = (known: Known, products: readonly InitProduct[]): readonly Topic[] =>
  TOPICS.filter((topic) => !known.has(topic) && matters(topic, known, products));

const line = (label: string, text: string): string => `  ${label.padEnd(9)}  ${text}`;

export function writtenText(files: readonly string[], products: number, next: string): string {
  return `Wrote ${files.join(' and ')}: ${count(products, 'product')}.
Read both and make every sentence true; delete those that you do not keep.
Next: ${next}
`;
}

/** `cd` first where the files are elsewhere. Quoted for a POSIX shell; PowerShell reads single quotes the same way. */
export function nextCommand(folder: string): string {
  if (folder === '.') return 'holdfast check';
  const target =
    /^[\w./~-]+$/.test(folder) && !folder.startsWith('-') ? folder : `'${printable(folder).replaceAll("'", "'\\''")}'`;
  return `cd ${target} && holdfast check`;
}
