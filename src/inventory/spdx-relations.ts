/**
 * What the relationships of an SPDX document say about packages: which one is described, which needs which, and how much
 * a need weighs.
 *
 * Source: SPDX 2.3 §11, "Relationships between SPDX elements". The packages are spdx-json.ts; joining the needs
 * into a graph is sbom-graph.ts. Relationships that say nothing about what is installed (where a file was copied from,
 * which document amends another) are not read.
 */
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import type { ComponentIndex, Scope } from './component.ts';
import { type Part, PRODUCT } from './sbom-graph.ts';

export interface SpdxNeed {
  readonly from: string;
  readonly to: string;
  readonly scope: Exclude<Scope, 'unknown'>;
}

export interface SpdxRelations {
  /** Identifiers of what the document is about. */
  readonly described: ReadonlySet<string>;
  readonly needs: readonly SpdxNeed[];
  /** What stands inside of what; the packages of an image, or of a folder that was looked through. */
  readonly contents: readonly { readonly container: string; readonly content: string }[];
}

type Meaning =
  | { readonly says: 'needs' | 'is-needed-by'; readonly scope: SpdxNeed['scope'] }
  | { readonly says: 'contains' | 'is-contained-by' | 'describes' | 'is-described-by' };

const needs = (scope: SpdxNeed['scope']): Meaning => ({ says: 'needs', scope });
const isNeededBy = (scope: SpdxNeed['scope']): Meaning => ({ says: 'is-needed-by', scope });

/**
 * "A `DEPENDS_ON` B" reads from left to right, "A `DEPENDENCY_OF` B" from right to left. Provided dependencies come from
 * the platform and run all the same; npm writes its peer dependencies as prerequisites.
 */
const MEANINGS: ReadonlyMap<unknown, Meaning> = new Map([
  ['DESCRIBES', { says: 'describes' }],
  ['DESCRIBED_BY', { says: 'is-described-by' }],
  ['CONTAINS', { says: 'contains' }],
  ['CONTAINED_BY', { says: 'is-contained-by' }],
  ['DEPENDS_ON', needs('production')],
  ['HAS_PREREQUISITE', needs('production')],
  ['STATIC_LINK', needs('production')],
  ['DYNAMIC_LINK', needs('production')],
  ['DEPENDENCY_OF', isNeededBy('production')],
  ['RUNTIME_DEPENDENCY_OF', isNeededBy('production')],
  ['PROVIDED_DEPENDENCY_OF', isNeededBy('production')],
  ['PREREQUISITE_FOR', isNeededBy('production')],
  ['PACKAGE_OF', isNeededBy('production')],
  ['OPTIONAL_DEPENDENCY_OF', isNeededBy('optional')],
  ['OPTIONAL_COMPONENT_OF', isNeededBy('optional')],
  ['DEV_DEPENDENCY_OF', isNeededBy('development')],
  ['BUILD_DEPENDENCY_OF', isNeededBy('development')],
  ['TEST_DEPENDENCY_OF', isNeededBy('development')],
  ['DEV_TOOL_OF', isNeededBy('development')],
  ['BUILD_TOOL_OF', isNeededBy('development')],
  ['TEST_TOOL_OF', isNeededBy('development')],
]);

export function relationsIn(document: Readonly<Record<string, unknown>>): SpdxRelations {
  const self = stringOr(document['SPDXID'], 'SPDXRef-DOCUMENT');
  // Deprecated, and still written by most generators beside DESCRIBES or instead of it (SPDX 2.3 JSON schema).
  const described = new Set<string>();
  for (const id of arrayOr(document['documentDescribes'])) if (typeof id === 'string') described.add(id);
  const found: SpdxNeed[] = [];
  const contents: { container: string; content: string }[] = [];
  for (const relationship of arrayOr(document['relationships'])) {
    if (!isObject(relationship)) continue;
    const meaning = MEANINGS.get(relationship['relationshipType']);
    const left = relationship['spdxElementId'];
    const right = relationship['relatedSpdxElement'];
    if (meaning === undefined || typeof left !== 'string' || typeof right !== 'string') continue;
    switch (meaning.says) {
      case 'describes':
        if (left === self) described.add(right);
        break;
      case 'is-described-by':
        if (right === self) described.add(left);
        break;
      case 'contains':
        contents.push({ container: left, content: right });
        break;
      case 'is-contained-by':
        contents.push({ container: right, content: left });
        break;
      case 'needs':
        found.push({ from: left, to: right, scope: meaning.scope });
        break;
      case 'is-needed-by':
        found.push({ from: right, to: left, scope: meaning.scope });
        break;
    }
  }
  return { described, needs: found, contents };
}

/** By weight, lightest first; the position is the rank. */
const SCOPES: readonly Scope[] = ['development', 'optional', 'unknown', 'production'];
const UNKNOWN = SCOPES.indexOf('unknown');
const PRODUCTION = SCOPES.indexOf('production');

interface Edge {
  readonly to: ComponentIndex;
  readonly rank: number;
}

/**
 * The scope of every component. A way from the product weighs as much as its lightest step, a component as much as the
 * heaviest way to it. SPDX has no word for the scope of a package: what nothing leads to is unknown, and so is what
 * nobody asks for.
 */
export function scopesOf(
  parts: readonly Part[],
  positions: ReadonlyMap<string, ComponentIndex>,
  needed: readonly SpdxNeed[],
): readonly Scope[] {
  const edges: Edge[][] = parts.map(() => []);
  const asked = new Set<ComponentIndex>();
  const open: ComponentIndex[][] = SCOPES.map(() => []);
  for (const { from, to, scope } of needed) {
    const needing = positions.get(from);
    const index = positions.get(to);
    if (needing === undefined || index === undefined || index === PRODUCT) continue;
    const rank = SCOPES.indexOf(scope);
    if (needing === PRODUCT) open[rank]?.push(index);
    else edges[needing]?.push({ to: index, rank });
    asked.add(index);
  }
  for (const [index, { container }] of parts.entries()) {
    if (!asked.has(index)) open[container === PRODUCT ? PRODUCTION : UNKNOWN]?.push(index);
  }
  const ranks: number[] = parts.map(() => -1);
  for (let level = SCOPES.length - 1; level >= 0; level -= 1) {
    // The list grows while it is walked.
    for (const index of open[level] ?? []) {
      if (ranks[index] !== -1) continue;
      ranks[index] = level;
      for (const { to, rank } of edges[index] ?? []) open[Math.min(level, rank)]?.push(to);
    }
  }
  return ranks.map((rank) => SCOPES[rank] ?? 'unknown');
}
