/**
 * Proposals held against the findings that are here: what each would decide, and which of its fields nobody has filled in yet. Pure.
 *
 * They are made by the readers of formats (detect-ignores.ts) and written down by proposals.text.ts.
 */
import { formatPurl, parsePurl } from '../inventory/purl.ts';
import type { Finding } from '../scan/finding.ts';
import { namedFinding } from '../scan/scan.text.ts';
import { idKey, isAbout } from './apply-decisions.ts';
import { lastDay } from './decisions-file.ts';
import type { Imported, Proposal } from './proposal.ts';

/** In the order in which a decision is written. */
const FIELDS = ['package', 'decision', 'justification', 'owner', 'reason', 'expires'] as const;
type Field = (typeof FIELDS)[number];

export interface OpenProposal extends Proposal {
  /** `.snyk:12` */
  readonly from: string;
  /** Findings here that it would decide on: `GHSA-… in lodash@4.17.20`. */
  readonly matches: readonly string[];
  /** Where it matches nothing but names a package: the findings in that package. */
  readonly near: readonly string[];
  /** What somebody has to fill in; the owner always. */
  readonly open: readonly Field[];
}

export interface ImportedFile extends Imported {
  /** As the user named it. */
  readonly file: string;
  readonly format: string;
}

/** @param today The day in the organisation's zone, `YYYY-MM-DD`. */
export function openProposals(
  { file, proposals }: ImportedFile,
  findings: readonly Finding[],
  today: string,
): readonly OpenProposal[] {
  return proposals.flatMap((proposal) => {
    const from = proposal.line === null ? file : `${file}:${proposal.line}`;
    const matched = findings.filter((finding) => isSpokenOf(finding, proposal));
    const groups = new Map<string, Finding[]>();
    for (const finding of matched) {
      const purl = packageOf(finding);
      groups.set(purl, [...(groups.get(purl) ?? []), finding]);
    }
    if (groups.size === 0)
      return [finished({ ...proposal, from, matches: [], near: nearOf(proposal, findings) }, today)];
    // A decision speaks of one package: what an ignore hides in three of them becomes three.
    return [...groups].map(([purl, group]) =>
      finished(
        {
          ...proposal,
          from,
          ids: [...new Set(group.flatMap(({ id, aliases }) => [id, ...aliases]))],
          package: proposal.package ?? (purl === '' ? null : purl),
          matches: group.map(namedFinding),
          near: [],
        },
        today,
      ),
    );
  });
}

function isSpokenOf(finding: Finding, { ids, package: wanted }: Proposal): boolean {
  const keys = new Set(ids.map(idKey));
  return (
    [finding.id, ...finding.aliases].some((id) => keys.has(idKey(id))) && (wanted === null || isOf(finding, wanted))
  );
}

function isOf(finding: Finding, purl: string): boolean {
  const scope = parsePurl(purl);
  if (scope === null) return false;
  const { type, namespace, name, version } = scope;
  const package_ = { purl, type, namespace, name, version: version === '' ? null : version };
  return isAbout(package_, parsePurl(finding.purl), finding.version);
}

function packageOf({ purl }: Finding): string {
  const parsed = parsePurl(purl);
  return parsed === null ? '' : formatPurl({ ...parsed, version: '', qualifiers: new Map(), subpath: '' });
}

const NEAR = 5;

const nearOf = ({ package: wanted }: Proposal, findings: readonly Finding[]): readonly string[] =>
  wanted === null
    ? []
    : findings
        .filter((finding) => isOf(finding, wanted))
        .slice(0, NEAR)
        .map(namedFinding);

function finished(proposal: Omit<OpenProposal, 'open'>, today: string): OpenProposal {
  const { expires } = proposal;
  const problem =
    expires === null
      ? null
      : expires < today
        ? `its end ${expires}, which has passed`
        : expires > lastDay(today)
          ? `its end ${expires}, which is more than a year away`
          : null;
  const kept = problem === null ? proposal : { ...proposal, expires: null, lost: [...proposal.lost, problem] };
  const missing: Readonly<Record<Field, boolean>> = {
    package: kept.package === null,
    decision: kept.decision === null,
    justification: kept.decision === 'not_affected' && kept.justification === null,
    owner: true,
    reason: kept.reason === null,
    expires: kept.expires === null,
  };
  return { ...kept, open: FIELDS.filter((field) => missing[field]) };
}
