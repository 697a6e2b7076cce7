/**
 * Markdown as elements: what is left of a tree when nothing in it may run, load or lead astray.
 *
 * HTML never becomes HTML: in a sentence its marks are left out, a block of it is shown as the text that it is. Links lead to `https:`
 * and `mailto:` only, images are their descriptions. Nesting is bounded by what may be parsed (../policy/limits.ts).
 */
import type {
  BlockContent,
  Blockquote,
  Code,
  DefinitionContent,
  Html,
  Nodes,
  Paragraph,
  PhrasingContent,
  Table,
  ThematicBreak,
} from 'mdast';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { printable } from '../lib/text.ts';

/** Where `[text][name]` leads, by mdast's identifier. */
export type LinkTargets = ReadonlyMap<string, string>;

export const Phrasing = ({
  nodes,
  links,
}: {
  readonly nodes: readonly PhrasingContent[];
  readonly links: LinkTargets;
}): JSX.Element => <>{nodes.map((node) => phrase(node, links))}</>;

function phrase(node: PhrasingContent, links: LinkTargets): JSX.Element | string | null {
  switch (node.type) {
    case 'text':
      return shown(node.value);
    case 'inlineCode':
      return <code>{shown(node.value)}</code>;
    case 'break':
      return <br />;
    case 'emphasis':
      return (
        <em>
          <Phrasing nodes={node.children} links={links} />
        </em>
      );
    case 'strong':
      return (
        <strong>
          <Phrasing nodes={node.children} links={links} />
        </strong>
      );
    case 'delete':
      return (
        <del>
          <Phrasing nodes={node.children} links={links} />
        </del>
      );
    case 'link':
      return <SafeLink url={node.url} nodes={node.children} links={links} />;
    case 'linkReference':
      return <SafeLink url={links.get(node.identifier) ?? ''} nodes={node.children} links={links} />;
    case 'image':
    case 'imageReference':
      return shown(node.alt ?? '');
    case 'footnoteReference':
      return <sup>{shown(node.label ?? node.identifier)}</sup>;
    case 'html':
      return null;
  }
}

/** RFC 3986 schemes are ASCII; what does not begin exactly so leads nowhere. A mail address may not bring a subject or copies along. */
const SAFE_ADDRESS = /^(?:https:\/\/[^\s/?#]|mailto:[^\s?&@]+@[^\s?&@]+$)/i;

function SafeLink({
  url,
  nodes,
  links,
}: {
  readonly url: string;
  readonly nodes: readonly PhrasingContent[];
  readonly links: LinkTargets;
}) {
  const text = <Phrasing nodes={nodes} links={links} />;
  return SAFE_ADDRESS.test(url) ? (
    <a href={url} rel="noreferrer">
      {text}
    </a>
  ) : (
    text
  );
}

type Prosaic = Blockquote | Code | Html | Paragraph | Table | ThematicBreak;

/** A block that promises nothing. */
export function Prose({ node, links }: { readonly node: Prosaic; readonly links: LinkTargets }): JSX.Element | null {
  switch (node.type) {
    case 'paragraph':
      return (
        <p>
          <Phrasing nodes={node.children} links={links} />
        </p>
      );
    case 'code':
      return <Source text={node.value} />;
    case 'html': {
      const text = withoutComments(node.value).trim();
      return text === '' ? null : <Source text={text} />;
    }
    case 'thematicBreak':
      return <hr />;
    case 'table':
      return <Grid node={node} links={links} />;
    case 'blockquote':
      return (
        <blockquote>
          {node.children.map((child) => (
            <AnyBlock node={child} links={links} />
          ))}
        </blockquote>
      );
  }
}

/** In a quote anything may stand. Its headings are no headings of this document. */
function AnyBlock({
  node,
  links,
}: {
  readonly node: BlockContent | DefinitionContent;
  readonly links: LinkTargets;
}): JSX.Element | null {
  switch (node.type) {
    case 'paragraph':
    case 'code':
    case 'html':
    case 'thematicBreak':
    case 'table':
    case 'blockquote':
      return <Prose node={node} links={links} />;
    case 'heading':
      return (
        <p>
          <strong>
            <Phrasing nodes={node.children} links={links} />
          </strong>
        </p>
      );
    case 'list': {
      const items = node.children.map(({ children }) => (
        <li>
          {children.map((child) => (
            <AnyBlock node={child} links={links} />
          ))}
        </li>
      ));
      return node.ordered === true ? <ol start={node.start ?? 1}>{items}</ol> : <ul>{items}</ul>;
    }
    case 'definition':
    case 'footnoteDefinition':
      return null;
  }
}

/** Scrolls by itself where it is wider than a phone, so that the page never does. */
const Grid = ({ node, links }: { readonly node: Table; readonly links: LinkTargets }) => {
  const [head, ...body] = node.children;
  const cellsOf = (row: Table['children'][number] | undefined): readonly JSX.Element[] =>
    (row?.children ?? []).map(({ children }) => <Phrasing nodes={children} links={links} />);
  return (
    <div class="scroll-x" tabindex={0} role="group" aria-label={cellWords(head)}>
      <table class="tbl">
        <thead>
          <tr>
            {cellsOf(head).map((cell) => (
              <th scope="col">{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row) => (
            <tr>
              {cellsOf(row).map((cell) => (
                <td>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** What a table is about, for those who do not see it: its column heads. */
const cellWords = (row: Table['children'][number] | undefined): string =>
  (row?.children ?? [])
    .map(plainWords)
    .filter((words) => words !== '')
    .join(', ');

function plainWords(node: Nodes): string {
  if (node.type === 'text' || node.type === 'inlineCode') return shown(node.value);
  return 'children' in node ? node.children.map(plainWords).join('') : '';
}

const Source = ({ text }: { readonly text: string }) => (
  <pre class="code plain">
    <code>{shown(text.replaceAll('\t', '  '))}</code>
  </pre>
);

/** Comments are for those who write the document. One that never ends hides nothing. */
function withoutComments(text: string): string {
  let rest = '';
  for (let at = 0; ; ) {
    const begin = text.indexOf('<!--', at);
    const end = begin === -1 ? -1 : text.indexOf('-->', begin + 4);
    if (end === -1) return rest + text.slice(at);
    rest += text.slice(at, begin);
    at = end + 3;
  }
}

/** `printable`, line by line. */
const shown = (text: string): string => text.split('\n').map(printable).join('\n');
