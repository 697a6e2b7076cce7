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

export const bodyAround = ({ file, node }: Site): Body => ({ file, fn: functionAround(node) });
export const keyOf = ({ file, fn }: Body): object => fn ?? file;

/** The body that runs what stands at an offset. */
export function bodyAt(file: FlowFile, offset: number): Body {
  let inner: Node | null = null;
  for (const node of file.tree.nodes) if (isFunction(node) && node.start <= offset && offset < node.end) inner = node;
  return { file, fn: inner !== null && isFunction(inner) ? inner : null };
}
