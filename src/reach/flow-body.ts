/** A body of code, the unit that runs or does not: what flow-search.ts goes up by, and flow-live.ts holds steps back by. */
import type { FlowFile, Site } from './flow-file.ts';
import { functionAround, isFunction, type FunctionNode, type Node } from './syntax.ts';

/** A function, or what a file does when it is loaded. */
export interface Body {
  readonly file: FlowFile;
  readonly fn: FunctionNode | null;
}

export interface Considered {
  readonly body: Body;
  /** Places in other bodies that would run it, or that would have to run before somebody can. */
  readonly sites: readonly Site[];
}

/** The node is not touched where it need not be: it may be one of a file that is not parsed yet (placed-site.ts). */
export const bodyAround = (site: Site): Body => ({
  file: site.file,
  fn: site.place?.isAtTop === true ? null : functionAround(site.node),
});
export const keyOf = ({ file, fn }: Body): object => fn ?? file;

/** The body that runs what stands at an offset. */
export function bodyAt(file: FlowFile, offset: number): Body {
  let inner: Node | null = null;
  for (const node of file.tree.nodes) if (isFunction(node) && node.start <= offset && offset < node.end) inner = node;
  return { file, fn: inner !== null && isFunction(inner) ? inner : null };
}
