/**
 * CycloneDX SBOMs in XML, versions 1.0 to 1.7.
 *
 * Source: CycloneDX XML reference, https://cyclonedx.org/docs/1.7/xml/; the namespace of the root names the version. What
 * is read has had the same shape since 1.0: references came with 1.1, its dependencies stood in an extension of their
 * own (https://cyclonedx.org/ext/dependency-graph/) until 1.2 took them over, properties came with 1.3. The notation is
 * read here, its meaning is in cyclonedx.ts; the same in JSON is cyclonedx-json.ts.
 */
import { parseXml, type XmlElement } from '../lib/xml.ts';
import type { Inventory } from './component.ts';
import { type CyclonedxPart, type CyclonedxSubject, cyclonedxInventory } from './cyclonedx.ts';
import { type Part, PRODUCT, type RecordedNeeds } from './sbom-graph.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

const NAMESPACE = 'http://cyclonedx.org/schema/bom/';
const VERSIONS_READ: readonly string[] = ['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];
const DEPENDENCY_EXTENSION = 'http://cyclonedx.org/schema/ext/dependency-graph/1.0';

/**
 * Reads the text of an SBOM. Elements of other vocabularies, which the schema allows nearly everywhere, are not read.
 *
 * @throws INVENTORY_MALFORMED with line and column for what is no XML, INVENTORY_UNSUPPORTED for a version that is not read.
 */
export function readCyclonedxXml(path: string, text: string): Inventory {
  const bom = rootOf(path, text);
  const metadata = firstOwn(bom, 'metadata');
  const product = metadata === undefined ? undefined : firstOwn(metadata, 'component');
  const parts: CyclonedxPart[] = [];
  if (product !== undefined) unfold(path, product, PRODUCT, parts);
  unfold(path, bom, null, parts);
  return cyclonedxInventory(path, {
    kind: 'cyclonedx-xml',
    product: product === undefined ? NAMELESS : subjectOf(product),
    parts,
    dependencies: dependenciesIn(bom),
  });
}

const READS = 'Holdfast reads CycloneDX XML 1.0 to 1.7; most generators can write 1.6.';
const WRITE_ANEW = 'Restore the SBOM, or write it again with the tool that made it.';

function rootOf(path: string, text: string): XmlElement {
  const parsed = parseXml(text);
  if (!parsed.ok) {
    const { line, column, message } = parsed.error;
    const what = `${lastName(path)} cannot be read as XML: ${excerpt(message, 160)}`;
    throw malformed(path, what, WRITE_ANEW, { line, column });
  }
  const { name, namespace } = parsed.value;
  if (name !== 'bom') throw malformed(path, `${lastName(path)} is XML, but not a CycloneDX document`, WRITE_ANEW);
  const version = namespace.startsWith(NAMESPACE) ? namespace.slice(NAMESPACE.length) : '';
  if (!VERSIONS_READ.includes(version)) {
    const which = version === '' ? "without CycloneDX's namespace" : excerpt(version, 20);
    throw unsupported(path, `${lastName(path)} (CycloneDX ${which}, XML) is not read yet`, READS);
  }
  return parsed.value;
}

/** Children of the document's own vocabulary. */
const own = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.filter((child) => child.name === name && child.namespace === element.namespace);

function firstOwn(element: XmlElement, name: string): XmlElement | undefined {
  for (const child of element.children) {
    if (child.name === name && child.namespace === element.namespace) return child;
  }
  return undefined;
}

/** As written, without the white space that indentation brings; `null` for a child that is missing, which is not empty. */
const textOf = (element: XmlElement, name: string): string | null => firstOwn(element, name)?.text.trim() ?? null;

/** Appends the components of an element with everything inside of them; parseXml bounds the depth. */
function unfold(path: string, holder: XmlElement, container: Part['container'], parts: CyclonedxPart[]): void {
  for (const list of own(holder, 'components')) {
    for (const component of own(list, 'component')) {
      const index = parts.length;
      if (firstOwn(component, 'name') === undefined) {
        throw malformed(path, `component ${index + 1} has no name`, WRITE_ANEW, { line: component.line, column: null });
      }
      parts.push({ ...subjectOf(component), container });
      unfold(path, component, index, parts);
    }
  }
}

function subjectOf(component: XmlElement): CyclonedxSubject {
  const ref = component.attributes.get('bom-ref') ?? '';
  return {
    ref: ref === '' ? null : ref,
    group: textOf(component, 'group') ?? '',
    name: textOf(component, 'name') ?? '',
    version: textOf(component, 'version') ?? '',
    purl: textOf(component, 'purl'),
    scope: textOf(component, 'scope'),
    hashes: listed(component, 'hashes', 'hash').map((hash) => ({
      algorithm: hash.attributes.get('alg') ?? '',
      hex: hash.text.trim(),
    })),
    properties: listed(component, 'properties', 'property').map((property) => ({
      name: property.attributes.get('name') ?? '',
      value: property.text.trim(),
    })),
  };
}

/** The items of a list among the children. */
function listed(element: XmlElement, list: string, item: string): readonly XmlElement[] {
  const found = firstOwn(element, list);
  return found === undefined ? [] : own(found, item);
}

const NAMELESS: CyclonedxSubject = {
  ref: null,
  group: '',
  name: '',
  version: '',
  purl: null,
  scope: null,
  hashes: [],
  properties: [],
};

/** A `dependency` holds those that it needs; the schema lets these hold their own in turn. */
function* dependenciesIn(bom: XmlElement): Iterable<RecordedNeeds> {
  const lists = bom.children.filter(
    ({ name, namespace }) =>
      name === 'dependencies' && (namespace === bom.namespace || namespace === DEPENDENCY_EXTENSION),
  );
  const open = lists.flatMap((list) => own(list, 'dependency')).reverse();
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const inner = own(entry, 'dependency');
    const needs = inner.map(refOf);
    yield { ref: refOf(entry), needs };
    for (const nested of inner) if (nested.children.length > 0) open.push(nested);
  }
}

const refOf = (entry: XmlElement): string => entry.attributes.get('ref') ?? '';
