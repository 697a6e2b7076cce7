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
import { giveHeir, thisRule, variableRule } from './flow-store.ts';
import { isObjectItself, membersAt, NO_MEMBERS, OBJECT_ITSELF, type Members } from './flow-members.ts';
import { resolve } from './flow-resolve.ts';
import { ANY, isQuiet, MAX_PATH, tagKey, widened } from './flow-tag.ts';
import type { Call, Flow, FlowWorld, FunctionRef, Loss, SeenWorld, Step, Trace } from './flow-trace.ts';
import { seed, valueRule } from './flow-value.ts';
import { deadRanges } from './environment.ts';
import type { FlowFile, Site } from './flow-file.ts';
import type { Node } from './syntax.ts';

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
}

export const valueFlow = (world: FlowWorld, maxSteps = MAX_STEPS): ValueFlow => flowAt(world, maxSteps, 0);

/** To know what a member is, another object may have to be followed, and for that a third; beyond that members are not known. */
const MAX_LEVEL = 3;

/** An object that takes more steps than this has too many holders. */
const MAX_OBJECT_STEPS = 4_000;

interface Engine extends ValueFlow {
  readonly membersOf: SeenWorld['membersOf'];
}

/**
 * One level of the flow. While a rule of one level waits to know what an object holds, the level below follows that object to the end; no
 * level ever waits for itself, so what it says is complete when it says it.
 */
function flowAt(outside: FlowWorld, maxSteps: number, level: number): Engine {
  const world = seenBelow(outside, level);
  const traces = new Map<Node, Trace>();
  const all: Trace[] = [];
  const queue = queueOf(maxSteps);
  const isDead = deadCode(world);
  const flow: Flow = {
    world,
    push: (trace, narrow) => {
      const step = { ...narrow, tag: widened(trace.rounds, narrow.tag) } as Step;
      if (trace.effort.isFull || !isNew(trace, step) || isDead(step)) return;
      if (step.kind === 'value' && isObjectItself(step.tag)) trace.held.push({ file: step.file, node: step.node });
      queue.add(trace, step);
    },
    call: addCall,
    lose: addLoss,
    callersOf: (_, fn, found) => {
      const trace = traceOf(fn);
      trace.waiting.push(found);
      for (const call of trace.calls) found.onCall(call);
      for (const loss of trace.losses) found.onLoss(loss);
    },
  };
  const begun = (of: Site): Trace => {
    const trace = newTrace(of);
    all.push(trace);
    return trace;
  };
  const traceOf = (fn: FunctionRef): Trace => {
    let trace = traces.get(fn.node);
    if (trace === undefined) {
      traces.set(fn.node, (trace = begun(fn)));
      seed(flow, trace, fn);
    }
    return trace;
  };
  const objects = new Map<Node, Members>();
  const finish = (trace: Trace): Trace | null => {
    do {
      if (!queue.empty(flow)) return null;
    } while (giveUpMethods(flow, all));
    return trace;
  };
  return {
    begin: queue.begin,
    trace: (fn) => finish(traceOf(fn)),
    membersOf: (object) => {
      let members = objects.get(object.node);
      if (members === undefined) {
        queue.begin();
        const trace = begun(object);
        seedObject(flow, trace, object);
        objects.set(object.node, (members = membersFound(flow, finish(trace))));
      }
      return members;
    },
  };
}

function seenBelow(outside: FlowWorld, level: number): SeenWorld {
  let below: Engine | null = null;
  return {
    ...outside,
    membersOf: (object) => {
      if (level >= MAX_LEVEL) return NO_MEMBERS;
      below ??= flowAt(outside, MAX_OBJECT_STEPS, level + 1);
      return below.membersOf(object);
    },
  };
}

interface Queue {
  readonly add: (trace: Trace, step: Step) => void;
  /** A new question begins, with a budget of its own. */
  readonly begin: () => void;
  /** Takes every step that is open, and those that come of it; false when the budget is spent. */
  readonly empty: (flow: Flow) => boolean;
}

function queueOf(maxSteps: number): Queue {
  const open: { readonly trace: Trace; readonly step: Step }[] = [];
  let steps = 0;
  let total = 0;
  return {
    add: (trace, step) => {
      open.push({ trace, step });
    },
    begin: () => {
      steps = 0;
    },
    empty: (flow) => {
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
      return true;
    },
  };
}

function deadCode({ mayDefine }: FlowWorld): (step: Step) => boolean {
  const deadOf = new Map<FlowFile, readonly Node[]>();
  return ({ file, node }) => {
    if (!('type' in node)) return false;
    let dead = deadOf.get(file);
    if (dead === undefined) deadOf.set(file, (dead = deadRanges(file, mayDefine)));
    return dead.some(({ start, end }) => start <= node.start && node.end <= end);
  };
}

/** An object is followed from where it is made; what it inherits gets it as `this`. */
function seedObject(flow: Flow, trace: Trace, { file, node }: Site): void {
  if (node.type === 'Program') flow.push(trace, { kind: 'exports', file, node: file, tag: OBJECT_ITSELF });
  else flow.push(trace, { kind: 'value', file, node, tag: OBJECT_ITSELF });
  const [prototype] = node.type === 'CallExpression' ? node.arguments : [];
  if (prototype !== undefined) giveHeir(flow, trace, { file, node: prototype }, OBJECT_ITSELF);
}

function membersFound(flow: Flow, trace: Trace | null): Members {
  if (trace === null) return NO_MEMBERS;
  const { own, unseen } = trace.methods;
  // Every method is known by what was put there, and has the object as `this`; one that is not known may put anything into it.
  const areSeen = own.size === 0 || (!unseen.has(ANY) && [...own].every((name) => !unseen.has(name)));
  const isWhole = trace.losses.length === 0 && !trace.effort.isFull && areSeen;
  return membersAt(trace.held, isWhole ? own : null, (file, callee) => resolve(flow.world, file, callee).natives);
}

const newTrace = (of: Site): Trace => ({
  of,
  calls: [],
  losses: [],
  at: { calls: new Map(), losses: new Set() },
  seen: new Map(),
  held: [],
  rounds: new Map(),
  effort: { steps: 0, isFull: false },
  methods: { seen: new Set(), unseen: new Set(), called: new Map(), own: new Set() },
  waiting: [],
});

/** Everything that calls the function has to make it first, so the loss stands where it is made. */
function giveUp(flow: Flow, trace: Trace): void {
  if (trace.effort.isFull) return;
  trace.effort.isFull = true;
  flow.lose(trace, { ...trace.of, why: 'too many places hold it to follow them all' });
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
 * Asked last, because the method may be attached to the object at a place that the trace comes to later. True when that lost something.
 */
function giveUpMethods(flow: Flow, traces: Iterable<Trace>): boolean {
  let isChanged = false;
  for (const trace of traces) {
    const { seen, unseen, called } = trace.methods;
    for (const [node, { name, ...loss }] of called) {
      called.delete(node);
      const isSeen = name === null ? unseen.size === 0 : seen.has(name) && !unseen.has(name);
      if (isSeen) continue;
      flow.lose(trace, loss);
      isChanged = true;
    }
  }
  return isChanged;
}
