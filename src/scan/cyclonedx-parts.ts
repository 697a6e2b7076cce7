/**
 * The components and edges of all inputs as one list, for cyclonedx-bom.ts.
 *
 * The same package URL and version in two inputs, or at two places of one, is one component with the hashes, inputs and
 * edges of all of them. An input that records no edges adds none: "unknown" must not look like "needs nothing".
 */
import type { Component, Inventory, InventoryKind, Scope } from '../inventory/component.ts';
import { sha256 } from '../lib/hash.ts';
import type { Finding } from './finding.ts';
import { hashesOf, type ComponentHash } from './integrity-hashes.ts';
import { genericPurl, productOf, type ProductIdentity } from './product-identity.ts';

export interface Part {
  /** Its `bom-ref`: the package URL where it is unique. */
  readonly ref: string;
  readonly type: 'application' | 'library';
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** `null` for products: they are not part of something else. */
  scope: Scope | null;
  readonly hashes: Map<string, ComponentHash>;
  /** Integrity that no hash could be read from, as the input has it. */
  readonly otherIntegrity: Set<string>;
  readonly origins: Set<string>;
  readonly inputs: Set<string>;
  /** What it is known to depend on; `null` where no input knows. */
  needs: Set<string> | null;
}

export interface Parts {
  /** The product of the scan: the one of all inputs, else one that stands for all of them. */
  readonly root: Part;
  /** Everything else, in the order of the inputs. */
  readonly parts: readonly Part[];
  /** `bom-ref`s of the component versions that a finding speaks of; never empty. */
  readonly refsOf: (finding: Finding) => readonly string[];
  /** Components whose edges some input names only in part, by the input's own word. */
  readonly incomplete: ReadonlySet<string>;
  /** Components of whose edges no input says anything. */
  readonly unknown: ReadonlySet<string>;
}

/**
 * @param options.folder Name of the scanned folder, for what names no product.
 * @param options.prod Leaves out what only development needs, as the findings do.
 */
export function partsOf(
  inventories: readonly Inventory[],
  findings: readonly Finding[],
  options: { readonly folder: string; readonly prod: boolean },
): Parts {
  const collection = new PartCollection();
  const products = inventories.map((inventory) => productOf(inventory, options.folder));
  const distinct = new Map(products.map((product) => [product.purl, product]));
  const [only] = distinct.values();
  const root =
    distinct.size === 1 && only !== undefined
      ? collection.addProduct(only)
      : collection.addProduct({ name: options.folder || 'products', version: '', purl: '' });
  if (distinct.size > 1) root.needs = new Set();
  const incomplete = new Set<string>();
  for (const [index, inventory] of inventories.entries()) {
    const product = distinct.size === 1 ? root : collection.addProduct(products[index] ?? NO_PRODUCT);
    if (product !== root) root.needs?.add(product.ref);
    addInventory(collection, inventory, product, options.prod);
    if (inventory.coverage === 'direct' || inventory.gaps.length > 0) incomplete.add(product.ref);
  }
  const refsOf = (finding: Finding): readonly string[] => collection.refsOf(finding);
  for (const finding of findings) refsOf(finding);
  const parts = collection.parts.filter((part) => part !== root);
  const unknown = new Set([root, ...parts].filter(({ needs }) => needs === null).map(({ ref }) => ref));
  return { root, parts, refsOf, incomplete, unknown };
}

const NO_PRODUCT: ProductIdentity = { name: 'product', version: '', purl: '' };

/** Lockfiles list every dependency of every package; in an SBOM an empty entry and a missing one become the same graph. */
const RECORDS_LEAVES: Readonly<Record<InventoryKind, boolean>> = {
  'package-lock-v1': true,
  'package-lock-v2': true,
  'package-lock-v3': true,
  'npm-shrinkwrap': true,
  'yarn-classic': true,
  'yarn-berry': true,
  'pnpm-lock': true,
  'bun-lock': true,
  'gradle-lockfile': false,
  'maven-pom': false,
  'cyclonedx-json': false,
  'cyclonedx-xml': false,
  'spdx-json': false,
};

function addInventory(collection: PartCollection, inventory: Inventory, product: Part, prod: boolean): void {
  product.inputs.add(inventory.path);
  const placed = inventory.components.map((component) =>
    prod && component.scope === 'development' ? null : collection.addComponent(component, inventory.path),
  );
  const graph = inventory.graph();
  if (graph === null) return;
  const knowsLeaves = inventory.coverage === 'whole' && RECORDS_LEAVES[inventory.kind];
  const connect = (from: Part, needs: readonly number[]): void => {
    if (needs.length === 0 && !knowsLeaves) return;
    from.needs ??= new Set();
    for (const index of needs) {
      const to = placed[index];
      if (to !== null && to !== undefined && to !== from) from.needs.add(to.ref);
    }
  };
  connect(product, graph.roots);
  for (const [index, part] of placed.entries()) if (part !== null) connect(part, graph.needs[index] ?? []);
}

const SCOPE_WEIGHT: Readonly<Record<Scope, number>> = { production: 3, unknown: 2, optional: 1, development: 0 };

class PartCollection {
  readonly parts: Part[] = [];
  readonly #byKey = new Map<string, Part>();
  readonly #byVersion = new Map<string, Set<string>>();
  readonly #refs = new Set<string>();

  addProduct({ name, version, purl }: ProductIdentity): Part {
    return this.#part('application', { ecosystem: '', name, version, purl }, null);
  }

  addComponent(component: Component, input: string): Part {
    const { scope, integrity, origin } = component;
    const part = this.#part('library', component, scope);
    if (part.scope !== null && SCOPE_WEIGHT[scope] > SCOPE_WEIGHT[part.scope]) part.scope = scope;
    const hashes = hashesOf(integrity);
    for (const hash of hashes) part.hashes.set(`${hash.alg}:${hash.content}`, hash);
    if (integrity !== null && hashes.length === 0) part.otherIntegrity.add(integrity);
    if (origin.kind !== 'registry' && origin.kind !== 'unknown')
      part.origins.add(origin.kind === 'bundled' ? 'bundled' : `${origin.kind} ${origin.location}`);
    part.inputs.add(input);
    return part;
  }

  /** A finding whose component stands in no input comes from another tool's report; its component is listed then. */
  refsOf(finding: Finding): readonly string[] {
    const { ecosystem, name, version, purl, scope, inputs } = finding;
    const known = this.#byVersion.get(versionKey(ecosystem, name, version));
    if (known !== undefined) return [...known];
    const part = this.#part('library', { ecosystem, name, version, purl: purl || genericPurl(name, version) }, scope);
    for (const input of inputs) part.inputs.add(input);
    this.#byVersion.set(versionKey(ecosystem, name, version), new Set([part.ref]));
    return [part.ref];
  }

  #part(
    type: Part['type'],
    identity: { readonly ecosystem: string; readonly name: string; readonly version: string; readonly purl: string },
    scope: Scope | null,
  ): Part {
    const { ecosystem, name, version, purl } = identity;
    const key = purl === '' ? `${type}\0${versionKey(ecosystem, name, version)}` : `${purl}\0${version}`;
    const known = this.#byKey.get(key);
    const part = known ?? this.#newPart(type, identity, scope, this.#freeRef(purl, key));
    if (known === undefined) {
      this.parts.push(part);
      this.#byKey.set(key, part);
    }
    if (type === 'library') {
      const place = versionKey(ecosystem, name, version);
      const refs = this.#byVersion.get(place);
      if (refs === undefined) this.#byVersion.set(place, new Set([part.ref]));
      else refs.add(part.ref);
    }
    return part;
  }

  #newPart(
    type: Part['type'],
    { ecosystem, name, version, purl }: Pick<Part, 'ecosystem' | 'name' | 'version' | 'purl'>,
    scope: Scope | null,
    ref: string,
  ): Part {
    return {
      ref,
      type,
      ecosystem,
      name,
      version,
      purl,
      scope,
      hashes: new Map(),
      otherIntegrity: new Set(),
      origins: new Set(),
      inputs: new Set(),
      needs: null,
    };
  }

  #freeRef(purl: string, key: string): string {
    const ref = purl !== '' && !this.#refs.has(purl) ? purl : `holdfast:${sha256(key).slice(0, 32)}`;
    this.#refs.add(ref);
    return ref;
  }
}

const versionKey = (ecosystem: string, name: string, version: string): string => `${ecosystem}\0${name}\0${version}`;
