/**
 * What is said of one function in one installed copy of its package: never loaded, unreachable, unknown, reachable.
 *
 * Pure: the closure, the value flow and the parsed files come in. The proof that goes with it is put together in reach.actions.ts.
 */
import type { Closure, ClosureFile, DynamicSite } from './closure.ts';
import { copiesOfCode, type CopySearch } from './copied-code.ts';
import type { Site } from './flow-file.ts';
import { bodyAt, type Body, type Considered } from './flow-body.ts';
import type { FlowWorld } from './flow-trace.ts';
import type { Hop } from './flow-hops.ts';
import type { Answer } from './flow-search.ts';
import { functionsOfSymbol } from './function-facts.ts';
import type { DecisiveSite, PathStep, SourcePlace } from './reach-report.ts';
import { functionAround, lineAt } from './syntax.ts';
import { functionName } from './function-label.ts';
import { UNNAMED_FUNCTION, type VulnerableSymbol } from './symbols.ts';
import { clears, worstVerdict, type Verdict } from './verdict.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly claim: string;
  readonly path: readonly PathStep[];
  readonly sites: readonly DecisiveSite[];
  readonly considered: readonly (SourcePlace & { readonly function: string | null; readonly sites: number })[];
}

export interface Court extends CopySearch {
  readonly isDead: FlowWorld['isDead'];
  /** As the report writes paths. */
  readonly shown: (path: string) => string;
}

const none = { path: [], sites: [], considered: [] } as const;

/**
 * What of a symbol is in a copy of its package. A symbol whose function is not there is one of another version, in which the code lies
 * elsewhere: whatever is said of its file, it says nothing about the flaw.
 */
export type SymbolPlace = 'there' | 'no-file' | 'no-function';

/** @param path The symbol's file in one copy of the package. */
export function judge(court: Court, symbol: VulnerableSymbol, path: string, place: SymbolPlace): Judgement {
  const judged = judgeFile(court, symbol, path, place);
  // What is certain stays certain, wherever else the program may begin.
  if (judged.verdict === 'reachable') return judged;
  const blind = blindness(court);
  if (blind !== null) return blind;
  return clears(judged.verdict) && place !== 'no-file' ? withCopies(court, symbol, path, judged) : judged;
}

/** A no that also holds for the copies of the code in other packages, or the doubt that one of them leaves. */
function withCopies(court: Court, symbol: VulnerableSymbol, path: string, judged: Judgement): Judgement {
  const considered = [...judged.considered];
  for (const { body, answer } of copiesOfCode(court, symbol, path)) {
    if (answer.kind === 'unreachable') {
      considered.push(...consideredOf(court, answer.considered));
      continue;
    }
    const line = body.fn === null ? 1 : lineAt(body.file.tree, body.fn.start);
    return {
      verdict: 'unknown',
      claim: `${court.shown(body.file.path)} holds what looks like a copy of it, and the copy can run`,
      path: stepsOf(court, answer.path, null),
      sites: [
        {
          file: court.shown(body.file.path),
          line,
          why: `nearly all names and texts of the ${symbol.function === null ? 'file' : 'function'} stand here`,
          settle:
            'Look whether it is the same code: if it is not, record that as a decision, with this place as the reason.',
        },
      ],
      considered: [],
    };
  }
  return { ...judged, considered };
}

function judgeFile(court: Court, symbol: VulnerableSymbol, path: string, place: SymbolPlace): Judgement {
  const file = court.closure.files.get(path);
  if (place === 'no-file' && file === undefined)
    return misspelt(court, path, `the package has no file ${symbol.file ?? ''}: the symbol is for another version`);
  if (place === 'no-function') return misspelt(court, path, noFunction(court, symbol, path));
  if (file === undefined) return notInClosure(court);
  if (file.kind !== 'program') return unread(court, path, 'is no program that could be read');
  return inClosure(court, symbol, file);
}

/** Where the program begins is not known, wholly: then it could begin anywhere. */
function blindness(court: Court): Judgement | null {
  const { entries, sites } = court.closure;
  if (entries.length === 0 && sites.length === 0) return noEntry;
  const entry = unreadEntry(court.closure);
  if (entry !== null) return unread(court, entry, 'could not be read, and the program begins there');
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

function unknown(claim: string, sites: readonly [DecisiveSite, ...DecisiveSite[]]): Judgement {
  return { ...none, verdict: 'unknown', claim, sites };
}

const noEntry = unknown('no entry was found that starts the program', [
  {
    file: 'package.json',
    line: 1,
    why: 'no script, main or bin names a file that starts the program, and nothing else does',
    settle: 'Name the file that is started with --run "node FILE", or under entries in holdfast.yaml.',
  },
]);

function unread(court: Court, path: string, what: string): Judgement {
  const file = court.shown(path);
  return unknown(`${file} ${what}`, [
    {
      file,
      line: 1,
      why: what,
      settle: 'Look at the file: what it does is not known here. If it is broken, install it anew.',
    },
  ]);
}

function misspelt(court: Court, path: string, claim: string): Judgement {
  return unknown(claim, [
    {
      file: court.shown(path),
      line: 1,
      why: 'what is asked about is not in it, so nothing is known of the flaw',
      settle: 'Name the file and the function as they are in the installed version, the function as V8 names it.',
    },
  ]);
}

/** No name leads to the file: the sites whose names are not known are left, as far as they run. */
export function notInClosure(court: Court): Judgement {
  const { closure, search, open, isDead } = court;
  const blind = blindness(court);
  if (blind !== null) return blind;
  const considered: Judgement['considered'][number][] = [];
  for (const site of closure.sites) {
    if (site.bound.kind !== 'anything') continue;
    const file = open(site.file);
    if (file !== null && isDead(file, site)) continue;
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

const siteOf = (court: Court, { file, line, form, bound }: DynamicSite): DecisiveSite => ({
  file: form === 'start' ? file : court.shown(file),
  line,
  why: bound.says,
  settle: isOfPackage(court.shown(file))
    ? 'This is code of a package. If what it does there can never load this module, a person has to say so: holdfast decide, with this site as the reason.'
    : 'Write a constant name there, or one with a constant beginning; or keep the code around it from running.',
});

/** Nobody who asks can rewrite it. */
const isOfPackage = (shown: string): boolean => shown.split('/').includes('node_modules');

function inClosure(court: Court, symbol: VulnerableSymbol, { path }: ClosureFile): Judgement {
  const file = court.open(path);
  if (file === null) return unread(court, path, 'could not be parsed');
  const nodes = functionsOfSymbol(file.tree, symbol);
  // Asked before anything else: that a file is never loaded clears nothing when the code lies in another one.
  if (symbol.function !== null && nodes.length === 0) return misspelt(court, path, noFunction(court, symbol, path));
  const loaded = court.search.ask({ file, fn: null });
  if (loaded.kind === 'unreachable')
    return {
      ...none,
      verdict: 'never-loaded',
      claim: 'every place that loads the file is code that never runs',
      considered: consideredOf(court, loaded.considered),
    };
  const { function: name } = symbol;
  if (name === null)
    return {
      verdict: 'unknown',
      claim: 'it is loaded, and no list names the functions of it that are vulnerable',
      path: stepsOf(court, loaded.path, null),
      sites: [
        {
          file: court.shown(path),
          line: 1,
          why: UNNAMED_FUNCTION,
          settle: 'Name the vulnerable function with --symbols, and only that one is asked about.',
        },
      ],
      considered: [],
    };
  const judged = nodes.map((node) => ofAnswer(court, court.search.ask({ file, fn: node }), name));
  const verdict = worstVerdict(judged.map((each) => each.verdict));
  const decisive = judged.find((each) => each.verdict === verdict);
  if (decisive === undefined) return misspelt(court, path, noFunction(court, symbol, path));
  return { ...decisive, considered: decisive.considered.length === 0 ? [] : judged.flatMap((each) => each.considered) };
}

const noFunction = (court: Court, { function: name, nth }: VulnerableSymbol, path: string): string =>
  `${court.shown(path)} has no function ${name ?? ''}${nth === 0 ? '' : ` with the number ${nth}`}: the symbol is for another version`;

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
      return {
        verdict: 'unknown',
        claim: answer.why ?? 'it cannot be excluded that the function is called',
        path,
        sites: decisiveIn(path),
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

/** The doubts that are nearest to the function; where there is none, the search ended at the place where the way begins. */
function decisiveIn(path: readonly PathStep[]): readonly DecisiveSite[] {
  const site = ({ file, line }: PathStep, why: string): DecisiveSite => ({
    file,
    line,
    why,
    settle: settling(why, file),
  });
  const doubts = path.flatMap((step) => (step.doubt === null ? [] : [site(step, step.doubt)])).toReversed();
  const [first] = path;
  if (doubts.length > 0 || first === undefined) return doubts.slice(0, 2);
  return [site(first, 'from here upward more places hold it than the search follows')];
}

/** What would turn the doubt into an answer, for the person who reads it. */
function settling(doubt: string, file: string): string {
  if (isOfPackage(file))
    return 'This is code of a package. Look at this line: if the function cannot be called from it, a person has to say so: holdfast decide, with this site as the reason.';
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
