import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { factsOfText } from '../../test/support/module-tree.ts';
import { isReviewed, takesNames, writtenOut } from './reviewed-code.ts';

/** depd 2.0.0, index.js, as the registry has it. */
const DEPD = '4d587a5662e20a7bb9bfe6555afe5987e1b80303a819b447394f37a93297ee91';

const codesOf = (text: string) => factsOfText(text).codes;
const [madeByFunction] = codesOf("module.exports = (name) => new Function('a', name);");
const [evaluated] = codesOf('module.exports = (text) => eval(text);');

describe('code that makes code', () => {
  it('is taken as read in the very file that was read', () => {
    assert.equal(madeByFunction !== undefined && isReviewed(madeByFunction, DEPD), true);
  });

  it('is not, in any other text, whatever its package is called', () => {
    assert.equal(
      madeByFunction !== undefined &&
        isReviewed(madeByFunction, `${DEPD.slice(0, -1)}${DEPD.endsWith('0') ? '1' : '0'}`),
      false,
    );
    assert.equal(madeByFunction !== undefined && isReviewed(madeByFunction, ''), false);
  });

  it('is not by another construct than the one that was read', () => {
    /** function-bind 1.1.2, implementation.js: Function, and no eval. */
    const bind = '5c52eb40601e0716dafff9759cf28d8d4af3e2fc2e2c96384f43dbfd0f7370b5';
    assert.equal(madeByFunction !== undefined && isReviewed(madeByFunction, bind), true);
    assert.equal(evaluated !== undefined && isReviewed(evaluated, bind), false);
  });
});

describe('code that puts names into what it makes', () => {
  /** bluebird 3.7.2, js/release/promisify.js and js/release/join.js, as the registry has them. */
  const promisify = '26e51d82eb41aaaafef54ca34b350bd00a4e2bd6648417371386e7bc0614895e';
  const join = '4052ccd7ee41d565b3a8944f5f95f0f473c866e649a981804c1cb7f3055b4980';

  it('is told from code that puts nothing into it', () => {
    assert.equal(madeByFunction !== undefined && isReviewed(madeByFunction, promisify), true);
    assert.equal(madeByFunction !== undefined && isReviewed(madeByFunction, join), true);
    assert.equal(takesNames(promisify), true);
    assert.equal(takesNames(join), false);
    assert.equal(takesNames(''), false);
  });
});

describe('what reviewed code makes', () => {
  const [code] = codesOf(
    "module.exports = (name, more) => {\n  return new Function('fn', 'log', 'deprecate', 'message', 'site', 'return function (' +\n name + more + '{ log.call(deprecate, message, site); return fn.apply(this, arguments) }');\n};\n",
  );
  const text =
    "module.exports = (name, more) => {\n  return new Function('fn', 'log', 'deprecate', 'message', 'site', 'return function (' +\n name + more + '{ log.call(deprecate, message, site); return fn.apply(this, arguments) }');\n};\nafter();\n";

  it('stands in its place, and nothing behind it moves', () => {
    assert.ok(code !== undefined);
    const written = writtenOut(text, [code], DEPD);
    assert.ok(written.includes('return fn})'));
    assert.equal(written.includes('Function'), false);
    assert.equal(written.length, text.length);
    assert.equal(written.indexOf('after()'), text.indexOf('after()'));
    assert.equal(written.slice(0, written.indexOf('after()')).split('\n').length, 5);
  });

  it('is read in no file but those that were read', () => {
    assert.ok(code !== undefined);
    assert.equal(writtenOut(text, [code], ''), text);
  });
});
