/**
 * What needs someone now: each feature has a source, and the home of the staff puts them together (today.page.tsx).
 *
 * A source says nothing about what is quiet. One that cannot tell throws: the home page then says so, and never that all is well.
 */
import type { Instant } from '../lib/time.ts';

/** Trouble in the order of a work list: broken, unknown, stale; clocks: overdue, soon. Each is a glyph and a colour. */
export type NeedState = 'broken' | 'overdue' | 'unknown' | 'stale' | 'soon';

export interface Need {
  readonly state: NeedState;
  /** The word of the chip, where it is not the state's own: "given up". */
  readonly word?: string;
  /** What it is about: the sentence of a statement, the name of a schedule. */
  readonly about: string;
  /** Where it stands whole. A path of ours. */
  readonly href: string;
  /** What is so, in one or two sentences. */
  readonly detail: string;
  /** What to do. */
  readonly next: { readonly text: string; readonly href: string };
}

export interface NeedSource {
  /** Heading of its part of the page: "Promises that need someone". */
  readonly title: string;
  /** Where everything of the kind stands. */
  readonly all: { readonly text: string; readonly href: string };
  readonly read: (now: Instant) => Promise<readonly Need[]>;
}

/** Something to set up once. It stays on the home page until it is done. */
export interface FirstStep {
  readonly title: string;
  /** Why, in a sentence. */
  readonly words: string;
  /** To be copied into a terminal or a build; `null` where a page does it. */
  readonly command: string | null;
  readonly link: { readonly text: string; readonly href: string } | null;
  /** `null`: nobody can tell, so it stands as long as another step is open. */
  readonly isDone: (() => Promise<boolean>) | null;
}
