/**
 * The dependencies that an SBOM records, as a graph over the positions of its components. For CycloneDX (cyclonedx.ts)
 * and SPDX (spdx-json.ts), which say the same in other words.
 *
 * Sources: CycloneDX reference, "dependencies"; SPDX 2.3 §11. Real documents name components that are not there, name one
 * twice, or point in circles; each of these has one reading here, so that the same file always gives the same graph:
 * the first component of a reference has it, references to nothing and to oneself are dropped, entries for the same
 * component are joined.
 */
import type { ComponentIndex, Graph } from './component.ts';

/** A component's place in the document. */
export interface Part {
  /** Its `bom-ref` or SPDX identifier; `null` when it has none, and then nothing can refer to it. */
  readonly ref: string | null;
  /** The component that it stands inside of, `PRODUCT` inside the product; `null` in the document's own list. */
  readonly container: ComponentIndex | null;
}

/** The product among the positions of components. */
export const PRODUCT = -1;

/** What one component, or the product, is recorded to need; all by reference. */
export interface RecordedNeeds {
  readonly ref: string;
  readonly needs: readonly string[];
}

export interface RecordedDependencies {
  /** `null` when the document records not one edge. */
  readonly graph: Graph | null;
  /** What the product is recorded to need. */
  readonly direct: ReadonlySet<ComponentIndex>;
  /** Every reference of the document: to a component by its position, or to `PRODUCT`. */
  readonly positions: ReadonlyMap<string, ComponentIndex>;
}

/**
 * Joins the entries of a document.
 *
 * A contained component that nothing depends on came with its container and gets that edge. When the document says
 * nothing about the product's own dependencies, paths start at the components that it speaks of and nothing depends on;
 * these are not called direct.
 *
 * @param productRef The product's own reference; `null` when it has none.
 */
export function recordedDependencies(
  parts: readonly Part[],
  productRef: string | null,
  entries: Iterable<RecordedNeeds>,
): RecordedDependencies {
  const positions = positionsOf(parts, productRef);
  const needs: Set<ComponentIndex>[] = parts.map(() => new Set());
  const direct = new Set<ComponentIndex>();
  const mentioned = new Set<ComponentIndex>();
  const asked = new Set<ComponentIndex>();
  for (const entry of entries) {
    const from = positions.get(entry.ref);
    if (from === undefined) continue;
    if (from !== PRODUCT) mentioned.add(from);
    for (const ref of entry.needs) {
      const to = positions.get(ref);
      if (to === undefined || to === from || to === PRODUCT) continue;
      (from === PRODUCT ? direct : needs[from])?.add(to);
      mentioned.add(to);
      asked.add(to);
    }
  }
  if (asked.size === 0) return { graph: null, direct, positions };
  const contained = new Set<ComponentIndex>();
  for (const [index, { container }] of parts.entries()) {
    if (container === null || asked.has(index)) continue;
    (container === PRODUCT ? contained : needs[container])?.add(index);
    if (container !== PRODUCT) mentioned.add(container);
    asked.add(index);
  }
  const starts = direct.size > 0 ? direct : [...mentioned].filter((index) => !asked.has(index));
  const roots = new Set([...starts, ...contained]);
  const lists = needs.map((found) => [...found]);
  const graph: Graph = { roots: [...roots], needs: lists, wanted: new Map(), rangeOf: () => null };
  return { graph, direct, positions };
}

/** Components by their references; the product's own reference is the product, whatever else has it. */
function positionsOf(parts: readonly Part[], productRef: string | null): ReadonlyMap<string, ComponentIndex> {
  const positions = new Map<string, ComponentIndex>();
  if (productRef !== null) positions.set(productRef, PRODUCT);
  for (const [index, { ref }] of parts.entries()) if (ref !== null && !positions.has(ref)) positions.set(ref, index);
  return positions;
}
