/**
 * A second reading of Yarn's lockfiles, to hold ours against: the text by libraries (Yarn 1's own parser, `yaml`), the rest plain
 * and slow. It shares no code with src/inventory/.
 */
import { parse as parseClassic } from '@yarnpkg/lockfile';
import { parse as parseYaml } from 'yaml';

export interface ReferenceReading {
  /** Distinct `name@version` of what is installed from elsewhere, sorted; a patch counts as what it is applied to. */
  readonly packages: readonly string[];
  /** Distinct `name@version > name@version`, sorted, by exact descriptors only. */
  readonly edges: readonly string[];
  /** `name@range` that packages ask for and no descriptor is equal to. */
  readonly unanswered: readonly string[];
}

const realName = (descriptor: string): string =>
  /^(@?[^@]+)@(?:npm:(@?[^@]+)@)?/.exec(descriptor)?.slice(1).findLast(Boolean) ?? '';

export function readClassicReference(text: string): ReferenceReading {
  const lock = parseClassic(text).object;
  const idOf = (descriptor: string): string => `${realName(descriptor)}@${lock[descriptor]?.version}`;
  const asks = Object.entries(lock).flatMap(([descriptor, { dependencies, optionalDependencies }]) =>
    Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, range]) => [
      idOf(descriptor),
      `${name}@${range}`,
    ]),
  );
  return {
    packages: distinct(Object.keys(lock).map(idOf)),
    edges: distinct(asks.flatMap(([from, to]) => (lock[to!] === undefined ? [] : [`${from} > ${idOf(to!)}`]))),
    unanswered: distinct(asks.flatMap(([, to]) => (lock[to!] === undefined ? [to!] : []))),
  };
}

interface BerryEntry {
  readonly version: string;
  readonly resolution: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

export function readBerryReference(text: string): ReferenceReading {
  const { __metadata, ...entries } = parseYaml(text, { schema: 'failsafe', maxAliasCount: 0 }) as Record<
    string,
    BerryEntry
  >;
  const idOf = ({ resolution, version }: BerryEntry): string => `${/^@?[^@]+/.exec(resolution)?.[0]}@${version}`;
  const byDescriptor = new Map(
    Object.entries(entries).flatMap(([key, entry]) => key.split(', ').map((one) => [one, entry] as const)),
  );
  const installed = Object.values(entries).filter(({ resolution }) => !resolution.includes('@workspace:'));
  const asks = installed.flatMap((entry) =>
    Object.entries(entry.dependencies ?? {}).map(([name, range]) => [idOf(entry), `${name}@${range}`] as const),
  );
  const answer = (descriptor: string): string[] => {
    const found = byDescriptor.get(descriptor);
    return found === undefined ? [] : [idOf(found)];
  };
  return {
    packages: distinct(installed.map(idOf)),
    edges: distinct(asks.flatMap(([from, to]) => answer(to).map((found) => `${from} > ${found}`))),
    unanswered: distinct(asks.flatMap(([, to]) => (byDescriptor.has(to) ? [] : [to]))),
  };
}

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
