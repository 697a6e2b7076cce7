/**
 * Whether data/symbols.json says what the registry has.
 *
 * Decision: may a finding be judged by these functions? Only while every function that is named for a version is in that version, no
 * vulnerable version is taken for a repaired one, and each release that is said to be repaired is recognised by its code.
 *
 * Run: `node bench/symbols.bench.ts [PART OF A PACKAGE'S NAME OR AN ID]`. Downloads some 1,200 published versions with `npm pack` into the
 * system's temporary folder once (1.5 GB unpacked), and runs none of their code. Exits 2 when something is not so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type CuratedAdvisory, symbolsFor } from '../src/reach/curated-symbols.ts';
import { type InstalledCode, installedCode } from '../src/reach/installed-code.actions.ts';
import { curatedSymbols } from '../src/reach/reach.actions.ts';
import { symbolWords } from '../src/reach/symbols.ts';
import { benchFolder } from './reach-installed.ts';

const TIMEOUT_MS = 120_000;
const cache = benchFolder('symbols');

/** The folder of a published version; `null` where the registry no longer has it. */
function published(name: string, version: string): string | null {
  const root = join(cache, `${name.replace('/', '_')}@${version}`);
  const folder = join(root, 'package');
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, '.download-'));
  const pack = ['pack', `${name}@${version}`, '--ignore-scripts', '--silent', '--pack-destination', work];
  const packed = spawnSync('npm', pack, { cwd: work, timeout: TIMEOUT_MS });
  const [tarball] = readdirSync(work);
  const unpacked =
    tarball === undefined ? null : spawnSync('tar', ['-xzf', tarball], { cwd: work, timeout: TIMEOUT_MS });
  if (packed.status !== 0 || tarball === undefined || unpacked?.status !== 0) {
    rmSync(work, { recursive: true });
    return null;
  }
  // npm unpacks whatever the first folder of a tarball is called.
  const first = readdirSync(work).find((entry) => entry !== tarball) ?? 'package';
  if (first !== 'package') renameSync(join(work, first), join(work, 'package'));
  rmSync(join(work, tarball));
  renameSync(work, root);
  return folder;
}

interface Account {
  readonly wrong: string[];
  readonly missing: Set<string>;
  places: number;
  whole: number;
  repaired: number;
}

function inspect(advisory: CuratedAdvisory, code: InstalledCode, account: Account): void {
  const label = `${advisory.ids[0] ?? ''} ${advisory.package}`;
  for (const version of advisory.checked) {
    const folder = published(advisory.package, version);
    const symbols = symbolsFor(advisory, version);
    if (folder === null) account.missing.add(`${advisory.package}@${version}`);
    if (symbols.length === 0) account.whole += 1;
    if (folder === null) continue;
    for (const symbol of symbols) {
      const path = join(folder, symbol.file ?? '');
      account.places += 1;
      if (!existsSync(path) || code.placeOf(path, symbol) !== 'there')
        account.wrong.push(`${label}: ${version} has no ${symbolWords(symbol)}`);
    }
    if (code.fixedIn(folder, symbols) !== null)
      account.wrong.push(`${label}: ${version} has the flaw and is called repaired`);
  }
  for (const [vulnerable, fixed] of advisory.compared) {
    const symbols = symbolsFor(advisory, vulnerable);
    if (symbols.length === 0 || !symbols.every((symbol) => symbol.code?.fixed.has(fixed) === true)) continue;
    const folder = published(advisory.package, fixed);
    if (folder === null) account.missing.add(`${advisory.package}@${fixed}`);
    else if (code.fixedIn(folder, symbols) === null)
      account.wrong.push(`${label}: ${fixed} has the fix and is not recognised`);
    else account.repaired += 1;
  }
}

const wanted = process.argv[2] ?? '';
const advisories = curatedSymbols().filter(
  ({ ids, package: name }) => name.includes(wanted) || ids.some((id) => id === wanted),
);
const account: Account = { wrong: [], missing: new Set(), places: 0, whole: 0, repaired: 0 };
const code = installedCode();
for (const advisory of advisories) inspect(advisory, code, account);
for (const line of [...account.wrong, ...[...account.missing].map((each) => `the registry has no ${each}`)])
  console.log(line);
console.log(
  `${advisories.length} advisories: ${account.places} places in vulnerable versions, ${account.whole} versions for which the whole package is meant, ` +
    `${account.repaired} releases recognised as repaired; ${account.wrong.length} wrong, ${account.missing.size} not published any more`,
);
if (account.wrong.length > 0) process.exitCode = 2;
