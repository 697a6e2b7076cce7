import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { closureOf, coveredBy, filesIn, placeTree, sitesIn } from '../../test/support/module-tree.ts';
import { shortestLoad } from './closure.ts';

const pack = (fields: Readonly<Record<string, unknown>>): string => JSON.stringify({ version: '1.0.0', ...fields });

/** Every way to load a module that is followed, in one program that really runs. */
const LOADING: Readonly<Record<string, string>> = {
  'package.json': pack({ name: 'program', imports: { '#inner': './inner.js' }, exports: { './self': './self.js' } }),
  'main.js': `
    require('./plain');
    require('./folder');
    require('./data.json');
    require('#inner');
    require('program/self');
    require('sync-first');
    require('cjs-first');
    require('old-main');
    require('@scope/pack/sub');
    const load = typeof require === 'function' ? require : null;
    load('./aliased');
    const names = ['one', 'two'];
    names.forEach(function (name) { require('./listed/' + name); });
    for (const name of Object.keys({ three: 1 })) require(\`./listed/\${name}.js\`);
    function lazy(name) { return require(name); }
    lazy('./lazy-a');
    lazy('./lazy-b');
    const table = { a: './table-a', b: './table-b' };
    require(table[process.env.NEVER_SET || 'b']);
    const fs = require('fs'), path = require('node:path');
    fs.readdirSync(path.join(__dirname, 'commands')).forEach((file) => require(path.join(__dirname, 'commands', file)));
    require('./locale/' + process.argv.slice(0, 0).concat('de')[0]);
    require('prefix-plugin-' + 'x'.toLowerCase());
    const { createRequire } = require('module');
    createRequire(path.join(__dirname, 'elsewhere', 'x.js'))('./near');
    require(require.resolve('./resolved'));
    module.require('./by-module');
    (function (factory) { factory(require, exports); })(function (req, exp) { req('./umd'); });
    const { fork, spawnSync } = require('child_process');
    const { Worker } = require('worker_threads');
    spawnSync(process.execPath, [path.join(__dirname, 'child.js')]);
    fork(path.join(__dirname, 'forked.js'));
    new Worker(new URL('./thread.js', 'file://' + __filename));
    new Worker(path.join(__dirname, 'thread-by-path.js'));
    import('./module.mjs');
    require('./typed.ts');
  `,
  'plain.js': 'exports.plain = 1;',
  'folder/index.js': '',
  'data.json': '{}',
  'inner.js': '',
  'self.js': '',
  'aliased.js': '',
  'listed/one.js': '',
  'listed/two.js': '',
  'listed/three.js': '',
  'lazy-a.js': '',
  'lazy-b.js': '',
  'table-a.js': '',
  'table-b.js': '',
  'commands/add.js': '',
  'commands/remove/index.js': '',
  'locale/de.js': '',
  'locale/fr.js': '',
  'elsewhere/near.js': '',
  'resolved.js': '',
  'by-module.js': '',
  'umd.js': '',
  'child.js': "require('./child-part');",
  'child-part.js': '',
  'forked.js': '',
  'thread.js': '',
  'thread-by-path.js': '',
  'module.mjs': `
    import './static.mjs';
    export * from './starred.mjs';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    require('./from-module.cjs');
    await import('esm-conditions');
    const { default: x } = await import(new URL('./by-url.mjs', import.meta.url));
  `,
  'static.mjs': '',
  'starred.mjs': 'export const starred = 1;',
  'from-module.cjs': '',
  'by-url.mjs': 'export default 1;',
  'typed.ts':
    "import type { Nothing } from './types-only.ts'; const { value } = require('./typed-part.ts'); export = value as Nothing;"
      .replace('export = ', 'void (')
      .replace('as Nothing;', 'as Nothing);'),
  'typed-part.ts': 'module.exports.value = 1 as number;',
  'types-only.ts': 'export type Nothing = unknown;',
  'node_modules/sync-first/package.json': pack({
    name: 'sync-first',
    exports: { 'module-sync': './sync.mjs', import: './import.mjs', default: './default.js' },
  }),
  'node_modules/sync-first/sync.mjs': 'export {};',
  'node_modules/sync-first/import.mjs': '',
  'node_modules/sync-first/default.js': '',
  'node_modules/cjs-first/package.json': pack({
    name: 'cjs-first',
    exports: { '.': { browser: './browser.js', require: './require.js', import: './import.mjs' } },
  }),
  'node_modules/cjs-first/browser.js': '',
  'node_modules/cjs-first/require.js': '',
  'node_modules/cjs-first/import.mjs': '',
  'node_modules/old-main/package.json': pack({
    name: 'old-main',
    main: './lib',
    module: './esm.mjs',
    browser: './b.js',
  }),
  'node_modules/old-main/lib.js': '',
  'node_modules/old-main/esm.mjs': '',
  'node_modules/@scope/pack/sub.js': '',
  'node_modules/prefix-plugin-x/index.js': '',
  'node_modules/prefix-plugin-y/index.js': '',
  'node_modules/esm-conditions/package.json': pack({
    name: 'esm-conditions',
    exports: { import: './import.mjs', require: './require.js' },
  }),
  'node_modules/esm-conditions/import.mjs': '',
  'node_modules/esm-conditions/require.js': '',
  'node_modules/never/index.js': '',
};

/** V8 does not report an empty file. */
const RUNNING = Object.fromEntries(
  Object.entries(LOADING).map(([path, text]) => [path, text === '' ? 'void 0;' : text]),
);

test('every file that V8 loads, in threads and children as well, is in the closure', async () => {
  const root = placeTree(RUNNING);
  const loaded = coveredBy(root, 'main.js').map(({ path }) => relative(root, path));
  const files = filesIn(await closureOf(root, 'main.js'), root);
  assert.ok(loaded.length >= 37, `${loaded.length} files were loaded`);
  assert.deepEqual(
    loaded.filter((path) => !files.includes(path)),
    [],
  );
});

test('what no condition of Node leads to, and what is only a type, stays out of it', async () => {
  const root = placeTree(RUNNING);
  const files = filesIn(await closureOf(root, 'main.js'), root);
  const outside = Object.keys(LOADING).filter((path) => !files.includes(path) && !path.endsWith('package.json'));
  assert.deepEqual(outside, [
    'types-only.ts',
    'node_modules/sync-first/import.mjs',
    'node_modules/sync-first/default.js',
    'node_modules/cjs-first/browser.js',
    'node_modules/cjs-first/import.mjs',
    'node_modules/old-main/esm.mjs',
    'node_modules/esm-conditions/require.js',
    'node_modules/never/index.js',
  ]);
});

test('a computed name names the files that its constant part allows, and no others', async () => {
  const root = placeTree({
    'a.js': [
      "require('./locale/' + x);",
      'require(`./locale/${x}.js`);',
      "require('./loc' + x);",
      'require(`plug-${x}`);',
      "require('pack/lib/' + x);",
      "require(y + '/package.json');",
      "require(c ? './b' : './locale/de');",
    ].join('\n'),
    'b.js': '',
    'locale/de.js': '',
    'locale/fr/index.js': '',
    'locale/notes.txt': '',
    'node_modules/plug-one/index.js': '',
    'node_modules/pack/index.js': '',
    'node_modules/pack/lib/tool.js': '',
  });
  assert.deepEqual(sitesIn(await closureOf(root, 'a.js'), root), [
    'a.js:1 require locale/de.js locale/fr/index.js',
    'a.js:2 require locale/de.js locale/fr/index.js',
    'a.js:3 require locale/de.js locale/fr/index.js',
    'a.js:4 require node_modules/plug-one/index.js',
    'a.js:5 require node_modules/pack/lib/tool.js',
    'a.js:6 require nothing',
    'a.js:7 require b.js locale/de.js',
  ]);
});

test('a text with `..` that the program has at hand widens what a hole may name', async () => {
  const root = placeTree({
    'a.js':
      "const up = [process.env.X, '../other/hidden'][1]; require('./lib/' + pick(up)); function pick(x) { return x.trim(); }",
    'lib/tool.js': '',
    'other/hidden.js': '',
    'other/unnamed.js': '',
  });
  const closure = await closureOf(root, 'a.js');
  assert.deepEqual(filesIn(closure, root), ['a.js', 'lib/tool.js', 'other/hidden.js']);
  assert.deepEqual(sitesIn(closure, root), ['a.js:1 require lib/tool.js other/hidden.js']);
});

test('the specifier of an import is a URL, and a search may begin elsewhere', async () => {
  const root = placeTree({
    'a.mjs':
      "import './l%69b.js'; import { createRequire } from 'module'; createRequire(import.meta.url).resolve('dep', { paths: [import.meta.dirname + '/plugins'] });",
    'lib.js': '',
    'plugins/node_modules/dep/index.js': '',
  });
  assert.deepEqual(filesIn(await closureOf(root, 'a.mjs'), root), [
    'a.mjs',
    'lib.js',
    'plugins/node_modules/dep/index.js',
  ]);
});

test('a bound says in words what it can name, and what it takes for granted', async () => {
  const root = placeTree({ 'a.js': "require('./locale/' + x);", 'locale/de.js': '' });
  const [site] = (await closureOf(root, 'a.js')).sites;
  assert.equal(site?.bound.says, 'can name only files under locale/');
  assert.equal(site?.bound.kind === 'files' ? site.bound.assumes : '', 'what fills the hole holds no `..`');
});

/** Each line can load anything, in its own way. */
const POISONS: readonly (readonly [construct: string, code: string])[] = [
  ['require', 'require(process.argv[2])'],
  ['require', "require(require('path').join(process.cwd(), process.argv[2]))"],
  ['require', "let name = './b'; name += process.argv[2]; require(name)"],
  ['require', "exports.load = function (name) { return require(name); }; exports.load('./b')"],
  ['require', "const t = { a: './b' }; exports.t = t; require(t.a)"],
  ['import()', 'import(process.argv[2])'],
  ['require-value', "require('lazy')(require)('./b')"],
  ['require-value', 'exports.require = require'],
  ['require-value', 'Reflect.apply(require, null, [process.argv[2]])'],
  ['require-value', 'const { resolve } = require'],
  ['eval', 'eval(process.argv[2])'],
  ['eval', "eval('require')('./b')"],
  ['indirect-eval', '(0, eval)(process.argv[2])'],
  ['indirect-eval', "globalThis['ev' + process.argv[2]]('1')"],
  ['function', "new Function('return require')"],
  ['function', 'Function(process.argv[2])()'],
  ['function', "(function () {}).constructor('return ' + process.argv[2])()"],
  ['function', 'Object.getPrototypeOf(async function () {}).constructor(process.argv[2])'],
  ['vm', "require('vm').runInThisContext(process.argv[2])"],
  ['vm', "const { Script } = require('node:vm'); new Script(process.argv[2])"],
  ['worker-eval', "new (require('worker_threads').Worker)(process.argv[2], { eval: true })"],
  ['worker', "new (require('worker_threads').Worker)(process.argv[2])"],
  ['fork', "require('child_process').fork(process.argv[2])"],
  ['command', "require('child_process').exec(process.argv[2])"],
  ['command', "const cp = require('child_process'); cp.spawn('node', process.argv.slice(2))"],
  ['command', "require('child_process').execSync('node ' + process.argv[2])"],
  ['builtin-value', "module.exports = require('child_process')"],
  ['builtin-value', "const { exec } = require('child_process'); require('util').promisify(exec)('node x.js')"],
  [
    'command',
    "const { promisify } = require('util'); const run = promisify(require('child_process').exec); run(process.argv[2])",
  ],
  ['builtin-value', "const run = require('util').promisify(require('child_process').exec); exports.run = run"],
  ['builtin-value', "let cp; cp = require('child_process'); cp.exec('node x.js')"],
  ['builtin-value', 'process.getBuiltinModule(process.argv[2])'],
  ['module-internals', "require('module')._load(process.argv[2])"],
  ['module-internals', "module.constructor; new module.constructor()._compile(process.argv[2], 'x')"],
  ['module-internals', "require.extensions['.ts'] = function () {}"],
  ['module-internals', 'require.extensions[x] = function () {}'],
  ['module-internals', 'exports.all = require.extensions'],
  ['module-cache', 'Object.values(require.cache)[0].exports'],
  ['hooks', "require('node:module').registerHooks({})"],
  ['native', 'process.dlopen(module, process.argv[2])'],
  ['import()', "import('data:text/javascript,import(1)')"],
  ['command', 'process.execve(process.argv[2], [])'],
  ['vm', "require('node:repl').start()"],
  ['vm', "new (require('node:inspector').Session)()"],
  ['native', 'db.loadExtension(x)'],
  ['native', "process['main' + 'Module'].require('./b')"],
  ['require-value', "require('module').prototype.require.call(module, './b')"],
  ['module-internals', "require('module').runMain()"],
  ['function', 'const F = (async () => {}).constructor; F(process.argv[2])'],
  ['function', 'const { constructor } = f; constructor(process.argv[2])'],
  ['function', "new f.constructor('return ' + process.argv[2])"],
  ['builtin-value', "const cp = require('child_' + 'process'); cp.exec(process.argv[2])"],
  ['builtin-value', "const load = require; const cp = load('vm'); cp.runInThisContext(process.argv[2])"],
  [
    'builtin-value',
    "const cp = require('module').createRequire(__filename)('child_process'); cp.exec(process.argv[2])",
  ],
  ['function', 'Function.call(null, process.argv[2])'],
  ['require', "var define = require('amdefine')(module, require); define([process.argv[2]], f)"],
  ['require-value', "(typeof x && require) && y || require('lazy')(x ? require : null)"],
  ['with', 'with (process.argv) { x; }'],
  ['module-internals', "const Module = require('module'); Module.wrap = () => ''"],
  ['environment', "process.env.NODE_OPTIONS = '-r ./b.js'"],
  ['environment', "require('child_process').fork('./b.js', [], { env: { NODE_OPTIONS: '-r ./b' } })"],
  ['worker', "new (require('worker_threads').Worker)('./b.js', { execArgv: ['-r', './b.js'] })"],
  ['fork', "require('child_process').fork('./b.js', [], options)"],
  ['require-value', "require('lazy')(module)"],
  ['require-value', "arguments[1]('./b')"],
  ['require-value', '(function (m) { exports.m = m; })(module)'],
];

for (const [construct, code] of POISONS) {
  test(`it can load anything, and that is said: ${code}`, async () => {
    const root = placeTree({ 'a.js': code, 'b.js': '', 'node_modules/lazy/index.js': 'module.exports = (r) => r;' });
    const poisons = (await closureOf(root, 'a.js')).sites.filter(({ bound }) => bound.kind === 'anything');
    assert.ok(
      poisons.some(({ form, file, line }) => form === construct && file === join(root, 'a.js') && line === 1),
      JSON.stringify(poisons.map(({ form }) => form)),
    );
  });
}

/** What looks like one of them, and is none. */
const HARMLESS: readonly string[] = [
  "new Function('return this')()",
  "if (typeof require === 'function' && require.main === module) x()",
  'delete require.cache[require.resolve("./b")]',
  "process.binding('util')",
  'class Validator { check(x) { return this._compile(x); } }',
  "Object.prototype.toString.call(x) === '[object Function]' && x instanceof Function",
  "require('child_process').execFile('git', ['status'])",
  "const { readFile } = require('fs'); require('util').promisify(readFile)",
  'function require(name) { return name; } require(process.argv[2])',
];

for (const code of HARMLESS) {
  test(`it loads nothing that is not seen: ${code}`, async () => {
    const root = placeTree({ 'a.js': code, 'b.js': '' });
    const { sites } = await closureOf(root, 'a.js');
    assert.deepEqual(
      sites.filter(({ bound }) => bound.kind === 'anything').map(({ form }) => form),
      [],
    );
  });
}

test('a file that cannot be read as a program is named, and may load anything', async () => {
  const root = placeTree({
    'a.js': "require('./broken'); require('./native.node');",
    'broken.js': 'function (',
    'native.node': '',
  });
  const closure = await closureOf(root, 'a.js');
  assert.deepEqual(
    closure.unanalysed.map(({ path, why }) => `${relative(root, path)} ${why}`),
    ['broken.js is not valid JavaScript or TypeScript', 'native.node is native code, which is not analysed'],
  );
  assert.ok(sitesIn(closure, root).includes('broken.js:1 unread anything'));
});

test('a name that leads nowhere is listed, with whether the program is ready for that', async () => {
  const root = placeTree({ 'a.js': "require('absent');\ntry { require('optional'); } catch {}\n" });
  assert.deepEqual(
    (await closureOf(root, 'a.js')).unresolved.map(({ line, request, mayFail }) => [line, request, mayFail]),
    [
      [1, 'absent', false],
      [2, 'optional', true],
    ],
  );
});

test('links are followed to where the files are, outside of the folder as well', async () => {
  const linked = placeTree({
    'index.js': "require('./part');",
    'part.js': '',
    'package.json': pack({ name: 'linked' }),
  });
  const root = placeTree({ 'a.js': "require('linked');", 'node_modules/other/index.js': '' });
  symlinkSync(linked, join(root, 'node_modules/linked'));
  const closure = await closureOf(root, 'a.js');
  assert.ok(closure.files.has(join(linked, 'part.js')));
  assert.equal(closure.files.get(join(linked, 'part.js'))?.owner?.name, 'linked');
});

test('TypeScript is found by the paths of tsconfig.json and behind the names of compiled files', async () => {
  const root = placeTree({
    'tsconfig.json': JSON.stringify({ compilerOptions: { baseUrl: '.', paths: { '@app/*': ['src/*'] } } }),
    'src/a.ts': "import { b } from './b.js'; import c from '@app/c'; export const all = [b, c];",
    'src/b.ts': 'export const b = 1;',
    'src/c.ts': 'export default 1;',
  });
  assert.deepEqual(filesIn(await closureOf(root, 'src/a.ts'), root), ['src/a.ts', 'src/b.ts', 'src/c.ts']);
});

test('the way to a file is told by the places of its loads, and it is the shortest', async () => {
  const root = placeTree({
    'a.js': "require('./b');\nrequire('./c');\n",
    'b.js': "\nrequire('./c');\n",
    'c.js': "\n\nrequire('./d');",
    'd.js': '',
  });
  const closure = await closureOf(root, 'a.js');
  assert.deepEqual(
    shortestLoad(closure, join(root, 'd.js'))?.map(({ file, line }) => `${relative(root, file)}:${line}`),
    ['a.js:2', 'c.js:3', 'd.js:0'],
  );
  assert.equal(shortestLoad(closure, join(root, 'e.js')), null);
});
