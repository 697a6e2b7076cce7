/**
 * What a control is: the small plug-in that turns a sentence of the policy into a measurement.
 *
 * `gather` looks at the world and returns facts (plain JSON, so that a CI run can send them to the service);
 * `judge` is pure and decides, so the service can judge the same facts again. Each control is one `*.control.ts` file in
 * its feature's folder; main.ts lists them. Parsing the document is statement.ts, putting verdicts together evaluate.ts.
 */
import type * as z from 'zod';
import type { Json } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import type { Facts } from './facts.ts';

/**
 * `kept`, `broken`, `stale` (evidence older than its interval), `unknown` (could not be measured), `manual` (a named
 * person attests it until a date), `no-case` (a promise about events that have not happened; never counts as kept).
 * `unbound` belongs to statements alone: no control can answer it.
 */
export type VerdictName = 'kept' | 'broken' | 'stale' | 'unknown' | 'manual' | 'no-case';

export interface Verdict {
  readonly verdict: VerdictName;
  /** One sentence with the figures: what was measured, against what. Ends with the next step when not kept. */
  readonly summary: string;
  /** When the facts were gathered; `null` when nothing could be measured. */
  readonly measuredAt: Instant | null;
  /** What was measured, on which input digest, by which version: plain JSON, bounded in size. */
  readonly evidence: { readonly [key: string]: Json };
}

/** What `gather` may look at. Paths are absolute. */
export interface GatherContext {
  /** The folder of the policy document. */
  readonly root: string;
  /** holdfast.yaml, or the empty facts when there is none. */
  readonly facts: Facts;
  /** Explicit advisory index (`--db`), or `null` for the usual order of places. */
  readonly database: string | null;
  /** `--release REF`: the release under judgement; `null` means HEAD. */
  readonly release: string | null;
  /** Where the evidence log is: `--data`, seen from `cwd`. Absent: `data` beside the document. */
  readonly log?: { readonly cwd: string; readonly data: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Instant;
  /** What is being done, for people who wait. */
  readonly onProgress?: (line: string) => void;
}

interface ControlCore {
  /** `release.history`: stable, written into policies. */
  readonly id: string;
  readonly title: string;
  /**
   * `repo` needs a checkout (CI, a desk), which the service does not have: its facts arrive in reports. `service` judges what the
   * service has itself: its records, its copies of the document and of holdfast.yaml.
   */
  readonly where: 'repo' | 'service';
}

/**
 * How long facts from a checkout may be judged after they were gathered, where the control has no rule of its own. A week, as
 * the default for the age of advisory data (`maxDataAgeDays`): what CI measures on every change is much younger.
 */
const FACTS_LAST_DAYS = 7;

export interface ControlSpec<P, F extends Json> extends ControlCore {
  /** Strict: an unknown key is a mistake of the policy's author, not something to ignore. */
  readonly params: z.ZodType<P>;
  /**
   * What `gather` returns, for facts that come back from elsewhere: whatever has this shape `judge` must be able to judge. Keys that
   * it does not name are left out, so that a newer Holdfast may tell more.
   */
  readonly facts: z.ZodType<F>;
  /** What of the facts leaves the machine in a report: without names of persons. Absent: all of it. */
  readonly shared?: (facts: F) => F;
  /** In days; absent: `FACTS_LAST_DAYS`. */
  readonly factsLast?: (params: P) => number;
  /** Throws `HoldfastError` only; evaluate.ts turns that into `unknown`. */
  readonly gather: (context: GatherContext, params: P) => Promise<F>;
  readonly judge: (params: P, facts: F, now: Instant) => Verdict;
}

/** A control with its parameters applied. `F` is gone: facts travel as JSON. */
export interface BoundControl extends ControlCore {
  /** As the control read them, defaults included: equal parameters are equal here. */
  readonly params: Json;
  readonly factsLastDays: number;
  /** What of gathered facts a report may tell. */
  readonly shared: (facts: Json) => Json;
  /** Facts of a report, or why they are none of this control. */
  readonly readFacts: (facts: unknown) => Result<Json, readonly ParamIssue[]>;
  readonly gather: (context: GatherContext) => Promise<Json>;
  readonly judge: (facts: Json, now: Instant) => Verdict;
}

export interface Control extends ControlCore {
  /** Checks the footnote's parameters (without `control`); the issues carry the path of the offending key. */
  readonly bind: (
    params: unknown,
  ) =>
    | { readonly ok: true; readonly bound: BoundControl }
    | { readonly ok: false; readonly issues: readonly ParamIssue[] };
}

export interface ParamIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Hides a control's own types, so that controls of every shape can stand in one list. */
export function defineControl<P, F extends Json>(spec: ControlSpec<P, F>): Control {
  const core = { id: spec.id, title: spec.title, where: spec.where };
  return {
    ...core,
    bind: (raw) => {
      const parsed = spec.params.safeParse(raw);
      if (!parsed.success) {
        return { ok: false, issues: issuesOf(parsed.error) };
      }
      return {
        ok: true,
        bound: {
          ...core,
          // Facts are cast back to F here only: what comes in was gathered by the same control, or read with its readFacts.
          // JSON in, JSON out: parameters come from YAML, and no control turns them into anything else.
          params: parsed.data as Json,
          factsLastDays: spec.factsLast?.(parsed.data) ?? FACTS_LAST_DAYS,
          shared: (facts) => (spec.shared === undefined ? facts : spec.shared(facts as F)),
          readFacts: (facts) => {
            const read = spec.facts.safeParse(facts);
            return read.success ? ok(read.data) : no(issuesOf(read.error));
          },
          gather: (context) => spec.gather(context, parsed.data),
          judge: (facts, now) => spec.judge(parsed.data, facts as F, now),
        },
      };
    },
  };
}

const issuesOf = (error: z.ZodError): readonly ParamIssue[] =>
  error.issues.flatMap((issue) => {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    // zod names unknown keys together at what holds them; an author looks for each where it stands.
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is no parameter of this control' }));
  });
