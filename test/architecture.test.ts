/**
 * Proof that the gates bite: each rule of .oxlintrc.json, tsconfig.pure.json, biome.json and knip.json is broken once on purpose.
 *
 * A gate that checks nothing looks like a clean tree, so every planted violation has to be named in the tool's own words,
 * and a clean tree has to give nothing. The plants are in support/planted.ts.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { plant, ROOT, runTool } from './support/canary.ts';
import { CLEAN, PLANTED } from './support/planted.ts';

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
}

interface Settings {
  readonly rules: Readonly<Record<string, unknown>>;
  readonly overrides: readonly unknown[];
}

/** All that oxlint says about the files of a planted tree, by path. One run for all: each starts a compiler. */
function lint(files: Readonly<Record<string, string>>): ReadonlyMap<string, readonly string[]> {
  const folder = plant(files);
  // Files by name: git ignores the folder, and oxlint passes over what git ignores unless it is named.
  const args = ['--type-aware', '--deny-warnings', '--format', 'json', ...Object.keys(files)];
  const { output } = runTool('oxlint/bin/oxlint', args, folder);
  const report: { readonly diagnostics: readonly Diagnostic[]; readonly number_of_files: number } = JSON.parse(output);
  assert.equal(report.number_of_files, Object.keys(files).length, 'oxlint read every file');
  const said = new Map<string, string[]>();
  for (const { code, message, help, filename } of report.diagnostics) {
    const path = filename.replaceAll('\\', '/');
    const rule = code.replace(/^.*\((.*)\)$/, '$1');
    const words = rule === 'no-restricted-imports' ? (help ?? '') : [message, help ?? ''].join(' ');
    const ours = rule === 'no-restricted-properties' ? (help ?? message) : words;
    said.set(path, [...(said.get(path) ?? []), `${rule}: ${ours}`]);
  }
  return said;
}

describe('oxlint', () => {
  it('names every planted violation, each by its own rule and words', () => {
    const said = lint({ ...CLEAN, ...Object.fromEntries(PLANTED.map(({ path, text }) => [path, text])) });
    const wrong: string[] = [];
    for (const { path, gives } of PLANTED) {
      const heard = said.get(path) ?? [];
      if (heard.length !== 1 || !heard[0]!.startsWith(gives))
        wrong.push(`${path}\n  wants ${gives}\n  heard ${heard.join(' | ')}`);
    }
    assert.deepEqual(wrong, []);
    const planted = new Set(PLANTED.map(({ path }) => path));
    assert.deepEqual(
      [...said.keys()].filter((path) => !planted.has(path)),
      [],
      'nothing is said about clean files',
    );
  });

  it('has a planted violation for every rule and every message of the house', () => {
    const settings: Settings = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8'));
    const ruleNames = Object.keys(settings.rules).map((name) => name.replace(/^.*\//, ''));
    const messages = [...JSON.stringify(settings.overrides).matchAll(/"message":"([^"]+)"/g)].map(
      ([, words]) => words!,
    );
    assert.ok(ruleNames.length >= 13 && messages.length >= 15, 'the settings were read');
    const given = PLANTED.map(({ gives }) => gives);
    assert.deepEqual(
      ruleNames.filter((name) => !given.some((gives) => gives.startsWith(name))),
      [],
    );
    assert.deepEqual(
      messages.filter((words) => !given.some((gives) => gives.endsWith(words))),
      [],
    );
  });

  it('says nothing about a clean tree that uses every right of every role', () => {
    assert.deepEqual([...lint(CLEAN)], []);
  });
});

/** Each is pure by its name, and uses something that pure code does not have. */
const IMPURE: Readonly<Record<string, string>> = {
  'src/alpha/process.ts': 'export const it: unknown = process;\n',
  'src/alpha/fetch.ts': "export const it: unknown = fetch('https://example.com');\n",
  'src/alpha/files.ts': "import { readFileSync } from 'node:fs';\nexport const it: unknown = readFileSync;\n",
  'src/alpha/bare.ts': "import { readFileSync } from 'fs';\nexport const it: unknown = readFileSync;\n",
  'src/alpha/global.ts': 'export const it: unknown = globalThis.process;\n',
  'src/alpha/random.ts': 'export const it: unknown = crypto.randomUUID();\n',
};

describe('tsconfig.pure.json', () => {
  const tsc = (files: Readonly<Record<string, string>>): { readonly status: number | null; readonly output: string } =>
    runTool('typescript/bin/tsc', ['-p', 'tsconfig.pure.json', '--pretty', 'false'], plant(files));

  it('knows no process, no fetch, no node:fs and no crypto', () => {
    const { output } = tsc(IMPURE);
    const named = new Set(
      [...output.matchAll(/^(src\/alpha\/\w+\.ts)\(\d+,\d+\): error TS/gm)].map(([, path]) => path),
    );
    assert.deepEqual(named, new Set(Object.keys(IMPURE)));
  });

  it('leaves the role files out and accepts pure code', () => {
    const outside = Object.fromEntries(Object.entries(CLEAN).filter(([path]) => !path.startsWith('src/platform/')));
    assert.deepEqual(
      tsc({
        ...outside,
        'src/alpha/own.client.ts': "import { readFileSync } from 'node:fs';\nexport const ask = readFileSync;\n",
      }),
      {
        status: 0,
        output: '',
      },
    );
  });
});

describe('tsconfig.browser.json', () => {
  const tsc = (own: string): { readonly status: number | null; readonly output: string } =>
    runTool(
      'typescript/bin/tsc',
      ['-p', 'tsconfig.browser.json', '--pretty', 'false'],
      plant({ 'src/alpha/own.browser.ts': own }),
    );

  it('knows the document in the script of a page, and nothing of Node', () => {
    assert.deepEqual(tsc('export const title = document.title;\n'), { status: 0, output: '' });
    for (const own of ['process', 'Buffer', "require('fs')"])
      assert.match(tsc(`export const it: unknown = ${own};\n`).output, /own\.browser\.ts\(1,\d+\): error TS/);
  });
});

/** Source files of src/ without tests, by path from the root. */
const sources = (): ReadonlyMap<string, string> =>
  new Map(
    globSync('src/**/*.{ts,tsx}', { cwd: ROOT, exclude: (path) => /\.test\.tsx?$/.test(path) }).map((path) => [
      path.replaceAll('\\', '/'),
      readFileSync(join(ROOT, path), 'utf8'),
    ]),
  );

/** What no linter sees: rules that the next tests hold over src/ and over the planted text beside each. */
const readsTheClock = (text: string): boolean => /\bnew Date(?:\(\s*\)|(?![\w(]))/.test(text);
const importsByVariable = (text: string): boolean => /\bimport\s*\(\s*(?!['")\s])/.test(text);
const CLOCK_ROLES = /^src\/platform\//;

describe('src/', () => {
  it('reads the clock through `new Date()` nowhere but in platform/', () => {
    assert.ok(readsTheClock('const at = new Date();') && readsTheClock('const at = new Date;'));
    assert.ok(!readsTheClock('const at = new Date(now);') && !readsTheClock('new DateRange()'));
    const found = [...sources()].filter(([path, text]) => !CLOCK_ROLES.test(path) && readsTheClock(text));
    assert.deepEqual(
      found.map(([path]) => path),
      [],
    );
  });

  it('names in every dynamic import the file it loads, so that the table of roles can be held against it', () => {
    assert.ok(importsByVariable('await import(name)') && importsByVariable('await import(`./${name}.ts`)'));
    assert.ok(!importsByVariable("await import('./own.ts')") && !importsByVariable('as import() does'));
    const found = [...sources()].filter(([, text]) => importsByVariable(text));
    assert.deepEqual(
      found.map(([path]) => path),
      [],
    );
  });

  it('keeps four files outside folders: the entry, the composition roots of commands and of the service, and the independent verifier', () => {
    const outside = [...sources().keys()].filter((path) => /^src\/[^/]+$/.test(path));
    assert.deepEqual(outside.sort(), ['src/cli.ts', 'src/main.ts', 'src/service.ts', 'src/verify.ts']);
  });

  it('keeps feature folders flat, because the table of roles is written for src/*/*', () => {
    assert.deepEqual(
      [...sources().keys()].filter((path) => path.split('/').length > 3),
      [],
    );
  });

  it('opens every file with what it is for', () => {
    const silent = [...sources()].filter(([, text]) => !/^(?:#!.*\n)?\/\*\*/.test(text));
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
  });
});

describe('biome', () => {
  const format = (own: string): { readonly status: number | null; readonly output: string } =>
    runTool('@biomejs/biome/bin/biome', ['format', '.'], plant({ 'src/alpha/own.ts': own }));

  it('refuses a file that it would write differently', () => {
    const { status, output } = format('export const own = 1\n');
    assert.equal(status, 1, output);
    assert.match(output, /own\.ts format/);
    assert.equal(format('export const own = 1;\n').status, 0);
  });
});

describe('knip', () => {
  const knip = (own: string): { readonly status: number | null; readonly output: string } =>
    // The folder is ignored by git, which knip follows unless told otherwise.
    runTool(
      'knip/bin/knip.js',
      ['--no-gitignore', '--no-config-hints'],
      plant({
        'package.json': '{ "name": "canary", "version": "0.0.0", "type": "module", "workspaces": ["runtime"] }\n',
        'runtime/package.json': '{ "name": "canary-runtime", "version": "0.0.0" }\n',
        'src/cli.ts': "import { own } from './alpha/own.ts';\nown();\n",
        'src/alpha/own.ts': own,
      }),
    );

  it('names an export that nobody imports', () => {
    const { status, output } = knip('export const own = (): number => 1;\nexport const left = 2;\n');
    assert.equal(status, 1, output);
    assert.match(output, /^left\s+src\/alpha\/own\.ts:2/m);
    assert.deepEqual(knip('export const own = (): number => 1;\n'), { status: 0, output: '' });
  });
});
