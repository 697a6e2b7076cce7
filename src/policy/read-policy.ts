/**
 * Reads a policy: an ordinary Markdown document whose footnotes say what checks a sentence. Pure.
 *
 * Sentences are sentences.ts, footnotes footnote.ts, what is refused before parsing limits.ts. All mistakes are collected, so
 * that an author corrects them in one go.
 */
import type { Definition, FootnoteDefinition, Link, LinkReference, Nodes, Paragraph, Root, Text, Yaml } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { frontmatter } from 'micromark-extension-frontmatter';
import { gfm } from 'micromark-extension-gfm';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { parseLocated, type LocatedEntry } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearestWord } from '../lib/spelling.ts';
import { parseDay } from '../lib/time.ts';
import type { Control } from './control.ts';
import { blocksOf, type PlacedStatement, type PolicyDocument } from './document.ts';
import { readFootnote } from './footnote.ts';
import { refuseTooLarge } from './limits.ts';
import { sentencesOf, type Sentence } from './sentences.ts';
import type { Binding, Problem, Statement } from './statement.ts';

const FRONT_MATTER_KEYS = ['title', 'version', 'effective', 'language', 'contact'] as const;
/** Of a sentence's own hash: enough to tell the sentences of one document apart, short enough to be typed. */
const ID_DIGITS = 12;

/**
 * @param controls Those that are built; a footnote may also name one of known-controls.ts.
 * @throws POLICY_TOO_LARGE, with the line, before anything is parsed.
 */
export function readPolicy(text: string, controls: readonly Control[]): Result<PolicyDocument, readonly Problem[]> {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const refusal = refuseTooLarge(source);
  if (refusal !== null) {
    const { line, message, hint } = refusal;
    throw new HoldfastError('POLICY_TOO_LARGE', `line ${line}: ${message}`, { hint });
  }
  const root = fromMarkdown(source, {
    extensions: [gfm(), frontmatter(['yaml'])],
    // Without the transform that finds bare addresses: the texts it makes have no place in the document, and a mistake in
    // them would go unseen.
    mdastExtensions: [
      gfmFromMarkdown().map((part) => ({ ...part, transforms: [] })),
      frontmatterFromMarkdown(['yaml']),
    ],
  });
  const problems: Problem[] = [];
  const paragraphs = paragraphsOf(root).map((node) => ({ node, sentences: sentencesOf(node.children) }));
  const sentences = paragraphs.flatMap((paragraph) => paragraph.sentences);
  const bindings = readFootnotes(root, source.split('\n'), sentences, controls, problems);
  const head = readHead(root, problems);
  if (root.children[0]?.type !== 'yaml' && /^---\n[a-z]+:/.test(source)) {
    const hint = 'Write `---` on a line of its own behind its last key.';
    problems.push({ line: 1, column: 1, message: 'the front matter has no end', hint });
  }
  problems.push(...danglingReferences(root, source));
  if (problems.length > 0) return no(problems.toSorted((a, b) => a.line - b.line || a.column - b.column));
  const statements = statementsOf(sentences, bindings);
  let next = 0;
  const placedIn = new Map(
    paragraphs.map((paragraph): [Paragraph, readonly PlacedStatement[]] => [
      paragraph.node,
      // Both lists are in the order of the document, one statement for each sentence.
      paragraph.sentences.flatMap(({ content }) => {
        const statement = statements[next++];
        return statement === undefined ? [] : [{ statement, content }];
      }),
    ]),
  );
  return ok({ ...head, statements, blocks: blocksOf(root, placedIn), links: linkTargets(root) });
}

/** Paragraphs and list items are promises; headings, quotes, tables, code and footnotes are not. */
function paragraphsOf(node: Nodes): readonly Paragraph[] {
  if (node.type === 'paragraph') return [node];
  if (node.type === 'root' || node.type === 'list' || node.type === 'listItem')
    return node.children.flatMap(paragraphsOf);
  return [];
}

function readFootnotes(
  root: Root,
  lines: readonly string[],
  sentences: readonly Sentence[],
  controls: readonly Control[],
  problems: Problem[],
): ReadonlyMap<string, Binding> {
  const used = new Set(sentences.flatMap(({ marks }) => marks.map(({ label }) => label.toLowerCase())));
  const bindings = new Map<string, Binding>();
  const seen = new Set<string>();
  for (const definition of definitionsOf(root)) {
    const label = definition.label ?? definition.identifier;
    const { line = 1, column = 1 } = definition.position?.start ?? {};
    if (seen.has(label.toLowerCase())) {
      problems.push({
        line,
        column,
        message: `the footnote [^${label}] stands twice`,
        hint: 'Give the second one a label of its own.',
      });
      continue;
    }
    seen.add(label.toLowerCase());
    if (!used.has(label.toLowerCase())) {
      problems.push({
        line,
        column,
        message: `no sentence refers to the footnote [^${label}]`,
        hint: `Put [^${label}] behind the sentence that it checks (a paragraph or list item), or remove it.`,
      });
    }
    const binding = readFootnote(definition, lines, controls, problems);
    if (binding !== null) bindings.set(label.toLowerCase(), binding);
  }
  return bindings;
}

function definitionsOf(node: Nodes): readonly FootnoteDefinition[] {
  if (node.type === 'footnoteDefinition') return [node, ...node.children.flatMap(definitionsOf)];
  return 'children' in node ? node.children.flatMap(definitionsOf) : [];
}

/**
 * A reference without its footnote arrives as plain text, or as a link where a bracket follows: `[^x](address)`. Code may
 * speak of `[^x]`; an escaped one is meant as text.
 */
function danglingReferences(root: Root, source: string): readonly Problem[] {
  return [...textsOf(root), ...linksOf(root)].flatMap(({ type, position }) => {
    const from = position?.start.offset ?? 0;
    const written = source.slice(from, position?.end.offset ?? from);
    const pattern = type === 'text' ? /(?<!\\)\[\^([^\][]{1,200})\]/g : /^\[\^([^\][]{1,200})\]/g;
    return [...written.matchAll(pattern)].map(({ index, 1: label = '' }) => {
      const before = source.slice(0, from + index).split('\n');
      return {
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
        message: `there is no footnote [^${label}]`,
        hint: `Add a line \`[^${label}]: …\` with its block (a label has no blanks), or remove the reference.`,
      };
    });
  });
}

function linksOf(node: Nodes): readonly (Link | LinkReference)[] {
  if (node.type === 'link' || node.type === 'linkReference') return [node];
  return 'children' in node ? node.children.flatMap(linksOf) : [];
}

function textsOf(node: Nodes): readonly Text[] {
  if (node.type === 'text') return [node];
  return 'children' in node ? node.children.flatMap(textsOf) : [];
}

type Head = Pick<PolicyDocument, 'title' | 'language' | 'contact' | 'version' | 'effective'>;

function readHead(root: Root, problems: Problem[]): Head {
  const [first] = root.children;
  const entries = first?.type === 'yaml' ? readFrontMatter(first, problems) : [];
  const said = (key: (typeof FRONT_MATTER_KEYS)[number]): string | null => {
    const value = entries.find((entry) => entry.key === key)?.value;
    return value?.kind === 'scalar' && value.value !== null ? String(value.value) : null;
  };
  return {
    title: said('title') ?? firstHeading(root),
    language: said('language'),
    contact: said('contact'),
    version: said('version'),
    effective: said('effective'),
  };
}

function firstHeading(root: Root): string {
  const heading = root.children.find((node) => node.type === 'heading');
  if (heading === undefined) return '';
  return textsOf(heading)
    .map(({ value }) => value)
    .join('')
    .trim();
}

/** The first of a name counts, as CommonMark says ("link reference definitions"). */
function linkTargets(root: Root): ReadonlyMap<string, string> {
  const targets = new Map<string, string>();
  for (const { identifier, url } of targetsOf(root)) if (!targets.has(identifier)) targets.set(identifier, url);
  return targets;
}

function targetsOf(node: Nodes): readonly Definition[] {
  if (node.type === 'definition') return [node];
  return 'children' in node ? node.children.flatMap(targetsOf) : [];
}

function readFrontMatter(node: Yaml, problems: Problem[]): readonly LocatedEntry[] {
  const offset = node.position?.start.line ?? 1;
  const parsed = parseLocated(node.value);
  if (!parsed.ok) {
    problems.push(
      ...parsed.error.map(({ line, column, message }) => ({
        line: line + offset,
        column,
        message: `front matter: ${message}`,
        hint: 'Correct it, or remove the lines between the --- marks.',
      })),
    );
    return [];
  }
  if (parsed.value.kind !== 'map') {
    problems.push({
      line: offset,
      column: 1,
      message: 'the front matter is no list of keys',
      hint: `Write \`title: …\`; keys: ${FRONT_MATTER_KEYS.join(', ')}.`,
    });
    return [];
  }
  for (const { key, keyAt, value } of parsed.value.entries) {
    const at = { line: keyAt.line + offset, column: keyAt.column };
    if (!FRONT_MATTER_KEYS.some((known) => known === key)) {
      const near = nearestWord(key, FRONT_MATTER_KEYS);
      problems.push({
        ...at,
        message: `the front matter has an unknown key "${key}"`,
        hint: near === null ? `Keys: ${FRONT_MATTER_KEYS.join(', ')}.` : `Did you mean ${near}?`,
      });
    } else if (value.kind !== 'scalar') {
      problems.push({ ...at, message: `"${key}" in the front matter is not one value`, hint: 'Write it on one line.' });
    } else {
      const hint = wayOut(key, String(value.value ?? ''));
      if (hint !== null) problems.push({ ...at, message: `"${key}" in the front matter cannot be what it is`, hint });
    }
  }
  return parsed.value.entries;
}

/** What to write instead of a value that the page could not show, or must not link to; `null` when it may stand. */
function wayOut(key: string, value: string): string | null {
  if (key === 'effective' && parseDay(value) === null) return 'Write a day that exists, as YYYY-MM-DD.';
  if (key === 'language' && !isLanguage(value)) return 'Write a language tag, e.g. en or de-DE.';
  if (key === 'contact' && !/^(?:mailto:)?[^\s@:/]+@[^\s@:/]+$|^https:\/\/[^\s/]/.test(value))
    return 'Write an e-mail address, or a page that begins with https://.';
  return null;
}

/** BCP 47, as ECMA-402 reads it. */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

function statementsOf(sentences: readonly Sentence[], bindings: ReadonlyMap<string, Binding>): readonly Statement[] {
  const taken = new Map<string, number>();
  return sentences.map(({ text, line, marks }) => {
    const [first] = marks;
    const base = first?.label ?? sha256(text).slice(0, ID_DIGITS);
    const before = taken.get(base) ?? 0;
    taken.set(base, before + 1);
    const id = before === 0 ? base : uniqueId(`${base}-${before + 1}`, taken);
    const bound = marks.flatMap(({ label }) => bindings.get(label.toLowerCase()) ?? []);
    return { id, line, text, bindings: bound };
  });
}

/** `review-2` may itself be a label. */
function uniqueId(wanted: string, taken: Map<string, number>): string {
  let id = wanted;
  while (taken.has(id)) id = `${id}-2`;
  taken.set(id, 1);
  return id;
}
