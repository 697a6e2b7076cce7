import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { ourProblems } from '../../test/support/output-schemas.ts';
import { holdfast } from '../../test/support/project.ts';
import { temporaryFolder } from '../../test/support/repository.ts';

const FILES = {
  'package.json': '{ "name": "app", "version": "1.0.0", "scripts": { "start": "node index.js" } }',
  'index.js': `const lib = require('lib');\nfunction go() {\n  lib.used();\n}\ngo();\n`,
  'node_modules/lib/package.json': '{ "name": "lib", "version": "1.0.0" }',
  'node_modules/lib/index.js': `exports.used = function used() {};\nexports.idle = function idle() {};\nexports.late = function () { return require('./late.js'); };\n`,
  'node_modules/lib/late.js': `module.exports = function late() {};\n`,
  'node_modules/lib/alone.js': `module.exports = function alone() {};\n`,
};

const SYMBOLS = [
  { id: 'A', package: 'lib', version: '1.0.0', file: 'index.js', function: 'used' },
  { id: 'B', package: 'lib', version: '1.0.0', file: 'index.js', function: 'idle' },
  { id: 'C', package: 'lib', version: '1.0.0', file: 'late.js', function: 'late' },
  { id: 'D', package: 'lib', version: '1.0.0', file: 'alone.js', function: 'alone' },
  { id: 'E', package: 'lib', version: '1.0.0', file: 'index.js', function: 'absent' },
  { id: 'F', package: 'lib', version: '2.0.0', file: 'index.js', function: 'used' },
  { id: 'G', package: 'lib', version: '1.0.0' },
];

function plant(changes: Readonly<Record<string, string>> = {}): string {
  const root = temporaryFolder();
  const files = { ...FILES, 'symbols.json': JSON.stringify(SYMBOLS), ...changes };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

interface Answer {
  readonly verdicts: readonly { readonly id: string; readonly verdict: string; readonly path: readonly object[] }[];
  readonly unanalysed: readonly object[];
}

const RUN = ['--symbols', 'symbols.json', '--run', 'node index.js'];

async function verdicts(root: string, args: readonly string[] = RUN): Promise<Readonly<Record<string, string>>> {
  const { out } = await holdfast(root, ['reach', '.', ...args, '--json']);
  const { verdicts: all } = JSON.parse(out) as Answer;
  return Object.fromEntries(all.map(({ id, verdict }) => [id, verdict]));
}

describe('holdfast reach', () => {
  it('says of each symbol what can be shown', async () => {
    assert.deepEqual(await verdicts(plant()), {
      A: 'reachable',
      B: 'not-referenced',
      C: 'never-loaded',
      D: 'never-loaded',
      E: 'unknown',
      F: 'not-shipped',
      G: 'unknown',
    });
  });

  it('takes the entries of package.json where no command is given', async () => {
    const said = await verdicts(plant(), ['--symbols', 'symbols.json']);
    assert.equal(said['A'], 'reachable');
    assert.equal(said['B'], 'not-referenced');
  });

  it('clears nothing when a site could load anything, and names the site', async () => {
    const root = plant({ 'index.js': `require(process.argv[2]);\n` });
    const said = await holdfast(root, ['reach', '.', ...RUN]);
    assert.equal(said.code, 3);
    assert.match(said.out, /index\.js:1 {2}the name is not known here, so it can name any module/);
    for (const verdict of Object.values(await verdicts(root))) assert.equal(verdict, 'unknown');
  });

  it('clears nothing when nothing that is started can be read', async () => {
    const said = await verdicts(plant(), ['--symbols', 'symbols.json', '--run', 'sh start.sh']);
    for (const verdict of Object.values(said)) assert.equal(verdict, 'unknown');
  });

  it('says of nothing that it is absent while the lockfile records it and it is not installed', async () => {
    const packages = {
      '': { name: 'app', version: '1.0.0' },
      'node_modules/lib': { version: '1.0.0' },
      'node_modules/gone': { version: '3.0.0' },
      'node_modules/tool': { version: '3.0.0', dev: true },
    };
    const asked = ['lib', 'gone', 'tool', 'other'].map((name) => ({ id: name, package: name, version: '3.0.0' }));
    const root = plant({
      'package-lock.json': JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, packages }),
      'symbols.json': JSON.stringify(asked),
    });
    assert.deepEqual(await verdicts(root), {
      lib: 'not-shipped',
      gone: 'unknown',
      tool: 'not-shipped',
      other: 'not-shipped',
    });
    const { out } = await holdfast(root, ['reach', '.', ...RUN, '--advisory', 'gone']);
    assert.match(out, /^ {2}package-lock\.json records gone@3\.0\.0, and it is not installed here\.$/m);
    assert.match(out, /^ {4}Install what the lockfile records \(npm ci\), then ask again\.$/m);
  });

  it('clears nothing while the program asks for a recorded package that is not installed', async () => {
    const packages = { '': { name: 'app', version: '1.0.0' }, 'node_modules/gone': { version: '3.0.0' } };
    const lock = JSON.stringify({ name: 'app', version: '1.0.0', lockfileVersion: 3, packages });
    const program = (load: string): Readonly<Record<string, string>> => ({
      'package-lock.json': lock,
      'index.js': `${load}\nrequire('lib').used();\n`,
    });
    const asked = await verdicts(plant(program(`require('gone/sub');`)));
    assert.equal(asked['A'], 'reachable');
    assert.equal(asked['B'], 'unknown');
    assert.equal(asked['F'], 'unknown');
    // Nobody records `never`, so no install would bring it; what stands in a try may be absent.
    for (const load of [`require('never');`, `try { require('gone'); } catch {}`]) {
      const said = await verdicts(plant(program(load)));
      assert.equal(said['B'], 'not-referenced', load);
    }
  });

  it('shows a path that an editor can follow, and exits with 2', async () => {
    const { out, code } = await holdfast(plant(), ['reach', '.', ...RUN, '--advisory', 'A']);
    assert.equal(code, 2);
    assert.match(out, /^ {4}index\.js:5 +calls go$/m);
    assert.match(out, /^ {4}index\.js:3 +calls used, in go$/m);
    assert.match(out, /^ {4}node_modules\/lib\/index\.js:1 +is the function used$/m);
    assert.match(out, /^1 question: 1 reachable\.$/m);
  });

  it('answers in the published form', async () => {
    for (const changes of [{}, { 'index.js': 'require(process.argv[2]);\n' }, { 'index.js': "require('gone');\n" }]) {
      const { out } = await holdfast(plant(changes), ['reach', '.', ...RUN, '--json']);
      assert.deepEqual(ourProblems('reach', JSON.parse(out)), []);
    }
  });

  it('always says what could not be analysed, also that it is nothing', async () => {
    assert.match((await holdfast(plant(), ['reach', '.', ...RUN])).out, /^Could not be analysed: nothing\.$/m);
    const { out } = await holdfast(plant({ 'index.js': "require('gone');\n" }), ['reach', '.', ...RUN]);
    assert.match(out, /^Could not be analysed \(1\):\n {2}index\.js:1 {2}asks for gone: /m);
  });

  it('says once what is so of several functions of one advisory', async () => {
    const symbols = ['idle', 'alone'].map((name) => ({
      id: 'A',
      package: 'lib',
      version: '1.0.0',
      file: 'alone.js',
      function: name,
    }));
    const { out } = await holdfast(
      plant({
        'symbols.json': JSON.stringify(symbols),
        'node_modules/lib/alone.js': 'function idle() {}\nmodule.exports = function alone() {};\n',
      }),
      ['reach', '.', ...RUN],
    );
    assert.match(out, /^never loaded {2}A {2}lib@1\.0\.0 alone\.js idle, alone\.js alone\n {2}No entry leads/m);
  });

  it('shows on a terminal how far it is, on one line that is gone at the end, and nothing of it in a pipe', async () => {
    const root = plant();
    const { err, out } = await holdfast(root, ['reach', '.', ...RUN], undefined, {}, true);
    assert.match(err, /reading what the program loads: 3 files, 0 waiting/);
    assert.match(err, /following lib: 7 of 7/);
    assert.doesNotMatch(err.slice(err.indexOf('\r')), /\n/);
    assert.ok(err.endsWith('\r\u001b[2K'));
    assert.ok(!out.includes('\u001b'));
    assert.equal((await holdfast(root, ['reach', '.', ...RUN])).err, '');
  });

  it('refuses symbols that name a file outside of their package', async () => {
    const root = plant({
      'symbols.json': JSON.stringify([{ id: 'A', package: 'lib', version: '1', file: '../x.js' }]),
    });
    const said = await holdfast(root, ['reach', '.', ...RUN]);
    assert.equal(said.code, 2);
    assert.match(said.err, /SYMBOLS_INVALID/);
  });
});

describe('holdfast reach verify', () => {
  async function recorded(root: string): Promise<void> {
    const { out } = await holdfast(root, ['reach', '.', ...RUN, '--json']);
    writeFileSync(join(root, 'proof.json'), out);
  }

  it('says that a proof holds while nothing has changed', async () => {
    const root = plant();
    await recorded(root);
    const said = await holdfast(root, ['reach', 'verify', 'proof.json']);
    assert.equal(said.code, 0, said.out + said.err);
    assert.match(said.out, /^holds {2}B {2}lib@1\.0\.0 index\.js idle: not referenced$/m);
    assert.match(said.out, /^7 verdicts: every one holds\.$/m);
  });

  it('lapses every verdict when a source has changed, and says what is so today', async () => {
    const root = plant();
    await recorded(root);
    writeFileSync(join(root, 'index.js'), `require('lib').idle();\n`);
    const said = await holdfast(root, ['reach', 'verify', 'proof.json']);
    assert.equal(said.code, 3);
    assert.match(said.out, /^lapsed {2}B .*Changed: sources\. Today it is reachable\.$/m);
    assert.match(said.out, /^7 verdicts: 0 of them hold\.\nA lapsed one is neither right nor wrong\. Make it anew: /m);
  });

  it('answers in the published form, whatever stands', async () => {
    const root = plant();
    await recorded(root);
    const verify = async (): Promise<{ verdicts: { standing: string }[] }> => {
      const { out } = await holdfast(root, ['reach', 'verify', 'proof.json', '--json']);
      assert.deepEqual(ourProblems('reach-verify', JSON.parse(out)), []);
      return JSON.parse(out) as { verdicts: { standing: string }[] };
    };
    assert.equal((await verify()).verdicts[0]?.standing, 'holds');
    const proof = readFileSync(join(root, 'proof.json'), 'utf8');
    writeFileSync(join(root, 'proof.json'), proof.replace('"verdict": "reachable"', '"verdict": "unreachable"'));
    assert.equal((await verify()).verdicts[0]?.standing, 'contradicted');
    writeFileSync(join(root, 'index.js'), `require('lib').idle();\n`);
    assert.equal((await verify()).verdicts[0]?.standing, 'lapsed');
  });

  it('contradicts a record that was written by hand', async () => {
    const root = plant();
    await recorded(root);
    const proof = readFileSync(join(root, 'proof.json'), 'utf8');
    writeFileSync(join(root, 'proof.json'), proof.replace('"verdict": "reachable"', '"verdict": "unreachable"'));
    const said = await holdfast(root, ['reach', 'verify', 'proof.json']);
    assert.equal(said.code, 2);
    assert.match(said.out, /^wrong {2}A .*the analysis says reachable\.$/m);
  });

  it('refuses what is no proof', async () => {
    const said = await holdfast(plant(), ['reach', 'verify', 'package.json']);
    assert.equal(said.code, 1);
    assert.match(said.err, /PROOF_INVALID/);
  });
});
