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
import type { FlowFile, Site } from './flow-file.ts';
import type { FlowWorld, FunctionRef, Loss, Step, Trace } from './flow-trace.ts';
import { valueFlow } from './flow.ts';
import { functionAround, type FunctionNode, type Node } from './syntax.ts';

/** A body of code: a function, or what a file does when it is loaded. */
export interface Body {
  readonly file: FlowFile;
  readonly fn: FunctionNode | null;
}

export interface Considered {
  readonly body: Body;
  /** Places in other bodies that would run it, or that would have to run before somebody can. */
  readonly sites: readonly Site[];
}

export const bodyAround = ({ file, node }: Site): Body => ({ file, fn: functionAround(node) });
export const keyOf = ({ file, fn }: Body): object => fn ?? file;

/** Steps of all questions together; more, and this half is given up, with the answers of the other half standing. */
const MAX_STEPS = 1_500_000;

/** A proof that needs more bodies than this is not given. */
const MAX_BODIES = 4_000;

export interface Liveness {
  /** The bodies that were considered, none of which runs; `null` where the body may run, or the budget is spent. */
  readonly proofOfDeath: (target: Body) => readonly Considered[] | null;
}

interface Bodies {
  /** The keys of those that run. */
  readonly alive: ReadonlySet<object>;
  /** Bodies that somebody has asked for, and nobody has looked at. */
  readonly asked: Body[];
  /** What is to be done because a body runs. */
  readonly woken: (() => void)[];
  readonly demand: (body: Body) => void;
  readonly whenAlive: (body: Body, then: () => void) => void;
  readonly live: (body: Body) => void;
  /** What is lost in code that runs may run itself, and so may what waits for its calls: no step of it could tell more. */
  readonly lose: (trace: Trace, loss: Loss) => void;
}

function bodies(): Bodies {
  const alive = new Set<object>();
  const demanded = new Set<object>();
  const sleeping = new Map<object, (() => void)[]>();
  const lost = new Map<object, Trace[]>();
  const asked: Body[] = [];
  const woken: (() => void)[] = [];
  const demand = (body: Body): void => {
    if (demanded.has(keyOf(body))) return;
    demanded.add(keyOf(body));
    asked.push(body);
  };
  return {
    alive,
    asked,
    woken,
    demand,
    whenAlive: (body, then) => {
      if (alive.has(keyOf(body))) woken.push(then);
      else {
        addTo(sleeping, keyOf(body), then);
        demand(body);
      }
    },
    live: (body) => {
      const key = keyOf(body);
      if (alive.has(key)) return;
      alive.add(key);
      for (const { effort } of lost.get(key) ?? []) effort.isSettled = true;
      lost.delete(key);
      for (const then of sleeping.get(key) ?? []) woken.push(then);
      sleeping.delete(key);
    },
    lose: (trace, loss) => {
      const key = keyOf(bodyAround(loss));
      if (alive.has(key)) trace.effort.isSettled = true;
      else addTo(lost, key, trace);
    },
  };
}

export function liveness(world: FlowWorld, maxSteps = MAX_STEPS): Liveness {
  const { alive, asked, woken, demand, whenAlive, live, lose } = bodies();
  const heldUp = new Map<FunctionNode, Site[]>();
  let isSpent = false;

  const flow = valueFlow(world, {
    maxSteps,
    onLoss: lose,
    holdUp: (trace: Trace, step: Step, resume: () => void): boolean => {
      const body = bodyOfStep(step);
      if (body === null || alive.has(keyOf(body))) return false;
      addTo(heldUp, trace.fn.node, siteOf(step));
      whenAlive(body, resume);
      return true;
    },
  });

  const follow = (body: Body): void => {
    const bySite = (site: Site): void => whenAlive(bodyAround(site), () => live(body));
    if (body.fn === null) {
      if (world.isEntry(body.file)) live(body);
      else for (const site of world.importersOf(body.file)) bySite(site);
      return;
    }
    flow.watch({ file: body.file, node: body.fn } satisfies FunctionRef, {
      onCall: (call) => (call.how === 'entry' ? live(body) : bySite(call)),
      onLoss: bySite,
    });
  };
  // What runs by now is looked at first: the flow has less to do when it is known.
  const isWoken = (): boolean => woken.length > 0;
  const settle = (): void => {
    while (!isSpent) {
      const then = woken.pop();
      if (then !== undefined) then();
      else {
        const body = asked.pop();
        if (body !== undefined) follow(body);
        else if (!flow.run(isWoken)) isSpent = true;
        else if (woken.length === 0 && asked.length === 0) return;
      }
    }
  };
  return {
    proofOfDeath: (target) => {
      demand(target);
      settle();
      return isSpent || alive.has(keyOf(target)) ? null : proof(world, target, { trace: flow.known, heldUp });
    },
  };
}

/** The body that has to run for a step to happen; `null` where the step stands for no expression. */
function bodyOfStep({ file, node, kind }: Step): Body | null {
  return (kind === 'value' || kind === 'store') && 'type' in node ? bodyAround({ file, node }) : null;
}

const siteOf = ({ file, node }: Step): Site => ({ file, node }) as Site;

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
    considered.push({
      body,
      sites: sites.map(({ file, node }: Site) => ({ file, node }) satisfies { file: FlowFile; node: Node }),
    });
    for (const site of sites) {
      const by = bodyAround(site);
      if (seen.has(keyOf(by))) continue;
      seen.add(keyOf(by));
      open.push(by);
    }
  }
  return considered;
}
