/**
 * How long it takes to build the advisory index of 220,000 advisories, and how much memory.
 *
 * Decision: may `db build` read everything and write one file, or does it need a database? One file, while it stays under 15 s
 * and 500 MB. Run: `HOLDFAST_CORPUS=DIR node bench/index-build.bench.ts`.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine, measure, report } from './support.ts';
import { syntheticOsv } from './synthetic-osv.ts';

const corpus = process.env['HOLDFAST_CORPUS'];
if (corpus === undefined) throw new Error('set HOLDFAST_CORPUS to a folder with advisories/');
const folder = join(tmpdir(), 'holdfast-bench');
mkdirSync(folder, { recursive: true });
const source = await syntheticOsv(corpus, join(folder, 'npm-220000.ndjson'));
const holdfast = join(import.meta.dirname, '..', 'bin', 'holdfast.cjs');

console.log(machine());
const parse = `const t=require('fs').readFileSync(${JSON.stringify(source)},'latin1');let n=0;for(const l of t.split('\\n'))if(l)n+=JSON.parse(l).id.length;`;
report(
  measure(
    [
      { name: 'floor: JSON.parse every line', command: process.execPath, args: ['-e', parse], done: [0] },
      {
        name: 'holdfast db build',
        command: process.execPath,
        args: [holdfast, 'db', 'build', '--out', join(folder, 'npm-220000.idx'), source],
        done: [0],
      },
    ],
    5,
  ),
  'floor: JSON.parse every line',
);
