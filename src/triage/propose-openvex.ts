/**
 * OpenVEX documents.
 *
 * Source: OpenVEX specification 0.2.0. A later statement on the same vulnerability and product replaces an earlier one ("Updating
 * Statements with Inherited Data"); a statement without a time has that of the document ("Data Inheritance"). Read are also the
 * plain texts that 0.0.1 had in place of vulnerability and product objects.
 */
import { parsePurl } from '../inventory/purl.ts';
import { parseJson5 } from '../lib/located-json5.ts';
import type { Located } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { parseInstant } from '../lib/time.ts';
import { VEX_JUSTIFICATIONS } from './decision.ts';
import {
  cited,
  expiresOf,
  isAdvisoryId,
  itemsOf,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  textAt,
  textOf,
  valueAt,
  withoutReason,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

/** One statement on one vulnerability in one component of one product. */
interface Said {
  readonly statement: Located;
  readonly vulnerability: string;
  readonly ids: readonly string[];
  readonly product: string;
  readonly component: string | null;
  readonly at: number;
}

export function readOpenvex(text: string): Result<Imported, ImportIssue> {
  const tree = parseJson5(text);
  if (!tree.ok) return no(tree.error);
  const document = tree.value;
  const latest = new Map<string, Said>();
  for (const statement of itemsOf(valueAt(document, 'statements'))) {
    for (const said of saidIn(statement, document)) {
      const key = `${said.vulnerability}\0${said.product}\0${said.component ?? ''}`;
      const before = latest.get(key);
      // Of one moment, the one further down was written later.
      if (before === undefined || said.at >= before.at) latest.set(key, said);
      if (latest.size > MAX_IMPORTED)
        return no({ line: statement.at.line, column: null, message: `it says more than ${MAX_IMPORTED} things` });
    }
  }
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const said of latest.values()) {
    const status = textAt(said.statement, 'status') ?? '';
    const why = whyNot(said, status);
    if (why === null) proposals.push(proposalOf(said, status));
    else left.push(leftOut(said.statement.at, said.ids[0] ?? said.vulnerability, why));
  }
  return ok({ proposals, left });
}

function saidIn(statement: Located, document: Located): readonly Said[] {
  const named = valueAt(statement, 'vulnerability');
  const vulnerability = textOf(named) ?? textAt(named, 'name') ?? textAt(named, '@id') ?? '';
  const aliases = itemsOf(valueAt(named, 'aliases')).flatMap((each) => textOf(each) ?? []);
  const ids = [vulnerability, ...aliases].filter(isAdvisoryId);
  const at = timeOf(statement) ?? timeOf(document) ?? 0;
  const products = itemsOf(valueAt(statement, 'products'));
  const whole = products.length === 0 ? [null] : products;
  return whole.flatMap((product): readonly Said[] => {
    const common = { statement, vulnerability, ids, product: product === null ? '' : purlOf(product), at };
    const components = product === null ? [] : itemsOf(valueAt(product, 'subcomponents'));
    if (components.length === 0) return [{ ...common, component: null }];
    return components.map((component) => ({ ...common, component: purlOf(component) }));
  });
}

/** `last_updated` is when its content changed last, `timestamp` when it was first made. */
function timeOf(node: Located): number | null {
  const text = textAt(node, 'last_updated') ?? textAt(node, 'timestamp');
  return text === null ? null : parseInstant(text);
}

/** The package URL among its identifiers, else its `@id`; empty where it has neither. */
const purlOf = (node: Located): string =>
  textAt(valueAt(node, 'identifiers'), 'purl') ?? textAt(node, '@id') ?? textOf(node) ?? '';

function whyNot({ ids, vulnerability }: Said, status: string): string | null {
  if (ids.length === 0) return `${vulnerability === '' ? 'the statement ' : ''}names no vulnerability`;
  switch (status) {
    case 'not_affected':
    case 'affected':
      return null;
    case 'fixed':
      return 'is said to be fixed; a scan shows by itself whether it is gone';
    case 'under_investigation':
      return 'is under investigation, so nothing was decided';
    default:
      return `has the status ${cited(status)}, which OpenVEX does not know`;
  }
}

function proposalOf({ statement, ids, product, component }: Said, status: string): Proposal {
  const notAffected = status === 'not_affected';
  const written = textAt(statement, 'justification');
  const justification = VEX_JUSTIFICATIONS.find((each) => each === written) ?? null;
  const reason = reasonOf(
    textAt(statement, notAffected ? 'impact_statement' : 'action_statement') ?? textAt(statement, 'status_notes'),
  );
  const named = component ?? product;
  const known = parsePurl(named) === null ? null : named;
  return {
    ...NOTHING,
    line: statement.at.line,
    ids,
    package: known,
    // "affected" is no answer yet: it may be upgraded, mitigated or accepted.
    decision: notAffected ? 'not_affected' : null,
    justification: notAffected ? justification : null,
    reason,
    lost: [
      ...expiresOf(null).lost,
      ...withoutReason(reason),
      ...(notAffected && written !== null && justification === null ? [`the justification ${cited(written)}`] : []),
      ...(component !== null && product !== '' ? [`it speaks of the product ${cited(product)}`] : []),
      ...(known === null && named !== '' ? [`${cited(named)}, which is no package URL`] : []),
    ],
  };
}
