/** The real advisories and lockfiles that HOLDFAST_CORPUS points at; tests over them are skipped where it is not set. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { RawRecord } from '../reference/osv-reference.ts';

export const CORPUS = process.env['HOLDFAST_CORPUS'] ?? null;

/** For `it(name, { skip: NO_CORPUS }, …)`. */
export const NO_CORPUS = CORPUS === null ? 'HOLDFAST_CORPUS is not set' : false;

const ADVISORY_FILES = ['npm', 'maven', 'npm-derived', 'maven-derived', 'npm-malware'];

export const advisoryPaths = (corpus: string): string[] =>
  ADVISORY_FILES.map((name) => join(corpus, 'advisories', `${name}.ndjson.gz`));

export function rawAdvisories(corpus: string): RawRecord[] {
  return advisoryPaths(corpus).flatMap((path) =>
    gunzipSync(readFileSync(path))
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as RawRecord),
  );
}

/** Every lockfile, SBOM and tree of POMs. */
export function readableInputs(corpus: string): string[] {
  const folder = join(corpus, 'lockfiles');
  return readdirSync(folder)
    .filter((name) => name !== 'INDEX.md')
    .sort()
    .map((name) => join(folder, name));
}
