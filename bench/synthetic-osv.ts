/**
 * 220,000 advisories in the shape of OSV's npm database: the real records of the corpus, filled up with invented malicious
 * packages (most of OSV's npm records are such). Deterministic; texts as long as real ones, because reading them is the cost.
 */
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { gunzipSync } from 'node:zlib';

const TOTAL = 220_000;
const WORDS =
  'package script downloads payload environment token remote host encoded child process registry install hook version author'.split(
    ' ',
  );

/** Writes the set once; later runs reuse the file. */
export async function syntheticOsv(corpus: string, path: string): Promise<string> {
  if (existsSync(path)) return path;
  const out = createWriteStream(path);
  const write = async (record: object): Promise<void> => {
    if (!out.write(`${JSON.stringify(record)}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  };
  let written = 0;
  for (const file of ['npm', 'npm-derived', 'npm-malware']) {
    const text = gunzipSync(readFileSync(join(corpus, 'advisories', `${file}.ndjson.gz`))).toString('utf8');
    for (const line of text.split('\n').filter(Boolean)) {
      await write(JSON.parse(line) as object);
      written++;
    }
  }
  const random = generator(20261124);
  for (let i = 0; written < TOTAL; i++, written++) await write(malware(i, random));
  out.end();
  await finished(out);
  return path;
}

/** 1,000 records as a day might bring them: 300 new ones, 600 changed ones from all over the set, 100 withdrawn ones. */
export async function syntheticDelta(path: string): Promise<readonly object[]> {
  const random = generator(20261125);
  const records: object[] = Array.from({ length: 300 }, (_, i) => malware(TOTAL + i, random));
  const every = Math.floor(TOTAL / 700);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if (line++ % every !== 0 || records.length === 1_000) continue;
    const withdrawn = records.length % 7 === 0 ? { withdrawn: '2026-11-24T00:00:00Z' } : {};
    records.push({ ...(JSON.parse(text) as object), modified: '2026-11-24T00:00:00Z', ...withdrawn });
  }
  return records;
}

/** As many EPSS scores as FIRST publishes in 2026. */
export function syntheticScores(probability: number): Map<string, { probability: number; percentile: number }> {
  const scores = new Map<string, { probability: number; percentile: number }>();
  for (let i = 0; i < 300_000; i++)
    scores.set(`CVE-${2015 + (i % 12)}-${1_000 + Math.floor(i / 12)}`, {
      probability,
      percentile: (i % 1_000) / 1_000,
    });
  return scores;
}

function malware(i: number, random: () => number): object {
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  const name = `${random() < 0.25 ? `@${word()}-${i % 997}/` : ''}${word()}-${i.toString(36)}`;
  const versions =
    random() < 0.15
      ? { versions: [`1.0.${i % 9}`, '99.99.9'] }
      : { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] };
  return {
    schema_version: '1.7.4',
    id: `MAL-2025-${i}`,
    modified: '2026-01-08T00:00:00Z',
    published: '2025-11-11T00:00:00Z',
    summary: `Malicious code in ${name} (npm)`,
    details: Array.from({ length: 80 }, word).join(' '),
    affected: [
      {
        package: { ecosystem: 'npm', name, purl: `pkg:npm/${name}` },
        ...versions,
        database_specific: {
          cwes: [
            {
              cweId: 'CWE-506',
              name: 'Embedded Malicious Code',
              description: Array.from({ length: 20 }, word).join(' '),
            },
          ],
        },
      },
    ],
    references: [{ type: 'ADVISORY', url: `https://example.test/${i}` }],
    credits: [{ name: 'Example', type: 'FINDER', contact: ['https://example.test'] }],
  };
}

/** A linear congruential generator (Numerical Recipes): the same set on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
