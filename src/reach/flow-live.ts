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
import type { FlowWorld, FunctionRef, Step, Trace } from './flow-trace.ts';
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

export function liveness(world: FlowWorld, maxSteps = MAX_STEPS): Liveness {
  const alive = new Set<object>();
  const demanded = new Set<object>();
  const sleeping = new Map<object, (() => void)[]>();
  const heldUp = new Map<FunctionNode, Site[]>();
  const asked: Body[] = [];
  const woken: (() => void)[] = [];
  let isSpent = false;

  const demand = (body: Body): void => {
    if (demanded.has(keyOf(body))) return;
    demanded.add(keyOf(body));
    asked.push(body);
  };
  const whenAlive = (body: Body, then: () => void): void => {
    const key = keyOf(body);
    if (alive.has(key)) {
      woken.push(then);
      return;
    }
    const list = sleeping.get(key);
    if (list === undefined) sleeping.set(key, [then]);
    else list.push(then);
    demand(body);
  };
  const live = (body: Body): void => {
    const key = keyOf(body);
    if (alive.has(key)) return;
    alive.add(key);
    woken.push(...(sleeping.get(key) ?? []));
    sleeping.delete(key);
  };
  const flow = valueFlow(world, {
    maxSteps,
    holdUp: (trace: Trace, step: Step, resume: () => void): boolean => {
      const body = bodyOfStep(step);
      if (body === null || alive.has(keyOf(body))) return false;
      addTo(heldUp, trace.fn.node, { file: step.file, node: step.node });
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
  const settle = (): void => {
    while (!isSpent) {
      const then = woken.pop();
      if (then !== undefined) then();
      else {
        const body = asked.pop();
        if (body !== undefined) follow(body);
        else if (!flow.run()) isSpent = true;
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

function addTo(map: Map<FunctionNode, Site[]>, key: FunctionNode, site: { file: FlowFile; node: unknown }): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [site as Site]);
  else list.push(site as Site);
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
