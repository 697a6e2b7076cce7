import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { isAskedSymbol, isNativeMethod } from './native-methods.ts';

/** Walks through everything that modules and globals show, in a process of its own, because getters of modules load what they show. */
const WALK = `
  const names = new Set(), seen = new Set(), open = [];
  const look = (value) => {
    if (value === null || !['object', 'function'].includes(typeof value) || seen.has(value)) return;
    seen.add(value);
    open.push(value);
  };
  const shown = [globalThis, process];
  for (const name of [...require('module').builtinModules, 'node:test', 'node:sqlite', 'node:sea', 'node:test/reporters'])
    try { shown.push(require(name)); } catch {}
  process.on('unhandledRejection', () => {});
  shown.forEach(look);
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const all = Object.getOwnPropertyDescriptors(value);
    for (const [name, one] of Object.entries(all)) {
      if (typeof one.value === 'function' || one.get || one.set) names.add(name);
      if ('value' in one) look(one.value);
      else if (shown.includes(value)) try { look(value[name]); } catch {}
    }
    look(Object.getPrototypeOf(value));
  }
  // A program given by -e has every module as a global.
  console.log(JSON.stringify([...names].filter((name) => !require('module').builtinModules.includes(name))));
  process.exit(0);
`;

it('knows every name under which the Node that runs has a function', () => {
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', WALK], { encoding: 'utf8', timeout: 60_000 });
  const names: unknown = JSON.parse(stdout);
  assert.ok(Array.isArray(names) && names.length > 1_500);
  const unknown = names.filter(
    (name) => typeof name === 'string' && /^[A-Za-z$_][\w$]*$/.test(name) && !isNativeMethod(name),
  );
  // Compiled code asks every module for its default; flow-call.ts has that.
  assert.deepEqual(
    unknown.filter((name) => name !== 'default'),
    [],
  );
});

it('knows every name with an underscore before it that the JavaScript of the Node that runs has', () => {
  const words = `
    const names = new Set();
    for (const [file, text] of Object.entries(process.binding('natives'))) {
      if (typeof text !== 'string' || /^internal\\/deps\\/(?:v8\\/tools|amaro)\\//.test(file)) continue;
      for (const line of text.split('\\n'))
        if (!/^\\s*(?:\\/\\/|\\*)/.test(line)) for (const [word] of line.matchAll(/(?<![\\w$])_[A-Za-z]\\w*/g)) names.add(word);
    }
    console.log(JSON.stringify([...names]));
  `;
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', words], { encoding: 'utf8', timeout: 60_000 });
  const names: unknown = JSON.parse(stdout);
  assert.ok(Array.isArray(names) && names.length > 400);
  assert.deepEqual(
    names.filter((name) => typeof name === 'string' && !isNativeMethod(name)),
    [],
  );
});

it('knows every symbol of the registry that the JavaScript of the Node that runs names', () => {
  const symbols = `
    const names = new Set();
    for (const text of Object.values(process.binding('natives')))
      if (typeof text === 'string')
        for (const [, name] of text.matchAll(/(?:SymbolFor|Symbol\\.for)\\(\\s*\\\\?['"]([^'"\\\\]+)/g)) names.add(name);
    console.log(JSON.stringify([...names]));
  `;
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', symbols], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const names: unknown = JSON.parse(stdout);
  assert.ok(Array.isArray(names) && names.length > 20 && names.includes('nodejs.util.inspect.custom'));
  assert.deepEqual(
    names.filter((name) => typeof name === 'string' && !isAskedSymbol(`Symbol.for(${name})`)),
    [],
  );
});

it('asks for no symbol of the registry that is named otherwise', () => {
  assert.equal(isAskedSymbol('Symbol.for(app.run)'), false);
  assert.equal(isAskedSymbol('Symbol.iterator'), true);
});
