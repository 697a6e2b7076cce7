/**
 * `holdfast scan --format html`: the scan as one page that needs nothing else, to be filed, mailed or printed.
 *
 * No script and nothing from elsewhere: the content security policy allows the one style element, by its hash (CSP level 3,
 * "hash-source"). What could not be read comes first, then findings, then what was compared with what. The look is that of the service
 * (../web/style.css); rows of findings are scan-findings.page.tsx, small pieces scan-parts.page.tsx.
 */
import { html, raw } from 'hono/html';
import type { HoldfastError } from '../lib/errors.ts';
import { formatPlace } from '../lib/errors.ts';
import { sha256Base64 } from '../lib/hash.ts';
import { count, number, printable } from '../lib/text.ts';
import { between, days, formatInstant, formatSpan, type Instant } from '../lib/time.ts';
import { isOpen } from '../triage/decision.ts';
import { Glyph, Moment, Sprite } from '../web/components.tsx';
import { findingSections } from './scan-findings.page.tsx';
import type { Html } from './scan-parts.page.tsx';
import type { ScanDatabase, ScanInput, ScanReport } from './scan-report.ts';

export interface PageView {
  readonly now: Instant;
  readonly toolVersion: string;
  /** The organisation in holdfast.yaml; `null` where none is named. */
  readonly organisation: string | null;
  /** Name of the folder that was scanned. */
  readonly folder: string;
  /** Text of ../web/style.css. */
  readonly style: string;
}

/** As the gate and the policy count unless told otherwise (`--max-data-age`, `maxDataAgeDays`). */
const STALE_AFTER = days(7);

export function scanToPage(report: ScanReport, view: PageView): string {
  const { style, organisation, folder } = view;
  const title = titleOf(report);
  const owner = organisation ?? folder;
  // Our own file, and the only text that is not escaped; a style element ends at its first `</`, which CSS never needs.
  const sheet = style.replaceAll('</', '<\\/');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${sha256Base64(sheet)}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title} · ${printable(owner)} · Holdfast</title>
<style>${raw(sheet)}</style>
</head>
<body>
${Sprite({ glyphs: ['mark', 'running', 'overdue', 'unknown'] })}
<a class="skip" href="#main">Skip to content</a>
<header class="top"><div class="top-in"><span class="brand">${Glyph({ name: 'mark' })}Holdfast <span class="org">${printable(owner)}</span></span></div></header>
<main id="main" class="page">
<div class="page-head"><p class="over"><span>Dependency scan</span>${Moment({ at: view.now, zone: 'UTC' })}</p>
<h1>${title}</h1>
<p class="lede">${lede(report, view.now)}</p></div>
${report.errors.length === 0 ? '' : unreadSection(report.errors)}
${staleness(report.database, view.now)}
${findingSections(report)}
${inputSection(report.inputs)}
${databaseSection(report.database, view.now)}
${report.notes.length === 0 ? '' : noteSection(report.notes)}
</main>
<footer class="foot"><div class="foot-in"><p>Written by Holdfast ${view.toolVersion}, ${Moment({ at: view.now, zone: 'UTC' })}.</p><p>This page loads nothing from elsewhere.</p></div></footer>
</body>
</html>
`;
  if (page instanceof Promise) throw new TypeError('no part of the page is a promise');
  return String(page);
}

/** States the fact that matters most. */
function titleOf({ findings, inputs, errors }: ScanReport): string {
  const open = findings.filter(isOpen).length;
  if (inputs.length === 0 && findings.length === 0) return 'Nothing could be compared';
  const said = `${count(open, 'finding')} ${open === 1 ? 'is' : 'are'} open`;
  const first = `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
  return errors.length === 0 ? first : `Not everything could be read; ${said}`;
}

function lede({ inputs, findings, database }: ScanReport, now: Instant): string {
  const compared = inputs.filter(({ coverage }) => coverage !== 'reported');
  const packages = compared.reduce((sum, { components }) => sum + components, 0);
  const reports = inputs.length - compared.length;
  const age =
    database.dataAsOf === null ? 'of unknown age' : `the newest ${formatSpan(between(database.dataAsOf, now))} old`;
  return `${count(packages, 'package')} in ${count(compared.length, 'input')} ${packages === 1 ? 'was' : 'were'} compared with ${count(database.advisories, 'advisory', 'advisories')}, ${age}.${reports === 0 ? '' : ` ${count(reports, 'report')} of other tools ${reports === 1 ? 'was' : 'were'} added.`}${findings.length === 0 ? '' : ' Each finding names what ends it.'}`;
}

const unreadSection = (errors: readonly HoldfastError[]): Html => html`<section class="sec" aria-labelledby="unread-h">
<h2 id="unread-h">Not everything could be read</h2>
<div class="flash bad">${Glyph({ name: 'overdue' })}<p>What is missing here was compared with nothing, and may hold anything. Nothing on this page speaks for it.</p></div>
<ul class="list">${errors.map(({ code, message, hint, at }) => html`<li><b>${printable(message)}</b>${at === null || message.includes(at.file) ? '' : html` <span class="hash">${printable(formatPlace(at))}</span>`}<br>${printable(hint)} <span class="flag">${code}</span></li>`)}</ul>
</section>
`;

/** Old data is as loud as an input that was not read: silence about what it cannot know would pass for health. */
function staleness({ dataAsOf }: ScanDatabase, now: Instant): Html {
  const age = dataAsOf === null ? null : between(dataAsOf, now);
  if (age !== null && age <= STALE_AFTER) return html``;
  const title =
    age === null ? 'The age of the advisory data is unknown' : `The advisory data is stale: ${formatSpan(age)} old`;
  const since =
    dataAsOf === null
      ? html`No record of it carries a time.`
      : html`Its newest record is of ${Moment({ at: dataAsOf, zone: 'UTC' })}.`;
  return html`<section class="sec" aria-labelledby="stale-h">
<h2 id="stale-h">${title}</h2>
<div class="flash warn">${Glyph({ name: 'overdue' })}<p>${since} What was published since is missing here. Bring it up to date with <code>holdfast db sync</code> and scan again.</p></div>
</section>
`;
}

const COVERAGE: Readonly<Record<ScanInput['coverage'], string>> = {
  whole: 'everything that is installed',
  direct: 'only what is asked for directly; what that brings along was compared with nothing',
  reported: 'what another tool found; compared with nothing',
};

function inputSection(inputs: readonly ScanInput[]): Html {
  if (inputs.length === 0) return html``;
  return html`<section class="sec" aria-labelledby="inputs-h">
<h2 id="inputs-h">What was scanned</h2>
<div class="boxed"><table class="tbl fold any">
<caption class="vh">Inputs, in the order in which they were read</caption>
<thead><tr><th scope="col">Input</th><th scope="col">Kind</th><th scope="col" class="num">Packages</th><th scope="col">Names</th><th scope="col">SHA-256</th></tr></thead>
<tbody>${inputs.map(
    ({ path, kind, components, coverage, digest }) => html`
<tr><th scope="row"><b>${printable(path)}</b></th><td data-l="Kind" class="nb">${kind}</td><td data-l="Packages" class="num">${number(components)}</td><td data-l="Names">${COVERAGE[coverage]}</td><td data-l="SHA-256"><span class="hash">${digest()}</span></td></tr>`,
  )}</tbody></table></div>
</section>
`;
}

const databaseSection = (
  database: ScanDatabase,
  now: Instant,
): Html => html`<section class="sec" aria-labelledby="db-h">
<h2 id="db-h">What it was compared with</h2>
<dl class="kv tight">
<dt>Advisories</dt><dd>${number(database.advisories)} from ${printable(database.sources.join(', ') || 'unnamed sources')}</dd>
<dt>Newest record</dt><dd>${database.dataAsOf === null ? 'unknown' : html`${Moment({ at: database.dataAsOf, zone: 'UTC' })}, ${formatSpan(between(database.dataAsOf, now))} old`}</dd>
<dt>Index</dt><dd>${printable(database.path)}${database.chosenBy === 'snapshot' ? ' (the snapshot shipped with Holdfast)' : ` (${database.chosenBy})`}, built ${html`<time datetime="${formatInstant(database.built)}">${formatInstant(database.built)}</time>`}</dd>
<dt>SHA-256</dt><dd class="hash">${database.digest}</dd>
</dl>
</section>
`;

const noteSection = (notes: readonly string[]): Html => html`<section class="sec" aria-labelledby="notes-h">
<h2 id="notes-h">What was not matched, and why</h2>
<ul class="list">${notes.map((note) => html`<li>${printable(note)}</li>`)}</ul>
</section>
`;
