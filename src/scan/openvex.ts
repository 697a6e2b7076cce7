/**
 * `holdfast scan --format openvex`: an OpenVEX 0.2.0 document with one statement for each finding.
 *
 * Source: OpenVEX specification 0.2.0, https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md. The specification and its published
 * JSON schema differ in one place: the text recommends `justification` with an `impact_statement` beside it, the schema allows only
 * one of the two. So the reason stands in `status_notes`, which both allow, and `impact_statement` only where there is no justification. With
 * no findings there is nothing to state and the list of statements is empty, which the specification does not speak of and its schema refuses.
 */
import type { Inventory } from '../inventory/component.ts';
import type { JsonObject } from '../lib/json.ts';
import { formatDay, formatInstant } from '../lib/time.ts';
import { advisoryLink } from './advisory-link.ts';
import type { Issue } from './cyclonedx-bom.ts';
import { digestUrn } from './digest-urn.ts';
import type { Finding } from './finding.ts';
import { reachSentence } from '../reach/finding-reach.text.ts';
import { folderProduct, genericPurl, productOf } from './product-identity.ts';
import type { ScanReport } from './scan-report.ts';
import { decisionSentence, lapseWords, remedy, stanceOf, type VexStance } from './vex-stance.ts';

export function scanToOpenvex(report: ScanReport, inventories: readonly Inventory[], issue: Issue): JsonObject {
  const products = new Map(inventories.map((item) => [item.path, productOf(item, issue.folder).purl]));
  const { dataAsOf } = report.database;
  const content = {
    // "author MUST be an individual or organization": without one we name the tool, and claim to be nobody.
    author: issue.organisation ?? 'Holdfast scan',
    role: issue.organisation === null ? 'Automated scanner' : 'Supplier',
    version: 1,
    tooling: `holdfast ${issue.toolVersion}, advisories as of ${dataAsOf === null ? 'an unknown day' : formatDay(dataAsOf)}`,
    statements: report.findings.map((finding) => statementOf(finding, productsOf(finding, products, issue.folder))),
  };
  const { author, role, ...rest } = content;
  return {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': digestUrn(content),
    author,
    role,
    timestamp: formatInstant(issue.at),
    ...rest,
  };
}

/** The products in whose inputs the component stands; what only another tool's report names is the scanned folder's. */
function productsOf(finding: Finding, products: ReadonlyMap<string, string>, folder: string): readonly string[] {
  const found = new Set(finding.inputs.flatMap((input) => products.get(input) ?? []));
  if (found.size > 0) return [...found];
  const [only, ...others] = new Set(products.values());
  return [only !== undefined && others.length === 0 ? only : folderProduct(folder).purl];
}

function statementOf(finding: Finding, products: readonly string[]): JsonObject {
  const { id, aliases, name, version } = finding;
  const purl = finding.purl || genericPurl(name, version);
  const stance = stanceOf(finding);
  return {
    vulnerability: {
      '@id': advisoryLink(finding),
      name: id,
      ...(aliases.length === 0 ? {} : { aliases: [...new Set(aliases)] }),
    },
    products: products.map((product) => ({
      '@id': product,
      identifiers: { purl: product },
      subcomponents: [{ '@id': purl, identifiers: { purl } }],
    })),
    status: stance.status,
    ...groundsOf(stance, finding),
    status_notes: notesOf(finding),
  };
}

/**
 * "For statements conveying a not_affected status, a VEX statement MUST include either a status justification or an
 * impact_statement"; "for a statement with "affected" status, a VEX statement MUST include a statement that SHOULD describe actions to
 * remediate or mitigate" (Statement Fields).
 */
function groundsOf(stance: VexStance, finding: Finding): JsonObject {
  switch (stance.status) {
    case 'under_investigation':
      return {};
    case 'not_affected':
      return stance.justification === null
        ? { impact_statement: finding.decision?.reason ?? '' }
        : { justification: stance.justification };
    case 'affected':
      return { action_statement: actionOf(stance.response, finding) };
  }
}

function actionOf(response: Extract<VexStance, { status: 'affected' }>['response'], finding: Finding): string {
  const { decision } = finding;
  const until = decision === null ? '' : ` until ${decision.expires}`;
  switch (response) {
    case 'remove':
      return remedy(finding);
    case 'update': {
      const lapse = decision === null ? null : lapseWords(decision);
      return `${remedy(finding)} Planned${until}.${lapse === null || decision?.open === 'planned' ? '' : ` ${lapse}`}`;
    }
    case 'workaround':
      return `${decision?.reason ?? ''} This mitigation is reviewed by ${decision?.expires ?? ''}.`;
    case 'accepted':
      return `The supplier has accepted the risk${until} and does not fix it until then. ${remedy(finding)}`;
    case 'undecided':
      return `${remedy(finding)} Nobody has decided yet when.`;
    case 'none':
      return `The supplier's acceptance of the risk does not hold, and has to be decided anew. ${remedy(finding)}`;
  }
}

function notesOf(finding: Finding): string {
  const { decision, sources, derived, malware, reach } = finding;
  const tools = [...new Set(sources.map(({ tool }) => tool))].join(', ');
  const found = `Reported by ${tools}.`;
  const doubt = derived ? " The affected versions were read from the advisory's text and may be wrong." : '';
  const shown = reach === null ? '' : ` ${reachSentence(reach)}`;
  if (decision !== null) return `${decisionSentence(decision)}${shown} ${found}${doubt}`;
  return malware
    ? `The package is malicious code; nobody has decided on it yet. ${found}${doubt}`
    : `The component's version is an affected one; whether the product can be attacked through it has not been decided.${shown} ${found}${doubt}`;
}
