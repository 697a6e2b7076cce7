/**
 * What a product is made of: one graph of components, whatever file it was read from.
 *
 * Parsers (package-lock.ts, cyclonedx-json.ts, …) make it; scan/ and reach/ read it. Components are named by their
 * position in `components`, so edges cost four bytes and a parser never invents ids.
 */

export type Scope = 'production' | 'development' | 'optional' | 'unknown';

/**
 * Where the bytes of a component come from.
 *
 * `registry`: a package registry; `host` is the registry's host, `null` where the lockfile does not say (npm leaves it
 * out with `omit-lockfile-registry-resolved`). `git`, `file` (a tarball), `link` (a folder, e.g. a workspace): not a
 * registry's build even when name and version look so. `bundled`: shipped inside its parent's tarball.
 */
export type Origin =
  | { readonly kind: 'registry'; readonly host: string | null }
  | { readonly kind: 'git'; readonly location: string }
  | { readonly kind: 'file'; readonly location: string }
  | { readonly kind: 'link'; readonly location: string }
  | { readonly kind: 'bundled' }
  | { readonly kind: 'unknown' };

export interface Component {
  /** OSV ecosystem (`npm`, `Maven`), or the purl type in lower case where OSV has none. */
  readonly ecosystem: string;
  /** `@scope/name` or `group:artifact`; the real name, not the alias it is installed under. */
  readonly name: string;
  /** Empty when the input gives none; such a component is listed but cannot be matched. */
  readonly version: string;
  /** Empty when the input identifies the component by no package URL (a file in an SBOM); nothing is made up. */
  readonly purl: string;
  readonly scope: Scope;
  /** Subresource-integrity string, or `algorithm:hex`; `null` when the input gives none. */
  readonly integrity: string | null;
  readonly origin: Origin;
  /** Named by the product's own manifest (or by one of its workspaces). */
  readonly direct: boolean;
  /** Where the input defines it: `node_modules/a/node_modules/b`, a bom-ref. For people and for evidence. */
  readonly location: string;
}

/** Positions in `Inventory.components`. */
export type ComponentIndex = number;

export interface Graph {
  /** What the product itself asks for; starting points of every path. */
  readonly roots: readonly ComponentIndex[];
  /** `needs[i]`: what component `i` depends on. */
  readonly needs: readonly (readonly ComponentIndex[])[];
  /**
   * The version range that a direct dependency's manifest asks for, by component position; absent when the input has
   * none. Where several manifests ask, the product's own, else the first workspace's; `rangeOf` has every one.
   */
  readonly wanted: ReadonlyMap<ComponentIndex, string>;
  /**
   * The range by which `from` asks for `to`; `null` as `from` is the product's own manifest. `null` when `from` does not
   * ask for `to` or the input has no ranges (SBOMs). Costs one look at the dependencies of `from`.
   */
  readonly rangeOf: (from: ComponentIndex | null, to: ComponentIndex) => string | null;
}

export type InventoryKind =
  | 'package-lock-v1'
  | 'package-lock-v2'
  | 'package-lock-v3'
  | 'npm-shrinkwrap'
  | 'yarn-classic'
  | 'yarn-berry'
  | 'pnpm-lock'
  | 'bun-lock'
  | 'gradle-lockfile'
  | 'maven-pom'
  | 'cyclonedx-json'
  | 'cyclonedx-xml'
  | 'spdx-json';

export interface Inventory {
  /** The input as the user named it or as it was found. */
  readonly path: string;
  readonly kind: InventoryKind;
  /** The product: name (may be empty) and version (may be empty); its package URL where the input gives one (SBOMs). */
  readonly product: { readonly name: string; readonly version: string; readonly purl?: string };
  readonly components: readonly Component[];
  /**
   * `direct`: the input names what the product asks for and not what that brings along (a POM without its registry); what
   * is missing is not known to be harmless. `whole`: everything that is installed.
   */
  readonly coverage: 'whole' | 'direct';
  /** What the input names without saying which version, one sentence each; such a component has no version. */
  readonly gaps: readonly string[];
  /** `null` when the input records no edges (an SBOM without `dependencies`). Computed on first use: only findings need it. */
  readonly graph: () => Graph | null;
}
