/**
 * Programs composed at random: a function of a dependency is exported in one way, handed on through any number of ways and in the end
 * called, called by the engine, or left alone.
 *
 * Idioms show each way alone; an analyser that knows every one of them can still lose a value between two. Pieces are JavaScript texts;
 * `EXPR` stands for the value so far and `$` begins names that are made unique.
 */
export interface Program {
  /** Path → text. The entry is index.js, the function `vuln` lies in `file`. */
  readonly files: ReadonlyMap<string, string>;
  readonly file: string;
  /** The names of the pieces, for the report. */
  readonly pieces: readonly string[];
}

/** Numbers that choose pieces; any number is taken modulo the number of pieces. */
export interface Recipe {
  readonly source: number;
  readonly ways: readonly number[];
  readonly end: number;
}

interface Source {
  readonly name: string;
  readonly text: string;
  /** How the product gets the function. */
  readonly expression: string;
  readonly file?: string;
  readonly more?: Readonly<Record<string, string>>;
}

const source = (name: string, text: string, expression = "require('dep').vuln", more?: Source['more']): Source => ({
  name,
  text,
  expression,
  ...(more === undefined ? {} : { more }),
});

const IN_LIB = { 'node_modules/dep/lib.js': 'exports.vuln = function () {};\nexports.safe = function () {};\n' };

const SOURCES: readonly Source[] = [
  source('exports.vuln', 'exports.vuln = function () {};\nexports.safe = function () {};\n'),
  source('module.exports = vuln', 'module.exports = vuln;\nfunction vuln() {}\n', "require('dep')"),
  source('object', 'const vuln = () => {};\nmodule.exports = { safe() {}, vuln };\n'),
  source('method', 'module.exports = { safe() {}, vuln() {} };\n'),
  source(
    'getter export',
    "Object.defineProperty(exports, 'vuln', { enumerable: true, get: () => vuln });\nfunction vuln() {}\n",
  ),
  source('assign', 'Object.assign(exports, { vuln: function vuln() {} });\n'),
  source('computed key', "module.exports = { ['vu' + 'ln']: function vuln() {} };\n"),
  source('factory', 'module.exports = function make() { return function vuln() {}; };\n', "require('dep')()"),
  source('class', 'module.exports = class Tool { vuln() {} rest() {} };\n', "new (require('dep'))().vuln"),
  source('static', 'exports.Tool = class { static vuln() {} };\n', "require('dep').Tool.vuln"),
  source(
    'prototype',
    'module.exports = Tool;\nfunction Tool() {}\nTool.prototype.vuln = function vuln() {};\n',
    "new (require('dep'))().vuln",
  ),
  source('singleton', 'class Tool { vuln() {} }\nmodule.exports = new Tool();\n'),
  source(
    'loop',
    'const all = { safe() {}, vuln() {} };\nfor (const name of Object.keys(all)) exports[name] = all[name];\n',
  ),
  source(
    'umd',
    '(function (root, make) { module.exports = make(); })(this, function () { function vuln() {} return { vuln: vuln }; });\n',
  ),
  source('lazy', 'module.exports = { get vuln() { return require("./lib").vuln; } };\n', "require('dep').vuln", IN_LIB),
  source('re-export', 'module.exports = { ...require("./lib") };\n', "require('dep').vuln", IN_LIB),
  source(
    'star',
    'const lib = require("./lib");\nfor (const p in lib) Object.defineProperty(exports, p, { enumerable: true, get: () => lib[p] });\n',
    "require('dep').vuln",
    IN_LIB,
  ),
  source(
    'instance field',
    'exports.make = () => new Tool();\nclass Tool { vuln = function vuln() {}; }\n',
    "require('dep').make().vuln",
  ),
  source(
    'constructor assigns',
    'exports.Tool = function Tool() { this.run = vuln; };\nfunction vuln() {}\n',
    "new (require('dep').Tool)().run",
  ),
  source(
    'default interop',
    'exports.__esModule = true;\nexports.default = vuln;\nfunction vuln() {}\n',
    "require('dep').default",
  ),
  source('bound export', 'exports.vuln = function vuln() {}.bind(null);\n'),
  source(
    'wrapped export',
    'const wrap = (work) => (...args) => work(...args);\nexports.vuln = wrap(function vuln() {});\n',
  ),
  source(
    'kept in a map',
    "const kept = new Map([['a', function vuln() {}]]);\nexports.get = (name) => kept.get(name);\n",
    "require('dep').get('a')",
  ),
];

/** `[name, statements before, expression]` */
type Way = readonly [name: string, before: string, expression: string];

const WAYS: readonly Way[] = [
  ['property', 'const $o = { key: EXPR };', '$o.key'],
  ['joined name', 'const $o = { key: EXPR };', "$o['k' + 'ey']"],
  ['name in a variable', "const $o = { key: EXPR }, $k = ['key'][0];", '$o[$k]'],
  ['array', 'const $a = [null, EXPR];', '$a[1]'],
  ['array end', 'const $a = []; $a.push(EXPR);', '$a.at(-1)'],
  ['pop', 'const $a = [EXPR];', '$a.pop()'],
  ['spread array', 'const $a = [EXPR];', '[...$a][0]'],
  ['Map', "const $m = new Map(); $m.set('a', EXPR);", "$m.get('a')"],
  ['Map of pairs', 'const $m = new Map([[1, EXPR]]);', '[...$m.values()][0]'],
  ['Set', 'const $s = new Set([EXPR]);', '$s.values().next().value'],
  ['WeakMap', 'const $k = {}, $m = new WeakMap([[$k, EXPR]]);', '$m.get($k)'],
  ['WeakRef', '', 'new WeakRef(EXPR).deref()'],
  ['closure', 'const $f = () => EXPR;', '$f()'],
  ['function declaration', 'function $f() { return EXPR; }', '$f()'],
  ['default parameter', 'function $f(x = EXPR) { return x; }', '$f()'],
  ['identity', 'const $f = (x) => x;', '$f(EXPR)'],
  ['rest', 'const $f = (...all) => all[0];', '$f(EXPR)'],
  ['arguments', 'function $f() { return arguments[0]; }', '$f(EXPR)'],
  ['spread call', 'const $f = (a, b) => b;', '$f(...[1, EXPR])'],
  ['apply', 'const $f = (a) => a;', '$f.apply(null, [EXPR])'],
  ['parameter pattern', 'const $f = ({ a: [b] }) => b;', '$f({ a: [EXPR] })'],
  ['callback', 'const $f = (take) => { let got; take((x) => { got = x; }); return got; };', '$f((give) => give(EXPR))'],
  ['field', 'class $C { p = EXPR; }', 'new $C().p'],
  ['static field', 'class $C { static p = EXPR; }', '$C.p'],
  ['private field', 'class $C { #p = EXPR; get q() { return this.#p; } }', 'new $C().q'],
  ['constructor', 'class $C { constructor(x) { this.p = x; } }', 'new $C(EXPR).p'],
  ['method', 'class $C { m() { return EXPR; } }', 'new $C().m()'],
  ['super', 'class $A { m() { return EXPR; } } class $B extends $A { m() { return super.m(); } }', 'new $B().m()'],
  ['inherited field', 'class $A { p = EXPR; } class $B extends $A {}', 'new $B().p'],
  ['prototype property', 'function $F() {} $F.prototype.m = EXPR;', 'new $F().m'],
  ['getter', 'const $o = { get g() { return EXPR; } };', '$o.g'],
  ['setter', 'const $o = { set s(x) { this.kept = x; } }; $o.s = EXPR;', '$o.kept'],
  ['this', 'const $o = { m: EXPR, get() { return this.m; } };', '$o.get()'],
  ['bind', '', 'EXPR.bind(null)'],
  ['wrapper', 'const $w = EXPR;', '((...args) => $w(...args))'],
  ['proxy', '', 'new Proxy(EXPR, {})'],
  ['proxy of object', '', 'new Proxy({ m: EXPR }, {}).m'],
  ['proxy trap', 'const $v = EXPR;', 'new Proxy({}, { get: () => $v }).anything'],
  ['spread object', '', '({ ...{ m: EXPR } }).m'],
  ['assign', '', 'Object.assign({}, { m: EXPR }).m'],
  ['entries', '', 'Object.fromEntries(Object.entries({ m: EXPR })).m'],
  ['values', '', 'Object.values({ m: EXPR })[0]'],
  ['for in', 'let $v; const $o = { m: EXPR }; for (const k in $o) $v = $o[k];', '$v'],
  ['for of', 'let $v; for ($v of [EXPR]);', '$v'],
  ['object pattern', 'const { m: $x } = { m: EXPR };', '$x'],
  ['array pattern', 'const [$x] = [EXPR];', '$x'],
  ['rest pattern', 'const { a: $a, ...$z } = { a: 1, m: EXPR };', '$z.m'],
  ['pattern default', 'const { m: $x = EXPR } = {};', '$x'],
  ['swap', 'let $a = EXPR, $b = null; [$a, $b] = [$b, $a];', '$b'],
  ['Reflect.get', '', "Reflect.get({ m: EXPR }, 'm')"],
  ['defineProperty', "const $o = Object.defineProperty({}, 'm', { value: EXPR });", '$o.m'],
  ['descriptor', '', "Object.getOwnPropertyDescriptor({ m: EXPR }, 'm').value"],
  ['create', '', 'Object.create({ m: EXPR }).m'],
  ['__proto__', '', '({ __proto__: { m: EXPR } }).m'],
  ['setPrototypeOf', 'const $o = {}; Object.setPrototypeOf($o, { m: EXPR });', '$o.m'],
  ['global', 'globalThis.$g = EXPR;', '$g'],
  ['symbol', 'const $s = Symbol(), $o = { [$s]: EXPR };', '$o[$s]'],
  ['registered symbol', "process[Symbol.for('$s')] = EXPR;", "process[Symbol.for('$s')]"],
  ['generator', '', '(function* () { yield EXPR; })().next().value'],
  ['sent', 'const $i = (function* () { const x = yield; yield x; })(); $i.next();', '$i.next(EXPR).value'],
  ['throw', '', '(() => { try { throw EXPR; } catch (e) { return e; } })()'],
  ['conditional', '', '(process.argv.length > 0 ? EXPR : null)'],
  ['nullish', '', '(null ?? EXPR)'],
  ['or', '', '(process.missing || EXPR)'],
  ['comma', '', '(0, EXPR)'],
  ['late assignment', 'let $v; $v = EXPR;', '$v'],
  ['setter function', 'let $v; function $set(x) { $v = x; } $set(EXPR);', '$v'],
  ['map', '', '[EXPR].map((x) => x)[0]'],
  ['filter', '', '[EXPR].filter(Boolean)[0]'],
  ['find', '', '[null, EXPR].find((x) => x !== null)'],
  ['reduce', '', '[EXPR].reduce((a, b) => b, null)'],
  ['concat', '', '[].concat([EXPR])[0]'],
  ['slice', '', '[EXPR].slice()[0]'],
  ['flat', '', '[[EXPR]].flat()[0]'],
  ['forEach', 'let $v; [EXPR].forEach((x) => { $v = x; });', '$v'],
  ['Array.from', '', 'Array.from([EXPR])[0]'],
  ['Array.of', '', 'Array.of(EXPR)[0]'],
  ['destructured iterator', 'const [$x] = new Set([EXPR]);', '$x'],
  ['template tag', '', '((strings, x) => x)`${EXPR}`'],
  ['higher order', '', '((make) => make())(() => EXPR)'],
  ['curry', '', '((a) => (b) => a)(EXPR)()'],
  ['property of function', 'function $f() {} $f.p = EXPR;', '$f.p'],
  ['direct eval', 'const $x = EXPR;', "eval('$x')"],
  ['new Function', '', "new Function('x', 'return x')(EXPR)"],
  ['with', 'let $v; with ({ m: EXPR }) $v = m;', '$v'],
  [
    'asynchronous storage',
    "const $s = new (require('async_hooks').AsyncLocalStorage)();",
    '$s.run(EXPR, () => $s.getStore())',
  ],
  ['structured options', 'const $f = (options) => Object.assign({ run: null }, options).run;', '$f({ run: EXPR })'],
  ['nested', 'const $o = { a: { b: [{ c: EXPR }] } };', '$o.a.b[0].c'],
  ['delete and re-add', 'const $o = { m: 1 }; delete $o.m; $o.m = EXPR;', '$o.m'],
  ['module cache', "require('./kept').list.push(EXPR);", "require('./kept').list.at(-1)"],
  ['another package', '', "require('same')(EXPR)"],
  ['another package keeps it', "require('keeps').set('$k', EXPR);", "require('keeps').get('$k')"],
  ['another package calls back', '', "require('calls')(() => EXPR)"],
  [
    'emitter',
    "let $v; const $e = new (require('events'))(); $e.on('a', (x) => { $v = x; }); $e.emit('a', EXPR);",
    '$v',
  ],
  ['class expression', '', 'new (class { constructor(x) { return { x }; } })(EXPR).x'],
  ['switch', 'let $v; switch (process.argv.length) { case -1: break; default: $v = EXPR; }', '$v'],
  ['label and loop', 'let $v; a: for (;;) { $v = EXPR; break a; }', '$v'],
  ['valueOf', '', '({ valueOf: () => EXPR }).valueOf()'],
];

const ENDS: readonly (readonly [name: string, text: string])[] = [
  ['call', 'EXPR();'],
  ['call()', 'EXPR.call(null);'],
  ['apply()', 'EXPR.apply(null, []);'],
  ['new', 'new (EXPR)();'],
  ['optional call', '(EXPR)?.();'],
  ['tag', 'EXPR``;'],
  ['Reflect.apply', 'Reflect.apply(EXPR, null, []);'],
  ['Reflect.construct', 'Reflect.construct(EXPR, []);'],
  ['forEach', '[1].forEach(EXPR);'],
  ['borrowed map', 'Array.prototype.map.call([1], EXPR);'],
  ['sort', '[2, 1].sort(EXPR);'],
  ['replace', "'a'.replace(/a/, EXPR);"],
  ['then', 'Promise.resolve().then(EXPR);'],
  ['executor', 'new Promise(EXPR);'],
  ['timer', 'setTimeout(EXPR, 0);'],
  ['tick', 'process.nextTick(EXPR);'],
  ['microtask', 'queueMicrotask(EXPR);'],
  ['toJSON', 'JSON.stringify({ toJSON: EXPR });'],
  ['toString', '`${{ toString: EXPR }}`;'],
  ['valueOf', '+{ valueOf: EXPR };'],
  ['iterator', '[...{ [Symbol.iterator]: EXPR }];'],
  ['hasInstance', '({}) instanceof { [Symbol.hasInstance]: EXPR };'],
  ['getter', "Object.defineProperty({}, 'x', { get: EXPR }).x;"],
  ['setter', "Object.defineProperty({}, 'x', { set: EXPR }).x = 1;"],
  ['emitter', "new (require('events'))().on('x', EXPR).emit('x');"],
  ['thenable', '(async () => { await { then: EXPR }; })().catch(() => {});'],
  ['inspect', "require('util').inspect({ [require('util').inspect.custom]: EXPR });"],
  ['subclass', 'class $S extends EXPR {} new $S();'],
  ['Array.from', 'Array.from([1], EXPR);'],
  ['promisify', "require('util').promisify(EXPR)();"],
  ['proxy apply', 'new Proxy(EXPR, { apply: (target, self, args) => Reflect.apply(target, self, args) })();'],
  ['exit', "process.on('exit', EXPR);"],
  ['method of a made object', "({ ['k' + 1]: EXPR })['k1']();"],
  ['called by another package', "require('calls')(EXPR);"],
  ['left alone: void', 'void EXPR;'],
  ['left alone: typeof', 'typeof EXPR;'],
  ['left alone: name', '(EXPR).name;'],
  ['left alone: compared', 'EXPR === null;'],
  ['left alone: kept', 'const $kept = EXPR;'],
  ['left alone: never', 'if (process.argv.length < 0) EXPR();'],
];

const SHARED: readonly (readonly [string, string])[] = [
  ['kept.js', 'exports.list = [];\n'],
  ['node_modules/same/index.js', 'module.exports = (value) => value;\n'],
  [
    'node_modules/keeps/index.js',
    'const kept = {};\nexports.set = (name, value) => { kept[name] = value; };\nexports.get = (name) => kept[name];\n',
  ],
  ['node_modules/calls/index.js', 'module.exports = function calls(work) { return work(); };\n'],
];

export const COUNTS = { sources: SOURCES.length, ways: WAYS.length, ends: ENDS.length };

const pick = <T>(list: readonly T[], index: number): T => {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('nothing to pick from');
  return found;
};

/** @param unique Keeps global names of several programs in one process apart. */
export function compose({ source: from, ways, end }: Recipe, unique: string): Program {
  const begin = pick(SOURCES, from);
  const pieces = [begin.name];
  const lines: string[] = [];
  let expression = begin.expression;
  for (const [step, index] of ways.entries()) {
    const [name, before, after] = pick(WAYS, index);
    pieces.push(name);
    const fill = (text: string) =>
      text.replaceAll('$', () => `v${unique}_${step}_`).replaceAll('EXPR', () => `(${expression})`);
    // "`${" of a template is no name.
    const own = name === 'template tag' ? after.replaceAll('EXPR', () => `(${expression})`) : fill(after);
    if (before !== '') lines.push(fill(before));
    expression = own;
  }
  const [name, text] = pick(ENDS, end);
  pieces.push(name);
  const last = text.replaceAll(/\$(?!\{)/g, () => `v${unique}_end_`).replaceAll('EXPR', () => `(${expression})`);
  const entry = `try {\n${[...lines, last].map((line) => `  ${line}\n`).join('')}} catch {}\n`;
  const files = new Map<string, string>([
    ['index.js', entry],
    ['node_modules/dep/index.js', begin.text],
    ...Object.entries(begin.more ?? {}),
    ...SHARED.filter(([path]) =>
      entry.includes(path.startsWith('node_modules/') ? `'${path.split('/')[1]}'` : './kept'),
    ),
  ]);
  return { files, file: begin.more === undefined ? 'node_modules/dep/index.js' : 'node_modules/dep/lib.js', pieces };
}
