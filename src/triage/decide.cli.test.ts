import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { buildIndex, folderWith, holdfast, lockOf } from '../../test/support/project.ts';

const FILE = 'holdfast.decisions.yaml';

let index = '';
before(async () => {
  index = await buildIndex();
});
const ajv = new Ajv2020({ allErrors: true, strict: false });
formats.default(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(join('docs', 'formats', 'decide.schema.json'), 'utf8')) as object);

const project = (files: Readonly<Record<string, string>> = {}) =>
  folderWith({ 'package-lock.json': lockOf('leaky', 'drippy'), ...files });
const decide = (folder: string, args: readonly string[], at?: string) =>
  holdfast(folder, ['decide', ...args, '--db', index], at);
const written = (folder: string) => readFileSync(join(folder, FILE), 'utf8');
const json = async (folder: string, args: readonly string[]) => {
  const { code, out } = await decide(folder, [...args, '--json']);
  const answer = JSON.parse(out);
  assert.equal(validate(answer), true, JSON.stringify(validate.errors));
  return { code, answer };
};

/** Enough for a decision that needs no second person. */
const GIVEN = ['--reason', 'the proxy refuses such requests', '--owner', 'Kim Beispiel', '--expires', '90d'];
const MITIGATED = ['CVE-2026-1001', '--decision', 'mitigated', ...GIVEN];

describe('holdfast decide', () => {
  it('decides on what only the report of another tool found, when that report is named', async () => {
    const found = { VulnerabilityID: 'CVE-2026-4242', PkgName: 'leaky', InstalledVersion: '1.0.0', Severity: 'HIGH' };
    const folder = project({
      'trivy.json': JSON.stringify({
        SchemaVersion: 2,
        Results: [
          {
            Target: 'package-lock.json',
            Class: 'lang-pkgs',
            Type: 'npm',
            Vulnerabilities: [{ ...found, PkgIdentifier: { PURL: 'pkg:npm/leaky@1.0.0' } }],
          },
        ],
      }),
    });
    const order = ['CVE-2026-4242', '--decision', 'mitigated', ...GIVEN];
    assert.equal((await decide(folder, order)).code, 2);
    const { code, out, err } = await decide(folder, [...order, '--report', 'trivy.json']);
    assert.equal(code, 0, err);
    assert.match(out, /CVE-2026-4242 in leaky@1\.0\.0: closed, mitigated until 2027-02-23 by Kim Beispiel/);
    const list = await decide(folder, ['--list', '--report', 'trivy.json']);
    assert.match(list.out, /● live +CVE-2026-4242/);
  });

  it('writes a decision with the aliases and the package of the finding, and says what it does today', async () => {
    const folder = project();
    const { code, out, err } = await decide(folder, MITIGATED);
    assert.equal(code, 0, err);
    assert.equal(
      out,
      `holdfast.decisions.yaml:4: GHSA-aaaa-bbbb-cccc in pkg:npm/leaky, mitigated
  GHSA-aaaa-bbbb-cccc in leaky@1.0.0: closed, mitigated until 2027-02-23 by Kim Beispiel
Next: commit holdfast.decisions.yaml; the gate counts only what a commit holds.
`,
    );
    assert.equal(
      written(folder).replace(/^#.*\n/gm, ''),
      `decisions:
  - id: GHSA-aaaa-bbbb-cccc
    aliases: [CVE-2026-1001]
    package: pkg:npm/leaky
    decision: mitigated
    owner: Kim Beispiel
    reason: the proxy refuses such requests
    decided: "2026-11-25"
    expires: "2027-02-23"
`,
    );
    assert.equal((await holdfast(folder, ['scan', '--db', index, '--fail-on', 'high'])).code, 0);
  });

  it('leaves every other byte of the file as it was', async () => {
    const before_ = `# Ours.\r\ndecisions: # all of them\r\n- id:   CVE-2026-1002   # the small one\r\n  package: "pkg:npm/drippy"\r\n\r\n  decision: 'accepted'\r\n  owner: Kim\r\n  reason: >-\r\n    it only\r\n    drips\r\n  decided: 2026-11-24\r\n  expires: 2026-12-24 # Christmas\r\n\r\n# The end.\r\n`;
    const folder = project({ [FILE]: before_ });
    assert.equal((await decide(folder, MITIGATED)).code, 0);
    const now = written(folder);
    const head = before_.slice(0, before_.indexOf('\r\n# The end.'));
    assert.ok(now.startsWith(head), now);
    assert.ok(now.endsWith('\r\n# The end.\r\n'), now);
    assert.match(now, /Christmas\r\n- id: GHSA-aaaa-bbbb-cccc\r\n {2}aliases: \[CVE-2026-1001\]\r\n/);
  });

  it('adds to a list in brackets and to an empty one without losing comments', async () => {
    for (const text of ['# ours\ndecisions: []\n', '# ours\ndecisions:\n', '# ours\n', '{"decisions": []}\n']) {
      const folder = project({ [FILE]: text });
      assert.equal((await decide(folder, MITIGATED)).code, 0, text);
      assert.equal(written(folder).includes('# ours'), text.includes('# ours'));
      assert.equal((await holdfast(folder, ['scan', '--db', index, '--fail-on', 'high'])).code, 0);
    }
  });

  it('decides on one version where one is named, and on some inputs where a path is', async () => {
    const folder = folderWith({
      'apps/web/package-lock.json': lockOf('leaky'),
      'apps/api/package-lock.json': lockOf('leaky'),
    });
    const { code, out } = await decide(folder, [...MITIGATED, '--package', 'leaky@1.0.0', '--path', 'apps/web/**']);
    assert.equal(code, 0);
    assert.match(out, /open, because a part of its inputs is not decided on/);
    assert.match(written(folder), /package: pkg:npm\/leaky@1\.0\.0\n {4}paths: \[["']?apps\/web\/\*\*["']?\]\n/);
    const elsewhere = await decide(folder, [...MITIGATED, '--path', 'apps/shop']);
    assert.equal(elsewhere.code, 2);
    assert.match(
      elsewhere.err,
      /is in no input under apps\/shop.*\n.*apps\/api\/package-lock\.json.*\[path-without-input\]/,
    );
  });

  it('records the digest of a proof', async () => {
    const folder = project({ 'proof.txt': 'abc' });
    assert.equal((await decide(folder, [...MITIGATED, '--evidence', 'proof.txt'])).code, 0);
    // FIPS 180-2, appendix B.1.
    assert.match(
      written(folder),
      /evidence: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n/,
    );
    assert.equal((await decide(project(), [...MITIGATED, '--evidence', 'none.txt'])).code, 1);
  });

  it('refuses what is not found here, and names what is', async () => {
    const folder = project();
    const { code, err } = await decide(folder, ['CVE-2026-1003', '--decision', 'mitigated', ...GIVEN]);
    assert.equal(code, 2);
    assert.match(
      err,
      /no finding here is called CVE-2026-1003; nothing was changed\n {2}Did you mean CVE-2026-1001\? Findings here: GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0/,
    );
    assert.equal((await decide(folder, [...MITIGATED, '--package', 'drippy'])).code, 2);
    assert.equal((await decide(folder, [...MITIGATED, '--package', 'leaky@2.0.0'])).code, 2);
    assert.equal(existsSync(join(folder, FILE)), false);
  });

  it('refuses to accept malicious code, and closes it as a wrong match only with a second name', async () => {
    const folder = folderWith({ 'package-lock.json': lockOf('trojan') });
    const on = (decision: string, more: readonly string[] = []) =>
      decide(folder, ['MAL-2026-77', '--decision', decision, ...GIVEN, ...more]);
    assert.match((await on('accepted')).err, /malicious code is never accepted.*\n.*\[malware\]/);
    assert.equal((await on('mitigated')).code, 2);
    assert.match((await on('wrong_match', ['--approved-by', 'Lee Zweite'])).out, /: closed, wrong match until/);
  });

  it('refuses what the reader of the file would refuse, and writes nothing', async () => {
    const folder = project();
    const { code, err } = await decide(folder, [
      'CVE-2026-1001',
      '--decision',
      'accepted',
      ...GIVEN,
      '--justification',
      'component_not_present',
    ]);
    assert.equal(code, 2);
    assert.match(err, /justification has no place beside accepted/);
    assert.equal(existsSync(join(folder, FILE)), false);
    assert.equal((await decide(folder, MITIGATED)).code, 0);
    const before_ = written(folder);
    assert.match(
      (await decide(folder, ['CVE-2026-1001', '--decision', 'upgrade', ...GIVEN])).err,
      /contradicts line 4/,
    );
    assert.equal(written(folder), before_);
  });

  it('says which options are missing where nobody can be asked, and what is wrong with one', async () => {
    const folder = project();
    const usage = async (args: readonly string[]) => {
      const { code, err } = await decide(folder, args);
      assert.equal(code, 64, err);
      return err;
    };
    assert.match(await usage(['CVE-2026-1001']), /a decision needs --decision, --reason, --owner, --expires/);
    assert.match(
      await usage(['CVE-2026-1001', '--decision', 'not_affected', ...GIVEN]),
      /a decision needs --justification/,
    );
    assert.match(await usage(['CVE-2026-1001', '--decision', 'acepted', ...GIVEN]), /did you mean accepted\?/);
    assert.match(await usage([...MITIGATED.slice(0, -1), '2030-01-01']), /write 2027-11-25 or a day before it/);
    assert.match(await usage([...MITIGATED.slice(0, -1), '2026-11-24']), /write a day from 2026-11-25 on/);
    assert.match(await usage([...MITIGATED.slice(0, -1), '366d']), /for a year at most/);
    assert.match(await usage([]), /nothing is said to decide on/);
    assert.match(await usage(['CVE-2026-1001', '--list']), /exclude each other/);
    assert.match(await usage(['--approve', 'CVE-2026-1001']), /needs --by/);
  });

  it('names every mistake of a broken file and leaves it alone', async () => {
    const folder = project({ [FILE]: 'decisions:\n  - id: CVE-2026-1001\n' });
    const { code, err } = await decide(folder, MITIGATED);
    assert.equal(code, 2);
    assert.match(err, /2:5: decisions\[0\]\.package is missing[^]*\[DECISIONS_INVALID\]/);
    assert.equal(written(folder), 'decisions:\n  - id: CVE-2026-1001\n');
  });

  it('answers in JSON of its published schema', async () => {
    const folder = project();
    const done = await json(folder, MITIGATED);
    assert.equal(done.answer.action, 'decide');
    assert.deepEqual(done.answer.findings, [
      { id: 'GHSA-aaaa-bbbb-cccc', name: 'leaky', version: '1.0.0', severity: 'high', closed: true, open: null },
    ]);
    const refused = await json(folder, ['CVE-1-1', '--decision', 'mitigated', ...GIVEN]);
    assert.deepEqual([refused.code, refused.answer.refused.code], [2, 'no-finding']);
  });
});

describe('holdfast decide --approve', () => {
  const accepted = ['CVE-2026-1001', '--decision', 'accepted', ...GIVEN];

  it('turns an unapproved decision into one that closes, by another name than the owner', async () => {
    const folder = project();
    assert.match(
      (await decide(folder, accepted)).out,
      /: open, .*not approved by a second person\nNext: .*--approve GHSA-aaaa-bbbb-cccc --by NAME/,
    );
    const own = await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'KIM  beispiel']);
    assert.equal(own.code, 2);
    assert.match(own.err, /owns this decision.*\n.*\[same-person\]/);
    const { code, out } = await decide(folder, ['--approve', 'cve-2026-1001', '--by', 'Lee Zweite']);
    assert.equal(code, 0);
    assert.match(out, /approved by Lee Zweite\n {2}GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0: closed/);
    assert.match(written(folder), / {4}expires: "2027-02-23"\n {4}approvedBy: Lee Zweite\n$/);
    assert.match((await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'Ada'])).err, /\[already-approved\]/);
  });

  it('refuses what is not there, what has ended, and what is one of several', async () => {
    const folder = project();
    assert.match((await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'Lee'])).err, /\[no-decision\]/);
    await decide(folder, accepted);
    const late = await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'Lee'], '2027-02-24T09:00:00Z');
    assert.match(late.err, /ended on 2027-02-23.*\n.*\[expired\]/);
    await decide(folder, [...accepted, '--package', 'leaky@1.0.0']);
    assert.match((await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'Lee'])).err, /\[ambiguous\]/);
    const one = await json(folder, ['--approve', 'CVE-2026-1001', '--by', 'Lee', '--package', 'pkg:npm/leaky@1.0.0']);
    assert.equal(one.answer.decision.approvedBy, 'Lee');
    assert.equal(written(folder).match(/approvedBy/g)?.length, 1);
  });

  it('replaces the owner’s own name where it stood as that of the second person', async () => {
    const folder = project();
    await decide(folder, [...accepted, '--approved-by', 'Kim Beispiel']);
    assert.equal((await decide(folder, ['--approve', 'CVE-2026-1001', '--by', 'Lee Zweite'])).code, 0);
    assert.match(written(folder), /approvedBy: Lee Zweite\n$/);
  });
});

describe('holdfast decide --list', () => {
  it('says of each decision whether it holds', async () => {
    const one = (id: string, name: string, changes: string) =>
      `  - id: ${id}\n    package: pkg:npm/${name}\n    owner: Kim\n    reason: r\n    decided: 2026-11-20\n${changes}`;
    const folder = project({
      [FILE]: `decisions:\n${[
        one('CVE-2026-1001', 'leaky', '    decision: accepted\n    expires: 2027-01-01\n'),
        one('CVE-2026-1002', 'drippy', '    decision: upgrade\n    expires: 2027-01-01\n'),
        one('CVE-2026-1009', 'gone', '    decision: accepted\n    expires: 2027-01-01\n'),
        one('CVE-2026-1008', 'old', '    decision: accepted\n    expires: 2026-11-24\n'),
      ].join('')}`,
    });
    const { code, answer } = await json(folder, ['--list']);
    assert.equal(code, 0);
    assert.deepEqual(
      answer.decisions.map((each: { state: string; findings: number }) => [each.state, each.findings]),
      [
        ['unapproved', 1],
        ['planned', 1],
        ['unused', 0],
        ['expired', 0],
      ],
    );
    assert.equal(answer.undecided, 0);
    const { out } = await decide(folder, ['--list']);
    assert.match(out, /^✕ unapproved +CVE-2026-1001 +pkg:npm\/leaky +risk accepted until 2027-01-01\n/);
    assert.match(
      out,
      /\n4 decisions on 2026-11-25 \(Europe\/Berlin\)\.\nNext: decide on it again, or remove holdfast\.decisions\.yaml:23\n$/,
    );
    writeFileSync(join(folder, 'yarn.lock'), '{');
    const unread = await json(folder, ['--list']);
    assert.equal(unread.code, 3);
    assert.equal(unread.answer.decisions[2].state, 'not-measured');
  });
});
