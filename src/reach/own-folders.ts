/** The folders of the product itself, as shipped-scripts.client.ts and outside-texts.client.ts go through them: what is left out, and how much is read. */

/** What is there for developers and their tools, and what was installed: dependencies, histories, caches, reports. */
export const NOT_SHIPPED: ReadonlySet<string> = new Set([
  'node_modules',
  '.git',
  '.yarn',
  '.cache',
  '.nyc_output',
  'coverage',
]);
export const LARGEST_BYTES = 16 * 1024 * 1024;
export const MOST_CHARS = 64 * 1024 * 1024;
export const MOST_FOLDERS = 20_000;
