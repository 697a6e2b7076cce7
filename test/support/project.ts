/** A product with two vulnerable packages and an index that knows them, and the program run in its folder. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Instant } from '../../src/lib/time.ts';
import { main } from '../../src/main.ts';
import { cleanEnv, temporaryFolder } from './repository.ts';

const NOW = '2026-11-25T09:00:00Z';

/** Known since 20 November 2026; everything below 1.0.1 has it. */
const advisory = (id: string, name: string, changes: object) => ({
  schema_version: '1.7.0',
  id,
  modified: '2026-11-20T00:00:00Z',
  affected: [
    {
      package: { ecosystem: 'npm', name },
      ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.0.1' }] }],
    },
  ],
  ...changes,
});

const ADVISORIES = [
  advisory('GHSA-aaaa-bbbb-cccc', 'leaky', { aliases: ['CVE-2026-1001'], database_specific: { severity: 'HIGH' } }),
  advisory('GHSA-dddd-eeee-ffff', 'drippy', { aliases: ['CVE-2026-1002'], database_specific: { severity: 'LOW' } }),
  advisory('MAL-2026-77', 'trojan', {}),
];

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function holdfast(
  cwd: string,
  args: readonly string[],
  at = NOW,
  env: Readonly<Record<string, string>> = {},
  errIsTty = false,
): Promise<Said> {
  const said = { out: '', err: '' };
  const code = await main(args, {
    cwd,
    env: { ...cleanEnv, ...env },
    now: () => Date.parse(at) as Instant,
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    outIsTty: false,
    errIsTty,
    columns: 120,
    paintOut: (_, text) => text,
    paintErr: (_, text) => text,
  });
  return { code, ...said };
}

/** @returns The path of the index file. */
export async function buildIndex(): Promise<string> {
  const folder = temporaryFolder();
  for (const each of ADVISORIES) writeFileSync(join(folder, `${each.id}.json`), JSON.stringify(each));
  const index = join(folder, 'advisories.idx');
  const built = await holdfast(folder, [
    'db',
    'build',
    '--out',
    index,
    ...ADVISORIES.map(({ id }) => join(folder, `${id}.json`)),
  ]);
  assert.equal(built.code, 0, built.err);
  return index;
}

/** A package-lock.json with these packages, at their vulnerable version. */
export function lockOf(...names: readonly string[]): string {
  const packages = Object.fromEntries(
    names.map((name) => [
      `node_modules/${name}`,
      { version: '1.0.0', resolved: `https://registry.npmjs.org/${name}/-/${name}-1.0.0.tgz` },
    ]),
  );
  const dependencies = Object.fromEntries(names.map((name) => [name, '^1.0.0']));
  return JSON.stringify({
    name: 'app',
    version: '1.0.0',
    lockfileVersion: 3,
    packages: { '': { name: 'app', version: '1.0.0', dependencies }, ...packages },
  });
}

export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
