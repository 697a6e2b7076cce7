/**
 * Findings: which advisories speak of which components. One finding for each component version and alias group.
 *
 * Pure: components and an index go in, findings come out. Reading inputs and opening the index is scan.actions.ts, the
 * evaluation of one version against one advisory is ../advisory/affects.ts, words for people are scan.text.ts.
 */
import { compareText } from '../lib/text.ts';
import { affects, fixesFor } from '../advisory/affects.ts';
import type { EpssScore, Rating, Severity } from '../advisory/advisory.ts';
import type { AdvisoryDetail, Candidate } from '../advisory/index-layout.ts';
import { worse } from '../advisory/severity.ts';
import { orderOf, type VersionOrder } from '../advisory/version.ts';
import type { Component, ComponentIndex, Inventory, Scope } from '../inventory/component.ts';
import type { FindingReach } from '../reach/finding-reach.ts';
import type { AppliedDecision } from '../triage/decision.ts';
import { isPublicRegistry } from './public-registry.ts';

export interface Finding {
  /** Id of a matching record: GHSA before CVE before others. */
  readonly id: string;
  /** Every other id of the alias group. */
  readonly aliases: readonly string[];
  readonly purl: string;
  /** Empty where only a report names the component, and by nothing but a file. */
  readonly ecosystem: string;
  readonly name: string;
  /** Empty where only a report names the component, and without a version. */
  readonly version: string;
  readonly severity: Severity;
  readonly score: number | null;
  readonly vector: string | null;
  readonly malware: boolean;
  /** In CISA's catalogue of known exploited vulnerabilities. */
  readonly kev: boolean;
  /** Versions that end it, lowest first; none of them is affected by any record of the group. */
  readonly fixed: readonly string[];
  readonly scope: Scope;
  /** Shortest ways from what the product asks for to the component, as `name@version`; bounded, see `pathCount`. */
  readonly paths: readonly (readonly string[])[];
  /** How many shortest ways there are altogether. */
  readonly pathCount: number;
  /** Whether the product can run the vulnerable code; `null`: it was not asked for. */
  readonly reach: FindingReach | null;
  /** `null`: nobody has decided on it. */
  readonly decision: AppliedDecision | null;
  /** Who found it: Holdfast's own matching, and reports of other tools that were imported. Never empty. */
  readonly sources: readonly FindingSource[];
  /** The chance of exploitation in the next 30 days that FIRST's EPSS gives; `null` where it gives none. */
  readonly epss: EpssScore | null;
  readonly cwes: readonly string[];
  readonly urls: readonly string[];
  /** At least one range was read from an advisory's text and may be wrong. */
  readonly derived: boolean;
  /** Inputs in which the component stands; the reports that name it where it stands in none. */
  readonly inputs: readonly string[];
}

/** One tool that reported the finding. */
export interface FindingSource {
  /** `holdfast`, `npm-audit`, `dependency-check`, `osv-scanner`, `trivy`, `grype`, `snyk`, or the tool's own name in SARIF. */
  readonly tool: string;
  /** The report as the user named it; for `holdfast` the index' file name. */
  readonly report: string;
  /** Ids by which that tool names it. */
  readonly ids: readonly string[];
  /** What the tool's match rests on when not on a package URL: CPE names with their confidence; kept as evidence, never matched by. */
  readonly evidence: readonly string[];
}

/** What matching asks of an index; IndexReader is one. */
export interface AdvisoryLookup {
  candidates(ecosystem: string, name: string): readonly Candidate[];
  detail(advisory: number): AdvisoryDetail;
}

/** `name@version`; the name alone where a report names no version. */
export const componentLabel = ({ name, version }: Pick<Finding, 'name' | 'version'>): string =>
  version === '' ? name : `${name}@${version}`;

/** A component version with all the places where it stands. */
export interface Package {
  readonly component: Component;
  readonly scope: Scope;
  readonly places: readonly Place[];
}

interface Place {
  readonly inventory: Inventory;
  readonly index: ComponentIndex;
}

interface Hit {
  readonly candidate: Candidate;
  readonly detail: AdvisoryDetail;
}

/** Gives the paths to a component of one inventory; injected so that only inputs with findings pay for their graph. */
export type PathFinder = (
  inventory: Inventory,
  index: ComponentIndex,
) => { readonly paths: readonly (readonly string[])[]; readonly total: number };

/** Findings worst first, and notes: what was deliberately not matched, and why. */
export function matchPackages(
  packages: readonly Package[],
  lookup: AdvisoryLookup,
  pathsTo: PathFinder,
): { readonly findings: readonly Finding[]; readonly notes: readonly string[] } {
  const findings: Finding[] = [];
  const notes: string[] = [];
  const known = new Map<string, readonly Candidate[]>();
  for (const item of packages) {
    const { ecosystem, name } = item.component;
    const key = `${ecosystem}\0${name}`;
    const candidates = known.get(key) ?? lookup.candidates(ecosystem, name);
    known.set(key, candidates);
    if (candidates.length === 0) continue;
    const hits = hitsOf(item, candidates, lookup, notes);
    for (const group of byGroup(hits)) findings.push(findingOf(item, group, pathsTo));
  }
  return { findings: findings.sort(worstFirst), notes };
}

/** Distinct component versions that can be matched: not our own folders, and not without a version. */
export function packagesOf(inventories: readonly Inventory[], prod: boolean): readonly Package[] {
  const packages = new Map<string, { component: Component; scope: Scope; places: Place[] }>();
  for (const inventory of inventories) {
    for (const [index, component] of inventory.components.entries()) {
      if (component.origin.kind === 'link' || component.version === '') continue;
      if (prod && component.scope === 'development') continue;
      const key = `${component.ecosystem}\0${component.name}\0${component.version}`;
      const known = packages.get(key);
      if (known === undefined) {
        packages.set(key, { component, scope: component.scope, places: [{ inventory, index }] });
      } else {
        known.places.push({ inventory, index });
        if (SCOPE_WEIGHT[component.scope] > SCOPE_WEIGHT[known.scope]) known.scope = component.scope;
      }
    }
  }
  return [...packages.values()];
}

/** One place in production makes a package a production package; an unknown scope is taken for nearly that. */
const SCOPE_WEIGHT: Readonly<Record<Scope, number>> = { production: 3, unknown: 2, optional: 1, development: 0 };

function hitsOf(
  { component, places }: Package,
  candidates: readonly Candidate[],
  lookup: AdvisoryLookup,
  notes: string[],
): readonly Hit[] {
  const order = orderOf(component.ecosystem);
  const hits: Hit[] = [];
  for (const candidate of candidates) {
    if (!affects(candidate, component.version, order)) continue;
    const detail = lookup.detail(candidate.advisory);
    if (
      detail.malware &&
      !places.some(({ inventory, index }) => isPublicRegistry(inventory.components[index] ?? component))
    ) {
      notes.push(
        `${component.name}@${component.version} has the name of a malicious package (${detail.id}), but does not come from a public registry ` +
          `(${originWords(component)}). It is not matched by its name alone; look at where it comes from.`,
      );
      continue;
    }
    hits.push({ candidate, detail });
  }
  return hits;
}

function originWords({ origin }: Component): string {
  switch (origin.kind) {
    case 'registry':
      return `registry ${origin.host ?? 'unknown'}`;
    case 'git':
    case 'file':
    case 'link':
      return `${origin.kind} ${origin.location}`;
    case 'bundled':
      return "inside its parent's tarball";
    case 'unknown':
      return 'origin unknown';
  }
}

function byGroup(hits: readonly Hit[]): Iterable<readonly Hit[]> {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    const group = groups.get(hit.detail.group);
    if (group === undefined) groups.set(hit.detail.group, [hit]);
    else group.push(hit);
  }
  return groups.values();
}

/** Where a package stands and how it came in: what a finding says of its component, whoever reported it. */
export function whereabouts(
  { component, scope, places }: Package,
  pathsTo: PathFinder,
): Pick<Finding, 'purl' | 'ecosystem' | 'name' | 'version' | 'scope' | 'paths' | 'pathCount' | 'inputs'> {
  const { purl, ecosystem, name, version } = component;
  return {
    purl,
    ecosystem,
    name,
    version,
    scope,
    ...mergeWays(places.map(({ inventory, index }) => pathsTo(inventory, index))),
    inputs: [...new Set(places.map(({ inventory }) => inventory.path))],
  };
}

function findingOf(item: Package, matches: readonly Hit[], pathsTo: PathFinder): Finding {
  const { component } = item;
  // An order of their own, so that an index that was updated tells what one built anew tells, to the letter.
  const hits = matches.toSorted(({ detail: a }, { detail: b }) => bestIdFirst(a.id, b.id));
  const ids = hits.map(({ detail }) => detail.id);
  const id = ids[0] ?? '';
  const aliases = new Set([...ids, ...hits.flatMap(({ detail }) => detail.aliases)]);
  aliases.delete(id);
  const rating = hits.map(({ candidate, detail }) => detail.ratings[candidate.rating] ?? UNRATED).reduce(worse);
  return {
    id,
    aliases: [...aliases].sort((a, b) => (a < b ? -1 : 1)),
    ...whereabouts(item, pathsTo),
    severity: rating.severity,
    score: rating.score,
    vector: rating.vector,
    malware: hits.some(({ detail }) => detail.malware),
    kev: hits.some(({ detail }) => detail.kev),
    fixed: fixesOfGroup(hits, component.version, orderOf(component.ecosystem)),
    reach: null,
    decision: null,
    sources: [OWN_MATCHING],
    epss: hits.map(({ detail }) => detail.epss).reduce(likelier, null),
    cwes: [...new Set(hits.flatMap(({ detail }) => detail.cwes))],
    urls: [...new Set(hits.flatMap(({ detail }) => detail.urls))],
    derived: hits.some(({ detail }) => detail.derived),
  };
}

const OWN_MATCHING: FindingSource = { tool: 'holdfast', report: '', ids: [], evidence: [] };
export const likelier = (a: EpssScore | null, b: EpssScore | null): EpssScore | null =>
  a === null || (b !== null && b.probability > a.probability) ? b : a;
const UNRATED: Rating = { severity: 'unscored', score: null, vector: null };
/** A finding is called by its first id in this order: GHSA before CVE before others. */
export const bestIdFirst = (a: string, b: string): number => idRank(a) - idRank(b) || compareText(a, b);
const idRank = (id: string): number => (id.startsWith('GHSA-') ? 0 : id.startsWith('CVE-') ? 1 : 2);

/** A version fixes the finding only if it leaves every record of the group behind. */
function fixesOfGroup(hits: readonly Hit[], version: string, order: VersionOrder | null): readonly string[] {
  if (order === null) return [];
  const offered = new Set(hits.flatMap(({ candidate }) => fixesFor(candidate, version, order)));
  return [...offered]
    .filter((fix) => !hits.some(({ candidate }) => affects(candidate, fix, order)))
    .sort(order.compare);
}

/** How many paths a finding carries; the rest is counted. `holdfast why` shows all. */
export const MAX_PATHS = 10;

function mergeWays(ways: readonly { readonly paths: readonly (readonly string[])[]; readonly total: number }[]): {
  readonly paths: readonly (readonly string[])[];
  readonly pathCount: number;
} {
  const distinct = new Map<string, readonly string[]>();
  for (const { paths } of ways) for (const path of paths) distinct.set(path.join('\0'), path);
  const paths = [...distinct.values()].sort((a, b) => a.length - b.length).slice(0, MAX_PATHS);
  return {
    paths,
    pathCount: Math.max(
      paths.length,
      ways.reduce((sum, { total }) => sum + total, 0),
    ),
  };
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = {
  critical: 5,
  unscored: 4,
  high: 3,
  medium: 2,
  low: 1,
  none: 0,
};

/** Malicious code first, then by severity; what nobody rated stands beside critical, not at the end. */
export function worstFirst(a: Finding, b: Finding): number {
  return (
    Number(b.malware) - Number(a.malware) ||
    SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] ||
    (b.score ?? 0) - (a.score ?? 0) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.id, b.id)
  );
}
