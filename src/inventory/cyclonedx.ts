/**
 * CycloneDX SBOMs, whatever they are written in: from the components of a document to an inventory.
 *
 * Source: CycloneDX reference, https://cyclonedx.org/docs/1.7/. cyclonedx-json.ts and cyclonedx-xml.ts read the two
 * notations into the parts below, so that one document says the same in both; its dependencies are sbom-graph.ts. What
 * identifies a component is its package URL; a component without one is listed but matches no advisory: its ecosystem
 * is empty, not guessed from its name. The one exception is a `bom-ref` that is itself a purl of the component's own
 * name and version, as several generators write it.
 */
import type { Component, ComponentIndex, Inventory, Scope } from './component.ts';
import { formatPurl, type Purl } from './purl.ts';
import { ecosystemOf, type Hash, nameOf, originOf, shownPurl, strongestHash } from './purl-identity.ts';
import { type Part, type RecordedNeeds, recordedDependencies } from './sbom-graph.ts';

/** What a `component` says about itself; empty text where it says nothing. */
export interface CyclonedxSubject {
  readonly ref: string | null;
  readonly group: string;
  readonly name: string;
  readonly version: string;
  /** `null` when the component has no `purl`; text that is no purl is not the same. */
  readonly purl: string | null;
  /** `null` when the component has no `scope`. */
  readonly scope: string | null;
  readonly hashes: readonly Hash[];
  readonly properties: readonly CyclonedxProperty[];
}

export interface CyclonedxProperty {
  readonly name: string;
  readonly value: string;
}

export interface CyclonedxPart extends CyclonedxSubject, Part {}

export interface CyclonedxDocument {
  readonly kind: 'cyclonedx-json' | 'cyclonedx-xml';
  /** `metadata.component`. */
  readonly product: CyclonedxSubject;
  /**
   * Every other component, in the document's order, a containing one before what it contains; those inside
   * `metadata.component` come first.
   */
  readonly parts: readonly CyclonedxPart[];
  /** `provides` (1.6) is not among them: it says what a component implements, not what it needs. */
  readonly dependencies: Iterable<RecordedNeeds>;
}

/** The product itself is not among the components. */
export function cyclonedxInventory(path: string, document: CyclonedxDocument): Inventory {
  const { kind, product, parts, dependencies } = document;
  const { graph, direct } = recordedDependencies(parts, product.ref, dependencies);
  const { name, version, purl } = identityOf(product);
  return {
    path,
    kind,
    product: { name, version, ...(purl === null ? {} : { purl: formatPurl(purl) }) },
    components: parts.map((part, index) => componentOf(part, index, direct.has(index))),
    coverage: 'whole',
    gaps: [],
    graph: () => graph,
  };
}

function componentOf(part: CyclonedxPart, index: ComponentIndex, direct: boolean): Component {
  const { purl, ecosystem, name, version } = identityOf(part);
  return {
    ecosystem,
    name,
    version,
    purl: purl === null ? '' : formatPurl(purl),
    scope: scopeOf(part),
    integrity: strongestHash(part.hashes),
    origin: originOf(purl),
    direct,
    location: part.ref ?? `component ${index + 1}`,
  };
}

interface Identity {
  readonly purl: Purl | null;
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
}

function identityOf(subject: CyclonedxSubject): Identity {
  const { group, name, version } = subject;
  const purl = subject.purl === null ? purlFromRef(subject) : shownPurl(subject.purl);
  if (purl === null) return { purl, ecosystem: '', name: group === '' ? name : `${group}/${name}`, version };
  return {
    purl,
    ecosystem: ecosystemOf(purl),
    name: nameOf(purl),
    version: purl.version === '' ? version : purl.version,
  };
}

function purlFromRef({ ref, name, version }: CyclonedxSubject): Purl | null {
  const purl = shownPurl(ref ?? '');
  return purl !== null && purl.version === version && (purl.name === name || nameOf(purl) === name) ? purl : null;
}

/**
 * A component without a scope is required (reference, "scope"); excluded ones are for testing and other uses outside of
 * runtime. `cdx:npm:package:development` is npm's own word for the same (CycloneDX property taxonomy, cdx:npm).
 */
function scopeOf({ scope, properties }: CyclonedxSubject): Scope {
  const isDevelopment = properties.some(
    ({ name, value }) => name === 'cdx:npm:package:development' && value === 'true',
  );
  if (isDevelopment || scope === 'excluded') return 'development';
  if (scope === 'optional') return 'optional';
  return scope === null || scope === 'required' ? 'production' : 'unknown';
}
