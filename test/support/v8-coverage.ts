/**
 * What really ran, by V8's own account: the files that Node writes under NODE_V8_COVERAGE when a process ends.
 *
 * The judge of reach (test/reach, bench/reach-*.bench.ts) and on purpose a stranger to it: nothing of src/ is imported here, so
 * an error in the analyser's idea of a function cannot hide itself.
 *
 * Source: Chrome DevTools Protocol, Profiler.takePreciseCoverage. `functions[].ranges[0]` is the whole function, its `count` the
 * number of calls; further ranges are blocks. A function that V8 never compiled (its file was never loaded, or the function around it
 * never ran) is absent, which is as much as "did not run".
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CoveredFunction {
  /** V8's name; empty for anonymous functions and for the wrapper of the module. */
  readonly name: string;
  /** Offsets in UTF-16 units into the file's text. */
  readonly start: number;
  readonly end: number;
  /** Calls, summed over all processes and workers. */
  readonly count: number;
}

/** File (absolute, as V8 loaded it) → its functions, by offset. */
export type Coverage = ReadonlyMap<string, readonly CoveredFunction[]>;

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

interface Report {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly functionName: string; readonly ranges: readonly Range[] }[];
  }[];
}

/** Adds up what all processes wrote into `folder`. Scripts without a file (eval, node's own) are left out. */
export function readCoverage(folder: string): Coverage {
  const files = new Map<string, Map<string, CoveredFunction>>();
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
    const report = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report;
    for (const { url, functions } of report.result) {
      if (!url.startsWith('file://')) continue;
      const file = fileURLToPath(url.replace(/[?#].*$/s, ''));
      const known = files.get(file) ?? new Map<string, CoveredFunction>();
      files.set(file, known);
      for (const { functionName, ranges } of functions) {
        const [whole] = ranges;
        if (whole === undefined) continue;
        const key = `${whole.startOffset}-${whole.endOffset}-${functionName}`;
        const count = (known.get(key)?.count ?? 0) + whole.count;
        known.set(key, { name: functionName, start: whole.startOffset, end: whole.endOffset, count });
      }
    }
  }
  return new Map(
    [...files].map(([file, known]) => [file, [...known.values()].sort((a, b) => a.start - b.start || b.end - a.end)]),
  );
}

/** The rule of `--symbols`: the V8 name itself, or what stands behind its last dot (`exports.parse`, `Parser.parse`). */
const hasName = ({ name }: CoveredFunction, wanted: string): boolean => name === wanted || name.endsWith(`.${wanted}`);

/** Whether a function of that name in that file ran; with `nth` only the nth of them by offset. */
export function ran(coverage: Coverage, file: string, name: string, nth: number | null): boolean {
  const named = (coverage.get(file) ?? []).filter((covered) => hasName(covered, name));
  return named.some(({ count }, index) => count > 0 && (nth === null || nth === index));
}
