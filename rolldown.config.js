/** Bundles src/cli.ts into dist/: one small entry and a chunk for each command, so that a scan loads only what a scan needs. */
import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { cli: 'src/cli.ts' },
  platform: 'node',
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[name].js',
    minify: false,
    cleanDir: true,
  },
});
