/**
 * Bundles src/cli.ts into dist/: one small entry and a chunk for each command, so that a scan loads only what a scan needs.
 *
 * CommonJS, because starting Node's ESM loader costs 5–8 ms of a scan. What every scan of an npm lockfile runs lies in one
 * chunk: each file more costs it 0.4 ms (bench/scan.bench.ts).
 */
import { defineConfig } from 'rolldown';

const SCAN_PATH =
  /src\/(scan\/(scan\.actions|scan-report|finding|paths-of|public-registry|project-facts\.client)|advisory\/(advisory\.actions|affects|severity|version|version-npm|version-maven|index-layout|index-place\.client|index-reader\.client)|inventory\/(inventory\.actions|input-files\.client|ignore-globs|detect|json-text|unreadable|package-lock.*|installed-tree|npm-component|npm-origin|purl|paths))\.ts$/;

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
          test: /src\/(lib\/(?!located-yaml|spelling|canonical-json|parallel)|platform\/(?!command|bytes|replace-file|ask|http|web-address|retry|download|process-lock|leftovers|lines))/,
        },
        { name: 'scan-path', test: SCAN_PATH },
      ],
    },
    minify: false,
    cleanDir: true,
  },
});
