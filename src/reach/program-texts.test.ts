import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leadsToLoader } from './program-texts.ts';

describe('a text leads a made function to a module', () => {
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
  ])
    it(text, () => assert.equal(leadsToLoader(text), true));
});

describe('a text leads no made function to a module', () => {
  for (const text of [
    'return data.name',
    'if (process.env.NODE_ENV) throw e',
    'import() requires exactly one argument',
    "'import.meta' outside a module",
    'The worker process. It ended.',
    'rethrow.apply(this, arguments)',
    'require("x")',
    '[object process]',
    'importance(process',
  ])
    it(text, () => assert.equal(leadsToLoader(text), false));
});
