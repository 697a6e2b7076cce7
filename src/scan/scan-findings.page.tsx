/** The findings on the page of a scan: the open ones, those that a decision closes, and each of them in full. The frame is scan.page.tsx. */
import { html } from 'hono/html';
import { count, number, printable } from '../lib/text.ts';
import type { FindingReach } from '../reach/finding-reach.ts';
import { reachSentence } from '../reach/finding-reach.text.ts';
import { isOpen, type AppliedDecision } from '../triage/decision.ts';
import { Day, WebLink } from '../web/components.tsx';
import { advisoryLink, databaseOf } from './advisory-link.ts';
import type { Finding } from './finding.ts';
import { openMark, severityMark, type Html } from './scan-parts.page.tsx';
import type { ScanReport } from './scan-report.ts';
import { severitySums } from './scan.text.ts';
import { decisionName, decisionSentence, lapseWords, remedy } from './vex-stance.ts';

/** Findings that one page shows; a browser takes about a second for so many. The rest is counted, and `--format json` has all. */
export const MOST_FINDINGS = 2_000;

/** A finding with the address of its details on this page. */
interface Entry {
  readonly finding: Finding;
  readonly anchor: string;
}

type DecidedEntry = Entry & { readonly decision: AppliedDecision };

export function findingSections({ findings, inputs }: ScanReport): Html {
  const open = findings.filter(isOpen);
  const shownOpen = open.slice(0, MOST_FINDINGS).map((finding, index) => ({ finding, anchor: `open-${index + 1}` }));
  const closed = findings.flatMap((finding) =>
    finding.decision === null || isOpen(finding) ? [] : [{ finding, decision: finding.decision }],
  );
  const shownClosed = closed
    .slice(0, MOST_FINDINGS - shownOpen.length)
    .map((item, index) => ({ ...item, anchor: `decided-${index + 1}` }));
  const shown = [...shownOpen, ...shownClosed];
  const left = findings.length - shown.length;
  return html`${left > 0 ? leftOut(shown.length, findings.length) : ''}
${openSection(shownOpen, open, closed.length, inputs.filter(({ coverage }) => coverage !== 'reported').length)}
${closed.length === 0 ? '' : closedSection(shownClosed, closed.length)}
${shown.length === 0 ? '' : detailSection(shown)}`;
}

const leftOut = (shown: number, all: number): Html => html`<section class="sec" aria-labelledby="left-h">
<h2 id="left-h">This page shows ${number(shown)} of ${number(all)} findings</h2>
<p>The worst open ones come first; ${number(all - shown)} are left out so that the page stays readable. All of them: <code>holdfast scan --format json</code></p>
</section>`;

function openSection(entries: readonly Entry[], open: readonly Finding[], closed: number, inputs: number): Html {
  if (open.length === 0)
    return html`<section class="sec" aria-labelledby="open-h"><h2 id="open-h">Open findings</h2>${nothingOpen(closed, inputs)}</section>`;
  return html`<section class="sec" aria-labelledby="open-h">
<div class="sec-head"><h2 id="open-h">Open findings</h2><span class="aside">${severitySums(open)}</span></div>
<div class="boxed"><table class="tbl fold any">
<caption class="vh">Open findings, the worst first</caption>
<thead><tr><th scope="col">Finding</th><th scope="col">Severity</th><th scope="col">Where</th><th scope="col">Fixed in</th><th scope="col">Decision</th><th scope="col" class="minor">Seen by</th></tr></thead>
<tbody>
${entries.map(openRow)}
</tbody></table></div>
</section>`;
}

function nothingOpen(closed: number, inputs: number): Html {
  if (inputs === 0)
    return html`<div class="empty"><p>No input was read, so nothing was compared.</p><p>Name a lockfile or an SBOM, or a folder that holds one: <code>holdfast scan PATH</code></p></div>`;
  return html`<div class="empty"><p>${closed === 0 ? 'Nothing is known against what was compared.' : `Each of ${count(closed, 'finding')} has a decision that holds.`}</p><p>New advisories appear every day. Scan again with fresh data: <code>holdfast scan</code></p></div>`;
}

const openRow = ({
  finding,
  anchor,
}: Entry): Html => html`<tr>${idCell(finding, anchor)}${severityCell(finding)}${placeCell(finding)}<td data-l="Fixed in">${fixedWords(finding)}</td><td data-l="Decision">${openMark(finding.decision)}${finding.decision === null ? '' : html`<span class="sub">${decisionName(finding.decision)}, ${printable(finding.decision.owner)}, until ${Day({ day: finding.decision.expires })}</span>`}</td><td data-l="Seen by" class="minor">${toolWords(finding)}</td></tr>
`;

const closedSection = (
  entries: readonly DecidedEntry[],
  all: number,
): Html => html`<section class="sec" aria-labelledby="decided-h">
<div class="sec-head"><h2 id="decided-h">Closed by a decision</h2><span class="aside">${count(all, 'finding')}; each is open again after its last day</span></div>
<div class="boxed"><table class="tbl fold any">
<caption class="vh">Findings that a decision closes, the worst first</caption>
<thead><tr><th scope="col">Finding</th><th scope="col">Severity</th><th scope="col">Where</th><th scope="col">Decision</th><th scope="col">Owner</th><th scope="col">Holds until</th></tr></thead>
<tbody>
${entries.map(closedRow)}
</tbody></table></div>
</section>`;

const closedRow = ({
  finding,
  decision,
  anchor,
}: DecidedEntry): Html => html`<tr>${idCell(finding, anchor)}${severityCell(finding)}${placeCell(finding)}<td data-l="Decision">${decisionName(decision)}<span class="sub">${printable(decision.reason)}</span></td><td data-l="Owner">${printable(decision.owner)}${decision.approvedBy === null ? '' : html`<span class="sub">approved by ${printable(decision.approvedBy)}</span>`}</td><td data-l="Holds until" class="nb">${Day({ day: decision.expires })}</td></tr>
`;

const idCell = ({ id, aliases }: Finding, anchor: string): Html =>
  html`<th scope="row"><a class="${idClass(id)}" href="#${anchor}">${printable(id)}</a>${aliases[0] === undefined ? '' : html`<span class="sub ${idClass(aliases[0])}">${printable(aliases[0])}</span>`}</th>`;

/** Ids are never broken, unless one is of a length that no database gives. */
const idClass = (id: string): string => (id.length <= 24 ? 'mono nb' : 'mono');

const severityCell = (finding: Finding): Html =>
  html`<td data-l="Severity">${severityMark(finding)}${finding.kev ? html`<span class="sub"><b>known to be exploited</b></span>` : ''}${finding.epss === null ? '' : html`<span class="sub">EPSS ${percent(finding.epss.probability)}</span>`}</td>`;

const placeCell = (finding: Finding): Html =>
  html`<td data-l="Where"><span class="mono">${printable(finding.name)} ${printable(finding.version)}</span><span class="sub">${wayWords(finding)}</span></td>`;

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function fixedWords({ fixed, derived, malware }: Finding): Html {
  if (malware) return html`<span class="nb">remove it</span>`;
  if (fixed[0] === undefined) return html`no fix known`;
  return html`<span class="mono">${derived ? '≈\u00a0' : ''}${printable(fixed[0])}</span>`;
}

const toolWords = ({ sources }: Finding): string => [...new Set(sources.map(({ tool }) => printable(tool)))].join(', ');

function wayWords({ paths, scope }: Finding): string {
  const way = paths[0];
  const from =
    way === undefined ? 'not reached from the product' : way.length < 2 ? 'direct' : `via ${printable(way[0] ?? '')}`;
  return scope === 'production' ? from : `${scope === 'unknown' ? 'unknown scope' : scope}, ${from}`;
}

const detailSection = (entries: readonly Entry[]): Html => html`<section class="sec" aria-labelledby="each-h">
<h2 id="each-h">Each finding</h2>
<div>
${entries.map(detail)}
</div>
</section>`;

/** The address is inside of what is closed: a browser that follows a link to it opens the entry. */
const detail = ({
  finding,
  anchor,
}: Entry): Html => html`<details class="entry"><summary><h3>${printable(finding.name)} ${printable(finding.version)}: ${printable(finding.id)}</h3>${severityMark(finding)}</summary>
<dl class="kv tight" id="${anchor}">${decisionRow(finding.decision)}${reachRow(finding.reach)}
<dt>Remedy</dt><dd>${printable(remedy(finding))}${finding.derived ? " The affected versions were read from the advisory's text and may be wrong." : ''}</dd>
<dt>Advisory</dt><dd>${WebLink({ url: advisoryLink(finding) })}</dd>
${finding.aliases.length === 0 ? '' : html`<dt>Also known as</dt><dd>${joined(finding.aliases.map(aliasLink))}</dd>`}
<dt>Package</dt><dd class="mono">${printable(finding.purl === '' ? `${finding.name} ${finding.version}` : finding.purl)}</dd>
<dt>Vector</dt><dd${finding.vector === null ? '' : html` class="mono"`}>${finding.vector === null ? 'unknown' : printable(finding.vector)}</dd>
<dt>Exploited</dt><dd>${finding.kev ? 'in CISA KEV' : 'not in CISA KEV'}${finding.epss === null ? '; EPSS unknown' : `; EPSS ${percent(finding.epss.probability)}, higher than ${percent(finding.epss.percentile)} of all`}</dd>
${finding.cwes.length === 0 ? '' : html`<dt>Weakness</dt><dd>${printable(finding.cwes.join(', '))}</dd>`}
<dt>Paths</dt><dd>${pathList(finding)}</dd>
<dt>Stands in</dt><dd>${inputList(finding.inputs)}</dd>
<dt>Seen by</dt><dd>${list(finding.sources.map(sourceLine))}</dd>
${linksRow(finding)}
</dl></details>
`;

const reachRow = (reach: FindingReach | null): Html =>
  reach === null ? html`` : html`<dt>Can it run?</dt><dd>${reachSentence(reach)}</dd>`;

function decisionRow(decision: AppliedDecision | null): Html {
  if (decision === null) return html`<dt>Decision</dt><dd>nobody has decided on it</dd>`;
  const why = lapseWords(decision) === null ? '' : openMark(decision);
  const { justification, place } = decision;
  const label =
    justification === null ? '' : html`<dt>Justification</dt><dd>${justification.replaceAll('_', ' ')}</dd>`;
  return html`<dt>Decision</dt><dd>${why} ${printable(decisionSentence(decision))} <span class="hash">${printable(place)}</span></dd>${label}`;
}

const aliasLink = (alias: string): Html => {
  const database = databaseOf(alias);
  return database === null ? html`${printable(alias)}` : WebLink({ url: database.url, text: alias });
};

/** The record's own links, but for the one that stands above them. */
function linksRow(finding: Finding): Html {
  const links = finding.urls.filter((url) => url !== advisoryLink(finding));
  return links.length === 0
    ? html``
    : html`<dt>Links</dt><dd>${list(links.map((url) => html`${WebLink({ url })}`))}</dd>`;
}

const joined = (parts: readonly Html[]): readonly (Html | string)[] =>
  parts.flatMap((part, index) => (index === 0 ? [part] : [', ', part]));

const list = (items: readonly Html[]): Html => html`<ul>${items.map((item) => html`<li>${item}</li>`)}</ul>`;

/** A package of a large repository stands in hundreds of lockfiles. */
const MOST_INPUTS = 20;

function inputList(inputs: readonly string[]): Html {
  const more = inputs.length - MOST_INPUTS;
  const shown = inputs.slice(0, MOST_INPUTS).map((input) => html`${printable(input)}`);
  return list(more > 0 ? [...shown, html`and ${number(more)} more`] : shown);
}

function pathList({ paths, pathCount }: Finding): Html {
  if (paths.length === 0) return html`unknown: no input leads from the product to it`;
  const more = pathCount - paths.length;
  const steps = (path: readonly string[]): readonly Html[] =>
    path.map((step, index) =>
      index === path.length - 1
        ? html`<b>${printable(step)}</b>`
        : html`${printable(step)} <span class="sep">›</span> `,
    );
  return html`<ol class="paths">${paths.map((path) => html`<li>${steps(path)}</li>`)}${more > 0 ? html`<li>and ${number(more)} more</li>` : ''}</ol>`;
}

function sourceLine({ tool, report, ids, evidence }: Finding['sources'][number]): Html {
  const named = ids.length === 0 ? '' : ` as ${ids.join(', ')}`;
  const ground = evidence.length === 0 ? '' : ` (${evidence.join(', ')})`;
  return html`${printable(`${tool}${report === '' ? '' : `: ${report}`}${named}${ground}`)}`;
}
