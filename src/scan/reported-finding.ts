/**
 * What every report of another tool is read into: one problem of one package, in the words of the report.
 *
 * The parsers (import-npm-audit.ts, import-trivy.ts, …) make it, merge-reports.ts joins it with our own findings. Here are also the
 * readings that all formats share. Reports are hostile input like any other: text that could not be printed or stored counts as
 * absent, lists are bounded, and what cannot be read is counted, never dropped in silence.
 */
import type { Rating } from '../advisory/advisory.ts';
import { isHttps, isMalware } from '../advisory/osv.ts';
import { isPlainText } from '../advisory/osv-field.ts';
import { rate, severityOf, UNRATED } from '../advisory/rating.ts';
import { formatPurl, npmPurl, parsePurl, type Purl } from '../inventory/purl.ts';
import { ecosystemOf, nameOf } from '../inventory/purl-identity.ts';
import { count } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';

/** The formats that are read, as `inputs[].kind` spells them. */
export type ReportKind = 'npm-audit' | 'dependency-check' | 'osv-scanner' | 'trivy' | 'grype' | 'snyk' | 'sarif';

export interface ImportedReport {
  readonly kind: ReportKind;
  readonly findings: readonly ReportedFinding[];
  /** When it was made, by its own word; `null` where it does not say. */
  readonly made: Instant | null;
  /** What stands in it and became no finding, one clause each. */
  readonly leftOut: readonly string[];
  /** What the tool did not see by the report's own word, or we could not read; one sentence each, without its full stop. */
  readonly failures: readonly string[];
}

export interface ReportedFinding {
  /** `FindingSource.tool`: the kind of the report, or in SARIF what the tool calls itself. */
  readonly tool: string;
  /** Names of this one problem and of nothing else: findings are joined by them. Never empty. */
  readonly ids: readonly string[];
  /** Names that may stand for several problems: shown, and never joined by. */
  readonly labels: readonly string[];
  readonly package: ReportedPackage;
  /** For reports that name installed folders and a range instead of a version. */
  readonly installed: InstalledPlaces | null;
  readonly rating: Rating;
  readonly fixed: readonly string[];
  readonly malware: boolean;
  readonly kev: boolean;
  readonly cwes: readonly string[];
  readonly urls: readonly string[];
  readonly evidence: readonly string[];
  /** Ways from the product to the package, as `name@version`. */
  readonly paths: readonly (readonly string[])[];
}

export interface ReportedPackage {
  /** As `Component.ecosystem`; empty where the report does not say. */
  readonly ecosystem: string;
  /** As `Component.name`; a file's name where nothing else is known. */
  readonly name: string;
  /** Empty where the report names none. */
  readonly version: string;
  /** Empty where the report identifies the package by none and its type has none. */
  readonly purl: string;
}

export interface InstalledPlaces {
  /** `node_modules/a/node_modules/b`. */
  readonly places: readonly string[];
  /** A range of npm; `*` where the report gives none. */
  readonly range: string;
}

/** A finding of which only this is known. */
export const PLAIN_FINDING = {
  labels: [],
  installed: null,
  rating: UNRATED,
  fixed: [],
  malware: false,
  kev: false,
  cwes: [],
  urls: [],
  evidence: [],
  paths: [],
} as const satisfies Partial<ReportedFinding>;

const LONGEST_ID = 256;
/** As in osv-affected.ts, far above what registries allow. */
const LONGEST_NAME = 512;
const LONGEST_VERSION = 1024;
const LONGEST_PURL = 2048;
const MOST_LISTED = 20;

/** One line without control characters, at most `longest` characters; empty for anything else, and never a part of it. */
export function lineOf(value: unknown, longest: number): string {
  if (typeof value !== 'string' || value.length > 4 * longest) return '';
  const line = value.replace(/\s+/g, ' ').trim();
  return isPlainText(line, longest) ? line : '';
}

/** The elements that are lines, each once, the first few. */
export const linesOf = (values: readonly unknown[], longest: number): readonly string[] =>
  [...new Set(values.slice(0, 1000).map((value) => lineOf(value, longest)))]
    .filter((line) => line !== '')
    .slice(0, MOST_LISTED);

/** An id as databases spell it: several tools write CVE and GHSA ids in the case of a web address. */
export function idOf(value: unknown): string {
  const id = lineOf(value, LONGEST_ID);
  if (/^cve-\d{4}-\d{4,19}$/i.test(id)) return id.toUpperCase();
  return /^ghsa(?:-[0-9a-z]{4}){3}$/i.test(id) ? `GHSA${id.slice(4).toLowerCase()}` : id;
}

export const isCve = (id: string): boolean => /^CVE-\d{4}-\d{4,19}$/.test(id);

/** Ids of vulnerabilities in a text: CVE, GHSA, and what Snyk, PyPI, Go, RustSec and the malware database issue. */
export function idsIn(text: string): readonly string[] {
  const found = text.slice(0, LONGEST_TEXT).matchAll(IDS);
  return [...new Set([...found].map(([id]) => idOf(id)))];
}

const LONGEST_TEXT = 4096;
const IDS =
  /(?<![A-Za-z0-9])(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[0-9a-z]{4}){3}|(?:PYSEC|RUSTSEC|MAL)-\d{4}-\d{1,9}|GO-\d{4}-\d{4,9}|SNYK-[A-Z]{2,20}-[A-Z0-9]{1,100}-\d{4,9})(?![A-Za-z0-9])/gi;

/**
 * How one entry of a report names its problem or problems.
 *
 * Tools that group by fix or by package write several CVEs into one entry: those are several problems, and joining them would
 * hide all but one. Then each CVE is a problem of its own, and what the tool calls them all is a label.
 */
export function problemsOf(ids: readonly unknown[]): readonly Pick<ReportedFinding, 'ids' | 'labels'>[] {
  const names = [...new Set(ids.map(idOf))].filter((id) => id !== '').slice(0, MOST_IDS);
  if (names.length === 0) return [];
  const cves = names.filter(isCve);
  if (cves.length < 2) return [{ ids: names, labels: [] }];
  const labels = names.filter((id) => !isCve(id));
  return cves.map((cve) => ({ ids: [cve], labels }));
}

const MOST_IDS = 200;

/** `null` for what is no purl of a package. */
export function packageOfPurl(value: unknown): ReportedPackage | null {
  const purl = typeof value === 'string' && value.length <= LONGEST_PURL ? parsePurl(value) : null;
  if (purl === null) return null;
  const name = lineOf(nameOf(purl), LONGEST_NAME);
  const version = lineOf(purl.version, LONGEST_VERSION);
  // Qualifiers say where a copy came from, which is no part of what it is; they may also carry access tokens.
  const bare: Purl = { ...purl, qualifiers: new Map(), subpath: '' };
  return name === '' ? null : { ecosystem: ecosystemOf(purl), name, version, purl: formatPurl(bare) };
}

/**
 * A package by the words of its tool.
 *
 * @param kind What the tool calls the ecosystem, the package manager or the type of package.
 * @returns `null` without a usable name.
 */
export function packageOf(kind: unknown, name: unknown, version: unknown): ReportedPackage | null {
  const given = lineOf(name, LONGEST_NAME);
  if (given === '') return null;
  const word = lineOf(kind, LONGEST_NAME).toLowerCase().split(':', 1)[0] ?? '';
  const type = PURL_TYPES.get(word) ?? word;
  const known = lineOf(version, LONGEST_VERSION);
  return { ecosystem: ecosystemOf({ type }), name: given, version: known, purl: purlOf(type, given, known) };
}

function purlOf(type: string, name: string, version: string): string {
  if (type === 'npm') return npmPurl(name, version);
  const colon = name.indexOf(':');
  if (type !== 'maven' || colon <= 0 || colon === name.length - 1) return '';
  return formatPurl({
    type,
    namespace: name.slice(0, colon),
    name: name.slice(colon + 1),
    version,
    qualifiers: new Map(),
    subpath: '',
  });
}

/**
 * Purl types by what the tools call them, in lower case.
 *
 * Sources: OSV schema, "Defined ecosystems" (OSV-Scanner); Trivy's `Results[].Type` (pkg/fanal/types/const.go); Syft's package types
 * (Grype); Snyk's `packageManager`.
 */
const PURL_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    npm: 'npm yarn pnpm bun node-pkg nodejs',
    maven: 'gradle sbt pom jar java-archive gradle-lockfile',
    pypi: 'pip pipenv poetry uv python python-pkg',
    golang: 'go gomod gobinary go-module gomodules golangdep govendor',
    cargo: 'crates.io rust-crate rustbinary',
    composer: 'packagist php-composer-installed-package php-composer-lock-package composer-vendor',
    gem: 'rubygems bundler gemspec',
    nuget: 'dotnet dotnet-core packages-config paket',
    apk: 'alpine',
    deb: 'debian ubuntu',
  }).flatMap(([type, words]) => words.split(' ').map((word) => [word, type] as const)),
);

/** A file of which nothing else is known: it is listed, and matches no package. */
export const packageOfFile = (path: unknown): ReportedPackage | null => {
  const name = lineOf(typeof path === 'string' ? path.slice(-LONGEST_NAME) : '', LONGEST_NAME);
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  return last === '' ? null : { ecosystem: '', name: last, version: '', purl: '' };
};

/**
 * The first of these that says something.
 *
 * @param score A CVSS base score from 0 to 10, as a number or a text, for reports that give no vector.
 */
export function ratingOf(given: {
  readonly vectors?: readonly unknown[];
  readonly score?: unknown;
  readonly label?: unknown;
}): Rating {
  const rated = rate(
    (given.vectors ?? []).filter((vector): vector is string => typeof vector === 'string'),
    [],
  );
  if (rated !== UNRATED) return rated;
  const score = scoreOf(given.score);
  const word = lineOf(given.label, 40).toLowerCase();
  const labelled = rate([], [LABELS.get(word) ?? word]);
  if (score === null) return labelled;
  // Tools write 0 for "no score" next to a label that says more.
  if (score === 0 && labelled.severity !== 'none') return labelled;
  return { severity: severityOf(score, 3), score, vector: null };
}

/** npm's `info` and Debian's and Grype's `negligible` are below low, but not nothing. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['info', 'low'],
  ['informational', 'low'],
  ['negligible', 'low'],
  ['important', 'high'],
]);

function scoreOf(value: unknown): number | null {
  const score = typeof value === 'string' && /^\d{1,2}(?:\.\d{1,6})?$/.test(value.trim()) ? Number(value) : value;
  return typeof score === 'number' && score >= 0 && score <= 10 ? Math.round(score * 10) / 10 : null;
}

export const firstRated = (ratings: readonly Rating[]): Rating =>
  ratings.find(({ severity }) => severity !== 'unscored') ?? UNRATED;

/** `CWE-79` of `CWE-79`, `79` and `CWE-79 Improper Neutralization…`. */
export const cwesOf = (values: readonly unknown[]): readonly string[] =>
  linesOf(
    values.map((value) => /^(?:CWE-)?0*([1-9]\d{0,5})\b/i.exec(lineOf(value, 1000))?.[1]).map((n) => n && `CWE-${n}`),
    20,
  );

export const urlsOf = (values: readonly unknown[]): readonly string[] =>
  [
    ...new Set(values.slice(0, 1000).filter((value): value is string => typeof value === 'string' && isHttps(value))),
  ].slice(0, 3);

/** By the rule of our own data (osv.ts). */
export const saysMalware = (ids: readonly string[], cwes: readonly string[]): boolean => isMalware(ids, cwes, {});

/** `2 findings suppressed there (CVE-2026-1, CVE-2026-2)`, for `leftOut`; nothing for none. */
export function closedThere(ids: readonly string[], how: 'suppressed' | 'ignored' | 'closed'): readonly string[] {
  if (ids.length === 0) return [];
  const names = [...new Set(ids.filter((id) => id !== ''))].sort();
  const more = names.length > 5 ? `, … ${names.length - 5} more` : '';
  const shown = names.length === 0 ? '' : ` (${names.slice(0, 5).join(', ')}${more})`;
  return [`${count(ids.length, 'finding')} ${how} there${shown}`];
}

/** `3 licence issues`, for `leftOut`; nothing for none. */
export const otherEntries = (amount: number, one: string, many: string): readonly string[] =>
  amount === 0 ? [] : [count(amount, one, many)];

/** For `failures`: entries that name no problem or no package. */
export const unreadableEntries = (amount: number): readonly string[] =>
  amount === 0
    ? []
    : [`${count(amount, 'entry names', 'entries name')} no problem or no package, and could not be read`];
