/**
 * From a function up to the entries: who calls it, who calls those, until a file that is started, or until nobody is left.
 *
 * Certain steps are searched first, in breadth, so that "reachable" comes with the shortest path. Then those that are not certain:
 * where one of them leads to an entry the answer is "unknown". If all that was found is code that nothing runs, the function cannot be
 * reached, and what was found is the proof.
 */
import type { Site } from './flow-file.ts';
import { bodyAround, keyOf, type Body, type Considered } from './flow-body.ts';
import { callDoubt, hasDoubt, importDoubt, type Hop } from './flow-hops.ts';
import { liveness, type Liveness } from './flow-live.ts';
import type { FlowWorld, FunctionRef, Loss } from './flow-trace.ts';
import { valueFlow, type ValueFlow } from './flow.ts';

export type Answer =
  /** From the entry to the function. */
  | { readonly kind: 'reachable'; readonly path: readonly Hop[] }
  /** The same, through at least one step in doubt. */
  | { readonly kind: 'unknown'; readonly path: readonly Hop[]; readonly why: string | null }
  /** Every body that was considered, and the sites in others that lead to it: none of them runs. */
  | { readonly kind: 'unreachable'; readonly considered: readonly Considered[] };

/** More bodies than this on the way up, and the answer is "unknown". */
const MAX_BODIES = 1_000;

export interface Search {
  readonly ask: (target: Body) => Answer;
}

export function search(world: FlowWorld): Search {
  const flow = valueFlow(world);
  let life: Liveness | null = null;
  return {
    ask: (target) => {
      flow.begin();
      const answer = askOnce(world, flow, target);
      if (answer.kind !== 'unknown') return answer;
      // A function exists only once the code around it has run.
      const around =
        target.fn === null ? null : askOnce(world, flow, bodyAround({ file: target.file, node: target.fn }));
      if (around?.kind === 'unreachable') return around;
      life ??= liveness(world);
      const considered = life.proofOfDeath(target);
      if (considered !== null) return { kind: 'unreachable', considered };
      const way = life.wayTo(target) ?? [];
      return hasDoubt(way) || (way.length > 0 && !hasDoubt(answer.path)) ? { ...answer, path: way } : answer;
    },
  };
}

interface Cause {
  readonly site: Site;
  readonly doubt: string | null;
}

/** What makes a body run; `null` when the budget is spent. `isRoot`: it is started from outside. */
function causesOf(
  world: FlowWorld,
  flow: ValueFlow,
  { file, fn }: Body,
): { readonly causes: readonly Cause[]; readonly isRoot: boolean } | null {
  if (fn === null) {
    const causes = world.importersOf(file).map((site) => ({
      site,
      doubt: importDoubt(site),
    }));
    return { causes, isRoot: world.isEntry(file) };
  }
  const trace = flow.trace({ file, node: fn } satisfies FunctionRef);
  if (trace === null) return null;
  const calls = trace.calls
    .filter(({ how }) => how !== 'entry')
    .map((call) => ({ site: { file: call.file, node: call.node }, doubt: callDoubt(call) }));
  const losses = trace.losses.map((site: Loss) => ({ site, doubt: site.why }));
  return { causes: [...calls, ...losses], isRoot: trace.calls.some(({ how }) => how === 'entry') };
}

function askOnce(world: FlowWorld, flow: ValueFlow, target: Body): Answer {
  const hops = new Map<object, Hop>([[keyOf(target), { body: target, runs: null, site: null, doubt: null }]]);
  const considered: Considered[] = [];
  const certain: Body[] = [target];
  const doubtful: Doubtful[] = [];
  // The way from a body down to the target: `hops` holds, for each body, the step that it takes.
  for (;;) {
    const body = nextBody(certain, doubtful, hops);
    if (body === null) return { kind: 'unreachable', considered };
    const found = considered.length < MAX_BODIES ? causesOf(world, flow, body) : null;
    if (found === null)
      return { kind: 'unknown', path: pathFrom(body, hops), why: 'the search was given up: too much code leads here' };
    if (found.isRoot) {
      const path = pathFrom(body, hops);
      return hasDoubt(path) ? { kind: 'unknown', path, why: null } : { kind: 'reachable', path };
    }
    considered.push({ body, sites: found.causes.map(({ site }) => site) });
    for (const { site, doubt } of found.causes) {
      if (doubt !== null) {
        doubtful.push({ runs: body, site, doubt });
        continue;
      }
      const by = bodyAround(site);
      if (hops.has(keyOf(by))) continue;
      hops.set(keyOf(by), { body: by, runs: body, site, doubt });
      certain.push(by);
    }
  }
}

/** A hop that may be taken. In which body its site stands is asked when it is: it may take parsing a file. */
interface Doubtful {
  readonly runs: Body;
  readonly site: Site;
  readonly doubt: string;
}

/** Certain ones first, so that a doubtful way is taken only when no certain one leads to an entry. */
function nextBody(certain: Body[], doubtful: Doubtful[], hops: Map<object, Hop>): Body | null {
  const next = certain.shift();
  if (next !== undefined) return next;
  for (let hop = doubtful.shift(); hop !== undefined; hop = doubtful.shift()) {
    const body = bodyAround(hop.site);
    if (hops.has(keyOf(body))) continue;
    hops.set(keyOf(body), { body, ...hop });
    return body;
  }
  return null;
}

/** The steps from a body down to the target, each as "body is run by site". */
function pathFrom(body: Body, hops: ReadonlyMap<object, Hop>): readonly Hop[] {
  const path: Hop[] = [];
  for (let at: Hop | undefined = hops.get(keyOf(body)); at !== undefined; ) {
    path.push(at);
    at = at.runs === null ? undefined : hops.get(keyOf(at.runs));
  }
  return path;
}
