/**
 * XML as a tree of elements that know their line. For inputs that other programs wrote: POMs, SBOMs, reports.
 *
 * saxes checks that the text is well formed. Nothing outside of the text is ever fetched: a document type that declares
 * anything is refused (external entities and entity bombs both start there), entities beyond XML's own five are errors,
 * and depth and the number of elements are bounded. Prefixes of names are dropped: what is read here has one vocabulary.
 */
import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';
import { no, ok, type Result } from './result.ts';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  /** By name without prefix; `xmlns` declarations are left out. */
  readonly attributes: ReadonlyMap<string, string>;
  /** The namespace's URI; empty where the document declares none. */
  readonly namespace: string;
  readonly children: readonly XmlElement[];
  /** Text and CDATA directly inside, joined, as written. */
  readonly text: string;
  /** Of the opening tag's end, from 1. */
  readonly line: number;
}

/** Line and column count from 1. */
export interface XmlIssue {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The deepest real documents (nested SBOM components) stay below 40. */
export const MAX_XML_DEPTH = 100;
/** A tree of so many elements takes about 250 MB; the largest real inputs have some 400,000. */
export const MAX_XML_ELEMENTS = 1_000_000;

/** The document's element, or the first thing that is wrong with the text. */
export function parseXml(text: string): Result<XmlElement, XmlIssue> {
  const builder = new TreeBuilder();
  try {
    return ok(builder.build(text));
  } catch (thrown) {
    if (!(thrown instanceof XmlRefusal)) throw thrown;
    return no(thrown.issue);
  }
}

/** The first child of that name. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

export const childrenOf = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name);

/** The trimmed text of the first child of that name; empty where there is none. */
export const textIn = (element: XmlElement, name: string): string => childOf(element, name)?.text.trim() ?? '';

/** Carries an issue out of the parser's callbacks; never leaves this file. */
class XmlRefusal extends Error {
  readonly issue: XmlIssue;
  constructor(issue: XmlIssue) {
    super(issue.message);
    this.issue = issue;
  }
}

interface OpenElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly namespace: string;
  children: readonly XmlElement[];
  text: string;
  readonly line: number;
}

const NO_CHILDREN: readonly XmlElement[] = [];
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

class TreeBuilder {
  readonly #parser = new SaxesParser({ xmlns: true, position: true });
  readonly #open: { readonly element: OpenElement; readonly children: XmlElement[] }[] = [];
  #root: XmlElement | null = null;
  #elements = 0;

  build(text: string): XmlElement {
    const parser = this.#parser;
    parser.on('error', (error) => this.#refuse(error.message.replace(/^\d+:\d+: /, '')));
    parser.on('doctype', (doctype) => {
      if (/[[]|\b(?:SYSTEM|PUBLIC)\b/.test(doctype)) {
        this.#refuse('it declares a document type with entities or an address; such documents are not read');
      }
    });
    parser.on('opentag', (tag) => this.#enter(tag));
    parser.on('text', (piece) => this.#addText(piece));
    parser.on('cdata', (piece) => this.#addText(piece));
    parser.on('closetag', () => this.#leave());
    try {
      parser.write(text).close();
    } catch (thrown) {
      // saxes 6.0.0 takes the end of a text inside of its XML declaration for a character that does not exist.
      if (thrown instanceof RangeError) this.#refuse('it ends inside of its XML declaration');
      throw thrown;
    }
    if (this.#root === null) this.#refuse('it has no element');
    return this.#root;
  }

  #refuse(message: string): never {
    const { line, columnIndex } = this.#parser;
    throw new XmlRefusal({ line, column: columnIndex + 1, message });
  }

  #enter(tag: SaxesTagNS): void {
    this.#elements += 1;
    if (this.#open.length >= MAX_XML_DEPTH) this.#refuse(`it is nested deeper than ${MAX_XML_DEPTH} elements`);
    if (this.#elements > MAX_XML_ELEMENTS) this.#refuse('it has more than 1,000,000 elements');
    const element: OpenElement = {
      name: tag.local,
      attributes: attributesOf(tag.attributes),
      namespace: tag.uri,
      children: NO_CHILDREN,
      text: '',
      line: this.#parser.line,
    };
    this.#open.push({ element, children: [] });
  }

  #addText(piece: string): void {
    const top = this.#open.at(-1);
    if (top === undefined) return;
    // White space between elements is the most frequent text, and nobody's.
    if (top.element.text === '' && /^\s*$/.test(piece)) return;
    top.element.text += piece;
  }

  #leave(): void {
    const top = this.#open.pop();
    if (top === undefined) return;
    if (top.children.length > 0) top.element.children = top.children;
    const above = this.#open.at(-1);
    if (above === undefined) this.#root = top.element;
    else above.children.push(top.element);
  }
}

function attributesOf(attributes: Readonly<Record<string, SaxesAttributeNS>>): ReadonlyMap<string, string> {
  let found: Map<string, string> | null = null;
  for (const { local, prefix, value } of Object.values(attributes)) {
    if (prefix === 'xmlns' || local === 'xmlns') continue;
    found ??= new Map();
    found.set(local, value);
  }
  return found ?? NO_ATTRIBUTES;
}
