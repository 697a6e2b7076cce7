/**
 * What Node and the language do with a value that they are given: the few things the value flow has to know about code that it
 * cannot read. Whatever is not listed is a loss.
 */

import { ANY, INDEX, keysIn } from './flow-tag.ts';
import { isAskedSymbol, isNativeMethod } from './native-methods.ts';

/**
 * Names by which the engine and Node's own modules call methods of objects that they hold, without any code of the program
 * naming them. An object that has the function under another name is safe with them.
 *
 * Sources: ECMA-262 (7.1 type conversion, 7.4 iterators, 10.5 proxies, 25.5.2 toJSON, 27.2 thenables); nodejs.org/api/stream.html
 * "API for stream implementers"; events.html; http.html (Agent, request options); util.html (inspect); module.html (hooks);
 * V8's stack trace API (prepareStackTrace).
 */
const NAMES = `toString toLocaleString valueOf toJSON then catch finally next return throw get set has apply construct deleteProperty ownKeys getPrototypeOf setPrototypeOf
  defineProperty getOwnPropertyDescriptor isExtensible preventExtensions constructor inspect prepareStackTrace exec test match replace search split
  _read _write _writev _transform _flush _final _destroy _construct read write writev transform flush final destroy construct end start pull cancel
  pipe on once emit addListener removeListener removeAllListeners off prependListener listenerCount listeners pause resume unpipe setEncoding push close abort
  createConnection addRequest removeSocket keepSocketAlive reuseSocket createSocket getName lookup handleEvent connect ref unref setTimeout setNoDelay setKeepAlive
  _events _onTimeout _undestroy _send _implicitHeader writeHead writeContinue setHeader getHeader flushHeaders onread agent checkServerIdentity
  SNICallback ALPNCallback pskCallback filter signal resolve load add delete size keys values name message stack code default`;
const ENGINE_NAMES: ReadonlySet<string> = new Set(NAMES.split(/\s+/));

/**
 * Those of them that the language itself calls, on any object whatsoever and at an operator, a template, a loop, an `await`.
 *
 * `next`, `return` and `throw` are not among them: a loop calls them on what a method under `Symbol.iterator` or `Symbol.asyncIterator` gave
 * (ECMA-262, 7.4.4), and whoever has a function under such a name gives all that it returns to code that is not seen. The one method of that name which no program writes
 * is that of native iterators (27.1.2.1): an object that inherits from one is given to a native, which counts by itself.
 */
const OPERATOR_NAMES: ReadonlySet<string> = new Set([
  'toString',
  'toLocaleString',
  'valueOf',
  'toJSON',
  'then',
  'prepareStackTrace',
]);

export const isCalledByOperators = (name: string): boolean => OPERATOR_NAMES.has(name) || isAskedSymbol(name);

/** What a loop calls on the object that a generator gave, where it is given one of its own in their place (ECMA-262, 27.5.1). */
export const isAskedOfGenerators = (name: string | undefined): boolean =>
  name !== undefined && keysIn(name).some((key) => [ANY, 'next', 'return', 'throw'].includes(key));

/** Those that only the language asks for, or a proxy, a map, an iterator, a stream of the web: no class of Node's own calls them on itself. */
const NOT_OF_CLASSES: ReadonlySet<string> = new Set(
  `get set has apply construct deleteProperty ownKeys getPrototypeOf setPrototypeOf defineProperty getOwnPropertyDescriptor isExtensible preventExtensions
  next return throw add delete size keys values name message stack code default exec test match replace search split filter load resolve start pull cancel`.split(
    /\s+/,
  ),
);

/**
 * What the classes of Node besides call on objects of their heirs (lib/*.js of Node 26: each method that is called there on `this`, on a stream, a
 * socket, a request, a response, a server, an agent, a console, a readline interface). Names with an underscore that Node has are all of them.
 */
const OF_HEIRS: ReadonlySet<string> = new Set(
  `onSocket getHeaders destroySoon cork uncork writeInformation removeHeader appendHeader hasHeader setHeaders addTrailers closeIdleConnections closeAllConnections
  getHeaderNames detachSocket assignSocket shouldUpgradeCallback kill spawn address bind bindSync send exit enter removeEventListener addEventListener
  dispatchEvent listen disconnect onconnection isConnected isDead group groupEnd time timeEnd timeLog error log warn info trace stopPropagation open
  setDefaultEncoding sendTrailers setTrailer additionalHeaders settings disableRenegotiation goaway releaseFD respond refreshState doClose finishShutdown
  finishWrite doShutdown setupHistoryManager setPrompt prompt clearLine getCursorPos completer eval getWriter getReader reopen stop terminate isPaused
  unshift question line clearBufferedCommand completeOnEditorMode resetContext displayPrompt writer createContext getConnections wrap toISOString`.split(
    /\s+/,
  ),
);

const isAskedOfHeirs = (name: string): boolean => OF_HEIRS.has(name) || (name.startsWith('_') && isNativeMethod(name));

/** What EventEmitter calls or asks for on the emitter itself (lib/events.js of Node): its other methods go to no method of the object. */
const OF_EMITTERS: ReadonlySet<string> = new Set(
  'emit on once addListener prependListener removeListener removeAllListeners getMaxListeners _events _eventsCount _maxListeners domain constructor'.split(
    ' ',
  ),
);
const EMITTER = /^(?:node:)?events(?:\.EventEmitter)?$/;

/**
 * What the class `Stream` calls or asks for besides, on a stream and on what that is piped into (lib/internal/streams/legacy.js of Node): it is an emitter with a
 * `pipe` of its own, and knows none of the methods by which newer streams are written.
 */
const OF_OLD_STREAMS: ReadonlySet<string> = new Set([
  ...OF_EMITTERS,
  ...'pause resume write end destroy readable writable listenerCount _isStdio'.split(' '),
]);
const OLD_STREAM = /^(?:node:)?stream(?:\.Stream)?$/;

/** Modules whose classes programs inherit from. */
const CLASSES = /^(?:node:)?(?:events|http|https|http2|stream|net|tls|zlib|fs|child_process|readline)\b/;

/** One of those classes; the modules `events` and `stream` are classes themselves (nodejs.org/api). */
export const isClassOfNode = (name: string): boolean =>
  CLASSES.test(name) && /^(?:node:)?(?:events|stream)$|\.[A-Z]\w*$/.test(name);

/**
 * Whether Node's own code could call a function that an object holds under such a path.
 *
 * @param owners What the object inherits from, or is given to; empty for anything.
 */
export const isCalledByNatives = (path: readonly string[], owners: readonly string[] = []): boolean => {
  const [first] = path;
  const isClass = owners.length > 0 && owners.every((name) => CLASSES.test(name));
  const isOld = owners.length > 0 && owners.every((name) => EMITTER.test(name) || OLD_STREAM.test(name));
  const isEmitter = isOld && owners.every((name) => EMITTER.test(name));
  const isHeir = owners.length > 0;
  return (
    first === undefined ||
    keysIn(first).some(
      (name) =>
        name === ANY ||
        name === INDEX ||
        isAskedSymbol(name) ||
        (isEmitter
          ? OF_EMITTERS.has(name)
          : isOld
            ? OF_OLD_STREAMS.has(name)
            : (ENGINE_NAMES.has(name) && !(isClass && NOT_OF_CLASSES.has(name))) || (isHeir && isAskedOfHeirs(name))),
    )
  );
};

/**
 * Methods of emitters (nodejs.org/api/events.html), true for those that call the function which they get with the emitter as `this`. What else they
 * do with the emitter is call methods that `isCalledByNatives` knows, and give it back.
 */
export const OF_EVENTS: ReadonlyMap<string, boolean> = new Map([
  ...['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'].map((name) => [name, true] as const),
  ...['off', 'removeListener', 'removeAllListeners', 'setMaxListeners'].map((name) => [name, false] as const),
  ...['emit', 'getMaxListeners', 'listenerCount', 'eventNames'].map((name) => [name, false] as const),
]);

/** Methods that every plain object, function or array has, and that hand nothing to code of the program. */
export const INERT_METHODS: ReadonlySet<string> = new Set(['hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable']);

/**
 * `A.prototype.on = EventEmitter.prototype.on`: whether a native that an object has as a method may give the object back, hand it to a function that it calls,
 * or give what is in it. Functions that are no methods of a prototype do not ask for their `this`.
 */
export const mayGiveThisOn = (native: string): boolean =>
  /\bprototype\.\w+$/.test(native) &&
  native !== 'Object.prototype.toString' &&
  !INERT_METHODS.has(native.slice(native.lastIndexOf('.') + 1));

/** Methods of arrays that call their first argument at once, with the elements. */
export const ARRAY_CALLBACKS: ReadonlySet<string> = new Set(
  'forEach map filter some every find findIndex findLast findLastIndex reduce reduceRight flatMap sort toSorted'.split(
    ' ',
  ),
);

/** Those that give what their callback gives to its next call as the first argument, and in the end back (ECMA-262, 23.1.3.24 and 25). */
export const REDUCING = /^reduce(?:Right)?$/;

/** Those that give back elements, or arrays with the same elements. */
export const ARRAY_ELEMENTS: ReadonlySet<string> = new Set('pop shift at find findLast'.split(' '));
export const ARRAY_COPIES: ReadonlySet<string> = new Set(
  'slice splice concat filter reverse sort toSorted toReversed toSpliced with flat fill copyWithin values entries'.split(
    ' ',
  ),
);
export const ARRAY_INSERTS: ReadonlySet<string> = new Set('push unshift splice concat fill with'.split(' '));
export const ARRAY_INERT: ReadonlySet<string> = new Set('join indexOf lastIndexOf includes keys'.split(' '));

/** Those that make texts of the elements, sorting where it is given nothing to compare with; those that are told by a number where to begin (ECMA-262, 23.1.3). */
export const ARRAY_TEXTS: ReadonlySet<string> = new Set('join toString toLocaleString sort toSorted'.split(' '));
export const ARRAY_NUMBERED: ReadonlySet<string> = new Set('splice fill with'.split(' '));

/** Natives that do nothing with what their callback gives back. */
export const UNUSED_BY: ReadonlySet<string> = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process.nextTick',
]);

/** Natives whose result is their first argument. */
export const RETURNS_FIRST: ReadonlySet<string> = new Set([
  'Object.freeze',
  'Object.seal',
  'Object.preventExtensions',
  'Object.assign',
  'Object.defineProperty',
  'Object.defineProperties',
  'Object.setPrototypeOf',
  'Object',
  'Promise.resolve',
  'Array.from',
  'Object.entries',
]);

/** Natives that keep nothing and give nothing back of what they are given (the names of keys, a text, a comparison). */
const FORGETFUL: ReadonlySet<string> = new Set([
  'Object.keys',
  'Object.getOwnPropertyNames',
  'Object.getOwnPropertySymbols',
  'Object.is',
  'Object.isFrozen',
  'Object.isSealed',
  'Object.isExtensible',
  'Object.hasOwn',
  'Reflect.ownKeys',
  'Reflect.has',
  'Array.isArray',
  'String',
  'Number',
  'Boolean',
  'Symbol',
  'isNaN',
  'JSON.stringify',
  'util.isFunction',
  'util.inspect',
  'util.format',
  'util.isDeepStrictEqual',
  'util.types.isProxy',
  'Buffer.isBuffer',
  'Error.captureStackTrace',
  'util.isArray',
]);

/**
 * Natives that read no property of their first argument, and so call no getter of it: they look at its prototype, its keys, its descriptors
 * (ECMA-262, 20.1.2, 23.1.2.2 and 28.1).
 */
const READING_NOTHING: ReadonlySet<string> = new Set([
  'Object.create',
  'Object.freeze',
  'Object.getOwnPropertyDescriptor',
  'Object.getOwnPropertyDescriptors',
  'Object.getOwnPropertyNames',
  'Object.getOwnPropertySymbols',
  'Object.getPrototypeOf',
  'Object.hasOwn',
  'Object.is',
  'Object.isExtensible',
  'Object.isFrozen',
  'Object.isSealed',
  'Object.keys',
  'Object.preventExtensions',
  'Object.seal',
  'Object.setPrototypeOf',
  'Reflect.getOwnPropertyDescriptor',
  'Reflect.getPrototypeOf',
  'Reflect.has',
  'Reflect.ownKeys',
  'Reflect.setPrototypeOf',
  'Array.isArray',
]);

export const readsNothing = (name: string): boolean => READING_NOTHING.has(name);

export const isForgetful = (name: string): boolean =>
  FORGETFUL.has(name) || name.startsWith('console.') || name.startsWith('Math.');

/**
 * Those that call no function that they are given, wherever it stands: `Error.captureStackTrace(this, Failure)` compares it with what is on the stack
 * (nodejs.org/api/errors.html).
 */
export const callsNothing = (name: string): boolean =>
  name.startsWith('console.') || name === 'Error.captureStackTrace' || name === 'Object.is';

/** Assertions look at objects, and call functions (`assert.throws`). */
export const looksAtObjects = (name: string): boolean => /^assert\b/.test(name);
