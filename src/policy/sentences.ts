/**
 * From a paragraph of Markdown to its sentences, each with its line and the footnotes that stand in it. Pure.
 *
 * Everything becomes plain text: links lose their address, HTML disappears, emphasis its marks. Nothing that a page could run
 * survives. What a page shows beside it is `content`: the same sentence cut out of the paragraph's tree, with emphasis and links.
 */
import type { FootnoteReference, Html, PhrasingContent, Text } from 'mdast';

export interface FootnoteMark {
  readonly label: string;
  readonly line: number;
  readonly column: number;
}

export interface Sentence {
  readonly text: string;
  readonly line: number;
  readonly marks: readonly FootnoteMark[];
  /** The sentence as it was written, without its marks and without HTML; an image is its description. */
  readonly content: readonly SentencePart[];
}

/** What a sentence is made of: in a tree of them, nothing that a page could run and nothing that it would have to fetch. */
export type SentencePart = Exclude<PhrasingContent, FootnoteReference | Html>;

/** Words that a full stop shortens. Case counts: `Art. 33` is an article, `state of the art.` is an end. */
const abbreviations = (...words: readonly string[]): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}.])(?:${words.join('|')})\\.`, 'gu');

/** Never the last word of a sentence. ` ?` allows the blank that German puts inside. */
const NEVER_LAST = abbreviations(
  'Arts?|(?:[Aa]rts?|[Pp]aras?|Nos?|Secs?|lit)(?=\\. ?[\\d(])|lit(?=\\. ?\\p{Ll}\\b)|Abs|Nr|Rn|Ziff|Kap',
  '[Ee]\\. ?g|[Ii]\\. ?e|[Cc]f|vs|[Aa]pprox|incl|excl|resp',
  '[Zz]\\. ?B|[Dd]\\. ?h|[Vv]\\. ?a|[Uu]\\. ?U|[Ii]\\. ?d\\. ?R|[Vv]gl|[Cc]a|bzw|[Gg]gf|[Ii]nkl|sog',
  'Dr|Prof|Mr|Mrs|Ms|St',
);
/** May end a sentence: only the full stops inside end none. */
const MAYBE_LAST = abbreviations('u\\. ?a|o\\. ?ä|s\\. ?o|s\\. ?u|a\\. ?m|p\\. ?m');

/** The paragraph as one run of text, with what has to be found again in it. */
interface Flat {
  text: string;
  /** Ascending by `at`: from here on the text stands on `line`. */
  readonly lines: { readonly at: number; readonly line: number }[];
  readonly marks: (FootnoteMark & { readonly at: number })[];
  /** Where the text of each leaf begins. */
  readonly starts: Map<PhrasingContent, number>;
}

export function sentencesOf(paragraph: readonly PhrasingContent[]): readonly Sentence[] {
  const flat: Flat = { text: '', lines: [], marks: [], starts: new Map() };
  for (const node of paragraph) flatten(node, flat);
  const spans = spansOf(flat.text);
  const marks = marksBySpan(flat.marks, spans);
  const contents = contentBySpan(paragraph, flat.starts, spans);
  return spans.map(({ from, to }, index) => {
    const raw = flat.text.slice(from, to);
    const start = from + (raw.length - raw.trimStart().length);
    return {
      text: raw.replace(/\s+/g, ' ').trim(),
      line: lineAt(flat, start),
      marks: marks[index] ?? [],
      content: contents[index] ?? [],
    };
  });
}

function flatten(node: PhrasingContent, flat: Flat): void {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
      // `Done.[^a]Next` has no blank, and without the mark it still is two sentences.
      if (flat.marks.at(-1)?.at === flat.text.length && /[.!?…]\p{Pe}?$/u.test(flat.text)) flat.text += ' ';
      flat.starts.set(node, flat.text.length);
      append(node.value, node.position?.start.line ?? 1, flat);
      return;
    case 'break':
      flat.starts.set(node, flat.text.length);
      append(' ', node.position?.start.line ?? 1, flat);
      return;
    case 'image':
    case 'imageReference':
      flat.starts.set(node, flat.text.length);
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

/**
 * Unicode's sentence boundaries (UAX #29), less those behind an abbreviation. A run without a letter or digit ("…", "—")
 * says nothing and belongs to the sentence before it, else to the one behind it.
 */
function spansOf(text: string): readonly Span[] {
  const protectedEnds = stopsThatEndNothing(text);
  const spans: Span[] = [];
  let from = 0;
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    const to = index + segment.length;
    if (to < text.length && protectedEnds.has(index + segment.trimEnd().length)) continue;
    const last = spans.at(-1);
    if (/[\p{L}\p{N}]/u.test(text.slice(from, to))) spans.push({ from, to });
    else if (last === undefined) continue;
    else spans[spans.length - 1] = { from: last.from, to };
    from = to;
  }
  return spans;
}

/** Offsets just behind the full stops of abbreviations. */
function stopsThatEndNothing(text: string): ReadonlySet<number> {
  const stops = new Set<number>();
  for (const pattern of [NEVER_LAST, MAYBE_LAST]) {
    for (const { index, 0: found } of text.matchAll(pattern)) {
      const end = pattern === NEVER_LAST ? found.length : found.length - 1;
      for (let at = found.indexOf('.'); at !== -1 && at < end; at = found.indexOf('.', at + 1))
        stops.add(index + at + 1);
    }
  }
  return stops;
}

/**
 * A mark behind the full stop belongs to the sentence that ends there: what counts is the character before it. One pass
 * over both, which ascend: looking up each mark in thousands of sentences would take minutes.
 */
function marksBySpan(marks: Flat['marks'], spans: readonly Span[]): readonly (readonly FootnoteMark[])[] {
  const bySpan = spans.map((): FootnoteMark[] => []);
  let index = 0;
  for (const { at, label, line, column } of marks) {
    while (index < spans.length - 1 && (spans[index]?.to ?? 0) < at) index++;
    bySpan[index]?.push({ label, line, column });
  }
  return bySpan;
}

const lineAt = ({ lines }: Flat, at: number): number =>
  lines.findLast((each) => each.at <= at)?.line ?? lines[0]?.line ?? 1;

/** A part of the tree that belongs to one sentence. */
interface Piece {
  readonly sentence: number;
  readonly node: SentencePart;
}

/**
 * Cuts the tree where sentences end; emphasis or a link around two of them stands around each. Leaves and spans both ascend, so one
 * pass is enough.
 */
function contentBySpan(
  paragraph: readonly PhrasingContent[],
  starts: Flat['starts'],
  spans: readonly Span[],
): readonly (readonly SentencePart[])[] {
  const contents = spans.map((): SentencePart[] => []);
  let at = 0;
  const textPieces = (node: PhrasingContent, value: string, make: (part: string) => SentencePart): readonly Piece[] => {
    const from = starts.get(node) ?? 0;
    const pieces: Piece[] = [];
    for (let begin = from; begin < from + value.length; ) {
      while (at < spans.length - 1 && (spans[at]?.to ?? 0) <= begin) at++;
      // Behind the last sentence nothing begins another: the last one takes it all.
      const end = at === spans.length - 1 ? from + value.length : Math.min(spans[at]?.to ?? 0, from + value.length);
      pieces.push({ sentence: at, node: make(value.slice(begin - from, end - from)) });
      begin = end;
    }
    return pieces;
  };
  const piecesOf = (node: PhrasingContent): readonly Piece[] => {
    switch (node.type) {
      case 'text':
      case 'inlineCode':
        return textPieces(node, node.value, (value) => ({ ...node, value }));
      case 'break':
        return textPieces(node, ' ', () => node);
      case 'image':
      case 'imageReference':
        return textPieces(node, node.alt ?? '', (value): Text => ({ type: 'text', value }));
      case 'footnoteReference':
      case 'html':
        return [];
      case 'delete':
      case 'emphasis':
      case 'link':
      case 'linkReference':
      case 'strong': {
        const inside = Map.groupBy(node.children.flatMap(piecesOf), ({ sentence }) => sentence);
        return [...inside].map(([sentence, parts]) => ({
          sentence,
          node: { ...node, children: parts.map((part) => part.node) },
        }));
      }
    }
  };
  if (spans.length > 0) for (const { sentence, node } of paragraph.flatMap(piecesOf)) contents[sentence]?.push(node);
  return contents.map(withoutLastBlank);
}

/** The blank behind a full stop parts two sentences and belongs to neither: what follows on a page is the mark of its note. */
function withoutLastBlank(parts: readonly SentencePart[]): readonly SentencePart[] {
  const last = parts.at(-1);
  if (last === undefined) return parts;
  const before = parts.slice(0, -1);
  if (last.type === 'break') return withoutLastBlank(before);
  if (last.type !== 'text') return parts;
  const value = last.value.trimEnd();
  return value === '' ? withoutLastBlank(before) : [...before, { ...last, value }];
}
