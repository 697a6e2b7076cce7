/**
 * The value flow: where one function's value goes, from where it is written to everybody who could call it.
 *
 * Demand-driven and without any notion of time: a value that can be in a variable is in it always. Results that lead back into the
 * question (who calls the function that returns it?) are traces of their own, which is what keeps it from being a solve of the whole program.
 * flow-search.ts asks it, from the vulnerable function up to the entries.
 */
import { exportsRule } from './flow-module.ts';
import { storeRule } from './flow-origin.ts';
import { returnedRule } from './flow-returned.ts';
import { fluentRule } from './flow-fluent.ts';
import { withName } from './flow-keyed.ts';
import { madeRule, methodRule } from './flow-receiver.ts';
import { newSteps } from './flow-steps.ts';
import { passedRule, thisRule, variableRule } from './flow-store.ts';
import { ANY, COPIED, MAX_PATH, shortened } from './flow-tag.ts';
import {
  isPassedOver,
  type Call,
  type Flow,
  type FlowWorld,
  type FunctionRef,
  type Loss,
  type MethodCall,
  type Step,
  type Trace,
  type Waiting,
} from './flow-trace.ts';
import { seed, valueRule } from './flow-value.ts';
import type { FunctionNode } from './syntax.ts';

/** More steps than this for one question, and it is given up: a few seconds. */
const MAX_STEPS = 150_000;

/** More for all questions together, and those that come later are given up as well: the time of a run has a bound. */
const MAX_TOTAL_STEPS = 2_000_000;

/** More for one function, and it counts as lost where it is made: whoever holds it in so many places hands it to everybody. */
const MAX_TRACE_STEPS = 8_000;

/** The same for one that is settled, which others want the calls of: most of them would need more than the above as well. */
const MAX_SETTLED_STEPS = 200;

export interface ValueFlow {
  /** The finished trace of a function; `null` when the budget is spent. */
  readonly trace: (fn: FunctionRef) => Trace | null;
  /** A new question begins, with a budget of its own; what was found for others is kept. */
  readonly begin: () => void;
  /** Tells of every call and loss of a function, now and later; `run` is what looks for them. */
  readonly watch: (fn: FunctionRef, found: Waiting) => void;
  /** Takes all steps that are open, or until there is something else to do; false when the budget is spent. */
  readonly run: (isInterrupted: () => boolean) => boolean;
  /** What is known of a function so far. */
  readonly known: (fn: FunctionNode) => Trace | null;
}

export interface FlowOptions {
  readonly maxSteps?: number;
  /** Told of every loss that is new. */
  readonly onLoss?: (trace: Trace, loss: Loss) => void;
  /** Whether a step has to wait; it is taken when `resume` is called. */
  readonly holdUp?: (trace: Trace, step: Step, resume: (trace: Trace, step: Step) => void) => boolean;
}

export function valueFlow(world: FlowWorld, { maxSteps = MAX_STEPS, holdUp, onLoss }: FlowOptions = {}): ValueFlow {
  const traces = new Map<FunctionNode, Trace>();
  const work: Work = { open: [], steps: 0, total: 0 };
  const isNew = newSteps();
  const resume = (trace: Trace, step: Step): void => void work.open.push({ trace, step });
  const flow: Flow = {
    world,
    push: (trace, wanted) => {
      const step = withName(wanted);
      if (trace.effort.isFull || !isNew(trace.seen, step) || isDead(world, step)) return;
      if (holdUp?.(trace, step, resume) !== true) resume(trace, step);
    },
    countsLosses: true,
    call: addCall,
    lose: (trace, loss) => {
      if (addLoss(trace, loss)) onLoss?.(trace, loss);
    },
    callersOf: (_, fn, found) => watch(fn, found),
  };
  const quiet = quietly(flow, (fn, found) => watch(fn, found));
  const watch = (fn: FunctionRef, found: Waiting): void => {
    const trace = traceOf(fn);
    trace.waiting.push(found);
    if (found.needsCalls === true) {
      trace.effort.needsCalls = true;
      for (const step of trace.effort.parked.splice(0)) work.open.push({ trace, step });
    }
    tellKnown(trace, found);
  };
  const traceOf = (fn: FunctionRef): Trace => {
    let trace = traces.get(fn.node);
    if (trace === undefined) {
      trace = newTrace(fn);
      traces.set(fn.node, trace);
      seed(flow, trace, fn);
      hook(flow, trace);
    }
    return trace;
  };
  const run: ValueFlow['run'] = (isInterrupted) => {
    do {
      const end = takeSteps(work, { flow, quiet }, maxSteps, isInterrupted);
      if (end !== 'done') return end === 'interrupted';
    } while (giveUpMethods(flow, traces.values()));
    return true;
  };
  return {
    begin: () => void (work.steps = 0),
    trace: (fn) => {
      const trace = traceOf(fn);
      return run(() => false) ? trace : null;
    },
    watch,
    run,
    known: (fn) => traces.get(fn) ?? null,
  };
}

/** The same for steps of which no loss counts (`isPassedOver`): who is lost there is nobody's caller. */
const quietly = (flow: Flow, watch: ValueFlow['watch']): Flow => ({
  ...flow,
  countsLosses: false,
  lose: (trace, loss) => (loss.isGivenUp === true ? flow.lose(trace, loss) : undefined),
  callersOf: (_, fn, found) => watch(fn, { ...found, needsCalls: found.needsCalls ?? true }),
});

/** Whatever object has the function, the method that all objects get has that object as its `this`. */
function hook(flow: Flow, trace: Trace): void {
  const why = 'all objects get a method here that the language calls';
  for (const file of flow.world.hooks()) flow.lose(trace, { file, node: file.tree.program, why });
}

function tellKnown(trace: Trace, { onBound, onCall, onLoss }: Waiting): void {
  if (trace.isRebound) onBound?.();
  for (const call of trace.calls) onCall(call);
  for (const loss of trace.losses) onLoss(loss);
}

const isDead = (world: FlowWorld, { file, node }: Step): boolean => 'type' in node && world.isDead(file, node);

interface Work {
  readonly open: { readonly trace: Trace; readonly step: Step }[];
  /** Taken for this question, and for all. */
  steps: number;
  total: number;
}

function takeSteps(
  work: Work,
  { flow, quiet }: { readonly flow: Flow; readonly quiet: Flow },
  maxSteps: number,
  isInterrupted: () => boolean,
): 'done' | 'interrupted' | 'spent' {
  const { open } = work;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { trace, step } = next;
    const { effort } = trace;
    if (effort.isSettled && !effort.needsCalls) {
      effort.parked.push(step);
      continue;
    }
    if (effort.isFull) continue;
    work.steps += 1;
    work.total += 1;
    if (work.steps > maxSteps || work.total > MAX_TOTAL_STEPS) {
      for (const { trace: other } of open.splice(0)) giveUp(flow, other);
      giveUp(flow, trace);
      return 'spent';
    }
    if ((effort.steps += 1) > (effort.isSettled ? MAX_SETTLED_STEPS : MAX_TRACE_STEPS)) giveUp(flow, trace);
    else apply(isPassedOver(flow.world, step.tag) ? quiet : flow, trace, step);
    if (isInterrupted()) return 'interrupted';
  }
  return 'done';
}

const newTrace = (fn: FunctionRef): Trace => ({
  fn,
  calls: [],
  losses: [],
  at: { calls: new Map(), losses: new Set(), givenUp: new Set(), handed: new Set() },
  seen: {},
  effort: { steps: 0, isFull: false, isSettled: false, needsCalls: false, parked: [] },
  methods: {
    seen: new Set(),
    unseen: new Set(),
    called: new Map(),
    passed: new Map(),
    asked: new Set(),
    passedOver: new Map(),
    asOf: 0,
  },
  isBound: false,
  isRebound: false,
  fluent: { receivers: new Map(), calls: new Map() },
  waiting: [],
});

/** Everything that calls the function has to make it first, so the loss stands where it is made. */
function giveUp(flow: Flow, trace: Trace): void {
  if (trace.effort.isFull) return;
  trace.effort.isFull = true;
  const why = 'too many places hold it to follow them all';
  flow.lose(trace, { file: trace.fn.file, node: trace.fn.node, why, isGivenUp: true });
}

function apply(flow: Flow, trace: Trace, step: Step): void {
  const { file, tag } = step;
  if (tag.path.length > MAX_PATH) {
    if (isPassedOver(flow.world, tag)) return;
    const less = shortened(tag);
    if (less !== null) return flow.push(trace, { ...step, tag: less } as Step);
    const node = 'type' in step.node ? step.node : file.tree.program;
    flow.lose(trace, { file, node, why: 'it lies too deep inside other objects' });
    return;
  }
  return rule(flow, trace, step);
}

function rule(flow: Flow, trace: Trace, step: Step): void {
  const { file, tag } = step;
  switch (step.kind) {
    case 'value':
      return valueRule(flow, trace, { file, node: step.node }, tag);
    case 'store':
      return storeRule(flow, trace, file, step.node, tag);
    case 'variable':
      return variableRule(flow, trace, file, step.node, tag);
    case 'passed':
      return passedRule(flow, trace, file, step.node, tag);
    case 'exports':
      return exportsRule(flow, trace, file, tag);
    case 'this':
      return thisRule(flow, trace, file, step.node, tag);
    case 'method':
      return methodRule(flow, trace, { file, node: step.node }, tag);
    case 'made':
      return madeRule(flow, trace, { file, node: step.node }, tag);
    case 'returned':
      return returnedRule(flow, trace, file, step.node, tag);
    case 'fluent':
      return fluentRule(flow, trace, { file, node: step.node }, tag);
  }
}

function addCall(trace: Trace, plain: Call): void {
  const call = trace.isBound ? { ...plain, isShifted: true } : plain;
  const known = trace.at.calls.get(call.node);
  const before = known === undefined ? undefined : trace.calls[known];
  // Two ways of calling at one place are rare (`x.y()` where y is a getter that gives the function): then both stand.
  const isSame = before?.how === call.how;
  if (before !== undefined && isSame && (!before.may || call.may)) return;
  if (known === undefined || !isSame) {
    trace.at.calls.set(call.node, trace.calls.length);
    trace.calls.push(call);
  } else trace.calls[known] = call;
  for (const { onCall } of trace.waiting) onCall(call);
}

/** False where it is known. That a function is given up is more than any other loss at the place where it is made. */
function addLoss(trace: Trace, loss: Loss): boolean {
  const at = loss.place ?? loss.node;
  if (trace.at.losses.has(at) && (loss.isGivenUp !== true || trace.at.givenUp.has(at))) return false;
  trace.at.losses.add(at);
  if (loss.isGivenUp === true) trace.at.givenUp.add(at);
  trace.losses.push(loss);
  for (const { onLoss } of trace.waiting) onLoss(loss);
  return true;
}

/**
 * A method that was called on an object which holds the function, and that nothing has shown by then: it got the object as `this`.
 * Asked last, because the method may be attached to the object at a place that the trace comes to later, and again when the trace has come to
 * one where a method is attached that is not seen. True when that lost something.
 */
function giveUpMethods(flow: Flow, traces: Iterable<Trace>): boolean {
  let isChanged = false;
  for (const trace of traces) {
    const { unseen, called, passed } = trace.methods;
    if (unseen.size !== trace.methods.asOf) {
      for (const [node, call] of passed) called.set(node, call);
      passed.clear();
      trace.methods.asOf = unseen.size;
    }
    for (const [node, call] of called) {
      called.delete(node);
      if (isSeen(trace, call)) passed.set(node, call);
      else if (!trace.at.losses.has(node)) {
        flow.lose(trace, { file: call.file, node: call.node, why: call.why });
        isChanged = true;
      }
    }
  }
  return isChanged;
}

/** A method under a name that is not known may have any name, and what is found in a literal may be overwritten. */
function isSeen({ methods: { seen, unseen } }: Trace, { name, origin }: MethodCall): boolean {
  if (name === null) return unseen.size === 0;
  if (unseen.has(name) || unseen.has(ANY)) return false;
  return origin === 'found' || (seen.has(name) ? !unseen.has(COPIED) : origin === 'absent' && unseen.size === 0);
}
