/**
 * A function that does not run in its own package, and whose copy does, in a file of another: bundled, minified, vendored. V8 has nothing to
 * say about that, because the original does not run; so what must be said stands here.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseIdioms, plant } from '../support/idioms.ts';
import { askReach } from '../support/reach-asked.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-copies-')));
after(() => rmSync(base, { recursive: true }));

const ORIGINAL = `
exports.vuln = function vuln(input, options) {
  var settings = options || { separator: '&', depthLimit: 20 };
  var parts = input.split(settings.separator);
  if (parts.length > settings.depthLimit) throw new RangeError('too many parts of the query');
  var result = {};
  for (var i = 0; i < parts.length; i++) {
    var pair = parts[i].match(/^([^=]+)=(.*)$/);
    if (pair) result[decodeURIComponent(pair[1])] = pair[2].toUpperCase();
  }
  return result;
};
exports.idle = function idle(list) { return list.filter(Boolean); };
`;
/** What terser makes of it, shortened: other names, other statements, one line. */
const MINIFIED =
  'function n(r,t){var e=t||{separator:"&",depthLimit:20},o=r.split(e.separator);if(o.length>e.depthLimit)throw RangeError("too many parts of the query");return o.reduce((r,t)=>{var e=t.match(/^([^=]+)=(.*)$/);return e&&(r[decodeURIComponent(e[1])]=e[2].toUpperCase()),r},{})}';
const FILLER = Array.from(
  { length: 40 },
  (_, at) => `function f${at}(a){return a.filler${at}.call("text ${at}",a.other${at})}`,
).join('');

let number = 0;
/** @param files Beside the package `dep`, which nothing loads. */
async function verdictOf(files: Readonly<Record<string, string>>, name = 'vuln', install = true): Promise<string> {
  const parts = { ...(install ? { 'node_modules/dep/index.js': ORIGINAL } : {}), ...files };
  const text = Object.entries(parts).map(([path, content]) => `--- ${path}\n${content}\n`);
  const [idiom] = parseIdioms(`=== a\nidle:\n${text.join('')}`);
  assert.ok(idiom !== undefined);
  const place = join(base, `${(number += 1)}`);
  const { root } = plant(idiom, join(place, 'tree'));
  const asked = { id: '0', package: 'dep', version: '1.0.0', file: 'index.js', function: name };
  return (await askReach(root, 'node index.js', [asked], place)).get('0')?.verdict ?? 'nothing';
}

test('a minified copy that runs is not called absent', async () => {
  assert.equal(await verdictOf({ 'index.js': `${FILLER}${MINIFIED};console.log(n("a=1"));` }), 'unknown');
});

test('a copy in the bundle of another package counts', async () => {
  const bundle = `${FILLER}${MINIFIED};module.exports=n;`;
  assert.equal(
    await verdictOf({ 'index.js': "require('other')('a=1');", 'node_modules/other/index.js': bundle }),
    'unknown',
  );
});

test('a copy that was put into the function that called it counts', async () => {
  const inlined = `${FILLER}function main(q){${MINIFIED.replace('function n(r,t)', 'var z=function(r,t)')};return z(q.query,void 0)}console.log(main({query:"a=1"}));`;
  assert.equal(await verdictOf({ 'index.js': inlined }), 'unknown');
});

test('a copy that nothing calls is no doubt', async () => {
  assert.equal(await verdictOf({ 'index.js': `${FILLER}${MINIFIED};console.log(f1);` }), 'never-loaded');
});

test('other code is no copy', async () => {
  assert.equal(
    await verdictOf({ 'index.js': `${FILLER}console.log("a=1".split("&").filter(Boolean), f1({ filler1: 2 }));` }),
    'never-loaded',
  );
});

test('a small function counts as copied where the file around it was', async () => {
  const plain = ORIGINAL.replaceAll('exports.', 'out.');
  assert.equal(await verdictOf({ 'index.js': `var out = {};${plain}out.idle([]);` }, 'idle'), 'unknown');
  assert.equal(await verdictOf({ 'index.js': 'console.log([1].filter(Boolean));' }, 'idle'), 'never-loaded');
});

test('a package that is not installed is not called absent where a file says that it holds it', async () => {
  const said = [
    '// node_modules/dep/index.js\nvar a = 1;',
    'var modules = { "./node_modules/dep/index.js": function () {} };',
    '/*! dep v1.0.0 | MIT */\nvar a = 1;',
    '/**\n * @license\n * dep 1.0.0, by somebody\n */\nvar a = 1;',
  ];
  for (const text of said) assert.equal(await verdictOf({ 'index.js': text }, 'vuln', false), 'unknown', text);
  for (const text of said)
    assert.equal(await verdictOf({ 'index.js': '1;', 'public/all.js': text }, 'vuln', false), 'unknown', text);
  for (const text of ['// as dep does it\n1;', '/*! depth v1 */\n1;', 'var a = "node_modules/deputy/index.js";'])
    assert.equal(await verdictOf({ 'index.js': text }, 'vuln', false), 'not-shipped', text);
});

test('a package that is not installed is not called absent where a function has its telling name', async () => {
  const text = 'function parseQueryDeep(a) { return a }\nparseQueryDeep(1);';
  assert.equal(await verdictOf({ 'index.js': text }, 'parseQueryDeep', false), 'unknown');
  assert.equal(await verdictOf({ 'index.js': '1;', 'public/all.js': text }, 'parseQueryDeep', false), 'unknown');
  assert.equal(await verdictOf({ 'index.js': '1;' }, 'parseQueryDeep', false), 'not-shipped');
  assert.equal(await verdictOf({ 'index.js': 'function parse() {}\nparse();' }, 'parse', false), 'not-shipped');
});
