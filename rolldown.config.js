/**
 * Bundles src/cli.ts into dist/: one small entry and a chunk for each command, so that a scan loads only what a scan needs.
 *
 * CommonJS, because starting Node's ESM loader costs 5–8 ms of a scan. What every scan of an npm lockfile runs lies in one
 * chunk: each file more costs it 0.4 ms (bench/scan.bench.ts).
 */
import { defineConfig } from 'rolldown';

const SCAN_PATH =
  /src\/(triage\/decision|scan\/(scan\.actions|scan-report|finding|unmatched|standing-in|paths-of|public-registry|project-facts\.client)|advisory\/(advisory\.actions|affects|severity|version|version-npm|version-maven|index-layout|index-place\.client|index-reader\.client)|inventory\/(inventory\.actions|input-files\.client|ignore-globs|detect|json-text|unreadable|package-lock.*|installed-tree|npm-component|npm-origin|purl|paths))\.ts$/;

export default defineConfig({
  input: { cli: 'src/cli.ts' },
  platform: 'node',
  transform: { define: { 'import.meta.dirname': '__dirname' } },
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
