import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOfText } from '../../test/support/module-tree.ts';
import { deadRanges } from './environment.ts';
import { bodyAround } from './flow-body.ts';
import type { FlowFile } from './flow-file.ts';
import { parseText } from './parse.client.ts';
import { siteFinder } from './placed-site.ts';
import { scopesOf } from './scopes.ts';

function fileOf(text: string, elsewhere: FlowFile['elsewhere']): FlowFile & { readonly looks: () => number } {
  const parsed = parseText('a.js', text, 'commonjs');
  assert.ok('tree' in parsed);
  const { tree } = parsed;
  let looks = 0;
  return {
    path: 'a.js',
    get tree() {
      looks += 1;
      return tree;
    },
    scopes: scopesOf(tree),
    isEsm: false,
    elsewhere,
    looks: () => looks,
  };
}

const TEXT = `require('./a');\nfunction f() {\n  require('./b');\n}\n`;

describe('a site that the facts of its file tell of', () => {
  const [top, inner] = factsOfText(TEXT).loads;
  assert.ok(top !== undefined && inner !== undefined);

  it('has its file looked at only where it stands in a function, or where its node is asked for', () => {
    const file = fileOf(TEXT, []);
    const siteAt = siteFinder();
    const site = siteAt(file, top);
    assert.equal(bodyAround(site).fn, null);
    assert.equal(file.looks(), 0);
    assert.equal(site.node.type, 'CallExpression');
    assert.equal(bodyAround(siteAt(file, inner)).fn?.type, 'FunctionDeclaration');
    assert.notEqual(file.looks(), 0);
  });

  it('is looked up in the tree where that is of another text', () => {
    const file = fileOf(TEXT.replace("require('./a')", "f(), g('./a') "), null);
    assert.equal(siteFinder()(file, top).node.type, 'Program');
  });

  it('is the same for the same node', () => {
    const file = fileOf(TEXT, []);
    const siteAt = siteFinder();
    assert.equal(siteAt(file, top).place, siteAt(file, { ...top, form: 'require-value' }).place);
    assert.notEqual(siteAt(file, top).place, siteAt(file, inner).place);
  });
});

describe('the parts of a file for other environments', () => {
  const TEXTS = [
    `if (typeof define === 'function' && define.amd) define(f); else module.exports = f;`,
    `typeof window !== 'undefined' ? window.x() : y();`,
    `var debug = false; if (debug) { z(); }`,
    `if (global.GENTLY) require = GENTLY.hijack(require);`,
    `typeof exports === 'object' || define(f); typeof window === 'undefined' && typeof document === 'undefined' || run();`,
  ];
  for (const text of TEXTS)
    it(`hold all that is dead, whatever may be defined: ${text}`, () => {
      const { elsewhere } = factsOfText(text);
      const file = fileOf(text, elsewhere);
      for (const defined of [[], ['define'], ['window'], ['document', 'window'], ['GENTLY'], ['define', 'window']])
        for (const { start, end } of deadRanges(file, (name) => defined.includes(name)))
          assert.ok(elsewhere.some(([from, to]) => from === start && to === end));
      assert.notEqual(elsewhere.length, 0);
    });
});
