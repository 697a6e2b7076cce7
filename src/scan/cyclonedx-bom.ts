/**
 * `holdfast scan --format cyclonedx`: all inputs as one CycloneDX 1.6 BOM in JSON, with the findings as its vulnerabilities.
 *
 * Source: CycloneDX 1.6 JSON reference, https://cyclonedx.org/docs/1.6/json/. Version 1.6, because more consumers read it
 * than 1.7 and nothing that is written here needs more. Components and edges are joined in cyclonedx-parts.ts; a finding is
 * spelt in cyclonedx-vulnerability.ts. The same scan gives the same bytes but for the time: the serial number follows from the content.
 */
import type { Inventory, Scope } from '../inventory/component.ts';
import type { Json, JsonObject } from '../lib/json.ts';
import { formatInstant, type Instant } from '../lib/time.ts';
import { partsOf, type Part, type Parts } from './cyclonedx-parts.ts';
import { property, vulnerabilityOf } from './cyclonedx-vulnerability.ts';
import { digestUrn } from './digest-urn.ts';
import type { ScanReport } from './scan-report.ts';
import { errorLine } from './scan.text.ts';

/** What an SBOM or a VEX document says beside the scan itself. */
export interface Issue {
  readonly at: Instant;
  /** Of Holdfast. */
  readonly toolVersion: string;
  /** The organisation in holdfast.yaml; `null` where none is named. */
  readonly organisation: string | null;
  /** Name of the folder that was scanned. */
  readonly folder: string;
  /** What only development needs was left out. */
  readonly prod: boolean;
}

export function scanToCyclonedx(report: ScanReport, inventories: readonly Inventory[], issue: Issue): JsonObject {
  const parts = partsOf(inventories, report.findings, issue);
  const compositions = compositionsOf(parts, report.errors.length > 0);
  const dependencies = [parts.root, ...parts.parts].flatMap(dependencyOf);
  const content = {
    metadata: {
      tools: { components: [{ type: 'application', name: 'holdfast', version: issue.toolVersion }] },
      component: componentOf(parts.root),
      ...(issue.organisation === null ? {} : { supplier: { name: issue.organisation } }),
      properties: propertiesOf(report, issue.prod),
    },
    components: parts.parts.map(componentOf),
    dependencies,
    ...(compositions.length === 0 ? {} : { compositions }),
    vulnerabilities: report.findings.map((finding) => vulnerabilityOf(finding, parts.refsOf(finding))),
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: digestUrn(content),
    version: 1,
    ...content,
    metadata: { timestamp: formatInstant(issue.at), ...content.metadata },
  };
}

/**
 * Schema, `component.scope`: `excluded` is for what only tests and the like use. An unknown scope is left out, which consumers
 * have to take for `required`.
 */
const SCOPES: Readonly<Record<Scope, string | null>> = {
  production: 'required',
  optional: 'optional',
  development: 'excluded',
  unknown: null,
};

/** A package of a large repository stands in hundreds of lockfiles; beyond these they are counted. */
const MOST_INPUTS = 50;

function componentOf(part: Part): JsonObject {
  const { ref, type, ecosystem, name, version, purl, scope, hashes, otherIntegrity, origins, inputs } = part;
  const word = scope === null ? null : SCOPES[scope];
  const properties = [
    ...[...inputs].slice(0, MOST_INPUTS).map((input) => property('input', input)),
    ...(inputs.size > MOST_INPUTS ? [property('more-inputs', String(inputs.size - MOST_INPUTS))] : []),
    ...[...origins].map((origin) => property('origin', origin)),
    ...[...otherIntegrity].map((integrity) => property('integrity', integrity)),
    ...(scope === 'unknown' ? [property('scope', scope)] : []),
  ];
  return {
    type,
    'bom-ref': ref,
    ...splitName(ecosystem, name),
    ...(version === '' ? {} : { version }),
    ...(word === null ? {} : { scope: word }),
    ...(hashes.size === 0 ? {} : { hashes: [...hashes.values()].map(({ alg, content }) => ({ alg, content })) }),
    ...(purl === '' ? {} : { purl }),
    ...(properties.length === 0 ? {} : { properties }),
  };
}

/** Schema, `component.group`: an npm scope or a Maven group stands apart from the name. */
function splitName(ecosystem: string, name: string): { readonly group?: string; readonly name: string } {
  const at = ecosystem === 'Maven' ? name.indexOf(':') : name.startsWith('@') ? name.indexOf('/') : -1;
  return at <= 0 || at === name.length - 1 ? { name } : { group: name.slice(0, at), name: name.slice(at + 1) };
}

/** An entry without `dependsOn` says that there are none; no entry at all says that it is not known (schema, `dependency`). */
function dependencyOf({ ref, needs }: Part): readonly JsonObject[] {
  if (needs === null) return [];
  return [needs.size === 0 ? { ref } : { ref, dependsOn: [...needs].sort() }];
}

/** What the BOM does not know, said as the specification recommends for unknown dependency graphs. Never says `complete`. */
function compositionsOf({ root, incomplete, unknown }: Parts, somethingUnread: boolean): readonly JsonObject[] {
  const partial = new Set(incomplete);
  if (somethingUnread) partial.add(root.ref);
  const open = [...unknown].filter((ref) => !partial.has(ref)).sort();
  return [
    ...(partial.size === 0 ? [] : [{ aggregate: 'incomplete', dependencies: [...partial].sort() }]),
    ...(open.length === 0 ? [] : [{ aggregate: 'unknown', dependencies: open }]),
  ];
}

function propertiesOf({ database, inputs, notes, errors }: ScanReport, prod: boolean): readonly Json[] {
  return [
    property('advisories', String(database.advisories)),
    property('advisories:digest', database.digest),
    property('advisories:as-of', database.dataAsOf === null ? 'unknown' : formatInstant(database.dataAsOf)),
    ...inputs.map(({ path, kind, digest }) => property('input', `${path} (${kind}, SHA-256 ${digest()})`)),
    ...(prod ? [property('left-out', 'what only development needs')] : []),
    ...errors.map((error) => property('not-read', errorLine(error))),
    ...notes.map((note) => property('note', note)),
  ];
}
