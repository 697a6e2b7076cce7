/**
 * CycloneDX SBOMs in JSON, versions 1.2 to 1.7.
 *
 * Source: CycloneDX JSON reference, https://cyclonedx.org/docs/1.7/json/. What is read has had the same shape since the
 * first JSON version, 1.2. The notation is read here, its meaning is in cyclonedx.ts; the same in XML is
 * cyclonedx-xml.ts.
 */
import { arrayOr, isObject, stringOr } from '../lib/json.ts';
import type { Inventory } from './component.ts';
import { type CyclonedxPart, type CyclonedxProperty, type CyclonedxSubject, cyclonedxInventory } from './cyclonedx.ts';
import type { Hash } from './purl-identity.ts';
import { type Part, PRODUCT, type RecordedNeeds } from './sbom-graph.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

const VERSIONS_READ: readonly string[] = ['1.2', '1.3', '1.4', '1.5', '1.6', '1.7'];

type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Reads a parsed SBOM.
 *
 * @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a version that is not read.
 */
export function readCyclonedxJson(path: string, document: unknown): Inventory {
  if (!isObject(document) || document['bomFormat'] !== 'CycloneDX') {
    throw malformed(path, `${lastName(path)} is JSON, but not a CycloneDX document`, WRITE_ANEW);
  }
  const version = stringOr(document['specVersion'], '');
  if (!VERSIONS_READ.includes(version)) {
    const which = version === '' ? 'without a specVersion' : excerpt(version, 20);
    throw unsupported(path, `${lastName(path)} (CycloneDX ${which}, JSON) is not read yet`, READS);
  }
  const metadata = isObject(document['metadata']) ? document['metadata'] : {};
  const product = isObject(metadata['component']) ? metadata['component'] : {};
  const parts: CyclonedxPart[] = [];
  unfold(path, product['components'], PRODUCT, parts);
  unfold(path, document['components'], null, parts);
  const dependencies = dependenciesIn(document['dependencies']);
  return cyclonedxInventory(path, { kind: 'cyclonedx-json', product: subjectOf(product), parts, dependencies });
}

const READS = 'Holdfast reads CycloneDX JSON 1.2 to 1.7; most generators can write 1.6.';
const WRITE_ANEW = 'Restore the SBOM, or write it again with the tool that made it.';

/** Appends a list of components with everything inside of them; without recursion, for hostile depths. */
function unfold(path: string, list: unknown, container: Part['container'], parts: CyclonedxPart[]): void {
  const open: { readonly items: readonly unknown[]; readonly container: Part['container']; next: number }[] = [];
  const enter = (inner: unknown, holder: Part['container']): void => {
    if (inner === undefined) return;
    if (!Array.isArray(inner)) throw malformed(path, 'a `components` of it is not a list', WRITE_ANEW);
    open.push({ items: inner, container: holder, next: 0 });
  };
  enter(list, container);
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    if (level.next === level.items.length) {
      open.pop();
      continue;
    }
    const value = level.items[level.next];
    level.next += 1;
    const index = parts.length;
    const number = index + 1;
    if (!isObject(value)) throw malformed(path, `component ${number} is not an object`, WRITE_ANEW);
    if (typeof value['name'] !== 'string') throw malformed(path, `component ${number} has no name`, WRITE_ANEW);
    if (value['version'] !== undefined && typeof value['version'] !== 'string') {
      throw malformed(path, `component ${number} has a version that is not text`, WRITE_ANEW);
    }
    parts.push({ ...subjectOf(value), container: level.container });
    enter(value['components'], index);
  }
}

function subjectOf(value: JsonRecord): CyclonedxSubject {
  const ref = stringOr(value['bom-ref'], '');
  return {
    ref: ref === '' ? null : ref,
    group: stringOr(value['group'], ''),
    name: stringOr(value['name'], ''),
    version: stringOr(value['version'], ''),
    purl: value['purl'] === undefined ? null : stringOr(value['purl'], ''),
    scope: value['scope'] === undefined ? null : stringOr(value['scope'], ''),
    hashes: hashesIn(value['hashes']),
    properties: propertiesIn(value['properties']),
  };
}

function hashesIn(list: unknown): readonly Hash[] {
  const hashes: Hash[] = [];
  for (const hash of arrayOr(list)) {
    if (isObject(hash)) hashes.push({ algorithm: stringOr(hash['alg'], ''), hex: stringOr(hash['content'], '') });
  }
  return hashes;
}

function propertiesIn(list: unknown): readonly CyclonedxProperty[] {
  const properties: CyclonedxProperty[] = [];
  for (const property of arrayOr(list)) {
    if (!isObject(property)) continue;
    properties.push({ name: stringOr(property['name'], ''), value: stringOr(property['value'], '') });
  }
  return properties;
}

function* dependenciesIn(list: unknown): Iterable<RecordedNeeds> {
  for (const entry of arrayOr(list)) {
    if (!isObject(entry) || typeof entry['ref'] !== 'string') continue;
    const needs: string[] = [];
    for (const ref of arrayOr(entry['dependsOn'])) if (typeof ref === 'string') needs.push(ref);
    yield { ref: entry['ref'], needs };
  }
}
