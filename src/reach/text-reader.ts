/** What reads texts off expressions: the interface between constant-text.ts, which makes it, and closed-values.ts, which needs it. */
import type { Scopes } from './scopes.ts';
import type { FunctionNode, Node } from './syntax.ts';
import type { TextShapes } from './text-shape.ts';

export interface TextReader {
  readonly scopes: Scopes;
  /** The shapes of an expression's value, taken as a text. */
  readonly textOf: (node: Node | null | undefined) => TextShapes;
  /** The same where the value is one of the elements of an array. */
  readonly elementTexts: (node: Node | null | undefined) => TextShapes;
  /** The arguments of the `return` statements of a function. */
  readonly returnsOf: (owner: FunctionNode) => readonly (Node | null)[];
}
