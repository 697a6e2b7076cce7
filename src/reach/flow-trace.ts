/**
 * What the rules of the value flow share: the trace of one function, and the queue into which a rule puts what follows.
 *
 * A rule looks at one place that a value has reached and says where it goes from there. The rules are in flow-value.ts (what an
 * expression's surroundings do with it), flow-store.ts (objects into which it is put), flow-call.ts (arguments, natives),
 * flow-module.ts (exports and imports); flow.ts runs the queue.
 */
import type { Callable } from './closure.ts';
import type { FlowFile, Site } from './flow-file.ts';
import type { Members } from './flow-names.ts';
import type { PassedOver } from './idle-reads.ts';
import type { SeenSteps } from './flow-steps.ts';
import type { StackReads } from './stack-reads.ts';
import { CONSTRUCTOR, isElement, isQuiet, keysIn, type Tag } from './flow-tag.ts';
import type { Binding } from './scopes.ts';
import type { FunctionNode, Node } from './syntax.ts';

export interface FunctionRef {
  readonly file: FlowFile;
  readonly node: FunctionNode;
}

/** A place where the function is called: a call, a `new`, a tagged template, the read of a property that is a getter. */
export interface Call extends Site {
  readonly how: 'call' | 'reflect' | 'callback' | 'access' | 'entry';
  /** Not certain that it is this function. */
  readonly may: boolean;
  /** The function may have been given its first arguments before, by `bind`: then those of the call come later. */
  readonly isShifted?: boolean;
  /** What `this` is there; `null` where nothing stands before the dot. */
  readonly receiver: Node | null;
}

/** A place from which on the function, or an object that has it, is not followed: whatever comes after may call it. */
export interface Loss extends Site {
  readonly why: string;
  /** The function as a whole was given up: calls of it are missing that a rule would have found. */
  readonly isGivenUp?: boolean;
}

/** Whether it is the language that may call the function: `checkEngine` in flow-store.ts and its like in flow-value.ts and flow-natives.ts say so. */
export const isOfLanguage = ({ why }: Loss): boolean => why.startsWith('the language ');

export const MADE_INTO = 'the language may ask it here for its toString or valueOf';

/** Whether it is a function, or a list of functions, and all functions have a `toString` of the program; or an object that may be one of a class which has. */
export const isMadeText = ({ world }: Flow, tag: Tag): boolean =>
  ((tag.path.length === 0 || isElement(tag)) && world.convertsFunctions()) ||
  (tag.path.length > 0 && world.convertsNatives());

/**
 * Whether a loss is passed over: what leads to the function by an instance's `constructor` alone, where nobody goes that way in so many words
 * (`isQuiet` in flow-tag.ts).
 */
export const isPassedOver = ({ asksConstructors }: FlowWorld, tag: Tag): boolean =>
  isQuiet(tag) && !tag.path.some((part, at) => tag.path[at - 1] === CONSTRUCTOR && keysIn(part).some(asksConstructors));

/** Who waits for the calls of a function. */
export interface Waiting {
  readonly onCall: (call: Call) => void;
  readonly onLoss: (loss: Loss) => void;
  /**
   * A loss does not stand for the calls that are not found: `onLoss` passes over some. `false`: any loss is all that there is to know, also where
   * losses count for nothing (`quiet` in flow.ts).
   */
  readonly needsCalls?: boolean;
  /** Told once some of the calls go through `bind`: what stands before their dot is not what the function has as `this`. */
  readonly onBound?: () => void;
}

/** The call of a method on an object that holds the function. */
export interface MethodCall extends Loss {
  readonly name: string | null;
  /** What the name means where the object is made: a function that is seen, surely nothing, or what is not seen. */
  readonly origin: 'found' | 'absent' | 'unseen';
}

/** Everything that is known of one function: who calls it, and where it gets out of sight. */
export interface Trace {
  readonly fn: FunctionRef;
  readonly calls: Call[];
  readonly losses: Loss[];
  /** The nodes of both (of a loss also its place), so that each counts once; `givenUp` has those where a function was. */
  readonly at: {
    readonly calls: Map<Node, number>;
    readonly losses: Set<object>;
    readonly givenUp: Set<object>;
    /** Functions that were handed it, and whose `arguments` may be read from elsewhere (stack-reads.ts). */
    readonly handed: Set<Node>;
  };
  /** What was looked at (flow-steps.ts). */
  readonly seen: SeenSteps;
  /** Methods of objects that hold the function: those that are seen were given their `this`. */
  readonly methods: {
    readonly seen: Set<string>;
    readonly unseen: Set<string>;
    readonly called: Map<Node, MethodCall>;
    /** Those that were found harmless when so many names were unseen; more of them, and they are asked again. */
    readonly passed: Map<Node, MethodCall>;
    /** The names of all that were called, and the places where none of them had been yet (idle-reads.ts). */
    readonly asked: Set<string>;
    readonly passedOver: PassedOver;
    asOf: number;
  };
  readonly effort: {
    /** How many were taken. */
    steps: number;
    /** Too many, and it is given up as a whole. */
    isFull: boolean;
    /** It is lost in code that runs, and nobody asks for more (flow-live.ts). */
    isSettled: boolean;
    needsCalls: boolean;
    /** Steps that are not taken unless somebody needs the calls after all. */
    readonly parked: Step[];
  };
  /** Other traces that wait for the calls of this one, because its result leads to their function. */
  readonly waiting: Waiting[];
  /** Some of its calls go through `bind` with arguments. */
  isBound: boolean;
  /** Some go through `bind`. */
  isRebound: boolean;
  /** What calls of methods are made on (flow-fluent.ts): the values that stand before their dot, and the calls that give them back. */
  readonly fluent: { readonly receivers: Map<Node, Tag[]>; readonly calls: Map<Node, 'surely' | 'perhaps'> };
}

/** What is still to look at. */
export type Step =
  /** The expression has such a value. */
  | { readonly kind: 'value'; readonly file: FlowFile; readonly node: Node; readonly tag: Tag }
  /** The object that the expression stands for was given such a property, so everybody who has the object has it. */
  | { readonly kind: 'store'; readonly file: FlowFile; readonly node: Node; readonly tag: Tag }
  | { readonly kind: 'variable'; readonly file: FlowFile; readonly node: Binding; readonly tag: Tag }
  /** The variable is a parameter, and the value what was passed. */
  | { readonly kind: 'passed'; readonly file: FlowFile; readonly node: Binding; readonly tag: Tag }
  | { readonly kind: 'exports'; readonly file: FlowFile; readonly node: FlowFile; readonly tag: Tag }
  /** The function is a member of the object, so it gets the object as `this` where it is called as a method. */
  | { readonly kind: 'method'; readonly file: FlowFile; readonly node: FunctionNode; readonly tag: Tag }
  /** What the function makes when it is called by `new` has the property. */
  | { readonly kind: 'made'; readonly file: FlowFile; readonly node: FunctionNode; readonly tag: Tag }
  /** `this` in such a function, field or static block. */
  | { readonly kind: 'this'; readonly file: FlowFile; readonly node: Node; readonly tag: Tag }
  | { readonly kind: 'returned'; readonly file: FlowFile; readonly node: FunctionNode; readonly tag: Tag }
  /** The function gives back what it has as `this`. */
  | { readonly kind: 'fluent'; readonly file: FlowFile; readonly node: FunctionNode; readonly tag: Tag };

/** How a rule speaks with the rest. */
export interface Flow {
  /** False for what goes a way on which losses count for nothing (`isPassedOver`). */
  readonly countsLosses: boolean;
  readonly world: FlowWorld;
  readonly push: (trace: Trace, step: Step) => void;
  readonly call: (trace: Trace, call: Call) => void;
  readonly lose: (trace: Trace, loss: Loss) => void;
  /** Calls back for every call of `fn` that is known or will be, and for every place where `fn` is lost. */
  readonly callersOf: (trace: Trace, fn: FunctionRef, found: Waiting) => void;
}

/** Who asks for a module, and in which words. */
export interface ImportSite extends Site {
  /** The module is only one of those that the request could mean. */
  readonly may: boolean;
  /** Why what it does with the module cannot be followed from the node (`eval`, `require` passed on); `null` where it can. */
  readonly opaque: string | null;
}

/** The program as the closure has found it. */
export interface FlowWorld {
  /** What the request at this node loads: a file, a module of Node's own, or nothing that is known. */
  readonly targetOf: (file: FlowFile, request: Node) => RequestTarget;
  /** Every place that could load the file. */
  readonly importersOf: (file: FlowFile) => readonly ImportSite[];
  /** Whether the file is one that is started, rather than loaded by another. */
  readonly isEntry: (file: FlowFile) => boolean;
  /** Which exports others than the program's own files call: those of a library's main file, a function of a manifest. */
  readonly callableOf: (file: FlowFile) => Callable;
  /** Whether some file gives `Object.prototype` or `Function.prototype` a getter or a setter of that name, which then any access may call; `null` is any name. */
  readonly patchesPrototypes: (name: string | null) => boolean;
  /** Whether some file reads `constructor` and goes on to a property of that name, or hands the constructor on. */
  readonly readsConstructors: (name: string) => boolean;
  /** Whether some file may read it by a name that is put together or handed about. */
  readonly namesConstructors: () => boolean;
  /** Whether some file does by these words: `x.constructor.run`. */
  readonly asksConstructors: (name: string) => boolean;
  /** Whether some file seems to give a class or a function a property of that name by way of an instance (`x.constructor.y = f`). */
  readonly writesThroughInstances: (name: string) => boolean;
  /** Whether some file puts something else where the language or Node has `Object.keys`, `console.log`, `util.inspect`. */
  readonly replacesNative: (name: string) => boolean;
  /** Who has a function under which name in the code that runs; only where that is known (flow-live.ts). */
  readonly members?: Members;
  /** Where code is made or loaded whose text is not there: what runs then may give any object any property. */
  readonly hiddenCode: () => readonly Site[];
  /** Every file of the program that is code; `null` where they are too many to read for one question. */
  readonly programs: () => readonly FlowFile[] | null;
  /** Whether some file gives them a method. */
  readonly addsMethods: () => boolean;
  /** Whether some file gives an object a method of its own in the place of this one of `Object.prototype`, or a class `Symbol.hasInstance`. */
  readonly overridesInherited: (name: string) => boolean;
  /** Whether some file gives all functions a `toString`, which has the function that is converted as its `this`. */
  readonly convertsFunctions: () => boolean;
  /** Whether some file gives the maps, dates or errors of the language such a method, with the object as its `this`. */
  readonly convertsNatives: () => boolean;
  /** Files that give all objects a method which the language itself calls, with any of them as its `this`. */
  readonly hooks: () => readonly FlowFile[];
  /** Where the arguments or the caller of a function that runs may be read from outside. */
  readonly stackReads: () => StackReads;
  /** Whether a place lies in a branch for other environments than Node (environment.ts), which is never taken. */
  readonly isDead: (file: FlowFile, place: { readonly start: number; readonly end: number }) => boolean;
}

export type RequestTarget =
  | { readonly kind: 'file'; readonly file: FlowFile }
  | { readonly kind: 'native'; readonly name: string }
  | { readonly kind: 'unknown' };
