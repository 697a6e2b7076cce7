/**
 * The document of a policy as a page shows it: its headings, statements, lists and the rest, in their order. One statement is
 * statement.page.tsx, the page around it policy.page.tsx.
 *
 * Headings are moved below the title of the page and never skip a level, whatever the author wrote.
 */
import type { PhrasingContent } from 'mdast';
import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { Block } from '../policy/document.ts';
import { Phrasing, Prose } from '../web/markdown.tsx';
import { documentLanguage, StatementRow, type PageContext } from './statement.page.tsx';

/** @param title Of the page: a first heading with the same words is not said twice. */
export function documentPart(context: PageContext, title: string): JSX.Element {
  const { blocks } = context.policy;
  const [first, ...rest] = blocks;
  const repeated = first?.kind === 'heading' && wordsOf(first).trim() === title;
  const walk: Walk = { open: [], notes: 0, marker: null, context };
  return <div class="doc-grid">{(repeated ? rest : blocks).map((block) => blockPart(block, walk))}</div>;
}

/** What was seen on the way through the document. */
interface Walk {
  /** Depths, as written, of the headings that the place stands below. */
  open: readonly number[];
  /** Statements with a check so far: their notes are numbered. */
  notes: number;
  /** Of the item of a numbered list that has just begun; the next statement takes it. */
  marker: string | null;
  readonly context: PageContext;
}

function wordsOf(block: Extract<Block, { readonly kind: 'heading' }>): string {
  const words = (node: PhrasingContent): string => {
    if (node.type === 'text' || node.type === 'inlineCode') return node.value;
    return 'children' in node ? node.children.map(words).join('') : '';
  };
  return block.content.map(words).join('');
}

function blockPart(block: Block, walk: Walk): Child {
  const { links } = walk.context.policy;
  switch (block.kind) {
    case 'heading':
      return headingPart(block, walk);
    case 'statements':
      return (
        <>
          {block.placed.map(({ statement, content }) => {
            const note = statement.bindings.length === 0 ? null : ++walk.notes;
            const { marker, context } = walk;
            walk.marker = null;
            return <StatementRow id={statement.id} content={content} note={note} marker={marker} context={context} />;
          })}
        </>
      );
    case 'list': {
      const { start } = block;
      const items = block.items.map(({ checked, blocks }, index) => {
        if (start !== null) walk.marker = `${start + index}.`;
        const state = checked === null ? null : walk.context.words[checked ? 'done' : 'open'];
        return (
          <li class="doc-item">
            {state === null ? null : <p class="doc-rest fine">{state}</p>}
            {blocks.map((inner) => blockPart(inner, walk))}
          </li>
        );
      });
      return start === null ? <ul class="doc-list">{items}</ul> : <ol class="doc-list">{items}</ol>;
    }
    case 'other':
      return (
        <div class="doc-rest prose" {...documentLanguage(walk.context)}>
          <Prose node={block.node} links={links} />
        </div>
      );
  }
}

function headingPart({ depth, content }: Extract<Block, { readonly kind: 'heading' }>, walk: Walk): Child {
  const above = walk.open.filter((each) => each < depth);
  walk.open = [...above, depth];
  const text = <Phrasing nodes={content} links={walk.context.policy.links} />;
  const attributes = documentLanguage(walk.context);
  switch (above.length) {
    case 0:
      return (
        <div class="doc-part">
          <h2 {...attributes}>{text}</h2>
        </div>
      );
    case 1:
      return (
        <div class="doc-rest">
          <h3 {...attributes}>{text}</h3>
        </div>
      );
    case 2:
      return (
        <div class="doc-rest">
          <h4 {...attributes}>{text}</h4>
        </div>
      );
    case 3:
      return (
        <div class="doc-rest">
          <h5 {...attributes}>{text}</h5>
        </div>
      );
    default:
      return (
        <div class="doc-rest">
          <h6 {...attributes}>{text}</h6>
        </div>
      );
  }
}
