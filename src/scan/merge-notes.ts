/** What is said of imported reports beside the findings: who reported how much, how old that is, what was left out and why. */
import { count, number } from '../lib/text.ts';
import { formatDay } from '../lib/time.ts';
import { componentLabel, type Finding } from './finding.ts';
import type { AliasLookup, NamedReport } from './merge-reports.ts';

export interface MergeFacts {
  readonly lookup: AliasLookup;
  /** Reported findings in what only development needs, where that is left out. */
  readonly leftOut: number;
  /** How many findings have the rating of a report, by the report's path. */
  readonly ratedBy: ReadonlyMap<string, number>;
}

export function mergeNotes(
  reports: readonly NamedReport[],
  findings: readonly Finding[],
  { lookup, leftOut, ratedBy }: MergeFacts,
): readonly string[] {
  const notes = reports.flatMap((named) => reportNotes(named, findings, ratedBy.get(named.path) ?? 0));
  if (leftOut > 0) notes.push(`${count(leftOut, 'reported finding')} left out: only development needs the package.`);
  return [...notes, ...withdrawnNotes(findings, lookup)];
}

function reportNotes({ path, report }: NamedReport, findings: readonly Finding[], rated: number): readonly string[] {
  const here = findings.filter(({ sources }) => sources.some((source) => source.report === path));
  const tools = new Set(
    here.flatMap(({ sources }) => sources.filter((source) => source.report === path).map(({ tool }) => tool)),
  );
  const who = tools.size === 0 ? report.kind : [...tools].sort().join(', ');
  const when = report.made === null ? 'without a date' : `of ${formatDay(report.made)}`;
  const shared = here.filter(({ sources }) => sources.some(({ tool }) => tool === 'holdfast')).length;
  const unversioned = here.filter(({ version }) => version === '').length;
  const both =
    shared === 0 ? '' : `; Holdfast found ${shared === here.length ? 'the same' : `${number(shared)} of them`} itself`;
  return [
    `${path}: a report by ${who} ${when}, with ${count(here.length, 'finding')}${both}.`,
    ...(unversioned === 0
      ? []
      : [`${path}: ${count(unversioned, 'finding')} without a version that stands in a scanned input.`]),
    ...(rated === 0
      ? []
      : [
          `${path}: ${count(rated, 'finding has', 'findings have')} the rating of this report, because the advisory index has none.`,
        ]),
    ...report.leftOut.map((what) => `${path}: left out: ${what}.`),
  ];
}

const MOST_NAMED = 5;

/** Its database has taken it back, somebody's scanner has not: that is for a person to decide. */
function withdrawnNotes(findings: readonly Finding[], lookup: AliasLookup): readonly string[] {
  const withdrawn = findings.flatMap((finding) => {
    if (finding.sources.some(({ tool }) => tool === 'holdfast')) return [];
    const id = finding.sources.flatMap(({ ids }) => ids).find((each) => lookup.isWithdrawn(each));
    return id === undefined ? [] : [`${id} in ${componentLabel(finding)}`];
  });
  const more = withdrawn.length > MOST_NAMED ? ` and ${withdrawn.length - MOST_NAMED} more` : '';
  return withdrawn.length === 0
    ? []
    : [
        `Withdrawn by the database that issued it, and kept because a report names it: ${withdrawn.slice(0, MOST_NAMED).join(', ')}${more}.`,
      ];
}
