/**
 * How honest and how useful `holdfast reach` is on applications over real old packages.
 *
 * Decision: may a finding be closed by "the vulnerable feature is not used"? Only while no function that ran is ever called anything but
 * reachable or unknown (0 is the law), and it is worth the trouble while at least half of those that never ran are cleared. What ran is V8's
 * word (NODE_V8_COVERAGE), measured anew in every run, so that a newer transitive package cannot make an old label false.
 *
 * Run: `node scripts/prepare.mjs && node bench/reach-apps.bench.ts [PART OF A NAME]`. Installs from the registry (`npm install --ignore-scripts`, exact versions of
 * what bench/reach-apps names) into the system's temporary folder once. TRUTH_ONLY=1 measures without asking the product.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Check, type Idiom, manifestIn, packageFolder, readIdioms, runCovered } from '../test/support/idioms.ts';
import { admits, type Answer, type Asked, clears, readAnswers } from '../test/support/reach.ts';
import { ran } from '../test/support/v8-coverage.ts';
import { benchFolder, installed, PROGRAM } from './reach-installed.ts';
import { machine, median } from './support.ts';

const cache = benchFolder('reach-apps');
const wanted = process.argv[2] ?? '';
const apps = readIdioms(join(import.meta.dirname, 'reach-apps')).filter(({ name }) => name.includes(wanted));

const question = (check: Check, app: Idiom, root: string, number: number): Asked => {
  const folder = packageFolder(check.file, app);
  const { name, version } = manifestIn(root, folder);
  const nth = check.nth === null ? {} : { nth: check.nth };
  return {
    id: `${number}`,
    package: name,
    version,
    file: relative(folder, check.file),
    function: check.function,
    ...nth,
  };
};

function ask(app: Idiom, root: string): { readonly answers: ReadonlyMap<string, Answer>; readonly ms: number } {
  const asked = app.checks.map((check, number) => question(check, app, root, number));
  const symbols = join(cache, 'symbols.json');
  writeFileSync(symbols, JSON.stringify(asked));
  const args = [...PROGRAM, 'reach', root, '--symbols', symbols, '--run', app.run, '--json'];
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 256 << 20,
  });
  const ms = performance.now() - begin;
  if (status === null || ![0, 2, 3].includes(status)) throw new Error(`reach ended with ${status}: ${stderr}`);
  return { answers: readAnswers(stdout, asked), ms };
}

/** Nothing that is asked about may be misspelt: its name stands in its file. */
function refuseMisspelt(check: Check, root: string): void {
  const word = /\w+(?=\W*$)/.exec(check.function)?.[0] ?? '';
  if (!readFileSync(join(root, check.file), 'utf8').toLowerCase().includes(word.toLowerCase()))
    throw new Error(`${check.file} has no ${check.function}`);
}

const counts = new Map<string, { ran: number; idle: number }>();
const wrong: string[] = [];
const times: number[] = [];
let ranCount = 0;
let idle = 0;
let cleared = 0;
console.log(machine());
for (const app of apps) {
  const root = installed(app, cache);
  for (const check of app.checks) refuseMisspelt(check, root);
  const coverage = await runCovered(app.run, root, join(cache, '.reports'));
  const said = process.env['TRUTH_ONLY'] === undefined ? ask(app, root) : null;
  if (said !== null) times.push(said.ms);
  console.log(`${app.name}  (${said?.ms.toFixed(0) ?? '-'} ms)`);
  for (const [number, check] of app.checks.entries()) {
    const truth = ran(coverage, join(root, check.file), check.function, check.nth);
    if (truth) ranCount++;
    else idle++;
    const answer = said?.answers.get(`${number}`);
    const verdict = answer?.verdict ?? 'not asked';
    const count = counts.get(verdict) ?? { ran: 0, idle: 0 };
    counts.set(verdict, count);
    count[truth ? 'ran' : 'idle']++;
    const isWrong = truth && answer !== undefined && !admits(answer);
    if (isWrong) wrong.push(`${app.name}: ${check.file} ${check.function} ran and is called ${verdict}`);
    if (!truth && answer !== undefined && clears(answer)) cleared++;
    const mark = isWrong ? 'WRONG' : '';
    console.log(
      `  ${(truth ? 'ran' : 'idle').padEnd(5)}${verdict.padEnd(15)}${check.advisory.padEnd(22)}${check.file} ${check.function} ${mark}`,
    );
    const [site] = answer?.sites ?? [];
    if (!truth && verdict === 'unknown' && site !== undefined) console.log(`       ${JSON.stringify(site)}`);
  }
}
console.log(`\n${apps.length} applications, ${ranCount + idle} functions: ${ranCount} ran, ${idle} did not`);
for (const [verdict, count] of counts) console.log(`  ${verdict.padEnd(20)} ran ${count.ran}, idle ${count.idle}`);
console.log(`wrong negatives: ${wrong.length}; cleared of those that did not run: ${cleared} of ${idle}`);
if (times.length > 0)
  console.log(`whole process: median ${median(times).toFixed(0)} ms, slowest ${Math.max(...times).toFixed(0)} ms`);
for (const line of wrong) console.log(`WRONG ${line}`);
process.exitCode = wrong.length > 0 ? 2 : 0;
