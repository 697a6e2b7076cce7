/**
 * The footnotes of a policy: words for people and one YAML block that names the control and its parameters. Pure.
 *
 * A control that is known but not built is no mistake; its parameters are then not judged. Everything else that is wrong is a
 * problem at its place in the document.
 */
import type { Code, FootnoteDefinition, Nodes } from 'mdast';
import { parseLocated, type At, type Located } from '../lib/located-yaml.ts';
import { nearestWord } from '../lib/spelling.ts';
import type { Control } from './control.ts';
import { KNOWN_CONTROLS } from './known-controls.ts';
import type { Binding, Problem } from './statement.ts';

/** A block is a handful of lines; more is not a footnote any more. */
const MAX_BLOCK_CHARS = 16_384;

/** The binding a footnote makes; `null` when something is wrong with it, which is then among the problems. */
export function readFootnote(
  definition: FootnoteDefinition,
  lines: readonly string[],
  controls: readonly Control[],
  problems: Problem[],
): Binding | null {
  const label = definition.label ?? definition.identifier;
  const start: At = { line: definition.position?.start.line ?? 1, column: definition.position?.start.column ?? 1 };
  const blocks = definition.children.filter(
    (child): child is Code => child.type === 'code' && /^ya?ml$/i.test(child.lang ?? ''),
  );
  const [block, second] = blocks;
  if (block === undefined) {
    problems.push({
      ...start,
      message: `the footnote [^${label}] has no YAML block`,
      hint: 'Add an indented ```yaml block with `control: …`, or remove the footnote.',
    });
    return null;
  }
  if (second !== undefined) {
    const at = second.position?.start ?? start;
    problems.push({
      line: at.line,
      column: at.column,
      message: `the footnote [^${label}] has two YAML blocks`,
      hint: 'Keep one; a second control takes a second footnote on the same sentence.',
    });
    return null;
  }
  const explanation = definition.children.map(plainText).join(' ').replace(/\s+/g, ' ').trim();
  const bound = readBlock(label, block, lines, controls, problems);
  return bound === null ? null : { label, explanation, ...bound };
}

/** Paragraphs only: the block speaks for itself, and HTML is never kept. */
function plainText(node: Nodes): string {
  if (node.type === 'text' || node.type === 'inlineCode') return node.value;
  if (node.type === 'code' || node.type === 'html') return '';
  return 'children' in node ? node.children.map(plainText).join(node.type === 'list' ? ' ' : '') : ' ';
}

function readBlock(
  label: string,
  block: Code,
  lines: readonly string[],
  controls: readonly Control[],
  problems: Problem[],
): Pick<Binding, 'control' | 'bound'> | null {
  const place = placesIn(block, lines);
  const complain = (at: At, message: string, hint: string): null => {
    problems.push({ ...place(at), message, hint });
    return null;
  };
  if (block.value.length > MAX_BLOCK_CHARS)
    return complain(
      START,
      `the YAML block of [^${label}] is longer than 16 KB`,
      'Keep only the control and its parameters.',
    );
  const parsed = parseLocated(block.value);
  if (!parsed.ok) {
    for (const { message, ...at } of parsed.error)
      complain(at, `the YAML block of [^${label}]: ${message}`, 'Correct the block; values may be quoted.');
    return null;
  }
  const tree = parsed.value;
  const named = tree.kind === 'map' ? tree.entries.find(({ key }) => key === 'control') : undefined;
  if (tree.kind !== 'map' || named === undefined)
    return complain(tree.at, `the YAML block of [^${label}] names no control`, 'Add a line `control: release.review`.');
  if (named.value.kind !== 'scalar' || typeof named.value.value !== 'string')
    return complain(named.keyAt, '`control` is not a word', 'Write `control: release.review`.');
  const id = named.value.value;
  const control = controls.find((candidate) => candidate.id === id);
  if (control === undefined) {
    if (KNOWN_CONTROLS.includes(id)) return { control: id, bound: null };
    const near = nearestWord(id, KNOWN_CONTROLS);
    return complain(
      named.value.at,
      `there is no control "${id}"`,
      near === null ? `Controls: ${KNOWN_CONTROLS.join(', ')}.` : `Did you mean ${near}?`,
    );
  }
  const params = { ...tree, entries: tree.entries.filter((entry) => entry !== named) };
  const bound = control.bind(plainValue(params));
  if (bound.ok) return { control: id, bound: bound.bound };
  for (const { path, message } of bound.issues)
    complain(placeOf(params, path), `${id}: ${[...path, message].join(' ')}`, 'Correct the parameter in this block.');
  return null;
}

const START: At = { line: 1, column: 1 };

/** From a place inside the block's text to its place in the document: the block is indented there. */
function placesIn(block: Code, lines: readonly string[]): (at: At) => At {
  const fence = block.position?.start.line ?? 1;
  const values = block.value.split('\n');
  return ({ line, column }) => {
    const written = lines[fence + line - 1] ?? '';
    const value = values[line - 1] ?? '';
    return { line: fence + line, column: column + Math.max(0, written.length - value.length) };
  };
}

/** Own properties only, `__proto__` included: a hostile key stays a key, and a strict schema refuses it. */
function plainValue(tree: Located): unknown {
  switch (tree.kind) {
    case 'scalar':
      return tree.value;
    case 'list':
      return tree.items.map(plainValue);
    case 'map':
      return Object.fromEntries(tree.entries.map(({ key, value }) => [key, plainValue(value)]));
  }
}

/** Where a path leads; a path that ends early (a missing key) leads to what should have held it. */
function placeOf(tree: Located, path: readonly (string | number)[]): At {
  const [step, ...rest] = path;
  if (step === undefined) return tree.at;
  if (tree.kind === 'list') {
    const item = typeof step === 'number' ? tree.items[step] : undefined;
    return item === undefined ? tree.at : placeOf(item, rest);
  }
  if (tree.kind !== 'map') return tree.at;
  const entry = tree.entries.find(({ key }) => key === step);
  if (entry === undefined) return tree.at;
  return rest.length === 0 ? entry.keyAt : placeOf(entry.value, rest);
}
