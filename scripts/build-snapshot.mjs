/**
 * Makes data/advisories.idx, the snapshot that ships with Holdfast so that a first scan needs no network.
 *
 *   HOLDFAST_CORPUS=DIR node scripts/build-snapshot.mjs 2026-11-24T00:00:00Z
 *
 * DIR/advisories holds OSV records for npm and Maven as NDJSON (.gz) and CISA's KEV entries. The time is an argument, so that
 * the same records give the same bytes. The index keeps facts only: ids, aliases, packages, ranges, versions, CVSS, CWE,
 * dates, links. Records without ranges and versions match nothing and are left out. Attribution is in NOTICE.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT } from '../src/lib/exit.ts';
import { main } from '../src/main.ts';
import { processTerminal } from '../src/platform/terminal.ts';

/** What a package that everyone downloads may weigh for this. */
const MAX_BYTES = 2_400_000;
const SOURCES = ['npm', 'maven', 'npm-derived', 'maven-derived', 'npm-malware', 'kev'];
const OUT = join(import.meta.dirname, '..', 'data', 'advisories.idx');

const corpus = process.env.HOLDFAST_CORPUS;
const [built] = process.argv.slice(2);
if (corpus === undefined || built === undefined) {
  process.stderr.write('usage: HOLDFAST_CORPUS=DIR node scripts/build-snapshot.mjs 2026-11-24T00:00:00Z\n');
  process.exit(EXIT.usage);
}
const sources = SOURCES.map((name) => join(corpus, 'advisories', `${name}.ndjson.gz`));
const code = await main(['db', 'build', '--out', OUT, '--built', built, ...sources], processTerminal());
if (code === EXIT.kept && statSync(OUT).size > MAX_BYTES) {
  process.stderr.write(`data/advisories.idx has ${statSync(OUT).size} bytes; at most ${MAX_BYTES} are shipped\n`);
  process.exit(EXIT.failed);
}
process.exit(code);
