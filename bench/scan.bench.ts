/**
 * How long a whole `holdfast scan` process takes beside the cheapest process there is, and beside other scanners.
 *
 * Decision: may a scan run on every commit and in every editor without a daemon? Yes while it costs no more than a few times
 * `node -e 0`. 1,178 packages against 220,000 advisories; needs the index of index-build.bench.ts.
 *
 * Run: `HOLDFAST_CORPUS=DIR node bench/scan.bench.ts`. With HOLDFAST_PEERS=DIR, where DIR has `npm i cve-lite-cli` (and
 * `npm rebuild better-sqlite3`) and `cve-lite.db` made by `bench/cve-lite-db.mjs`, cve-lite-cli is measured beside it (HOLDFAST_PEERS_NODE names the Node it was built for); `npm audit`
 * always is, against a stub of the registry on loopback.
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, measure, report, type Variant } from './support.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with lockfiles/');
const folder = join(tmpdir(), 'holdfast-bench');
const project = join(folder, 'project');
mkdirSync(project, { recursive: true });
const lock = join(project, 'package-lock.json');
copyFileSync(join(corpus, 'lockfiles', 'npm-cli-smoke-large-install.package-lock.json'), lock);
writeFileSync(join(project, 'package.json'), '{"name":"project","version":"1.0.0"}');
const index = join(folder, 'npm-220000.idx');
const holdfast = join(import.meta.dirname, '..', 'bin', 'holdfast.cjs');

// A registry on loopback that answers npm's bulk query with the findings of this very lockfile; it has no packuments. A process
// of its own, because this one waits while a variant runs.
const answer = join(folder, 'bulk.json');
writeFileSync(answer, JSON.stringify(bulkAdvisories()));
const stubScript = `
  const answer = require('fs').readFileSync(process.argv[1]);
  require('http').createServer((request, response) => {
    request.resume();
    const bulk = request.url.includes('advisories/bulk');
    response.writeHead(bulk ? 200 : 404, { 'content-type': 'application/json' }).end(bulk ? answer : '{}');
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;
const stub = spawn(process.execPath, ['-e', stubScript, answer], { stdio: ['ignore', 'pipe', 'inherit'] });
const [port] = (await once(stub.stdout, 'data')) as [Buffer];
const peers = process.env['HOLDFAST_PEERS'];
const variants: Variant[] = [
  { name: 'node -e 0', command: process.execPath, args: ['-e', '0'], done: [0] },
  { name: 'holdfast scan', command: process.execPath, args: [holdfast, 'scan', '--db', index, lock], done: [0] },
  {
    name: 'holdfast scan --json',
    command: process.execPath,
    args: [holdfast, 'scan', '--json', '--db', index, lock],
    done: [0],
  },
  {
    name: 'npm audit (stub registry)',
    command: 'npm',
    args: ['audit', '--json', `--registry=http://127.0.0.1:${port.toString().trim()}/`],
    cwd: project,
    done: [0, 1],
  },
];
if (peers !== undefined && existsSync(join(peers, 'cve-lite.db'))) {
  // With the Node that its native module was built for.
  const node = process.env['HOLDFAST_PEERS_NODE'] ?? process.execPath;
  const program = join(peers, 'node_modules', 'cve-lite-cli', 'dist', 'index.js');
  const args = [program, '.', '--offline-db', join(peers, 'cve-lite.db'), '--no-open', '--json'];
  variants.push({ name: 'cve-lite --offline', command: node, args, cwd: project, done: [0, 1] });
}

console.log(machine());
try {
  report(measure(variants, Number(process.env['ROUNDS'] ?? 15)), 'node -e 0');
} finally {
  stub.kill();
}

interface BulkAdvisory {
  readonly id: number;
  readonly url: string;
  readonly title: string;
  readonly severity: string;
  readonly vulnerable_versions: string;
}

function bulkAdvisories(): Record<string, BulkAdvisory[]> {
  const { stdout } = spawnSync(process.execPath, [holdfast, 'scan', '--json', '--db', index, lock], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const { findings } = JSON.parse(stdout) as { findings: { id: string; name: string; fixed: string[] }[] };
  const bulk: Record<string, BulkAdvisory[]> = {};
  for (const [id, { id: advisory, name, fixed }] of findings.entries()) {
    const known = (bulk[name] ??= []);
    known.push({
      id,
      url: `https://github.com/advisories/${advisory}`,
      title: advisory,
      severity: 'high',
      vulnerable_versions: fixed[0] === undefined ? '*' : `<${fixed[0]}`,
    });
  }
  return bulk;
}
