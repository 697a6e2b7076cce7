/**
 * Findings of other tools' reports among our own: one problem of one package is one finding, whoever reported it.
 *
 * Pure. Parsers (import-*.ts) have read the reports; alias-targets.ts says which names mean one problem; here the packages are
 * found and the findings put together. Nothing that a report names is dropped: what stands in no scanned input becomes a finding of its own, in the
 * report. Our own rating, fixes and links come first; a report fills what we do not know. The order of reports changes nothing.
 */
import { compareText } from '../lib/text.ts';
import type { Rating } from '../advisory/advisory.ts';
import type { AdvisoryDetail } from '../advisory/index-layout.ts';
import { worse } from '../advisory/severity.ts';
import { orderOf } from '../advisory/version.ts';
import { aliasTargets, type AliasTarget } from './alias-targets.ts';
import {
  bestIdFirst,
  likelier,
  MAX_PATHS,
  whereabouts,
  worstFirst,
  type Finding,
  type FindingSource,
  type PathFinder,
} from './finding.ts';
import { locateIn, packageKey, type Located, type ScannedPackages } from './locate-reported.ts';
import { mergeNotes } from './merge-notes.ts';
import type { ImportedReport, ReportedFinding } from './reported-finding.ts';

/** A report with the path by which the user named it. */
export interface NamedReport {
  readonly path: string;
  readonly report: ImportedReport;
}

/** What merging asks of an index; IndexReader answers both. */
export interface AliasLookup {
  /** All advisories of the alias group of an id; none for an id that nothing can match. */
  byId(id: string): readonly AdvisoryDetail[];
  /** The id was known once, and its database has withdrawn it. */
  isWithdrawn(id: string): boolean;
}

/** One entry of one report, about one package. */
export interface Entry {
  readonly path: string;
  readonly reported: ReportedFinding;
  readonly located: Located;
}

export interface Merged {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

export function mergeReports(
  own: readonly Finding[],
  reports: readonly NamedReport[],
  packages: ScannedPackages,
  lookup: AliasLookup,
  pathsTo: PathFinder,
): Merged {
  const inOrder = reports.toSorted((a, b) => compareText(a.path, b.path));
  const entries: Entry[] = [];
  let leftOut = 0;
  for (const { path, report } of inOrder) {
    for (const reported of report.findings) {
      const located = locateIn(packages, reported);
      leftOut += located.leftOut;
      for (const place of located.places) entries.push({ path, reported, located: place });
    }
  }
  const details = detailsOf(lookup);
  const groupOf = (id: string): string | null => details(id)[0]?.group ?? null;
  const targets = aliasTargets(
    entries.map(({ reported }) => reported.ids),
    groupOf,
  );
  const problems = problemsOf(entries, targets);
  const ownByProblem = new Map(
    own.map((finding) => [problemKey(packageKey(finding), `index\0${groupOf(finding.id) ?? finding.id}`), finding]),
  );
  const joined = new Map<Finding, Finding>();
  const added: Finding[] = [];
  const ratedBy = new Map<string, number>();
  for (const [key, problem] of problems) {
    const known = ownByProblem.get(key);
    const rated = known === undefined ? reportedOnly(problem, details, pathsTo) : enrich(known, problem);
    if (known === undefined) added.push(rated.finding);
    else joined.set(known, rated.finding);
    if (rated.ratedBy !== null && rated.finding.severity !== 'unscored')
      ratedBy.set(rated.ratedBy, (ratedBy.get(rated.ratedBy) ?? 0) + 1);
  }
  const findings = [...own.map((finding) => joined.get(finding) ?? finding), ...added].sort(worstFirst);
  return { findings, notes: mergeNotes(inOrder, findings, { lookup, leftOut, ratedBy }) };
}

/** What all reports say of one problem of one package. */
interface Problem {
  readonly located: Located;
  readonly target: AliasTarget;
  readonly entries: readonly Entry[];
  /** Ids of all entries that mean this problem and no other. */
  readonly ids: ReadonlySet<string>;
}

interface OpenProblem extends Problem {
  readonly entries: Entry[];
  readonly ids: Set<string>;
  /** Lists of shared ids that are in `ids` already. */
  readonly shared: Set<readonly string[]>;
}

const problemKey = (component: string, target: string): string => `${component}\0${target}`;

function problemsOf(
  entries: readonly Entry[],
  targets: readonly (readonly AliasTarget[])[],
): ReadonlyMap<string, Problem> {
  const problems = new Map<string, OpenProblem>();
  for (const [index, entry] of entries.entries()) {
    for (const target of targets[index] ?? []) {
      const key = problemKey(packageKey(entry.located.identity), target.key);
      const problem = problems.get(key) ?? {
        located: entry.located,
        target,
        entries: [],
        ids: new Set(),
        shared: new Set(),
      };
      problems.set(key, problem);
      problem.entries.push(entry);
      for (const id of target.ids) problem.ids.add(id);
      if (problem.shared.has(target.shared)) continue;
      problem.shared.add(target.shared);
      for (const id of target.shared) problem.ids.add(id);
    }
  }
  return problems;
}

/** Each id is looked up once: reports repeat them for every package and every way. */
function detailsOf(lookup: AliasLookup): (id: string) => readonly AdvisoryDetail[] {
  const known = new Map<string, readonly AdvisoryDetail[]>();
  return (id) => {
    const found = known.get(id) ?? lookup.byId(id);
    known.set(id, found);
    return found;
  };
}

interface RatedFinding {
  readonly finding: Finding;
  /** The report whose rating it has; `null`: the index'. */
  readonly ratedBy: string | null;
}

/** Our own finding, with who else reported it. */
function enrich(own: Finding, problem: Problem): RatedFinding {
  const reported = problem.entries.map((entry) => entry.reported);
  const aliases = new Set([...own.aliases, ...problem.ids]);
  aliases.delete(own.id);
  const rating = own.severity === 'unscored' ? worstRating(problem.entries) : { ...own, ratedBy: null };
  const finding: Finding = {
    ...own,
    aliases: [...aliases].sort(compareText),
    severity: rating.severity,
    score: rating.score,
    vector: rating.vector,
    malware: own.malware || reported.some(({ malware }) => malware),
    kev: own.kev || reported.some(({ kev }) => kev),
    fixed: own.fixed.length > 0 ? own.fixed : fixesOf(reported, own),
    cwes: own.cwes.length > 0 ? own.cwes : listed(reported.flatMap(({ cwes }) => cwes)),
    urls: own.urls.length > 0 ? own.urls : listed(reported.flatMap(({ urls }) => urls)).slice(0, 3),
    sources: [...own.sources, ...sourcesOf(problem.entries)],
  };
  return { finding, ratedBy: rating.ratedBy };
}

/** A finding that our own matching does not have: the index may still know its id. */
function reportedOnly(
  problem: Problem,
  details: (id: string) => readonly AdvisoryDetail[],
  pathsTo: PathFinder,
): RatedFinding {
  const { located, target, entries, ids } = problem;
  const reported = entries.map((entry) => entry.reported);
  const known = target.indexId === null ? [] : details(target.indexId);
  const names = [...ids, ...known.flatMap(({ id, aliases }) => [id, ...aliases])];
  const [id = '', ...aliases] = [...new Set(names)].sort(bestIdFirst);
  const ranked = known.flatMap(({ ratings }) => ratings);
  const indexed = ranked.length === 0 ? null : ranked.reduce(worse);
  const rating =
    indexed === null || indexed.severity === 'unscored' ? worstRating(entries) : { ...indexed, ratedBy: null };
  const knownCwes = known.flatMap(({ cwes }) => cwes);
  const knownUrls = known.flatMap(({ urls }) => urls);
  const finding: Finding = {
    id,
    aliases: aliases.sort(compareText),
    ...placeOf(located, entries, pathsTo),
    severity: rating.severity,
    score: rating.score,
    vector: rating.vector,
    malware: known.some(({ malware }) => malware) || reported.some(({ malware }) => malware),
    kev: known.some(({ kev }) => kev) || reported.some(({ kev }) => kev),
    fixed: fixesOf(reported, located.identity),
    reach: null,
    decision: null,
    sources: sourcesOf(entries),
    epss: known.map(({ epss }) => epss).reduce(likelier, null),
    cwes: listed(knownCwes.length > 0 ? knownCwes : reported.flatMap(({ cwes }) => cwes)),
    urls: listed(knownUrls.length > 0 ? knownUrls : reported.flatMap(({ urls }) => urls)).slice(0, 3),
    derived: false,
  };
  return { finding, ratedBy: rating.ratedBy };
}

function placeOf(located: Located, entries: readonly Entry[], pathsTo: PathFinder): ReturnType<typeof whereabouts> {
  if (located.scanned !== null) return whereabouts(located.scanned, pathsTo);
  const { ecosystem, name, version } = located.identity;
  const ways = new Map(entries.flatMap(({ reported }) => reported.paths).map((way) => [way.join('\0'), way]));
  const paths = [...ways]
    .sort(([a, one], [b, other]) => one.length - other.length || compareText(a, b))
    .map(([, way]) => way);
  // Of two spellings of one purl the same one whatever the order of the reports.
  const purl =
    entries
      .map(({ reported }) => reported.package.purl)
      .filter((text) => text !== '')
      .sort(compareText)[0] ?? '';
  return {
    purl,
    ecosystem,
    name,
    version,
    scope: 'unknown',
    paths: paths.slice(0, MAX_PATHS),
    pathCount: paths.length,
    inputs: listed(entries.map(({ path }) => path)),
  };
}

/** One source for each tool in each report, with every id and evidence that it gives. */
function sourcesOf(entries: readonly Entry[]): readonly FindingSource[] {
  const sources = new Map<string, { tool: string; report: string; ids: Set<string>; evidence: Set<string> }>();
  for (const { path, reported } of entries) {
    const key = `${reported.tool}\0${path}`;
    const source = sources.get(key) ?? { tool: reported.tool, report: path, ids: new Set(), evidence: new Set() };
    sources.set(key, source);
    for (const id of [...reported.ids, ...reported.labels]) source.ids.add(id);
    for (const piece of reported.evidence) source.evidence.add(piece);
  }
  return [...sources.values()]
    .map(({ tool, report, ids, evidence }) => ({ tool, report, ids: listed(ids), evidence: listed(evidence) }))
    .sort((a, b) => compareText(a.tool, b.tool) || compareText(a.report, b.report));
}

/** With the report that it is taken from; `null` where it is the index' own. */
type SourcedRating = Rating & { readonly ratedBy: string | null };

/** Of ratings that are equally bad the one whose vector comes first, so that the order of reports changes nothing. */
function worstRating(entries: readonly Entry[]): SourcedRating {
  const rated = entries
    .map(({ path, reported }) => ({ ...reported.rating, ratedBy: path }))
    .sort((a, b) => compareText(a.vector ?? '\uffff', b.vector ?? '\uffff') || compareText(a.ratedBy, b.ratedBy));
  const worst = rated.map((rating): Rating => rating).reduce(worse);
  return rated.find((rating) => rating === worst) ?? { ...worst, ratedBy: null };
}

/** The versions that reports give as fixes; where versions can be ordered, those above the installed one. */
function fixesOf(
  reported: readonly ReportedFinding[],
  { ecosystem, version }: { readonly ecosystem: string; readonly version: string },
): readonly string[] {
  const fixes = listed(reported.flatMap(({ fixed }) => fixed));
  const order = orderOf(ecosystem);
  if (order === null) return fixes;
  return fixes
    .filter((fix) => version === '' || order.compare(fix, version) > 0)
    .sort((a, b) => order.compare(a, b) || compareText(a, b));
}

const listed = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort(compareText);
