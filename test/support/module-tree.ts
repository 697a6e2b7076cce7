/** Small programs on the disk, their module closure, and what V8 says that they load and define. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { closeOver } from '../../src/reach/closure.actions.ts';
import type { Closure, DynamicSite, Entry } from '../../src/reach/closure.ts';
import { createFactsReader } from '../../src/reach/facts.actions.ts';
import { type FileFacts, factsOf } from '../../src/reach/file-facts.ts';
import { parseText } from '../../src/reach/parse.client.ts';
import type { SyntaxGoal } from '../../src/reach/syntax.ts';

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files; `node_modules/a` without a package.json of its own gets one. */
export function placeTree(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-modules-')));
  folders.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of Object.keys(files)) {
    const [, folder, name] = /^(.*node_modules\/((?:@[^/]+\/)?[^/.][^/]*))\//.exec(path) ?? [];
    if (folder === undefined || name === undefined || Object.hasOwn(files, `${folder}/package.json`)) continue;
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
  }
  return root;
}

export async function closureOf(root: string, ...paths: readonly string[]): Promise<Closure> {
  const facts = createFactsReader(null);
  const entries = paths.map(
    (path): Entry => ({ path: join(root, path), via: 'a test', manner: 'require', callable: 'none', args: [] }),
  );
  try {
    return await closeOver(entries, {
      root,
      workingFolder: root,
      startedIn: [],
      facts,
      unknownEntries: [],
      onProgress: () => undefined,
    });
  } finally {
    await facts.close();
  }
}

/** The files of a closure, relative to the folder, in order. */
export const filesIn = (closure: Closure, root: string): readonly string[] =>
  [...closure.files.keys()].map((path) => relative(root, path)).sort();

/** `a.js:3 require anything`, or `a.js:3 require x.js y.js` for a bounded site. */
export const sitesIn = (closure: Closure, root: string): readonly string[] =>
  closure.sites.map((site) => `${relative(root, site.file)}:${site.line} ${site.form} ${boundIn(site, root)}`);

const boundIn = ({ bound }: DynamicSite, root: string): string =>
  bound.kind === 'anything' ? 'anything' : bound.files.map((path) => relative(root, path)).join(' ') || 'nothing';

export interface Covered {
  readonly path: string;
  readonly functions: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

/** What a run of `node entry` loads below the folder, children and threads included, as V8's coverage says. */
export function coveredBy(root: string, ...args: readonly string[]): readonly Covered[] {
  const reports = mkdtempSync(join(tmpdir(), 'holdfast-coverage-'));
  folders.push(reports);
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], NODE_V8_COVERAGE: reports },
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, stderr);
  const covered = new Map<string, Covered>();
  for (const name of readdirSync(reports)) {
    const { result } = JSON.parse(readFileSync(join(reports, name), 'utf8')) as { result: readonly ScriptCoverage[] };
    for (const { url, functions } of result) {
      const path = url.startsWith('file:') ? fileURLToPath(url) : '';
      if (!path.startsWith(`${root}/`)) continue;
      const spans = functions.map(({ functionName, ranges: [range] }) => ({
        name: functionName,
        start: range?.startOffset ?? 0,
        end: range?.endOffset ?? 0,
      }));
      covered.set(path, { path, functions: [...(covered.get(path)?.functions ?? []), ...spans] });
    }
  }
  return [...covered.values()];
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number }[];
  }[];
}

export function factsOfText(text: string, path = 'a.js', goal: SyntaxGoal = 'detect'): FileFacts {
  const parsed = parseText(path, text, goal);
  assert.ok('tree' in parsed, 'why' in parsed ? parsed.why : '');
  return factsOf(parsed.tree, parsed.syntax);
}
