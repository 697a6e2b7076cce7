import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { DECIDED, decision, finding, NOW, report, unread } from '../../test/support/scan-example.ts';
import type { Instant } from '../lib/time.ts';
import { MOST_FINDINGS } from './scan-findings.page.tsx';
import { scanToPage, type PageView } from './scan.page.tsx';
import type { ScanReport } from './scan-report.ts';

const style = readFileSync(join(import.meta.dirname, '..', 'web', 'style.css'), 'utf8');
const VIEW: PageView = { now: NOW, toolVersion: '0.1.0', organisation: 'Beispiel Apps GmbH', folder: 'shop', style };

const page = (scan: Partial<ScanReport>, view: Partial<PageView> = {}): string =>
  scanToPage(report(scan), { ...VIEW, ...view });

/** The page without its style element. */
const bodyOf = (text: string): string => text.replace(/<style>.*<\/style>/s, '');

/** What a reader sees, in order, with one blank between pieces. */
const wordsOf = (text: string): string =>
  bodyOf(text)
    .replace(/<\/?time[^>]*>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const startTags = (text: string): readonly string[] => bodyOf(text).match(/<[a-z][^>]*>/gi) ?? [];

describe('the page of a scan', () => {
  it('runs no script and loads nothing: the policy allows its one style element by hash', () => {
    const text = page({ findings: DECIDED, errors: [unread] });
    const sheet = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? '';
    const hash = createHash('sha256').update(sheet).digest('base64');
    assert.ok(
      text.includes(`content="default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'"`),
    );
    assert.equal(sheet.includes('url('), false);
    assert.equal(sheet.includes('@import'), false);
    const tags = startTags(text);
    assert.deepEqual(
      tags.filter((tag) => /^<(script|link|img|iframe|object|embed|form|base|audio|video)\b/i.test(tag)),
      [],
    );
    assert.deepEqual(
      tags.filter((tag) => /\s(style|src|on\w+)=/i.test(tag)),
      [],
    );
  });

  it('shows every finding with severity, component, fix, way, decision and tools, and in full below', () => {
    const found = finding({
      kev: true,
      epss: { probability: 0.943, percentile: 0.998 },
      sources: [
        { tool: 'holdfast', report: '', ids: [], evidence: [] },
        {
          tool: 'dependency-check',
          report: 'dc.xml',
          ids: ['CVE-2026-10001'],
          evidence: ['cpe:2.3:a:beispiel:plank (high)'],
        },
      ],
      pathCount: 12,
    });
    const words = wordsOf(page({ findings: [found] }));
    assert.match(
      words,
      /GHSA-aaaa-bbbb-cccc CVE-2026-10001 high 7\.5 known to be exploited EPSS 94\.3 % plank 1\.0\.0 via rafter@2\.0\.0 1\.0\.1 no decision holdfast, dependency-check /,
    );
    assert.match(
      words,
      /Decision nobody has decided on it Remedy Upgrade plank from 1\.0\.0 to 1\.0\.1\. Advisory https:\/\/github\.com\/advisories\/GHSA-aaaa-bbbb-cccc /,
    );
    assert.match(
      words,
      /Exploited in CISA KEV; EPSS 94\.3 %, higher than 99\.8 % of all Weakness CWE-79 Paths rafter@2\.0\.0 › plank@1\.0\.0 and 11 more /,
    );
    assert.match(
      words,
      /Stands in shop\/package-lock\.json Seen by holdfast dependency-check: dc\.xml as CVE-2026-10001 \(cpe:2\.3:a:beispiel:plank \(high\)\) Links https:\/\/example\.org\/advisories\/1 /,
    );
  });

  it('keeps apart what a decision closes, with owner, reason and last day, and shows why another does not', () => {
    const words = wordsOf(page({ findings: DECIDED }));
    assert.match(words, /9 findings are open .* Open findings 1 malware, 8 high /);
    assert.match(words, /Closed by a decision 7 findings; each is open again after its last day/);
    assert.match(
      words,
      /accepted 1\.0\.0 direct risk accepted Only reachable from the office\. Anke M\. approved by Jonas B\. 2027-02-20/,
    );
    assert.match(words, /late 1\.0\.0 direct 1\.0\.1 expired upgrade, Anke M\., until 2026-11-01/);
    assert.match(words, /unused-unapproved 1\.0\.0 direct 1\.0\.1 not approved not affected, Anke M\./);
    assert.ok(words.indexOf('accepted-lapsed 1.0.0') < words.indexOf('Closed by a decision'));
  });

  it('says first what could not be read, and never that nothing is open without it', () => {
    const words = wordsOf(page({ errors: [unread], notes: ['Two packages are your own.'] }));
    assert.match(words, /Not everything could be read; no findings are open/);
    assert.ok(words.indexOf('broken/package-lock.json:3:7') < words.indexOf('Open findings'));
    assert.match(words, /Restore it\. INVENTORY_MALFORMED/);
    assert.match(words, /What was not matched, and why Two packages are your own\./);
  });

  it('names the database and its age, and is loud when that is over a week or unknown', () => {
    const fresh = wordsOf(page({}));
    assert.match(fresh, /12 packages in 1 input were compared with 12,345 advisories, the newest 39 h 5 min old\./);
    assert.match(fresh, /Newest record Sun 22 Nov 2026, 18:00 UTC, 39 h 5 min old/);
    assert.equal(fresh.includes('stale'), false);
    const aged = (days: number): string =>
      wordsOf(page({ database: { ...report({}).database, dataAsOf: (NOW - days * 86_400_000) as Instant } }));
    assert.equal(aged(7).includes('stale'), false);
    assert.match(aged(8), /The advisory data is stale: 8 d old Its newest record is of Mon 16 Nov 2026, 09:05 UTC\./);
    assert.match(
      wordsOf(page({ database: { ...report({}).database, dataAsOf: null } })),
      /The age of the advisory data is unknown No record of it carries a time\./,
    );
  });

  it('says what an empty list means, and what to do next', () => {
    assert.match(
      wordsOf(page({})),
      /No findings are open .* Nothing is known against what was compared\. New advisories appear every day\./,
    );
    assert.match(
      wordsOf(page({ inputs: [] })),
      /Nothing could be compared .* No input was read, so nothing was compared\./,
    );
    assert.match(
      wordsOf(page({ findings: [finding({ decision: decision({}) })] })),
      /Each of 1 finding has a decision that holds\./,
    );
  });

  it('shows at most 2,000 findings, the open ones first, and says how many it left out and where they are', () => {
    const many = Array.from({ length: 10_000 }, (_, index) =>
      finding({ name: `p${index}`, decision: index < 9_000 ? decision({}) : null }),
    );
    const begin = cpuMs();
    const text = page({ findings: many });
    assert.ok(cpuMs() - begin < 5_000);
    assert.ok(text.length < 8_000_000, `${text.length} characters`);
    const words = wordsOf(text);
    assert.match(
      words,
      /This page shows 2,000 of 10,000 findings .* 8,000 are left out .* holdfast scan --format json/,
    );
    assert.equal((text.match(/<details class="entry">/g) ?? []).length, MOST_FINDINGS);
    assert.ok(words.includes('p9999 1.0.0') && words.includes('p999 1.0.0') && !words.includes('p1000 1.0.0'));
    assert.match(words, /9,000 findings; each is open again after its last day/);
  });

  it('counts the inputs of a finding beyond the first 20', () => {
    const inputs = Array.from({ length: 300 }, (_, index) => `app-${index + 1}/package-lock.json`);
    assert.match(
      wordsOf(page({ findings: [finding({ inputs })] })),
      /app-20\/package-lock\.json and 280 more Seen by holdfast/,
    );
  });

  it('has one h1, headings in order, ids that are unique and links that lead to them', () => {
    const text = page({ findings: DECIDED, errors: [unread], notes: ['A note.'] });
    const levels = [...bodyOf(text).matchAll(/<h(\d)/g)].map(([, level]) => Number(level));
    assert.deepEqual(
      levels.filter((level) => level === 1),
      [1],
    );
    for (const [index, level] of levels.entries())
      assert.ok(level <= (levels[index - 1] ?? 0) + 1, `h${level} at ${index}`);
    const ids = [...bodyOf(text).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    assert.equal(new Set(ids).size, ids.length);
    const targets = [...bodyOf(text).matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)].map(([, id]) => id);
    assert.ok(targets.length > DECIDED.length);
    assert.deepEqual(
      targets.filter((id) => !ids.includes(id)),
      [],
    );
  });

  it('shows hostile text as text, links to the web only, and lets nothing turn a name around', () => {
    const text = page({
      findings: [
        finding({
          name: '<img src=x onerror=alert(1)>',
          id: '"><script>alert(1)</script>',
          version: '1\u202e0',
          urls: ['javascript:alert(1)'],
          inputs: ["'onmouseover='x"],
          decision: decision({ owner: '<b>Mallory</b>', reason: '</style><script>', place: '<i>' }),
        }),
      ],
    });
    assert.ok(wordsOf(text).includes('<img src=x onerror=alert(1)>'));
    assert.equal(/<(script|img|b>Mallory|i>)/.test(bodyOf(text)), false);
    assert.equal(text.includes('\u202e'), false);
    assert.deepEqual(
      startTags(text).filter((tag) => /href="(?!#|https?:\/\/)/.test(tag)),
      [],
    );
  });

  it('keeps its structure whatever stands in a finding', () => {
    const tags = (text: string): string =>
      startTags(text)
        .map((tag) => /^<[a-z0-9]+/i.exec(tag)?.[0])
        .join('');
    const plain = tags(
      page({ findings: [finding({ name: 'x', version: 'x', cwes: ['x'], inputs: ['x'] })] }, { style: '' }),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ minLength: 1 }),
          fc.constantFrom('<p>', '"><p>', '&lt;p&gt;', '\ud800<', '<!--', '${x}', '</'),
        ),
        (hostile) => {
          const found = finding({ name: hostile, version: hostile, cwes: [hostile], inputs: [hostile] });
          assert.equal(tags(page({ findings: [found] }, { style: '' })), plain);
        },
      ),
    );
  });
});
