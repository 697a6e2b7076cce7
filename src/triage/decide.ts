/**
 * What `holdfast decide` makes of what it was told: which finding is meant, which day is meant, what is still missing. Pure.
 *
 * Asking and writing is decide.actions.ts; the words are decide.text.ts.
 */
import { formatPurl, parsePurl } from '../inventory/purl.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearestWord } from '../lib/spelling.ts';
import { parseDay } from '../lib/time.ts';
import { componentLabel, type Finding } from '../scan/finding.ts';
import { namedFinding } from '../scan/scan.text.ts';
import { idKey, isAbout } from './apply-decisions.ts';
import type { PackageScope } from './decision.ts';
import { lastDay } from './decisions-file.ts';

/** Why nothing was decided: a value that the caller shows. */
export interface DecideRefusal {
  readonly code:
    | 'no-finding'
    | 'ambiguous'
    | 'path-without-input'
    | 'malware'
    | 'not-allowed'
    | 'no-decision'
    | 'same-person'
    | 'already-approved'
    | 'expired'
    | 'unproven'
    | 'left';
  readonly message: string;
  readonly hint: string;
}

/** The proof does not show what would be decided. @param why Continues its name. */
export const unproven = (file: string, why: string): DecideRefusal => ({
  code: 'unproven',
  message: `${file} ${why}`,
  hint: 'See what can be shown today: holdfast reach --advisory ID. Keep it: holdfast reach --advisory ID --json > FILE',
});

export interface ChosenFinding {
  /** Every version of the package that is meant and has the finding; never empty. */
  readonly findings: readonly Finding[];
  readonly id: string;
  readonly aliases: readonly string[];
  /** With a version only where one was asked for. */
  readonly purl: string;
}

const LISTED = 8;

/** @param wanted `NAME`, `NAME@VERSION`, a package URL, or `null` where the id says enough. */
export function chooseFinding(
  findings: readonly Finding[],
  id: string,
  wanted: string | null,
): Result<ChosenFinding, DecideRefusal> {
  const spoken = findings.filter((finding) => idsOf(finding).some((each) => idKey(each) === idKey(id)));
  if (spoken.length === 0) return no(noFinding(findings, id));
  const meant = wanted === null ? spoken : spoken.filter((finding) => isWanted(finding, wanted));
  const [first] = meant;
  if (first === undefined) {
    return no({
      code: 'no-finding',
      message: `${id} is not found in ${wanted ?? ''}`,
      hint: `It is found in ${listed(spoken.map(componentLabel))}.`,
    });
  }
  const packages = new Set(meant.map((finding) => `${finding.ecosystem}\0${finding.name}`));
  if (packages.size > 1) {
    return no({
      code: 'ambiguous',
      message: `${id} is found in ${packages.size} packages`,
      hint: `Say which with --package: ${listed([...new Set(meant.map(({ name }) => name))])}.`,
    });
  }
  const purl = parsePurl(first.purl);
  if (purl === null) {
    const hint =
      'Without one a decision could close another component by its name. Give the component a package URL in its SBOM.';
    return no({ code: 'no-finding', message: `${namedFinding(first)} has no package URL`, hint });
  }
  const version = wanted === null ? '' : versionOf(wanted, first);
  return ok({
    findings: meant,
    id: first.id,
    aliases: first.aliases,
    purl: formatPurl({ ...purl, version, qualifiers: new Map(), subpath: '' }),
  });
}

const idsOf = ({ id, aliases }: Finding): readonly string[] => [id, ...aliases];

function noFinding(findings: readonly Finding[], id: string): DecideRefusal {
  const known = [...new Set(findings.flatMap(idsOf))];
  const near = nearestWord(id, known);
  const hint =
    findings.length === 0
      ? 'There is no finding here at all, so nothing is to be decided.'
      : `${near === null ? '' : `Did you mean ${near}? `}Findings here: ${listed(findings.map(namedFinding))}.`;
  return { code: 'no-finding', message: `no finding here is called ${id}`, hint };
}

const listed = (items: readonly string[]): string =>
  items.length > LISTED ? `${items.slice(0, LISTED).join(', ')} and ${items.length - LISTED} more` : items.join(', ');

function isWanted(finding: Finding, wanted: string): boolean {
  const scope = scopeOf(wanted);
  if (scope !== null) return isAbout(scope, parsePurl(finding.purl), finding.version);
  return wanted === finding.name || wanted === `${finding.name}@${finding.version}`;
}

function scopeOf(text: string): PackageScope | null {
  const purl = parsePurl(text);
  if (purl === null) return null;
  const { type, namespace, name, version } = purl;
  return { purl: text, type, namespace, name, version: version === '' ? null : version };
}

const versionOf = (wanted: string, { name, version }: Finding): string =>
  (scopeOf(wanted)?.version ?? null) !== null || wanted === `${name}@${version}` ? version : '';

/** `2027-02-25`, or `90d` from today on; the words of what is wrong with it otherwise. */
export function parseExpires(text: string, today: string): Result<string, string> {
  const last = lastDay(today);
  const span = /^(\d{1,4})d$/.exec(text.trim());
  const day =
    span === null
      ? text.trim()
      : Temporal.PlainDate.from(today)
          .add({ days: Number(span[1]) })
          .toString();
  if (parseDay(day) === null) return no('write a day that exists (YYYY-MM-DD), or a number of days such as 90d');
  if (day < today) return no(`write a day from ${today} on`);
  if (day > last) return no(`write ${last} or a day before it: a decision holds for a year at most`);
  return ok(day);
}
