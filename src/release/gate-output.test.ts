import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import type { Finding } from '../scan/finding.ts';
import type { ScanReport } from '../scan/scan-report.ts';
import { gateToJson } from './gate-json.ts';
import { failedScan, scanFacts, type GateReport } from './gate-report.ts';
import { fixLine, gateText, notStartedLine } from './gate.text.ts';
import { decideGate, type ScanFacts, type TreeFacts } from './gate.ts';

const now = Date.parse('2026-11-24T09:00:00Z') as Instant;
const rules = { failOn: 'low', maxDataAgeDays: 7 } as const;
const commit = '0123456789abcdef0123456789abcdef01234567';
const plain = (_: unknown, text: string) => text;

const finding: Finding = {
  id: 'GHSA-aaaa-bbbb-cccc',
  aliases: ['CVE-2026-1'],
  purl: 'pkg:npm/left@1.0.0',
  ecosystem: 'npm',
  name: 'left',
  version: '1.0.0',
  severity: 'high',
  score: 7.5,
  vector: null,
  malware: false,
  kev: true,
  fixed: ['1.0.1', '2.0.0'],
  scope: 'production',
  paths: [['left@1.0.0']],
  pathCount: 1,
  reach: null,
  decision: null,
  sources: [{ tool: 'holdfast', report: '', ids: [], evidence: [] }],
  epss: null,
  cwes: [],
  urls: [],
  derived: false,
  inputs: ['package-lock.json'],
};
const read: TreeFacts = {
  state: 'read',
  base: { ref: 'v1.0.0', commit: commit.replace('0', '1') },
  head: { ref: 'HEAD', commit },
  checkedOut: commit,
  changed: { total: 0, listed: [] },
  unwatched: { total: 0, listed: [] },
  changedMeanwhile: false,
  branch: null,
};
const scan = (changes: Partial<ScanReport> = {}): ScanReport => ({
  database: {
    path: '/index',
    chosenBy: '--db',
    built: now,
    dataAsOf: Date.parse('2026-11-23T00:00:00Z') as Instant,
    advisories: 220_113,
    sources: ['osv'],
    digest: 'd',
  },
  inputs: [
    {
      path: 'package-lock.json',
      kind: 'package-lock-v3',
      components: 1_204,
      coverage: 'whole',
      standIn: null,
      digest: () => 'e',
    },
  ],
  findings: [],
  decisions: null,
  notes: [],
  errors: [],
  ...changes,
});
function report(scanned: ScanReport | null, tree: TreeFacts = read): GateReport {
  const failed = new HoldfastError('INDEX_NOT_FOUND', 'there is no index', { hint: 'Build one.' });
  const facts: ScanFacts = scanned === null ? failedScan(failed) : scanFacts(scanned, true);
  return {
    decision: decideGate(rules, { tree, scan: facts }, now),
    checkedAt: now,
    rules,
    prod: false,
    tree,
    scan: scanned,
    scanned: facts,
    uncommittedInputs: [],
  };
}
const unread = new HoldfastError('INVENTORY_MALFORMED', 'it is cut off', {
  hint: 'Restore it.',
  at: { file: 'bom.json', line: 3, column: null },
});

const reports: Readonly<Record<string, GateReport>> = {
  passed: report(scan()),
  blocked: report(scan({ findings: [finding], notes: ['a note'] })),
  'not scanned': report(null),
  'no repository': report(scan(), { state: 'no-repository' }),
  'unreadable input': report(scan({ errors: [unread] })),
  'another branch': report(scan(), { ...read, base: null, branch: { name: 'main', holdsHead: 'no' } }),
};

describe('the report of the gate as JSON', () => {
  const schema = JSON.parse(readFileSync(new URL('../../docs/formats/gate.schema.json', import.meta.url), 'utf8'));
  const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
  formats.default(ajv);
  const validate = ajv.compile(schema);

  for (const [name, given] of Object.entries(reports)) {
    it(`fits its schema: ${name}`, () => {
      assert.equal(validate(JSON.parse(JSON.stringify(gateToJson(given)))), true, JSON.stringify(validate.errors));
    });
  }

  it('does not fit it without its verdict, with another schema or with a claim to have checked more', () => {
    const good = JSON.parse(JSON.stringify(gateToJson(report(scan()))));
    for (const change of [
      { verdict: undefined },
      { schema: 'holdfast.gate/2' },
      { checked: ['findings', 'review'] },
      { verdict: 'kept' },
    ]) {
      assert.equal(validate(JSON.parse(JSON.stringify({ ...good, ...change }))), false, JSON.stringify(change));
    }
  });
});

describe('the report of the gate for people', () => {
  it('names what blocks, where it comes from and the command that fixes it', () => {
    const text = gateText(report(scan({ findings: [finding] })), plain);
    assert.equal(
      text,
      `■ blocked: this release must not go out as it is.

1 open finding at low or above: 1 high.
  Upgrade as listed, or decide on each with \`holdfast decide\`, then run the gate again.

  left 1.0.0  GHSA-aaaa-bbbb-cccc  high 7.5  known to be exploited
    fix: npm install left@1.0.1

commit 0123456789ab (HEAD), since v1.0.0 1123456789ab
1 input, 1,204 packages; open findings: 1 high
against 220,113 advisories, newest of 2026-11-23, 33 h old: /index (--db)
Only the findings and the decisions on them are checked so far: that every change was reviewed and that the release is signed is not looked at yet.
`,
    );
  });

  it('says in every verdict what is not checked', () => {
    for (const given of Object.values(reports))
      assert.match(gateText(given, plain), /Only the findings and the decisions on them are checked so far/);
  });

  it('lists a bounded number of findings and counts the rest', () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ ...finding, version: `1.0.${index}` }));
    const text = gateText(report(scan({ findings: many })), plain);
    assert.equal(text.match(/GHSA-aaaa-bbbb-cccc/g)?.length, 20);
    assert.match(text, /and 5 more: `holdfast scan` lists them all/);
  });

  it('prints no control character that a lockfile, a ref or an error carries', () => {
    const evil = 'x\u001b[2J\u202e\n';
    const nasty = {
      ...finding,
      name: evil,
      id: evil,
      version: evil,
      fixed: [evil],
      paths: [[evil, evil]],
    };
    const error = new HoldfastError('INVENTORY_MALFORMED', evil, {
      hint: evil,
      at: { file: evil, line: null, column: null },
    });
    const tree = {
      ...read,
      head: { ref: evil, commit },
      base: { ref: evil, commit },
      changed: { total: 1, listed: [evil] },
    };
    const given = {
      ...report(scan({ findings: [nasty], errors: [error], notes: [evil] }), tree),
      uncommittedInputs: [evil],
    };
    // oxlint-disable-next-line no-control-regex -- control characters are what must be gone
    assert.doesNotMatch(gateText(given, plain).replaceAll('\n', ''), /[\u0000-\u001f\u202e]/);
    assert.doesNotMatch(notStartedLine(evil, given.decision).slice(0, -1), /\n/);
  });
});

describe('the way out of a finding', () => {
  it('is a command only for what the product itself asks for, in a lockfile of npm', () => {
    assert.equal(fixLine(finding), 'fix: npm install left@1.0.1');
    assert.equal(
      fixLine({ ...finding, inputs: ['apps/a b/package-lock.json'] }),
      "fix: npm install --prefix 'apps/a b' left@1.0.1",
    );
    for (const other of [
      { paths: [['right@1', 'left@1.0.0']] },
      { paths: [] },
      { ecosystem: 'Maven' },
      { inputs: ['bom.json'] },
      { inputs: ['a/package-lock.json', 'b/package-lock.json'] },
    ]) {
      assert.equal(fixLine({ ...finding, ...other }), 'fixed in 1.0.1; `holdfast why left@1.0.0` shows what to raise.');
    }
  });

  it('does not trust a version that was read from prose, and offers none where there is none', () => {
    assert.match(
      fixLine({ ...finding, derived: true }),
      /^fixed in 1\.0\.1 \(read from the advisory’s text, may be wrong\)/,
    );
    assert.match(fixLine({ ...finding, fixed: [] }), /^No fixed version is known\. Replace it/);
    assert.match(fixLine({ ...finding, fixed: [], malware: true }), /^Remove it: it is malicious code\./);
  });

  it('quotes a hostile name so that the copied line runs nothing', () => {
    assert.equal(fixLine({ ...finding, name: '$(touch x)' }), "fix: npm install '$(touch x)@1.0.1'");
    assert.equal(fixLine({ ...finding, name: '--prefix=x' }), 'fix: npm install -- --prefix=x@1.0.1');
    assert.equal(fixLine({ ...finding, name: "a';touch x;'" }), "fix: npm install 'a'\\'';touch x;'\\''@1.0.1'");
  });
});
