/**
 * Which scanned component a report speaks of.
 *
 * A package with its ecosystem, name and version is that component or none. npm's second format names folders and a range instead of a version,
 * SARIF often a name and a version without an ecosystem: those are looked up, and where the answer is not one, the report's words stand.
 */
import { inRange } from './npm-range.ts';
import type { Package } from './finding.ts';
import type { InstalledPlaces, ReportedFinding, ReportedPackage } from './reported-finding.ts';

export interface Identity {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

export const packageKey = ({ ecosystem, name, version }: Identity): string => `${ecosystem}\0${name}\0${version}`;

/** The components of the inputs, ready to be asked. */
export interface ScannedPackages {
  /** By `packageKey`. */
  readonly byKey: ReadonlyMap<string, Package>;
  /** Those of one name, whatever their ecosystem. */
  readonly byName: ReadonlyMap<string, readonly Package[]>;
  /** Keys of what only development needs, where that is left out. */
  readonly leftOut: ReadonlySet<string>;
}

export interface Located {
  readonly identity: Identity;
  /** `null`: it stands in no input, or in none that was looked for. */
  readonly scanned: Package | null;
}

/**
 * @param packages Everything in the inputs.
 * @param kept What is scanned of it: with `--prod` without what only development needs.
 */
export function scannedPackages(packages: readonly Package[], kept: readonly Package[]): ScannedPackages {
  const byKey = new Map(kept.map((item) => [packageKey(item.component), item]));
  const byName = new Map<string, Package[]>();
  for (const item of packages) {
    const named = byName.get(item.component.name);
    if (named === undefined) byName.set(item.component.name, [item]);
    else named.push(item);
  }
  const keys = packages.map(({ component }) => packageKey(component));
  return { byKey, byName, leftOut: new Set(keys.filter((key) => !byKey.has(key))) };
}

/** @returns Where it stands, at least once unless everything was left out, and how many places were. */
export function locateIn(
  packages: ScannedPackages,
  { package: named, installed }: ReportedFinding,
): { readonly places: readonly Located[]; readonly leftOut: number } {
  const identities = installed === null ? [resolved(packages, named)] : installedVersions(packages, named, installed);
  const wanted = identities.filter((identity) => !packages.leftOut.has(packageKey(identity)));
  return {
    places: wanted.map((identity) => ({ identity, scanned: packages.byKey.get(packageKey(identity)) ?? null })),
    leftOut: identities.length - wanted.length,
  };
}

/** Without an ecosystem the component that is called so, if exactly one is. */
function resolved({ byName }: ScannedPackages, named: ReportedPackage): Identity {
  if (named.ecosystem !== '' || named.version === '') return named;
  const [only, ...others] = (byName.get(named.name) ?? []).filter(
    ({ component }) => component.version === named.version,
  );
  return only === undefined || others.length > 0 ? named : only.component;
}

/** The installed versions in the folders that the report names; in any folder, where it names none that was scanned. */
function installedVersions(
  { byName }: ScannedPackages,
  named: ReportedPackage,
  { places, range }: InstalledPlaces,
): readonly Identity[] {
  const folders = new Set(places);
  const candidates = (byName.get(named.name) ?? []).filter(
    ({ component }) => component.ecosystem === named.ecosystem && inRange(component.version, range),
  );
  const there = candidates.filter((item) =>
    item.places.some(({ inventory, index }) => folders.has(inventory.components[index]?.location ?? '')),
  );
  const found = there.length > 0 ? there : candidates;
  return found.length > 0 ? found.map(({ component }) => component) : [named];
}
