/**
 * Changes to the text of holdfast.decisions.yaml that leave everything else in it as a person wrote it.
 *
 * New lines are put into the text where they belong, and the result is read back: only if it says exactly what it said
 * before, plus the change, is it used. Where that fails (a list in brackets, tabs), the yaml library writes the document
 * anew: it keeps comments, but may move white space.
 */
import { isMap, isScalar, isSeq, parseDocument, stringify, Document, type YAMLMap, type YAMLSeq } from 'yaml';
import { parseLocated } from '../lib/located-yaml.ts';
import { plain } from '../lib/yaml-schema.ts';
import type { DecisionState, VexJustification } from './decision.ts';
import { MAX_DECISIONS_CHARS } from './decisions-file.ts';

/** As it is written; what is absent is left out. */
export interface DecisionEntry {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly package: string;
  readonly paths: readonly string[];
  readonly decision: DecisionState;
  readonly justification: VexJustification | null;
  readonly owner: string;
  readonly reason: string;
  readonly decided: string;
  readonly expires: string;
  readonly approvedBy: string | null;
  /** `sha256:…` */
  readonly evidence: string | null;
  /** The file with that digest, where it is one that is checked again. */
  readonly proof: string | null;
}

const HEAD = `# Decisions on findings. \`holdfast decide\` adds to this file; every rule is in docs/guide/decisions.md of Holdfast.
# A mistake in it makes all of it count for nothing. After a change: holdfast decide --list
`;

/** Values that only YAML 1.1 would read otherwise are quoted too: other tools read this file. */
const SPELLING = { compat: 'yaml-1.1' } as const;
const WRITING = { lineWidth: 0, ...SPELLING } as const;

/** @param text `null` where there is no file yet. */
export function addDecision(text: string | null, entry: DecisionEntry): string {
  const written = keysOf(entry);
  if (text === null) return `${HEAD}decisions:\n${indented(itemText(written), 2)}`;
  const wanted = withDecisions(readPlain(text), (decisions) => [...decisions, written]);
  const spliced = spliceItem(text, itemText(written));
  if (spliced !== null && says(spliced, wanted)) return spliced;
  const document = parseDocument(text, SPELLING);
  const list = document.get('decisions', true);
  const node = document.createNode(written);
  if (isSeq(list)) list.add(node);
  else document.set('decisions', document.createNode([written]));
  return document.toString({ lineWidth: 0 });
}

/** Names the second person of a decision. @param index Its position among the decisions. */
export const approveDecision = (text: string, index: number, name: string): string =>
  setKey(text, index, 'approvedBy', name);

/** @param digest `sha256:…` of the proof as it is now. */
export const replaceEvidence = (text: string, index: number, digest: string): string =>
  setKey(text, index, 'evidence', digest);

function setKey(text: string, index: number, key: 'approvedBy' | 'evidence', value: string): string {
  const wanted = withDecisions(readPlain(text), (decisions) =>
    decisions.map((each, at) => (at === index ? { ...(each as object), [key]: value } : each)),
  );
  const spliced = spliceKey(text, index, key, value);
  if (spliced !== null && says(spliced, wanted)) return spliced;
  const document = parseDocument(text, SPELLING);
  document.setIn(['decisions', index, key], value);
  return document.toString({ lineWidth: 0 });
}

const keysOf = (entry: DecisionEntry): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)),
  );

/** `- id: …` and its lines below, ending with a line break; lists in brackets, so that a decision stays short. */
function itemText(written: Readonly<Record<string, unknown>>): string {
  const document = new Document([written], SPELLING);
  const item = isSeq(document.contents) ? document.contents.items[0] : null;
  if (isMap(item)) for (const { value } of item.items) if (isSeq(value)) value.flow = true;
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Only at line feeds: in a regular expression other characters of a quoted text would begin a line too. */
const indented = (text: string, by: number): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(by)}${line}`))
    .join('\n');

/** `null`: there is no list of lines to continue. */
function spliceItem(text: string, item: string): string | null {
  const list = listOf(text);
  const last = list?.items.at(-1);
  const start = list?.range?.[0];
  const end = isMap(last) ? last.range?.[1] : undefined;
  if (start === undefined || end === undefined) return null;
  return insertLines(text, end, indented(item, columnOf(text, start)));
}

function spliceKey(text: string, index: number, key: string, content: string): string | null {
  const item = listOf(text)?.items[index];
  if (!isMap(item) || item.flow === true) return null;
  const map: YAMLMap = item;
  const known = map.get(key, true);
  const value = stringify(content, WRITING).trimEnd();
  if (isScalar(known) && known.range && known.range[1] > known.range[0])
    return `${text.slice(0, known.range[0])}${value}${text.slice(known.range[1])}`;
  const first = map.items[0]?.key;
  const column = isScalar(first) && first.range ? columnOf(text, first.range[0]) : null;
  const end = map.range?.[1];
  if (known !== undefined || column === null || end === undefined) return null;
  return insertLines(text, end, `${' '.repeat(column)}${key}: ${value}\n`);
}

function listOf(text: string): YAMLSeq | null {
  const list: unknown = parseDocument(text).get('decisions', true);
  return isSeq(list) && list.flow !== true && list.items.length > 0 ? list : null;
}

/** Behind the line on which a value ends, so that a comment beside it stays with it. */
function insertLines(text: string, end: number, lines: string): string {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const done = text.charAt(end - 1) === '\n' ? end : text.indexOf('\n', end) + 1;
  const before = done === 0 ? `${text}${newline}` : text.slice(0, done);
  return `${before}${lines.replaceAll('\n', newline)}${done === 0 ? '' : text.slice(done)}`;
}

const columnOf = (text: string, offset: number): number => offset - (text.lastIndexOf('\n', offset - 1) + 1);

function readPlain(text: string): unknown {
  const read = parseLocated(text, MAX_DECISIONS_CHARS);
  return read.ok ? plain(read.value) : null;
}

const withDecisions = (whole: unknown, change: (decisions: readonly unknown[]) => readonly unknown[]): unknown => {
  const file = typeof whole === 'object' && whole !== null ? whole : {};
  const decisions: unknown = 'decisions' in file ? file.decisions : [];
  return { ...file, decisions: change(Array.isArray(decisions) ? decisions : []) };
};

const says = (text: string, wanted: unknown): boolean =>
  JSON.stringify(sortedKeys(readPlain(text))) === JSON.stringify(sortedKeys(wanted));

/** Keys in one order at both levels that a decisions file has: where a key stands means nothing. */
function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, below]) => [key, sortedKeys(below)]);
}
