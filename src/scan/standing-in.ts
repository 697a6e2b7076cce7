/**
 * Which input stands in for one that names only what it asks for: the SBOM that the build wrote of the same project.
 *
 * A POM does not say what its dependencies bring along; an SBOM or a Gradle lockfile does. It stands in for the POM when it
 * lies in the same folder or one above (an aggregate of all modules), or in the `target` of that folder, where Maven
 * writes it, and when it names every package that the POM asks for in production: an SBOM of something else, or one from
 * before a dependency was added, does not.
 */
import type { Inventory } from '../inventory/component.ts';

/** By path of each input of coverage `direct`: the path of the input that stands in for it, `null` where none does. */
export function standIns(inventories: readonly Inventory[]): ReadonlyMap<string, string | null> {
  const partial = inventories.filter(({ coverage }) => coverage === 'direct');
  if (partial.length === 0) return new Map();
  const whole = inventories
    .filter(({ coverage, kind, gaps }) => coverage === 'whole' && gaps.length === 0 && WHOLE_KINDS.has(kind))
    .map((inventory) => ({ inventory, folder: projectFolder(inventory.path), names: namesIn(inventory) }));
  return new Map(
    partial.map((inventory) => {
      const folder = folderOf(inventory.path);
      const found = whole.find((other) => isAtOrAbove(other.folder, folder) && namesAll(other.names, inventory));
      return [inventory.path, found?.inventory.path ?? null];
    }),
  );
}

/** Inputs that list what was resolved for a build of Maven or Gradle. */
const WHOLE_KINDS: ReadonlySet<Inventory['kind']> = new Set([
  'gradle-lockfile',
  'cyclonedx-json',
  'cyclonedx-xml',
  'spdx-json',
]);

const namesIn = ({ components }: Inventory): ReadonlySet<string> =>
  new Set(components.map(({ ecosystem, name }) => `${ecosystem}\0${name}`));

const namesAll = (names: ReadonlySet<string>, { components }: Inventory): boolean =>
  components.every(
    ({ direct, scope, origin, ecosystem, name }) =>
      !direct || scope !== 'production' || origin.kind === 'link' || names.has(`${ecosystem}\0${name}`),
  );

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

const projectFolder = (path: string): string => folderOf(path).replace(/(?:^|\/)target$/, '');

const isAtOrAbove = (folder: string, inside: string): boolean =>
  folder === inside || folder === '' || inside.startsWith(`${folder}/`);
