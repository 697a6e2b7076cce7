/** The names of the language and of Node that are there without being asked for. */
const GLOBALS: ReadonlySet<string> = new Set(
  `Object Array Function String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise Map Set WeakMap WeakSet WeakRef Date RegExp Error
  TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError ArrayBuffer DataView Buffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
  Float32Array Float64Array Uint8ClampedArray BigInt64Array BigUint64Array Intl Atomics console process parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent
  encodeURI decodeURI escape unescape setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask structuredClone
  URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget performance fetch Headers Request Response FormData Blob require`.split(
    /\s+/,
  ),
);

export const isGlobal = (name: string): boolean => GLOBALS.has(name);
