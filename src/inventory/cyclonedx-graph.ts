/**
 * The dependencies of a CycloneDX SBOM as a graph over the positions of its components.
 *
 * Source: CycloneDX JSON reference, "dependencies". Real documents name components that are not there, name one twice,
 * or point in circles; each of these has one reading here, so that the same file always gives the same graph:
 * the first component of a `bom-ref` has it, references to nothing and to oneself are dropped, entries for the same
 * component are joined. `provides` (1.6) says what a component implements, not what it needs, and is not read.
 */
import { arrayOr, isObject } from '../lib/json.ts';
import type { ComponentIndex, Graph } from './component.ts';

/** A component's place in the document. */
export interface Part {
  /** Its `bom-ref`; `null` when it has none, and then nothing can refer to it. */
  readonly ref: string | null;
  /** The component that it stands inside of, `PRODUCT` inside `metadata.component`; `null` in the document's own list. */
  readonly container: ComponentIndex | null;
}

/** The product among the positions of components. */
export const PRODUCT = -1;

export interface RecordedDependencies {
  /** `null` when the document records not one edge. */
  readonly graph: Graph | null;
  /** What the product is recorded to need. */
  readonly direct: ReadonlySet<ComponentIndex>;
}

/**
 * Joins the entries of `dependencies`.
 *
 * A contained component that nothing depends on came with its container and gets that edge. When the document says
 * nothing about the product's own dependencies, paths start at the components that it speaks of and nothing depends on;
 * these are not called direct.
 *
 * @param productRef The `bom-ref` of `metadata.component`; `null` when it has none.
 */
export function recordedDependencies(
  parts: readonly Part[],
  productRef: string | null,
  dependencies: unknown,
): RecordedDependencies {
  const positions = positionsOf(parts, productRef);
  const needs: Set<ComponentIndex>[] = parts.map(() => new Set());
  const direct = new Set<ComponentIndex>();
  const mentioned = new Set<ComponentIndex>();
  const asked = new Set<ComponentIndex>();
  for (const entry of arrayOr(dependencies)) {
    const from = isObject(entry) ? positions.get(entry['ref']) : undefined;
    if (!isObject(entry) || from === undefined) continue;
    if (from !== PRODUCT) mentioned.add(from);
    for (const ref of arrayOr(entry['dependsOn'])) {
      const to = positions.get(ref);
      if (to === undefined || to === from || to === PRODUCT) continue;
      (from === PRODUCT ? direct : needs[from])?.add(to);
      mentioned.add(to);
      asked.add(to);
    }
  }
  if (asked.size === 0) return { graph: null, direct };
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
  return { graph: { roots: [...roots], needs: lists, wanted: new Map(), rangeOf: () => null }, direct };
}

/** Keyed by `unknown`, because a reference in the document may be anything; only text can be found. */
function positionsOf(parts: readonly Part[], productRef: string | null): ReadonlyMap<unknown, ComponentIndex> {
  const positions = new Map<unknown, ComponentIndex>();
  if (productRef !== null) positions.set(productRef, PRODUCT);
  for (const [index, { ref }] of parts.entries()) if (ref !== null && !positions.has(ref)) positions.set(ref, index);
  return positions;
}
