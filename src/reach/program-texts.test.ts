import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reachesFurther } from './program-texts.ts';

describe('what is made of a text can reach more than it is handed', () => {
  for (const text of [
    'return import(name)',
    'import/* it */("x")',
    'import.defer("x")',
    'return process.mainModule',
    'process.getBuiltinModule("module")',
    'var p = process; p[name]',
    'go(process)',
    'process[name]',
    'process.main',
    'this["process"]',
    'process?.[name]',
    'return f.caller.arguments[1]',
    'Error.prepareStackTrace = f',
    'for (k in process) go(k)',
    'm.require("x")',
    'Array.prototype.map = f',
    'Array.prototype[name] = f',
    'var list = Array.prototype;',
    '({}).__proto__.x = f',
    'Object.defineProperty(o, "x", d)',
    'isNaN = f',
    'o.constructor.make()',
    'console.log = f',
    'o.inspect = f',
    'Object.assign(console, o)',
  ])
    it(text, () => assert.equal(reachesFurther(text), true));
});

describe('what is made of a text reaches no more than it is handed', () => {
  for (const text of [
    'return data.name',
    'if (process.env.NODE_ENV) throw e',
    'import() requires exactly one argument',
    "'import.meta' outside a module",
    'The worker process. It ended.',
    'rethrow.apply(this, arguments)',
    'require("x")',
    '[object process]',
    'importance(processed)',
    'Object.prototype.hasOwnProperty.call(o, "x")',
    '__proto__',
    'set Object.prototype.__proto__ called on null or undefined',
    './defineProperty.js',
    'return (async function(){}).constructor',
    'validate.errors = null; vErrors.length = 0',
    'module.exports = f',
    'a == b, console.log(a >= b)',
  ])
    it(text, () => assert.equal(reachesFurther(text), false));
});
