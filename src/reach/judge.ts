/**
 * What is said of one function in one installed copy of its package: never loaded, unreachable, unknown, reachable.
 *
 * Pure: the closure, the value flow and the parsed files come in. The proof that goes with it is put together in reach.actions.ts.
 */
import type { Closure, ClosureFile, DynamicSite } from './closure.ts';
import type { FlowFile, Site } from './flow-file.ts';
import type { Answer, Body, Considered, Hop, Search } from './flow-search.ts';
import { functionsNamed, functionsOf } from './function-facts.ts';
import type { DecisiveSite, PathStep, SourcePlace } from './reach-report.ts';
import { functionAround, isFunction, lineAt, type Node } from './syntax.ts';
import { functionName } from './function-label.ts';
import type { VulnerableSymbol } from './symbols.ts';
import type { Verdict } from './verdict.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly claim: string;
  readonly path: readonly PathStep[];
  readonly sites: readonly DecisiveSite[];
  readonly considered: readonly (SourcePlace & { readonly function: string | null; readonly sites: number })[];
}

export interface Court {
  readonly closure: Closure;
  readonly search: Search;
  readonly open: (path: string) => FlowFile | null;
  /** As the report writes paths. */
  readonly shown: (path: string) => string;
}

const none = { path: [], sites: [], considered: [] } as const;

/** @param path The symbol's file in one copy of the package; `isThere`: it exists on disk. */
export function judge(court: Court, symbol: VulnerableSymbol, path: string, isThere: boolean): Judgement {
  const judged = judgeFile(court, symbol, path, isThere);
  // What is certain stays certain, wherever else the program may begin.
  return judged.verdict === 'reachable' ? judged : (blindness(court) ?? judged);
}

function judgeFile(court: Court, symbol: VulnerableSymbol, path: string, isThere: boolean): Judgement {
  const file = court.closure.files.get(path);
  if (file === undefined) {
    if (!isThere) return unknown(`the package has no file ${symbol.file ?? ''}: the symbol is for another version`, []);
    return notInClosure(court);
  }
  if (file.kind !== 'program') return unknown(`${court.shown(path)} is no program that could be read`, []);
  return inClosure(court, symbol, file);
}

/** Where the program begins is not known, wholly: then it could begin anywhere. */
function blindness(court: Court): Judgement | null {
  const { entries, sites } = court.closure;
  if (entries.length === 0 && sites.length === 0) return unknown('no entry was found that starts the program', []);
  const unread = unreadEntry(court.closure);
  if (unread !== null) return unknown(`the entry ${court.shown(unread)} could not be read`, []);
  const start = sites.find(({ form }) => form === 'start');
  return start === undefined
    ? null
    : unknown('something starts the program in a way that could not be read', [
        {
          ...siteOf(court, start),
          settle: 'Name the file that is started with --run "node FILE", or under entries in holdfast.yaml.',
        },
      ]);
}

const unreadEntry = ({ entries, files }: Closure): string | null =>
  entries.find(({ path }) => files.get(path)?.kind !== 'program')?.path ?? null;

function unknown(claim: string, sites: readonly DecisiveSite[]): Judgement {
  return { ...none, verdict: 'unknown', claim, sites };
}

/** No name leads to the file: the sites whose names are not known are left, as far as they run. */
export function notInClosure(court: Court): Judgement {
  const { closure, search, open } = court;
  const blind = blindness(court);
  if (blind !== null) return blind;
  const considered: Judgement['considered'][number][] = [];
  for (const site of closure.sites) {
    if (site.bound.kind !== 'anything') continue;
    const file = open(site.file);
    const answer = file === null ? null : search.ask(bodyAt(file, site.start));
    if (answer?.kind === 'unreachable') {
      considered.push(...consideredOf(court, answer.considered));
      continue;
    }
    const path = answer === null ? [] : stepsOf(court, answer.path, null);
    return {
      verdict: 'unknown',
      claim: 'no name leads to the file, but a site whose target is not known could load it',
      path,
      sites: [siteOf(court, site)],
      considered: [],
    };
  }
  return {
    ...none,
    verdict: 'never-loaded',
    claim:
      'no entry leads to the file by any name, and every site whose target is computed is bounded to other files or never runs',
    considered,
  };
}

function bodyAt(file: FlowFile, offset: number): Body {
  let inner: Node | null = null;
  for (const node of file.tree.nodes) if (isFunction(node) && node.start <= offset && offset < node.end) inner = node;
  return { file, fn: inner !== null && isFunction(inner) ? inner : null };
}

const siteOf = (court: Court, { file, line, form, bound }: DynamicSite): DecisiveSite => ({
  file: form === 'start' ? file : court.shown(file),
  line,
  why: bound.says,
  settle: 'Write a constant name there, or one with a constant beginning; or keep the code around it from running.',
});

function inClosure(court: Court, symbol: VulnerableSymbol, { path, facts }: ClosureFile): Judgement {
  const file = court.open(path);
  if (file === null || facts === null) return unknown(`${court.shown(path)} could not be parsed`, []);
  const loaded = court.search.ask({ file, fn: null });
  if (loaded.kind === 'unreachable')
    return {
      ...none,
      verdict: 'never-loaded',
      claim: 'every place that loads the file is code that never runs',
      considered: consideredOf(court, loaded.considered),
    };
  if (symbol.function === null)
    return {
      verdict: 'unknown',
      claim: 'no vulnerable function is named, and the file is loaded',
      path: stepsOf(court, loaded.path, null),
      sites: [],
      considered: [],
    };
  const fact = functionsNamed(facts.functions, symbol.function)[symbol.nth];
  // By its place: what reviewed code makes is a function of the tree, and none of the file (reviewed-code.ts).
  const node = functionsOf(file.tree).find(
    ({ fact: { start, end } }) => start === fact?.start && end === fact.end,
  )?.node;
  if (fact === undefined || node === undefined)
    return unknown(
      `${court.shown(path)} has no function ${symbol.function}${symbol.nth === 0 ? '' : ` with the number ${symbol.nth}`}`,
      [],
    );
  return ofAnswer(court, court.search.ask({ file, fn: node }), symbol.function);
}

function ofAnswer(court: Court, answer: Answer, name: string): Judgement {
  switch (answer.kind) {
    case 'reachable':
      return {
        verdict: 'reachable',
        claim: 'there is a way from the entry to the function',
        path: stepsOf(court, answer.path, name),
        sites: [],
        considered: [],
      };
    case 'unknown': {
      const path = stepsOf(court, answer.path, name);
      const doubts = path.filter(({ doubt }) => doubt !== null).toReversed();
      return {
        verdict: 'unknown',
        claim: answer.why ?? 'it cannot be excluded that the function is called',
        path,
        sites: doubts
          .slice(0, 2)
          .map(({ file, line, doubt }) => ({ file, line, why: doubt ?? '', settle: settling(doubt ?? '') })),
        considered: [],
      };
    }
    case 'unreachable': {
      const isUnused = answer.considered.every(({ sites }) => sites.length === 0);
      return {
        ...none,
        verdict: isUnused ? 'not-referenced' : 'unreachable',
        claim: isUnused
          ? 'nothing in the files that can be loaded refers to the function'
          : 'everything that could call the function was found, and none of it runs',
        considered: consideredOf(court, answer.considered),
      };
    }
  }
}

/** What would turn the doubt into an answer, for the person who reads it. */
function settling(doubt: string): string {
  if (doubt.includes('could load')) return 'Write a constant module name there.';
  if (doubt.includes('could be this function'))
    return 'Call the function that is meant by its own name, not by a computed one.';
  if (doubt.includes('handed to'))
    return 'Look at what gets it: if it does not call it, record that as a decision, with this site as the reason.';
  return 'Look at this place: if the function is not called from it, record that as a decision, with this site as the reason.';
}

function consideredOf(court: Court, considered: readonly Considered[]): Judgement['considered'] {
  return considered.map(({ body, sites }) => ({
    file: court.shown(body.file.path),
    line: body.fn === null ? 1 : lineAt(body.file.tree, body.fn.start),
    function: body.fn === null ? null : functionName(body.fn),
    sites: sites.length,
  }));
}

/** From the entry down. @param name How the asker calls the function at the end. */
function stepsOf(court: Court, hops: readonly Hop[], name: string | null): readonly PathStep[] {
  const steps: PathStep[] = [];
  for (const { site, runs, doubt } of hops) {
    if (site === null || runs === null) continue;
    steps.push({
      file: court.shown(site.file.path),
      line: lineAt(site.file.tree, site.node.start),
      within: withinOf(site),
      does: doesWords(court, runs, name),
      doubt,
    });
  }
  const last = hops.at(-1)?.body;
  if (last === undefined) return steps;
  steps.push({
    file: court.shown(last.file.path),
    line: last.fn === null ? 1 : lineAt(last.file.tree, last.fn.start),
    within: last.fn === null ? null : (name ?? functionName(last.fn)),
    does: last.fn === null ? 'runs when it is loaded' : 'is the function',
    doubt: null,
  });
  return steps;
}

const withinOf = ({ node }: Site): string | null => {
  const fn = functionAround(node);
  return fn === null ? null : functionName(fn);
};

function doesWords(court: Court, { file, fn }: Body, name: string | null): string {
  if (fn === null) return `loads ${court.shown(file.path)}`;
  const label = functionName(fn);
  return `calls ${label === '' ? (name ?? 'the function') : label}`;
}
