import assert from 'node:assert/strict';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { closureOf, placeTree } from '../../test/support/module-tree.ts';
import { holdfast, type Said } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';
import { judgements } from './judgements.actions.ts';
import { type Grounds, keyOfJudgements, type Question } from './kept-judgements.ts';

const FILES = {
  'package.json': '{ "name": "app", "version": "1.0.0" }',
  'index.js': `const lib = require('lib');
require('./plugins/' + process.env.PLUGIN);
try { require('optional'); } catch {}
lib.used();
`,
  'plugins/a.js': 'exports.a = 1;\n',
  'node_modules/lib/package.json': '{ "name": "lib", "version": "1.0.0" }',
  'node_modules/lib/index.js': 'exports.used = function used() {};\nexports.idle = function idle() {};\n',
  'node_modules/lib/alone.js': 'module.exports = function alone() {};\n',
  'symbols.json': JSON.stringify([
    { id: 'A', package: 'lib', version: '1.0.0', file: 'index.js', function: 'idle' },
    { id: 'B', package: 'lib', version: '1.0.0', file: 'alone.js', function: 'alone' },
    { id: 'C', package: 'absent', version: '1.0.0', file: 'index.js', function: 'any' },
  ]),
};

const RUN = 'node index.js';

interface Product {
  readonly root: string;
  readonly home: string;
}

const put = ({ root }: Product, path: string, text: string): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};

const ask = ({ root, home }: Product, args: readonly string[]): Promise<Said> =>
  holdfast(root, ['reach', ...args], undefined, { XDG_CACHE_HOME: home });

interface Answered {
  readonly verdicts: readonly { readonly verdict: string; readonly evidence: { readonly claim: string } }[];
}

async function claims(product: Product, run = RUN): Promise<readonly string[]> {
  const { out } = await ask(product, ['.', '--symbols', 'symbols.json', '--run', run, '--json']);
  return (JSON.parse(out) as Answered).verdicts.map(({ verdict, evidence }) => `${verdict}: ${evidence.claim}`);
}

/** Says something in each kept judgement that no analysis says, so that an answer shows whether it was recalled. */
function mark({ home }: Product, record?: string): void {
  const db = new DatabaseSync(join(home, 'holdfast', 'reach-facts.sqlite'));
  const judgement = { verdict: 'unknown', claim: 'KEPT', path: [], sites: [], considered: [] };
  const marked = record ?? JSON.stringify([judgement, judgement, judgement]);
  const { changes } = db.prepare("UPDATE texts SET json = ? WHERE json LIKE '[%'").run(marked);
  db.close();
  assert.equal(Number(changes), 1, 'one list of judgements is kept');
}

const KEPT = ['unknown: KEPT', 'unknown: KEPT', 'unknown: KEPT'];

/** Asked once, and what was kept is marked. */
async function asked(): Promise<Product & { readonly first: readonly string[] }> {
  const product = { root: placeTree(FILES), home: temporaryFolder() };
  const first = await claims(product);
  mark(product);
  return { ...product, first };
}

describe('what was judged before', () => {
  it('is said again where nothing has changed', async () => {
    const product = await asked();
    assert.match(product.first.join('\n'), /^not-referenced: .*\nnever-loaded: .*\nnot-shipped: /);
    assert.deepEqual(await claims(product), KEPT);
  });

  const CHANGES: Readonly<Record<string, (product: Product) => void>> = {
    'a file of the product': (product) => put(product, 'index.js', `${FILES['index.js']}// more\n`),
    'a file of a package': (product) =>
      put(product, 'node_modules/lib/index.js', `${FILES['node_modules/lib/index.js']}// more\n`),
    'the file of a symbol, which nothing loads': (product) =>
      put(product, 'node_modules/lib/alone.js', `${FILES['node_modules/lib/alone.js']}// more\n`),
    'a file more in a folder that a computed name points into': (product) => put(product, 'plugins/b.js', ''),
    'a file less there': ({ root }) => rmSync(join(root, 'plugins/a.js')),
    'a module that was not there': (product) => put(product, 'node_modules/optional/index.js', ''),
    'what a name means': (product) =>
      put(product, 'node_modules/lib/package.json', '{ "name": "lib", "version": "1.0.0", "main": "alone.js" }'),
    'how a file is read': (product) =>
      put(product, 'node_modules/lib/package.json', '{ "name": "lib", "version": "1.0.0", "type": "commonjs" }'),
    'a second copy of the package, which nothing loads': (product) => {
      put(product, 'node_modules/other/package.json', '{ "name": "other", "version": "1.0.0" }');
      put(product, 'node_modules/other/node_modules/lib/package.json', '{ "name": "lib", "version": "1.0.0" }');
      put(product, 'node_modules/other/node_modules/lib/index.js', FILES['node_modules/lib/index.js']);
    },
    'the file of a symbol that is gone': ({ root }) => rmSync(join(root, 'node_modules/lib/alone.js')),
    'the order in which is asked': (product) =>
      put(product, 'symbols.json', JSON.stringify((JSON.parse(FILES['symbols.json']) as unknown[]).toReversed())),
    'a question less': (product) =>
      put(product, 'symbols.json', JSON.stringify((JSON.parse(FILES['symbols.json']) as unknown[]).slice(1))),
    'the function that is asked about': (product) =>
      put(product, 'symbols.json', FILES['symbols.json'].replace('"idle"', '"used"')),
  };
  for (const [what, change] of Object.entries(CHANGES))
    it(`is not said again after a change: ${what}`, async () => {
      const product = await asked();
      change(product);
      assert.doesNotMatch((await claims(product)).join('\n'), /KEPT/);
    });

  it('is not said again of another command, or of the same files elsewhere', async () => {
    const product = await asked();
    assert.deepEqual(await claims(product, `${RUN} --verbose`), product.first);
    const elsewhere = { root: join(temporaryFolder(), 'moved'), home: product.home };
    cpSync(product.root, elsewhere.root, { recursive: true });
    assert.deepEqual(await claims(elsewhere), product.first);
  });

  it('is judged anew, and kept again, where the record is damaged', async () => {
    const product = await asked();
    for (const record of [
      '[',
      '[]',
      '[{},{},{}]',
      '[{"verdict":"unknown"},{"verdict":"unknown"},{"verdict":"sure"}]',
    ]) {
      mark(product, record);
      assert.deepEqual(await claims(product), product.first);
      mark(product);
      assert.deepEqual(await claims(product), KEPT);
    }
  });

  it('is nothing that a proof is checked by', async () => {
    const product = await asked();
    const proof = async (): Promise<void> => {
      const { out } = await ask(product, ['.', '--symbols', 'symbols.json', '--run', RUN, '--json']);
      put(product, 'proof.json', out);
    };
    await proof();
    assert.equal((await ask(product, ['verify', 'proof.json'])).code, 2);
    rmSync(product.home, { recursive: true });
    await proof();
    mark(product);
    assert.equal((await ask(product, ['verify', 'proof.json'])).code, 0);
  });

  it('is not kept when a file changed while it was judged', async () => {
    const root = placeTree(FILES);
    const home = temporaryFolder();
    const grounds = await groundsOf(root);
    writeFileSync(join(root, 'index.js'), '// changed since the closure read it\n');
    const cachePath = join(home, 'facts.sqlite');
    judgements(grounds, { cachePath, onQuestion: () => undefined });
    const db = new DatabaseSync(cachePath);
    assert.equal(db.prepare('SELECT count(*) AS kept FROM texts').get()?.['kept'], 0);
    db.close();
  });
});

async function groundsOf(root: string): Promise<Grounds> {
  const closure = await closureOf(root, 'index.js');
  const symbol = { id: 'A', package: 'lib', version: '1.0.0', file: 'index.js', function: 'idle', nth: 0 };
  const path = join(root, 'node_modules/lib/index.js');
  const text = closure.files.get(path)?.hash ?? '';
  const questions: readonly Question[] = [{ kind: 'code', symbol, path, place: 'there', text }];
  return { root, closure, questions, analyser: 'rules', node: 'v26.0.0', builtins: new Set(['fs']) };
}

/** Every value in it, one at a time, replaced by another of its kind. */
function* changesOf(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield [...value, 'more'];
    for (const [at, item] of value.entries())
      for (const changed of changesOf(item)) yield value.map((each, index) => (index === at ? changed : each));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const changed of changesOf(item)) yield { ...value, [key]: changed };
  } else if (typeof value === 'string') yield `${value}!`;
  else if (typeof value === 'number') yield value + 1;
  else if (typeof value === 'boolean') yield !value;
  else yield 'something';
}

describe('the key of judgements', () => {
  it('is the same for the same, and another one for every single change', async () => {
    const root = placeTree(FILES);
    const grounds = await groundsOf(root);
    const key = keyOfJudgements(grounds);
    assert.equal(keyOfJudgements(await groundsOf(root)), key);
    const { closure } = grounds;
    const seen = new Set([key]);
    let count = 1;
    const expectAnother = (changed: Grounds): void => {
      seen.add(keyOfJudgements(changed));
      count += 1;
      assert.equal(seen.size, count);
    };
    for (const part of ['root', 'analyser', 'node', 'questions'] as const)
      for (const changed of changesOf(grounds[part])) expectAnother({ ...grounds, [part]: changed });
    expectAnother({ ...grounds, builtins: new Set(['fs', 'more']) });
    for (const part of ['entries', 'edges', 'sites', 'unresolved', 'unanalysed'] as const)
      for (const changed of changesOf(closure[part]))
        expectAnother({ ...grounds, closure: { ...closure, [part]: changed } });
    for (const [at, file] of closure.files) {
      const { facts, ...plain } = file;
      const others = [...changesOf(plain), { syntax: 'module' }];
      for (const changed of others.slice(0, -1)) {
        const files = new Map(closure.files).set(at, { ...(changed as typeof file), facts });
        expectAnother({ ...grounds, closure: { ...closure, files } });
      }
      assert.ok(facts !== null);
      const files = new Map(closure.files).set(at, { ...file, facts: { ...facts, syntax: 'module' } });
      expectAnother({ ...grounds, closure: { ...closure, files } });
    }
    const reordered = new Map([...closure.files].toReversed());
    expectAnother({ ...grounds, closure: { ...closure, files: reordered } });
  });
});
