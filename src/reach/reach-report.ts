/**
 * The answer of `holdfast reach`: what was started from, what is said of each function, what could not be analysed.
 *
 * As JSON: reach-json.ts (`holdfast.reach/1`, docs/formats/reach.schema.json); as text: reach.text.ts.
 */
import type { FoundCode } from './fixed-code.ts';
import type { VulnerableSymbol } from './symbols.ts';
import type { Verdict } from './verdict.ts';

/** A place that an editor can open: `file` relative to the folder that was asked about. */
export interface SourcePlace {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** What is started, and where it says so. */
export interface ReachEntry {
  readonly file: string;
  /** `--run "node index.js"`, `package.json "bin"`. */
  readonly why: string;
}

/** One step down from the entry: at `file:line`, in `within`, and what happens there. */
export interface PathStep extends SourcePlace {
  /** The function around; `null` at the top of the file. */
  readonly within: string | null;
  /** Continues the line: `calls parse`, `loads ./lib`. */
  readonly does: string;
  /** Why it is not certain; `null` where it is. */
  readonly doubt: string | null;
}

/** A place that decides an "unknown", or that a negative verdict has looked at and excluded. */
export interface DecisiveSite extends SourcePlace {
  readonly why: string;
  /** What would settle it; empty for one that is excluded. */
  readonly settle: string;
}

export interface ReachVerdict {
  readonly symbol: VulnerableSymbol;
  /** The version that was found, where the symbol names none. */
  readonly version: string;
  readonly verdict: Verdict;
  /** From the entry to the function, where it is reachable or may be. */
  readonly path: readonly PathStep[];
  readonly sites: readonly DecisiveSite[];
  readonly evidence: Evidence;
}

/** What the verdict rests on. It lapses when a digest changes. */
export interface Evidence {
  /** One sentence: the claim and its ground. */
  readonly claim: string;
  /** Copies of the package that were found, relative to the folder. */
  readonly copies: readonly string[];
  /** For `unreachable`: every function and file that leads to the function, none of which runs. */
  readonly considered: readonly (SourcePlace & { readonly function: string | null; readonly sites: number })[];
  /** Sites with computed names that were considered, and what each can name at most. */
  readonly bounds: readonly (SourcePlace & { readonly bound: string })[];
  /** For `fixed-code-present`: every function of the advisory in every copy, with the hashes that were compared. */
  readonly code: readonly (FoundCode & { readonly copy: string })[];
  readonly digests: Digests;
}

/** SHA-256, lower-case hex; `null` where there is none of the kind. */
export interface Digests {
  readonly lockfile: string | null;
  /** Over path and hash of every file that can be loaded. */
  readonly sources: string;
  /** Over the symbol, the hashes that come with it, and the repaired code that was found. */
  readonly symbols: string;
  readonly entries: string;
  /** Over the conditions by which names are resolved, and the version of Node they stand for. */
  readonly conditions: string;
  /** Of the analysis: a version that changes with every rule. */
  readonly analyser: string;
}

export interface Unanalysed {
  readonly file: string;
  readonly line: number | null;
  readonly why: string;
}

export interface ReachReport {
  /** The command line that replaced all entries; `null`: those of the manifests. */
  readonly run: string | null;
  readonly entries: readonly ReachEntry[];
  readonly verdicts: readonly ReachVerdict[];
  readonly unanalysed: readonly Unanalysed[];
  /** How many files the program can load. */
  readonly files: number;
}
