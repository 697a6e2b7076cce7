/**
 * The value flow: where one function's value goes, from where it is written to everybody who could call it.
 *
 * Demand-driven and without any notion of time: a value that can be in a variable is in it always. Results that lead back into the
 * question (who calls the function that returns it?) are traces of their own, which is what keeps it from being a solve of the whole program.
 * flow-search.ts asks it, from the vulnerable function up to the entries.
 */
import { exportsRule } from './flow-module.ts';
import { storeRule } from './flow-origin.ts';
import { returnedRule } from './flow-call.ts';
import { madeRule, methodRule } from './flow-method.ts';
import { thisRule, variableRule } from './flow-store.ts';
import { ANY, COPIED, isQuiet, MAX_PATH, shortened, tagKey } from './flow-tag.ts';
import type { Call, Flow, FlowWorld, FunctionRef, Loss, MethodCall, Step, Trace } from './flow-trace.ts';
import { seed, valueRule } from './flow-value.ts';
import type { FunctionNode } from './syntax.ts';

/** More steps than this for one question, and it is given up: a few seconds. */
const MAX_STEPS = 150_000;

/** More for all questions together, and those that come later are given up as well: the time of a run has a bound. */
const MAX_TOTAL_STEPS = 2_000_000;

/** More for one function, and it counts as lost where it is made: whoever holds it in so many places hands it to everybody. */
const MAX_TRACE_STEPS = 8_000;

export interface ValueFlow {
  /** The finished trace of a function; `null` when the budget is spent. */
  readonly trace: (fn: FunctionRef) => Trace | null;
  /** A new question begins, with a budget of its own; what was found for others is kept. */
  readonly begin: () => void;
  /** Tells of every call and loss of a function, now and later; `run` is what looks for them. */
  readonly watch: (fn: FunctionRef, found: Trace['waiting'][number]) => void;
  /** Takes all steps that are open; false when the budget is spent. */
  readonly run: () => boolean;
  /** What is known of a function so far. */
  readonly known: (fn: FunctionNode) => Trace | null;
}

export interface FlowOptions {
  readonly maxSteps?: number;
  /** Whether a step has to wait; it is taken when `resume` is called. */
  readonly holdUp?: (trace: Trace, step: Step, resume: () => void) => boolean;
}

export function valueFlow(world: FlowWorld, { maxSteps = MAX_STEPS, holdUp }: FlowOptions = {}): ValueFlow {
  const traces = new Map<FunctionNode, Trace>();
  const open: { readonly trace: Trace; readonly step: Step }[] = [];
  let steps = 0;
  let total = 0;
  const flow: Flow = {
    world,
    push: (trace, step) => {
      if (trace.effort.isFull || !isNew(trace, step) || isDead(step)) return;
      const resume = (): void => void open.push({ trace, step });
      if (holdUp?.(trace, step, resume) !== true) resume();
    },
    call: addCall,
    lose: addLoss,
    callersOf: (_, fn, found) => watch(fn, found),
  };
  const watch = (fn: FunctionRef, found: Trace['waiting'][number]): void => {
    const trace = traceOf(fn);
    trace.waiting.push(found);
    for (const call of trace.calls) found.onCall(call);
    for (const loss of trace.losses) found.onLoss(loss);
  };
  const isDead = ({ file, node }: Step): boolean => 'type' in node && world.isDead(file, node);
  const traceOf = (fn: FunctionRef): Trace => {
    let trace = traces.get(fn.node);
    if (trace === undefined) {
      trace = newTrace(fn);
      traces.set(fn.node, trace);
      seed(flow, trace, fn);
    }
    return trace;
  };
  const run = (): boolean => {
    do {
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        steps += 1;
        total += 1;
        if (steps > maxSteps || total > MAX_TOTAL_STEPS) {
          for (const { trace: other } of open.splice(0)) giveUp(flow, other);
          giveUp(flow, next.trace);
          return false;
        }
        if (next.trace.effort.isFull) continue;
        if ((next.trace.effort.steps += 1) > MAX_TRACE_STEPS) giveUp(flow, next.trace);
        else apply(flow, next.trace, next.step);
      }
    } while (giveUpMethods(flow, traces.values()));
    return true;
  };
  return {
    begin: () => {
      steps = 0;
    },
    trace: (fn) => {
      const trace = traceOf(fn);
      return run() ? trace : null;
    },
    watch,
    run,
    known: (fn) => traces.get(fn) ?? null,
  };
}

const newTrace = (fn: FunctionRef): Trace => ({
  fn,
  calls: [],
  losses: [],
  at: { calls: new Map(), losses: new Set() },
  seen: new Map(),
  effort: { steps: 0, isFull: false },
  methods: { seen: new Set(), unseen: new Set(), called: new Map(), passed: new Map(), asOf: 0 },
  waiting: [],
});

/** Everything that calls the function has to make it first, so the loss stands where it is made. */
function giveUp(flow: Flow, trace: Trace): void {
  if (trace.effort.isFull) return;
  trace.effort.isFull = true;
  flow.lose(trace, { file: trace.fn.file, node: trace.fn.node, why: 'too many places hold it to follow them all' });
}

/** The same again adds nothing; nor does a "perhaps" where there was a "certainly". */
function isNew({ seen }: Trace, { node, kind, tag }: Step): boolean {
  let tags = seen.get(node);
  if (tags === undefined) seen.set(node, (tags = new Map()));
  const key = `${kind}\0${tagKey(tag)}`;
  const known = tags.get(key);
  if (known === false || known === tag.may) return false;
  tags.set(key, tag.may);
  return true;
}

function apply(flow: Flow, trace: Trace, step: Step): void {
  const { file, tag } = step;
  if (tag.path.length > MAX_PATH) {
    if (isQuiet(tag)) return;
    const less = shortened(tag);
    if (less !== null) return flow.push(trace, { ...step, tag: less } as Step);
    const node = 'type' in step.node ? step.node : file.tree.program;
    flow.lose(trace, { file, node, why: 'it lies too deep inside other objects' });
    return;
  }
  return rule(isQuiet(tag) ? { ...flow, lose: () => undefined } : flow, trace, step);
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
  }
}

function addCall(trace: Trace, call: Call): void {
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

function addLoss(trace: Trace, loss: Loss): void {
  if (trace.at.losses.has(loss.node)) return;
  trace.at.losses.add(loss.node);
  trace.losses.push(loss);
  for (const { onLoss } of trace.waiting) onLoss(loss);
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
