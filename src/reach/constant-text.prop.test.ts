/**
 * The law of constant propagation: whatever a program really passes to `require` is among what was said that it can pass. Programs are
 * made at random, run with a `require` that writes down its argument, and compared.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { factsOfText } from '../../test/support/module-tree.ts';
import type { TextShape } from './text-shape.ts';

const word = fc.constantFrom('a', 'b', './x', '/', '..', '');
const name = fc.constantFrom('v0', 'v1', 'v2', 'p');

/** Expressions over four variables, of which some are texts, some lists, some tables. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word.map((text) => JSON.stringify(text)),
    name,
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `(${left} + ${right})`),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `(flip() ? ${left} : ${right})`),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `(${left} || ${right})`),
    tie('expression').map((inner) => `\`t${'${'}${inner}}\``),
    fc.tuple(tie('expression'), tie('expression')).map(([left, right]) => `[${left}, ${right}].join('/')`),
    fc.constantFrom('list[0]', 'list[flip() ? 1 : 0]', 'table.k', "table['j']", "table[flip() ? 'k' : 'j']"),
    tie('expression').map((inner) => `give(${inner})`),
  ),
}));

const statement = fc.oneof(
  fc.tuple(name, expression).map(([variable, value]) => `${variable} = ${value};`),
  fc.tuple(name, expression).map(([variable, value]) => `${variable} += ${value};`),
  fc.tuple(name, expression).map(([variable, value]) => `if (flip()) ${variable} = ${value};`),
  expression.map((value) => `list.push(${value});`),
  expression.map((value) => `table.k = ${value};`),
  fc.constantFrom('list.forEach((each) => require(each));', 'for (const each of list) require(each);'),
  fc.constantFrom('for (const each in table) require(each);', 'Object.values(table).map((each) => require(each));'),
  expression.map((value) => `call(${value});`),
  expression.map((value) => `require(${value});`),
  fc.constant('other(call);'),
  fc
    .tuple(expression, expression)
    .map(([one, two]) => `(function (first, second) { require(second); })(${one}, ${two});`),
);

const program = fc
  .tuple(fc.array(expression, { minLength: 6, maxLength: 6 }), fc.array(statement, { minLength: 1, maxLength: 8 }))
  .map(
    ([[v0, v1, v2, l0, l1, k], statements]) => `
      var p = 'p', v0 = ${v0?.replaceAll(/list|table|give|v\d/g, 'p')}; let v1 = 'one', v2 = 'two';
      function give(x) { if (flip()) return x; return x + '/given'; }
      function call(x) { require(x); }
      function other(f) { f('from-other'); }
      const list = [${l0?.replaceAll(/list|table/g, 'p')}, ${l1?.replaceAll(/list|table/g, 'p')}];
      const table = { k: ${k?.replaceAll(/table|list/g, 'p')}, j: 'j' };
      v1 = ${v1}; v2 = ${v2};
      ${statements.join('\n')}
    `,
  );

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether a text is one that the shape allows. */
function isAllowed(text: string, shape: TextShape): boolean {
  const pattern = shape.map((piece) => (typeof piece === 'string' ? escaped(piece) : '[^]*')).join('');
  return new RegExp(`^${pattern}$`).test(text);
}

test('what a program passes to require is among what it was said to pass', () => {
  let compared = 0;
  let constant = 0;
  fc.assert(
    fc.property(program, fc.array(fc.boolean(), { minLength: 1, maxLength: 20 }), (text, flips) => {
      const passed: string[] = [];
      let turn = 0;
      const flip = (): boolean => flips[turn++ % flips.length] === true;
      try {
        runInNewContext(text, { require: (given: unknown) => passed.push(String(given)), flip }, { timeout: 1_000 });
      } catch {
        // A program that fails has passed something before.
      }
      const shapes = factsOfText(text, 'a.js', 'commonjs').loads.flatMap(({ form, names }) =>
        form === 'require' ? names : [],
      );
      for (const given of passed)
        assert.ok(
          shapes.some((shape) => isAllowed(given, shape)),
          `${given} is not in ${JSON.stringify(shapes)}`,
        );
      compared += passed.length;
      constant += shapes.filter((shape) => shape.every((piece) => typeof piece === 'string')).length;
    }),
    { numRuns: 400 },
  );
  // Were everything said to be unknown, the law would hold and mean nothing.
  assert.ok(compared > 400 && constant > 400, `${compared} compared, ${constant} constant`);
});
