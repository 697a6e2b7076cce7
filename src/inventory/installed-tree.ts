/**
 * Packages as npm has laid them out in folders, and who finds whom: Node's module resolution on a lockfile.
 *
 * package-lock-v1.ts, package-lock-v3.ts and bun-tree.ts build the tree; this file turns it into the dependency graph. Everything is
 * linear in the size of the lockfile, because a thousand packages stand on the path of every scan.
 */
import { isObject } from '../lib/json.ts';
import type { ComponentIndex, Graph } from './component.ts';

/** A folder that holds packages in its `node_modules`: an installed package, a workspace, or the product's own root. */
export interface Place {
  /** Where Node looks next; `null` at the product's root and for folders outside of it. */
  up: Place | null;
  /** What stands in this place's `node_modules`, by the name it is installed under. */
  inside: Map<string, Place> | null;
  /** The component that stands here; -1 for the root and for folders that only hold others. */
  index: ComponentIndex;
}

export const newPlace = (up: Place | null, index: ComponentIndex): Place => ({ up, inside: null, index });

export function putInside(holder: Place, name: string, place: Place): void {
  holder.inside ??= new Map();
  holder.inside.set(name, place);
}

/**
 * The component that `name` means to a module at `from`; -1 when none is installed.
 *
 * Source: Node.js, "Modules: CommonJS modules", "Loading from node_modules folders".
 */
export function find(from: Place, name: string): ComponentIndex {
  for (let place: Place | null = from; place !== null; place = place.up) {
    if (place.inside === null) continue;
    const found = place.inside.get(name);
    if (found !== undefined && found.index >= 0) return found.index;
  }
  return -1;
}

/** A manifest of the product (its own, `index` null, or a workspace's): what it asks for is direct. */
export interface Manifest {
  readonly index: ComponentIndex | null;
  readonly place: Place;
  /** Names with ranges, as in the lockfile; unchecked. */
  readonly tables: readonly unknown[];
}

export interface InstalledTree {
  /** By component: where its own search for packages begins. */
  readonly places: readonly Place[];
  /** By component: the tables of names with ranges that it asks for; unchecked. */
  readonly tablesOf: (index: ComponentIndex) => readonly unknown[];
  readonly manifests: readonly Manifest[];
}

export interface DirectDependencies {
  readonly roots: readonly ComponentIndex[];
  readonly wanted: ReadonlyMap<ComponentIndex, string>;
}

/** What the manifests ask for, in their order, each once; then the workspaces themselves. */
export function directDependencies(manifests: readonly Manifest[]): DirectDependencies {
  const wanted = new Map<ComponentIndex, string>();
  for (const { index, place, tables } of manifests) {
    for (const table of tables) {
      if (!isObject(table)) continue;
      for (const name of Object.keys(table)) {
        const found = find(place, name);
        const range = table[name];
        if (found >= 0 && found !== index && !wanted.has(found))
          wanted.set(found, typeof range === 'string' ? range : '');
      }
    }
  }
  const roots = new Set(wanted.keys());
  for (const { index } of manifests) if (index !== null) roots.add(index);
  return { roots: [...roots], wanted };
}

/**
 * By component: the components it finds under the names it asks for, each once, in the order of its tables.
 *
 * Counted loops: this runs once, before V8 has compiled anything, and there `for…of` costs more than the look-ups.
 */
export function needsOf({ places, tablesOf }: InstalledTree): ComponentIndex[][] {
  const needs: ComponentIndex[][] = [];
  const lastAskedBy = new Int32Array(places.length).fill(-1);
  for (let from = 0; from < places.length; from += 1) {
    const place = places[from];
    const found: ComponentIndex[] = [];
    const tables = tablesOf(from);
    for (let at = 0; place !== undefined && at < tables.length; at += 1) {
      const table = tables[at];
      if (isObject(table)) addFound(place, Object.keys(table), from, found, lastAskedBy);
    }
    needs.push(found);
  }
  return needs;
}

function addFound(
  place: Place,
  names: readonly string[],
  from: ComponentIndex,
  found: ComponentIndex[],
  lastAskedBy: Int32Array,
): void {
  for (let at = 0; at < names.length; at += 1) {
    const to = find(place, names[at] ?? '');
    if (to < 0 || to === from || lastAskedBy[to] === from) continue;
    lastAskedBy[to] = from;
    found.push(to);
  }
}

/** Top-level components that nobody else needs: something must have asked for them, and only the product can have. */
export function unaskedFor(root: Place, needs: readonly (readonly ComponentIndex[])[]): ComponentIndex[] {
  const asked = new Uint8Array(needs.length);
  for (const found of needs) for (const to of found) asked[to] = 1;
  const top = [...(root.inside?.values() ?? [])].map((place) => place.index);
  return [...new Set(top)].filter((index) => index >= 0 && asked[index] === 0);
}

/** The range in `tables` whose name leads from `place` to `to`; see `Graph.rangeOf`. */
function rangeIn(tables: readonly unknown[], place: Place, to: ComponentIndex): string | null {
  for (const table of tables) {
    if (!isObject(table)) continue;
    for (const [name, range] of Object.entries(table)) {
      if (find(place, name) === to) return typeof range === 'string' ? range : null;
    }
  }
  return null;
}

export function graphOf(
  tree: InstalledTree,
  { roots, wanted }: DirectDependencies,
  needs: readonly (readonly ComponentIndex[])[] = needsOf(tree),
): Graph {
  const rangeOf = (from: ComponentIndex | null, to: ComponentIndex): string | null => {
    if (from === null) {
      const own = tree.manifests.find(({ index }) => index === null);
      return own === undefined ? null : rangeIn(own.tables, own.place, to);
    }
    const place = tree.places[from];
    return place === undefined ? null : rangeIn(tree.tablesOf(from), place, to);
  };
  return { roots, needs, wanted, rangeOf };
}
