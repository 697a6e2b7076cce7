/**
 * Bundles the two programs into dist/: src/cli.ts, and src/verify.ts as one file that needs nothing else; and the scripts of the pages that
 * need one into dist/assets/.
 *
 * The first is one small entry and a chunk for each command, so that a scan loads only what a scan needs.
 *
 * CommonJS, because starting Node's ESM loader costs 5–8 ms of a scan. What every scan of an npm lockfile runs lies in one
 * chunk: each file more costs it 0.4 ms (bench/scan.bench.ts).
 */
import { join } from 'node:path';
import { defineConfig } from 'rolldown';
import { digestOfRules } from './src/reach/analyser.client.ts';

const SCAN_PATH =
  /src\/(triage\/decision|scan\/(scan\.actions|scan-report|finding|unmatched|standing-in|paths-of|public-registry|project-facts\.client)|advisory\/(advisory\.actions|affects|severity|version|version-npm|version-maven|index-layout|index-place\.client|index-reader\.client)|inventory\/(inventory\.actions|input-files\.client|ignore-globs|detect|json-text|unreadable|package-lock.*|installed-tree|npm-component|npm-origin|purl|paths))\.ts$/;

const program = defineConfig({
  // The second one is the program of the threads that reach starts (src/reach/facts-pool.client.ts).
  input: { cli: 'src/cli.ts', 'facts-thread': 'src/reach/parse.client.ts' },
  platform: 'node',
  // Native: each machine has its own, installed beside us.
  external: ['oxc-parser', 'oxc-resolver'],
  transform: {
    define: {
      'import.meta.dirname': '__dirname',
      // The bundle has no sources to be told apart by.
      HOLDFAST_ANALYSER: JSON.stringify(digestOfRules(join(import.meta.dirname, 'src', 'reach'))),
    },
    jsx: { runtime: 'automatic', importSource: 'hono/jsx' },
  },
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunk-[name].cjs',
    codeSplitting: {
      groups: [
        {
          name: 'lib',
          // What a scan needs of them, by name: whatever is new stays out until it is listed.
          test: /src\/(lib\/(errors|exit|hash|json|paint|result|runtime|text|time)|platform\/(args|package-root|progress|terminal))\.ts$/,
        },
        { name: 'scan-path', test: SCAN_PATH },
        // The words of reach beside those of a scan: a file more would cost every table.
        { name: 'scan.text', test: /src\/(scan\/scan\.text|reach\/(verdict|finding-reach\.text))\.ts$/ },
        { name: 'resolved-graph', test: /src\/inventory\/resolved-graph\.ts$/ },
        { name: 'yarn', test: /src\/inventory\/(yarn-.*|product-manifests.*|workspace-folders\.client)\.ts$/ },
      ],
    },
    // Every scan reads them from the disk; the licences stand in a file of their own (scripts/prepare.mjs).
    comments: false,
    minify: false,
    cleanDir: true,
  },
});

/** Read by auditors before they run it, so nothing is minified, and it says what it is. */
const VERIFIER_HEAD = `/*
 * verify.mjs: verifies an exported Holdfast evidence log. Run it with \`node verify.mjs DIR\`; any Node.js from 18.3 on will do.
 *
 * It reads files below DIR and those that you name, writes to the terminal, and does nothing else: no network, no other
 * programs, no packages. The formats are C2SP tlog-tiles, tlog-checkpoint and signed-note (https://c2sp.org) and the tree of
 * RFC 6962, so other tools can check the same files; VERIFY.md beside this file says how.
 *
 * This file is put together from the sources of Holdfast: src/verify.ts and what it imports, without the types and without
 * what is not used here. The verification itself is the function verifyLog.
 */
import { createRequire } from 'node:module';

/** Node 18 has no process.getBuiltinModule, which the sources use. */
const builtin = createRequire(import.meta.url);
`;

const verifier = defineConfig({
  input: { verify: 'src/verify.ts' },
  platform: 'node',
  transform: { target: 'node18', define: { 'process.getBuiltinModule': 'builtin' } },
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].mjs',
    banner: VERIFIER_HEAD,
    codeSplitting: false,
    minify: false,
  },
});

/** A browser that has passkeys has all of ES2022. Not minified: what runs on the sign-in page can be read there. */
const script = (name) =>
  defineConfig({
    input: { [name]: `src/auth/${name}.browser.ts` },
    platform: 'browser',
    transform: { target: 'es2022' },
    output: {
      dir: 'dist/assets',
      format: 'iife',
      entryFileNames: '[name].js',
      codeSplitting: false,
      comments: false,
      minify: false,
    },
  });

export default [program, verifier, script('passkey'), script('recovery-codes')];
