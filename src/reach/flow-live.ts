/**
 * Which code of the program runs at all: from the entries on, the least set of bodies that the value flow cannot exclude.
 *
 * flow-search.ts goes upward from one function and follows values through all code there is, also through code that nothing runs. Here a
 * step of the flow waits until the body that would take it is known to run. That is sound because a value moves only when the expression
 * that moves it is evaluated: take the first body that ran although it is not in the set. Whoever called it ran before it, and so did
 * every expression by which the function came there; all of those bodies are in the set, so no step of the way was left waiting, and the
 * call (or the loss that stands for it) put the body into the set. What the flow takes for granted about definitions (flow-resolve.ts)
 * is read from all code, which can only make the set larger.
 *
 * It answers more than one question needs, and is asked last. One set serves all questions.
 */
import { bodyAround, keyOf, type Body, type Considered } from './flow-body.ts';
import type { FlowFile, Site } from './flow-file.ts';
import { callDoubt, importDoubt, type Hop } from './flow-hops.ts';
import { membersByName } from './flow-names.ts';
import type { FlowWorld, FunctionRef, Loss, Step, Trace } from './flow-trace.ts';
import { valueFlow } from './flow.ts';
import type { FunctionNode } from './syntax.ts';

/** Steps of all questions together; more, and this half is given up, with the answers of the other half standing. Twice as many cleared nothing in bench/reach-apps. */
const MAX_STEPS = 200_000;

/** A proof that needs more bodies than this is not given. */
const MAX_BODIES = 4_000;

export interface Liveness {
  /** The bodies that were considered, none of which runs; `null` where the body may run, or the budget is spent. */
  readonly proofOfDeath: (target: Body) => readonly Considered[] | null;
  /** From an entry to a body that may run, by what was found first; `null` where it is not known that it may. */
  readonly wayTo: (target: Body) => readonly Hop[] | null;
}

export function liveness(world: FlowWorld, maxSteps = MAX_STEPS): Liveness {
  const bodies = sleepers();
  const heldUp = new Map<FunctionNode, Site[]>();
  let isSpent = false;
  const files = world.programs();
  const members = files === null ? undefined : membersByName(files, world.hiddenCode(), bodies.whenAlive);
  const flow = valueFlow(members === undefined ? world : { ...world, members }, {
    maxSteps,
    onLoss: bodies.lose,
    holdUp: (trace, step, resume): boolean => {
      const site = siteOfStep(step);
      const body = site === null ? null : bodyAround(site);
      if (site === null || body === null || bodies.isAlive(body)) return false;
      addTo(heldUp, trace.fn.node, site);
      bodies.whenAlive(body, () => resume(trace, step));
      return true;
    },
  });
  const woke = new Map<object, Hop>();
  const follow = (body: Body): void => {
    const live = (): void => bodies.live(body);
    const bySite = (site: Site, doubt: string | null): void => {
      const run = (): void => {
        const by = bodyAround(site);
        bodies.whenAlive(by, () => {
          if (!bodies.isAlive(body)) woke.set(keyOf(body), { body: by, runs: body, site, doubt });
          live();
        });
      };
      // In which function it stands is known only when its file is parsed; most bodies are known to run before that has to be.
      if (site.place?.isAtTop === false) bodies.later(run);
      else run();
    };
    if (body.fn === null) {
      if (world.isEntry(body.file)) live();
      else for (const site of world.importersOf(body.file)) bySite(site, importDoubt(site));
      return;
    }
    flow.watch({ file: body.file, node: body.fn } satisfies FunctionRef, {
      onCall: (call) => (call.how === 'entry' ? live() : bySite(call, callDoubt(call))),
      onLoss: (loss) => bySite(loss, loss.why),
    });
  };
  /** Until nothing is left to find out, or the one that is asked about runs: what is still open then waits for the next question. */
  const settle = (target: Body): void => {
    while (!isSpent && !bodies.isAlive(target)) {
      bodies.wakeAll(follow);
      // What runs by now is looked at first: the flow has less to do when it is known.
      if (!flow.run(() => !bodies.isQuiet())) isSpent = true;
      else if (bodies.isQuiet() && !bodies.lookAtLater()) return;
    }
  };
  return {
    proofOfDeath: (target) => {
      bodies.demand(target);
      settle(target);
      return isSpent || bodies.isAlive(target) ? null : proof(world, target, { trace: flow.known, heldUp });
    },
    wayTo: (target) => (bodies.isAlive(target) ? wayFrom(woke, target) : null),
  };
}

/** Each body was woken by one that ran before it, so the way ends at one that nothing woke: an entry. */
function wayFrom(woke: ReadonlyMap<object, Hop>, target: Body): readonly Hop[] {
  const way: Hop[] = [{ body: target, runs: null, site: null, doubt: null }];
  for (let hop = woke.get(keyOf(target)); hop !== undefined; hop = woke.get(keyOf(hop.body))) way.push(hop);
  return way.toReversed();
}

interface Sleepers {
  readonly isAlive: (body: Body) => boolean;
  readonly live: (body: Body) => void;
  /** What is lost in code that runs may run itself, and so may what waits for its calls: no step of it could tell more. */
  readonly lose: (trace: Trace, loss: Loss) => void;
  /** Whether the body runs has to be found out. */
  readonly demand: (body: Body) => void;
  /** Calls back once the body runs, and demands it. */
  readonly whenAlive: (body: Body, then: () => void) => void;
  readonly wakeAll: (follow: (body: Body) => void) => void;
  /** Puts off what takes more time than the rest. */
  readonly later: (act: () => void) => void;
  /** Does one thing that was put off; false where there is none. */
  readonly lookAtLater: () => boolean;
  readonly isQuiet: () => boolean;
}

/** Who waits for which body. Queues instead of recursion, for a chain of bodies may be long. */
function sleepers(): Sleepers {
  const alive = new Set<object>();
  const demanded = new Set<object>();
  const sleeping = new Map<object, (() => void)[]>();
  const lost = lostTraces(alive);
  const asked: Body[] = [];
  const woken: (() => void)[] = [];
  const putOff: (() => void)[] = [];
  const demand = (body: Body): void => {
    if (demanded.has(keyOf(body))) return;
    demanded.add(keyOf(body));
    asked.push(body);
  };
  return {
    isAlive: (body) => alive.has(keyOf(body)),
    live: (body) => {
      const key = keyOf(body);
      if (alive.has(key)) return;
      alive.add(key);
      lost.comeAlive(body);
      for (const then of sleeping.get(key) ?? []) woken.push(then);
      sleeping.delete(key);
    },
    lose: lost.lose,
    demand,
    whenAlive: (body, then) => {
      const key = keyOf(body);
      if (alive.has(key)) woken.push(then);
      else addTo(sleeping, key, then);
      demand(body);
    },
    wakeAll: (follow) => {
      while (woken.length > 0 || asked.length > 0) {
        const then = woken.pop();
        if (then !== undefined) then();
        else {
          const body = asked.pop();
          if (body !== undefined) follow(body);
        }
      }
    },
    later: (act) => void putOff.push(act),
    lookAtLater: () => {
      const act = putOff.pop();
      act?.();
      return act !== undefined;
    },
    isQuiet: () => woken.length === 0 && asked.length === 0,
  };
}

interface LostTraces {
  readonly lose: Sleepers['lose'];
  readonly comeAlive: (body: Body) => void;
}

/** Traces by the body that they are lost in, as long as that is not known to run. */
function lostTraces(alive: ReadonlySet<object>): LostTraces {
  const byBody = new Map<object, Trace[]>();
  // In which function of a file a site stands may be known only when that is parsed, and it is parsed before one of its functions is known to run.
  const byFile = new Map<FlowFile, { readonly trace: Trace; readonly loss: Loss }[]>();
  const running = new Set<FlowFile>();
  const place = (trace: Trace, loss: Loss): void => {
    const key = keyOf(bodyAround(loss));
    if (alive.has(key)) trace.effort.isSettled = true;
    else addTo(byBody, key, trace);
  };
  return {
    lose: (trace, loss) => {
      if (loss.place?.isAtTop === false && !running.has(loss.file)) addTo(byFile, loss.file, { trace, loss });
      else place(trace, loss);
    },
    comeAlive: (body) => {
      if (body.fn !== null && !running.has(body.file)) {
        running.add(body.file);
        for (const { trace, loss } of byFile.get(body.file) ?? []) place(trace, loss);
        byFile.delete(body.file);
      }
      for (const { effort } of byBody.get(keyOf(body)) ?? []) effort.isSettled = true;
      byBody.delete(keyOf(body));
    },
  };
}

/** The expression that has to be evaluated for a step to happen; `null` where the step stands for none. */
function siteOfStep({ file, node, kind }: Step): Site | null {
  return (kind === 'value' || kind === 'store') && 'type' in node ? { file, node } : null;
}

function addTo<K, T>(map: Map<K, T[]>, key: K, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

interface Found {
  readonly trace: (fn: FunctionNode) => Trace | null;
  readonly heldUp: ReadonlyMap<FunctionNode, readonly Site[]>;
}

/** From the body over those that would run it, or would hand its function on: all of them dead. `null`: more than fit into a proof. */
function proof(world: FlowWorld, target: Body, { trace, heldUp }: Found): readonly Considered[] | null {
  const considered: Considered[] = [];
  const seen = new Set<object>([keyOf(target)]);
  const open: Body[] = [target];
  for (let body = open.pop(); body !== undefined; body = open.pop()) {
    if (considered.length >= MAX_BODIES) return null;
    const found = body.fn === null ? null : trace(body.fn);
    const sites: readonly Site[] =
      body.fn === null
        ? world.importersOf(body.file)
        : [...(found?.calls ?? []), ...(found?.losses ?? []), ...(heldUp.get(body.fn) ?? [])];
    considered.push({ body, sites });
    for (const site of sites) {
      const by = bodyAround(site);
      if (seen.has(keyOf(by))) continue;
      seen.add(keyOf(by));
      open.push(by);
    }
  }
  return considered;
}
