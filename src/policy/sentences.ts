/**
 * From a paragraph of Markdown to its sentences, each with its line and the footnotes that stand in it. Pure.
 *
 * Everything becomes plain text: links lose their address, HTML disappears, emphasis its marks. Nothing that a page could run
 * survives.
 */
import type { PhrasingContent } from 'mdast';

export interface FootnoteMark {
  readonly label: string;
  readonly line: number;
  readonly column: number;
}

export interface Sentence {
  readonly text: string;
  readonly line: number;
  readonly marks: readonly FootnoteMark[];
}

/** What a sentence does not end with, though a full stop stands there. Compared without case and with blanks folded. */
const ABBREVIATIONS: readonly string[] = (
  'e.g.|i.e.|cf.|vs.|approx.|incl.|art.|para.|dr.|mr.|mrs.|' +
  'z.b.|z. b.|d.h.|d. h.|u.a.|u. a.|bzw.|ggf.|inkl.|nr.|abs.|lit.|ca.|vgl.'
).split('|');

/** The paragraph as one run of text, with what has to be found again in it. */
interface Flat {
  text: string;
  /** Ascending by `at`: from here on the text stands on `line`. */
  readonly lines: { readonly at: number; readonly line: number }[];
  readonly marks: (FootnoteMark & { readonly at: number })[];
}

export function sentencesOf(paragraph: readonly PhrasingContent[]): readonly Sentence[] {
  const flat: Flat = { text: '', lines: [], marks: [] };
  for (const node of paragraph) flatten(node, flat);
  const spans = joinAbbreviations(flat.text);
  return spans.flatMap(({ from, to }, index) => {
    const raw = flat.text.slice(from, to);
    const text = raw.replace(/\s+/g, ' ').trim();
    const marks = flat.marks.filter(({ at }) => spanOf(spans, at) === index);
    // Dots, dashes and the like say nothing; a footnote on them is still somebody's intention.
    if (!/[\p{L}\p{N}]/u.test(text) && marks.length === 0) return [];
    const start = from + (raw.length - raw.trimStart().length);
    return [
      { text, line: lineAt(flat, start), marks: marks.map(({ label, line, column }) => ({ label, line, column })) },
    ];
  });
}

function flatten(node: PhrasingContent, flat: Flat): void {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      append(node.value, node.position?.start.line ?? 1, flat);
      return;
    case 'break':
      append(' ', node.position?.start.line ?? 1, flat);
      return;
    case 'image':
    case 'imageReference':
      append(node.alt ?? '', node.position?.start.line ?? 1, flat);
      return;
    case 'footnoteReference': {
      const { line = 1, column = 1 } = node.position?.start ?? {};
      flat.marks.push({ at: flat.text.length, label: node.label ?? node.identifier, line, column });
      return;
    }
    case 'html':
      return;
    case 'delete':
    case 'emphasis':
    case 'link':
    case 'linkReference':
    case 'strong':
      for (const child of node.children) flatten(child, flat);
  }
}

function append(value: string, line: number, flat: Flat): void {
  for (const [index, part] of value.split('\n').entries()) {
    if (index > 0) flat.text += ' ';
    flat.lines.push({ at: flat.text.length, line: line + index });
    flat.text += part;
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Unicode's sentence boundaries (UAX #29), less those behind an abbreviation. */
function joinAbbreviations(text: string): readonly Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    const to = index + segment.length;
    if (to < text.length && endsInAbbreviation(text.slice(Math.max(from, to - 40), to))) continue;
    spans.push({ from, to });
    from = to;
  }
  if (from < text.length) spans.push({ from, to: text.length });
  return spans;
}

function endsInAbbreviation(end: string): boolean {
  // A lone small letter: the first half of "z. B.", "d. h." when it is written with a blank.
  if (/(?<![\p{L}\p{N}])\p{Ll}\.$/u.test(end.trimEnd())) return true;
  const words = end.trimEnd().toLowerCase();
  return ABBREVIATIONS.some(
    (abbreviation) => words.endsWith(abbreviation) && !/[\p{L}\p{N}]/u.test(words.at(-abbreviation.length - 1) ?? ''),
  );
}

/** A mark behind the full stop belongs to the sentence that ends there: what counts is the character before it. */
const spanOf = (spans: readonly Span[], at: number): number => {
  const index = spans.findIndex(({ to }) => Math.max(0, at - 1) < to);
  return index < 0 ? spans.length - 1 : index;
};

const lineAt = ({ lines }: Flat, at: number): number =>
  lines.findLast((each) => each.at <= at)?.line ?? lines[0]?.line ?? 1;
