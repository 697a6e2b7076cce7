/**
 * A sentence of a policy, once read, and which controls check it. The document around it is document.ts.
 *
 * Made by read-policy.ts from Markdown, judged by evaluate.ts. A statement is a sentence of the prose; a footnote binds it
 * to a control.
 */
import type { FileProblem } from '../lib/yaml-schema.ts';
import type { BoundControl } from './control.ts';

export interface Statement {
  /** The first footnote's label, else 12 hex digits of the SHA-256 of the text; unique in its document. */
  readonly id: string;
  /** Counts from 1: where the sentence begins. */
  readonly line: number;
  /** Plain text, white space folded: nothing of it is markup. */
  readonly text: string;
  /** One for each footnote; empty for a sentence that nothing checks. */
  readonly bindings: readonly Binding[];
}

export interface Binding {
  /** The footnote's label. */
  readonly label: string;
  /** `release.review` */
  readonly control: string;
  /** The footnote's words beside its block. */
  readonly explanation: string;
  /** `null`: the control is known but this version of Holdfast does not have it yet. */
  readonly bound: BoundControl | null;
}

/** One thing to correct in a policy or facts file; `line` and `column` count from 1. */
export type Problem = FileProblem;
