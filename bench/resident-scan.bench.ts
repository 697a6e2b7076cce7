/**
 * How long a scan takes in a process that already runs.
 *
 * Decision: may the service scan on its main thread while it answers a request? Yes while a lockfile of 1,200 packages against
 * 220,000 advisories stays under 8 ms. Needs the index of index-build.bench.ts.
 * Run: `HOLDFAST_CORPUS=DIR node bench/resident-scan.bench.ts`.
 */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IndexReader } from '../src/advisory/index-reader.client.ts';
import { readPackageLock } from '../src/inventory/package-lock.ts';
import { matchPackages, packagesOf } from '../src/scan/finding.ts';
import { pathFinder } from '../src/scan/paths-of.ts';
import { machine, median } from './support.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with lockfiles/');
const path = join(corpus, 'lockfiles', 'npm-cli-smoke-large-install.package-lock.json');
const index = new IndexReader(join(tmpdir(), 'holdfast-bench', 'npm-220000.idx'));
const text = readFileSync(path, 'utf8');

function scan(): { readonly packages: number; readonly findings: number } {
  const packages = packagesOf([readPackageLock(path, JSON.parse(text))], false);
  return { packages: packages.length, findings: matchPackages(packages, index, pathFinder()).findings.length };
}

console.log(machine());
for (let i = 0; i < 30; i++) scan();
const times = Array.from({ length: 50 }, () => {
  const begin = performance.now();
  scan();
  return performance.now() - begin;
});
console.log(
  scan(),
  `parse and scan: median ${median(times).toFixed(2)} ms [${times.map((ms) => ms.toFixed(1)).join(' ')}]`,
);
