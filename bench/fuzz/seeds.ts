/** Sound inputs of every kind, with the function that reads them: the fixtures of the tests, and small pieces of real files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoldfastError } from '../../src/lib/errors.ts';
import { parseBunJson } from '../../src/inventory/bun-json.ts';
import { readBunLock } from '../../src/inventory/bun-lock.ts';
import type { Inventory } from '../../src/inventory/component.ts';
import { readCyclonedxJson } from '../../src/inventory/cyclonedx-json.ts';
import { readCyclonedxXml } from '../../src/inventory/cyclonedx-xml.ts';
import { kindOfText } from '../../src/inventory/detect.ts';
import { readGradleLockfile } from '../../src/inventory/gradle-lockfile.ts';
import { parseJson } from '../../src/inventory/json-text.ts';
import { parseLockfileYaml } from '../../src/inventory/lockfile-yaml.ts';
import { readMavenPom } from '../../src/inventory/maven-pom.ts';
import { readPackageLock } from '../../src/inventory/package-lock.ts';
import { readPnpmLock } from '../../src/inventory/pnpm-lock.ts';
import { readSpdxJson } from '../../src/inventory/spdx-json.ts';
import { readYarnBerry } from '../../src/inventory/yarn-berry.ts';
import { readYarnClassic } from '../../src/inventory/yarn-classic.ts';

export interface Seed {
  readonly name: string;
  readonly text: string;
  /** The same, parsed, where it is JSON. */
  readonly document: unknown;
  readonly read: (text: string) => Promise<Inventory> | Inventory;
}

interface Kind {
  /** Of the files' names, in the fixtures and in the corpus. */
  readonly files: RegExp;
  readonly read: Seed['read'];
}

const KINDS: Readonly<Record<string, Kind>> = {
  'package-lock': {
    files: /(?:package-lock(?:-v\d)?|npm-shrinkwrap)\.json$/,
    read: (text) => readPackageLock('package-lock.json', parseJson('package-lock.json', text)),
  },
  'yarn-classic': { files: /yarn-v1\.lock$/, read: (text) => readYarnClassic('yarn.lock', text, null) },
  'yarn-berry': {
    files: /yarn-berry\d*\.lock$/,
    read: async (text) => readYarnBerry('yarn.lock', await parseLockfileYaml('yarn.lock', text), null),
  },
  'pnpm-lock': {
    files: /pnpm-lock(?:-\d)?\.yaml$/,
    read: async (text) => readPnpmLock('pnpm-lock.yaml', await parseLockfileYaml('pnpm-lock.yaml', text)),
  },
  'bun-lock': { files: /bun\.lock$/, read: (text) => readBunLock('bun.lock', parseBunJson('bun.lock', text)) },
  'gradle-lockfile': { files: /gradle\.lockfile$/, read: (text) => readGradleLockfile('gradle.lockfile', text) },
  'maven-pom': { files: /pom\.xml$/, read: (text) => readMavenPom('pom.xml', text) },
  'cyclonedx-json': {
    files: /\.cdx\.json$/,
    read: (text) => readCyclonedxJson('bom.json', parseJson('bom.json', text)),
  },
  'cyclonedx-xml': { files: /\.cdx\.xml$/, read: (text) => readCyclonedxXml('bom.xml', text) },
  'spdx-json': { files: /\.spdx\.json$/, read: (text) => readSpdxJson('a.spdx.json', parseJson('a.spdx.json', text)) },
};

export const SEED_KINDS: readonly string[] = Object.keys(KINDS);

/** Small enough that a mutation hits something that matters, and that 100,000 of them take a minute. */
const SEED_CHARACTERS = 6_000;

export function seedsOf(name: string): readonly Seed[] {
  const kind = KINDS[name];
  if (kind === undefined) throw new Error(`no kind ${name}; there are ${SEED_KINDS.join(', ')}`);
  const corpus = process.env['HOLDFAST_CORPUS'];
  const folders = [join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'inventory')];
  if (corpus !== undefined) folders.push(join(corpus, 'lockfiles'));
  return folders.filter(existsSync).flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => kind.files.test(file))
      .map((file) => {
        const text = small(readFileSync(join(folder, file), 'utf8'));
        const document = text.trimStart().startsWith('{') ? parseBunJson(file, text) : null;
        return { name: file, text, document, read: watched(kind.read) };
      }),
  );
}

/** Also asks what is worked out only on demand, and what decides which reader a file gets. */
function watched(read: Seed['read']): Seed['read'] {
  return async (text) => {
    try {
      kindOfText('input', text);
    } catch (thrown) {
      if (!(thrown instanceof HoldfastError)) throw thrown;
    }
    const inventory = await read(text);
    const graph = inventory.graph();
    for (const [from, found] of graph?.needs.entries() ?? []) for (const to of found) graph?.rangeOf(from, to);
    return inventory;
  };
}

/** A sound piece of a large file: the first members of everything in JSON, the first blocks of what is written in lines. */
function small(text: string): string {
  if (text.length <= SEED_CHARACTERS || text.startsWith('<')) return text;
  if (!text.trimStart().startsWith('{')) {
    const end = text.lastIndexOf('\n\n', SEED_CHARACTERS);
    return text.slice(0, end < 0 ? text.lastIndexOf('\n', SEED_CHARACTERS) + 1 : end + 1);
  }
  const document: unknown = parseBunJson('seed', text);
  for (let most = 64; most > 1; most = Math.floor(most / 2)) {
    const shorter = JSON.stringify(firstOf(document, most), null, 1);
    if (shorter.length <= SEED_CHARACTERS) return shorter;
  }
  return JSON.stringify(firstOf(document, 1));
}

function firstOf(value: unknown, most: number): unknown {
  if (Array.isArray(value)) return value.slice(0, most).map((item) => firstOf(item, most));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, Math.max(12, most))
      .map(([key, inner]) => [key, firstOf(inner, most)]),
  );
}
