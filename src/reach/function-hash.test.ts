import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { codeHash, ownCodeHash, reliedOn } from './function-hash.ts';
import { functionsNamed, functionsOf } from './function-facts.ts';
import { parseText } from './parse.client.ts';
import { scopesOf } from './scopes.ts';

function fileOf(text: string) {
  const parsed = parseText('lib.js', text, 'detect');
  assert.ok('tree' in parsed, 'the text of a test is a program');
  return { tree: parsed.tree, scopes: scopesOf(parsed.tree) };
}

function functionOf(text: string, name = 'parse', nth = 0) {
  const file = fileOf(text);
  const node = functionsNamed(functionsOf(file.tree), name)[nth]?.node;
  assert.ok(node !== undefined, `the text of a test has ${name}`);
  return { file, node };
}

function hashOf(text: string, name = 'parse', nth = 0): string | null {
  const { file, node } = functionOf(text, name, nth);
  return codeHash(file, node);
}

const BASE = `function parse(text) { if (text === "__proto__") return null; return text.trim() + 1; }`;

describe('the hash of code', () => {
  const same: readonly (readonly [string, string])[] = [
    ['white space', `function parse( text ){if(text==="__proto__")return null\n\n;return text.trim()+1}`],
    ['comments', `/** New. */ function parse(text /* in */) { ${BASE.slice(BASE.indexOf('{') + 1, -1)} /* end */ }`],
    ['the kind of quotes', BASE.replaceAll('"', "'")],
    ['an escape in a text', BASE.replace('__proto__', '\\x5f_proto__')],
    ['superfluous brackets', BASE.replace('text.trim() + 1', '((text).trim() + (1))')],
    ['how a number is written', BASE.replace('+ 1', '+ 0x1')],
    ['code around it', `exports.other = 1;\n${BASE}\nfunction format() {}`],
  ];
  for (const [what, text] of same)
    it(`does not see ${what}`, () => {
      assert.equal(hashOf(text), hashOf(BASE));
    });

  const other: readonly (readonly [string, string])[] = [
    ['the name of a parameter', BASE.replaceAll('text', 'data')],
    ['a property', BASE.replace('trim', 'trimEnd')],
    ['a text', BASE.replace('__proto__', '__proto')],
    ['an operator', BASE.replace('===', '!==')],
    ['a number', BASE.replace('+ 1', '+ 2')],
    ['a global', BASE.replace('null', 'undefined')],
    ['a generator', BASE.replace('function ', 'function* ')],
    ['an optional access', BASE.replace('text.trim', 'text?.trim')],
    ['the order of statements', BASE.replace(/(if .*?null;) (return .*?;)/, '$2 $1')],
  ];
  for (const [what, text] of other)
    it(`sees ${what}`, () => {
      assert.notEqual(hashOf(text), hashOf(BASE));
    });

  it('sees the flags and the pattern of a regular expression, and the raw text of a template', () => {
    const hashes = ['/a/', '/a/i', '/b/', '`\\n`', '`\n`'].map((value) =>
      hashOf(`function parse() { return ${value}; }`),
    );
    assert.equal(new Set(hashes).size, 5);
  });

  it('sees what stands in a function inside', () => {
    const nested = (body: string) => `function parse() { return [].map(function () { ${body} }); }`;
    assert.notEqual(hashOf(nested('return 1;')), hashOf(nested('return 2;')));
  });

  it('sees constants and helpers of the file that it names, also by way of others', () => {
    const file = (pattern: string, answer: string) => `
      const PATTERN = ${pattern};
      const safe = (key) => deep(key);
      function deep(key) { return ${answer}; }
      function parse(text) { return PATTERN.test(text) && safe(text); }
    `;
    const hash = hashOf(file('/x/', 'true'));
    assert.notEqual(hashOf(file('/y/', 'true')), hash);
    assert.notEqual(hashOf(file('/x/', 'false')), hash);
    assert.equal(hashOf(`${file('/x/', 'true')}; function unasked() {}`), hash);
  });

  it('sees what is assigned to a variable later', () => {
    const file = (value: string) => `let limit; function parse(text) { return text.slice(limit); } limit = ${value};`;
    assert.notEqual(hashOf(file('1')), hashOf(file('2')));
  });

  it('sees which file a helper is taken from', () => {
    const file = (from: string) => `const { safe } = require('${from}'); function parse(text) { return safe(text); }`;
    assert.notEqual(hashOf(file('./safe.js')), hashOf(file('./other.js')));
  });

  it('is none where names may mean something else than they seem to', () => {
    assert.equal(
      hashOf(`function parse(text) { return safe(text); } function safe(code) { return eval(code); }`),
      null,
    );
  });

  it('is that of the whole file where the program is asked about', () => {
    const [one, two] = [`a(1);`, `a(1); b();`].map((text) => fileOf(text));
    assert.ok(one !== undefined && two !== undefined);
    assert.notEqual(codeHash(one, one.tree.program), codeHash(two, two.tree.program));
  });

  it('of the own code leaves out the functions inside', () => {
    const nested = (body: string) => functionOf(`function parse() { return () => { ${body} }; }`).node;
    assert.equal(ownCodeHash(nested('return 1;')), ownCodeHash(nested('return 2;')));
  });

  it('is given up where a function takes thousands of things from its file', () => {
    const names = Array.from({ length: 3_100 }, (_, at) => `v${at}`);
    const text = `${names.map((name) => `const ${name} = 1;`).join('')} function parse() { return [${names.join()}]; }`;
    const { file, node } = functionOf(text);
    assert.equal(reliedOn(file, node), null);
    assert.equal(codeHash(file, node), null);
  });

  it('is computed without recursion', () => {
    const { file, node } = functionOf(`function parse(x) { return ${'-'.repeat(1)}${'!'.repeat(900)}x; }`);
    assert.match(codeHash(file, node) ?? '', /^[0-9a-f]{64}$/);
  });
});
