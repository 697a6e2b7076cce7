/** A real advisory index over a few records, for tests of what asks one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { buildIndex } from '../../src/advisory/advisory-build.actions.ts';
import { parseInstant, type Instant } from '../../src/lib/time.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-small-index-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

/** Path of an index over these OSV records. */
export async function smallIndex(records: readonly object[]): Promise<string> {
  files += 1;
  const source = join(folder, `${files}.ndjson`);
  writeFileSync(source, records.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const out = join(folder, `${files}.idx`);
  const built = parseInstant('2026-11-24T00:00:00Z') ?? (0 as Instant);
  await buildIndex({ out, sources: [source], built, onProgress: () => undefined });
  return out;
}

/** An OSV record: `name` is affected from 1.0.0 to before `fixed`. */
export const osvRecord = (
  id: string,
  name: string,
  fixed: string,
  more: {
    readonly aliases?: readonly string[];
    readonly ecosystem?: string;
    readonly score?: string;
    readonly withdrawn?: string;
  } = {},
): object => ({
  schema_version: '1.7.4',
  id,
  modified: '2026-01-02T03:04:05Z',
  aliases: more.aliases ?? [],
  ...(more.withdrawn === undefined ? {} : { withdrawn: more.withdrawn }),
  ...(more.score === undefined ? {} : { severity: [{ type: 'CVSS_V3', score: more.score }] }),
  affected: [
    {
      package: { ecosystem: more.ecosystem ?? 'npm', name },
      ranges: [
        { type: more.ecosystem === 'Maven' ? 'ECOSYSTEM' : 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed }] },
      ],
    },
  ],
});
