/**
 * The document as a page shows it: headings, the statements of each paragraph, lists, and what is no promise. Pure.
 *
 * read-policy.ts makes it from the Markdown tree; which sentence is which statement was decided there. What only a program reads
 * is left out: the front matter, the addresses of links, and footnotes, whose words stand with the statements they check.
 */
import type {
  Blockquote,
  Code,
  Heading,
  Html,
  Nodes,
  Paragraph,
  PhrasingContent,
  Root,
  Table,
  ThematicBreak,
} from 'mdast';
import type { SentencePart } from './sentences.ts';
import type { Statement } from './statement.ts';

export interface PolicyDocument {
  /** The front matter's title, else the first heading, else empty. */
  readonly title: string;
  /** A BCP 47 tag; `null` where the front matter names none. */
  readonly language: string | null;
  /** An e-mail address, with or without `mailto:`, or a page that begins with `https://`. */
  readonly contact: string | null;
  readonly version: string | null;
  /** `YYYY-MM-DD` */
  readonly effective: string | null;
  readonly statements: readonly Statement[];
  /** Everything that the document says, in its order, for a page. */
  readonly blocks: readonly Block[];
  /** Addresses of `[text][name]`, by mdast's identifier. */
  readonly links: ReadonlyMap<string, string>;
}

export type Block =
  | { readonly kind: 'heading'; readonly depth: Heading['depth']; readonly content: readonly PhrasingContent[] }
  /** The sentences of one paragraph. */
  | { readonly kind: 'statements'; readonly placed: readonly PlacedStatement[] }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly ListItem[] }
  /** Quotes, tables, code and rules promise nothing; neither does a paragraph without a word. */
  | { readonly kind: 'other'; readonly node: Blockquote | Code | Html | Paragraph | Table | ThematicBreak };

export interface PlacedStatement {
  readonly statement: Statement;
  readonly content: readonly SentencePart[];
}

interface ListItem {
  /** Of a task list; `null` in any other. */
  readonly checked: boolean | null;
  readonly blocks: readonly Block[];
}

/** @param placedIn The statements of each paragraph that has any. */
export const blocksOf = (root: Root, placedIn: ReadonlyMap<Paragraph, readonly PlacedStatement[]>): readonly Block[] =>
  root.children.flatMap((node) => blockOf(node, placedIn));

function blockOf(node: Nodes, placedIn: ReadonlyMap<Paragraph, readonly PlacedStatement[]>): readonly Block[] {
  switch (node.type) {
    case 'heading':
      return [{ kind: 'heading', depth: node.depth, content: node.children }];
    case 'paragraph': {
      const placed = placedIn.get(node) ?? [];
      return placed.length === 0 ? [{ kind: 'other', node }] : [{ kind: 'statements', placed }];
    }
    case 'list': {
      const items = node.children.map(({ checked, children }) => ({
        checked: checked ?? null,
        blocks: children.flatMap((child) => blockOf(child, placedIn)),
      }));
      return [{ kind: 'list', start: node.ordered === true ? (node.start ?? 1) : null, items }];
    }
    case 'blockquote':
    case 'code':
    case 'html':
    case 'table':
    case 'thematicBreak':
      return [{ kind: 'other', node }];
    case 'break':
    case 'definition':
    case 'delete':
    case 'emphasis':
    case 'footnoteDefinition':
    case 'footnoteReference':
    case 'image':
    case 'imageReference':
    case 'inlineCode':
    case 'link':
    case 'linkReference':
    case 'listItem':
    case 'root':
    case 'strong':
    case 'tableCell':
    case 'tableRow':
    case 'text':
    case 'yaml':
      return [];
  }
}
