import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askFlow, type Sources } from '../../test/support/flow-program.ts';

/** What is said of functions of `lib.js` in a program: `[the program, { function: answer }]`. */
type Case = readonly [name: string, sources: Sources, answers: Readonly<Record<string, string>>];

const two = 'exports.vuln = function vuln() {}; exports.safe = function safe() {};';

const cases: readonly Case[] = [
  [
    'an export that is called is reachable, its neighbour is not',
    { 'main.js': `const lib = require('lib'); lib.vuln();`, 'lib.js': two },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a member whose name is computed may be any of them',
    { 'main.js': `const lib = require('lib'); lib[process.argv[2]]();`, 'lib.js': two },
    { vuln: 'unknown', safe: 'unknown' },
  ],
  [
    'a computed name with a constant beginning cannot be one that begins otherwise',
    {
      'main.js': `const Lib = require('lib'); new Lib().go('x');`,
      'lib.js': `module.exports = class { go(type) { this['_' + type](); } _vuln() {} safe() {} };`,
    },
    { _vuln: 'unknown', safe: 'unreachable' },
  ],
  [
    'a name is followed through another file, destructuring and call',
    {
      'main.js': `const { vuln: clean } = require('again'); clean.call(null);`,
      'again.js': `module.exports = require('lib');`,
      'lib.js': two,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a method is followed through this, also under another name and in a callback',
    {
      'main.js': `const Foo = require('lib'); var foo = new Foo(); foo.go();`,
      'lib.js': `function Foo() {} Foo.prototype.go = function () { var self = this; run(function () { self.vuln(); }); };
        Foo.prototype.vuln = function vuln() {}; Foo.prototype.safe = function safe() {}; function run(done) { done(); } module.exports = Foo;`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a function that only code which never runs could get is unreachable, whatever that code does with it',
    {
      'main.js': `const parse = require('lib'); console.log(typeof parse);`,
      'lib.js': `module.exports = function parse() { function vuln() {} registry(vuln); };`,
    },
    { vuln: 'unreachable' },
  ],
  [
    'a function that is handed to code which is not seen is unknown',
    {
      'main.js': `const parse = require('lib'); parse(process.argv);`,
      'lib.js': `module.exports = function parse(registry) { function vuln() {} registry(vuln); };`,
    },
    { vuln: 'unknown' },
  ],
  [
    'a module in the form for all loaders exports what its factory gives',
    {
      'main.js': `const lib = require('lib'); lib.vuln();`,
      'lib.js': `(function (root, factory) { if (typeof define === 'function' && define.amd) define(factory); else if (typeof exports === 'object') module.exports = factory(); else root.lib = factory(); })(this, function () { function safe() {} return { vuln: function vuln() {}, safe: safe }; });`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'reading a getter runs it',
    {
      'main.js': `const lib = require('lib'); lib.value;`,
      'lib.js': `Object.defineProperty(exports, 'value', { get: function vuln() {} }); Object.defineProperty(exports, 'other', { get: function safe() {} });`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a property that is added to a module from outside is the module’s for all',
    { 'main.js': `const lib = require('lib'); lib.safe = lib.vuln; lib.safe();`, 'lib.js': two },
    { vuln: 'reachable' },
  ],
  [
    'a subclass has what its parent has',
    {
      'main.js': `const Base = require('lib'); class Mine extends Base { go() { super.vuln(); } } new Mine().go();`,
      'lib.js': `module.exports = class { vuln() {} safe() {} };`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'what an asynchronous function gives is followed through await',
    {
      'main.mjs': `const { default: lib } = await import('./lib.js'); (await lib.make()).vuln();`,
      'lib.js': `exports.make = async () => ({ vuln() {}, safe() {} });`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'elements of collections are called by a name that is not known',
    {
      'main.js': `const lib = require('lib'); lib.table.get('x')();`,
      'lib.js': `const table = new Map(); table.set('x', vuln); exports.table = table; function vuln() {} exports.safe = function safe() {};`,
    },
    { vuln: 'unknown', safe: 'unreachable' },
  ],
  [
    'a method that gives back its object gives it to the calls on that object, and to no others',
    {
      'main.js': `const { api, other } = require('lib'); api.self().vuln(); other.self().safe();`,
      'lib.js': `function self() { return this; } exports.api = { self, vuln() {}, safe() {} }; exports.other = { self };`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a bound method gives back the object that it was bound to, whatever it is called on',
    {
      'main.js': `const api = require('lib'); const other = { start: api.self.bind(api) }; other.start().vuln();`,
      'lib.js': `exports.self = function () { return this; }; exports.vuln = function vuln() {};`,
    },
    { vuln: 'reachable' },
  ],
  [
    'a getter gives back the object that it is read of',
    {
      'main.js': `const api = require('lib'); api.same.vuln();`,
      'lib.js': `module.exports = { get same() { return this; }, vuln() {} };`,
    },
    { vuln: 'reachable' },
  ],
  [
    'what the language itself calls is unknown from where it is put into an object',
    {
      'main.js': `const lib = require('lib'); \`\${lib.value}\`;`,
      'lib.js': `exports.value = { toString: function vuln() { return ''; } };`,
    },
    { vuln: 'unknown' },
  ],
  [
    'code behind eval may call what it can see',
    {
      'main.js': `require('lib')('1');`,
      'lib.js': `module.exports = function (text) { function vuln() {} return eval(text); };`,
    },
    { vuln: 'unknown' },
  ],
  [
    'a text that begins with a number sign is no private name',
    {
      'main.js': `require('lib')({ nodeName: '#text' });`,
      'lib.js': `const handlers = { '#text': vuln }; module.exports = (node) => handlers[node.nodeName](node); function vuln() {}`,
    },
    { vuln: 'unknown' },
  ],
  [
    'a setter gets what is stored',
    {
      'main.js': `class Box { set work(value) { value(); } } new Box().work = require('lib').vuln;`,
      'lib.js': two,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
  [
    'a static method is found through the constructor of an instance',
    {
      'main.js': `const { Base } = require('lib'); class Mine extends Base {} new Mine().again();`,
      'lib.js': `exports.Base = class Base { again() { this.constructor.vuln(); } static vuln() {} static safe() {} };`,
    },
    { vuln: 'reachable', safe: 'unreachable' },
  ],
];

describe('the value flow says that', () => {
  for (const [name, sources, answers] of cases)
    it(name, () => {
      for (const [fn, expected] of Object.entries(answers))
        assert.equal(askFlow(sources, 'lib.js', fn).kind, expected, fn);
    });
});

describe('an answer of the search', () => {
  it('is the shortest way, each step in the file in which it happens', () => {
    const sources = {
      'main.js': `const lib = require('lib');\nfunction start() { lib.vuln(); }\nlib.wrapped();\nstart();`,
      'lib.js': `exports.vuln = function vuln() {};\nexports.wrapped = function wrapped() { deeper(); };\nfunction deeper() { exports.vuln(); }`,
    };
    const answer = askFlow(sources, 'lib.js', 'vuln');
    assert.equal(answer.kind, 'reachable');
    const places = answer.path.map(({ site }) => (site === null ? null : `${site.file.path}:${site.node.start}`));
    assert.deepEqual(places, ['main.js:76', 'main.js:47', null]);
  });

  it('names what was considered when nothing runs the function', () => {
    const answer = askFlow(
      { 'main.js': `require('lib');`, 'lib.js': `function vuln() {} function idle() { vuln(); } exports.idle = idle;` },
      'lib.js',
      'vuln',
    );
    assert.equal(answer.kind, 'unreachable');
    assert.deepEqual(
      answer.considered.map(({ body, sites }) => [body.fn?.id?.name, sites.length]),
      [
        ['vuln', 1],
        ['idle', 0],
      ],
    );
  });
});
