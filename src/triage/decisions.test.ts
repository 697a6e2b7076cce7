/** Decisions where people meet them: scan, why, gate and check in a folder with a holdfast.decisions.yaml. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { buildIndex, folderWith, holdfast, lockOf } from '../../test/support/project.ts';
import { newRepository } from '../../test/support/repository.ts';
import { sha256 } from '../lib/hash.ts';

const decided = (changes: Readonly<Record<string, string>> = {}): string =>
  `${Object.entries({
    id: 'CVE-2026-1001',
    package: 'pkg:npm/leaky',
    decision: 'mitigated',
    owner: 'Kim Beispiel',
    reason: 'the proxy refuses such requests',
    decided: '2026-11-20',
    expires: '2027-02-25',
    ...changes,
  })
    .map(([key, value], at) => `  ${at === 0 ? '-' : ' '} ${key}: ${value}`)
    .join('\n')}\n`;
const file = (...decisions: readonly string[]): string => `decisions:\n${decisions.join('')}`;

const schema = (name: string) => {
  const ajv = new Ajv2020({ allErrors: true });
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join('docs', 'formats', name), 'utf8')) as object);
};

let index = '';
before(async () => {
  index = await buildIndex();
});
const scan = (folder: string, args: readonly string[] = [], at?: string) =>
  holdfast(folder, ['scan', '--db', index, ...args], at);

describe('holdfast scan with decisions', () => {
  it('shows a closed finding after the open ones, with owner and end, and does not fail on it', async () => {
    const folder = folderWith({
      'package-lock.json': lockOf('leaky', 'drippy'),
      'holdfast.decisions.yaml': file(decided()),
    });
    const { code, out } = await scan(folder, ['--fail-on', 'high']);
    assert.equal(code, 0);
    const lines = out.split('\n').filter((line) => /GHSA|closed|open/.test(line));
    assert.match(lines[0] ?? '', /drippy 1\.0\.0 +GHSA-dddd-eeee-ffff/);
    assert.match(lines[1] ?? '', /leaky 1\.0\.0 +GHSA-aaaa-bbbb-cccc/);
    assert.equal(lines[2], '     closed: mitigated until 2027-02-25 by Kim Beispiel');
    assert.match(out, /^1 finding in 1 package: 1 low\. 1 closed by decisions\.$/m);
    assert.match(out, /^No open findings at high or above\.$/m);
    assert.equal((await scan(folder, ['--fail-on', 'low'])).code, 2);
  });

  it('fails on it again on the day after its end in the zone of holdfast.yaml, and says why it is open', async () => {
    const files = {
      'package-lock.json': lockOf('leaky'),
      'holdfast.decisions.yaml': file(decided({ expires: '2026-11-30' })),
    };
    const berlin = folderWith(files);
    assert.equal((await scan(berlin, ['--fail-on', 'high'], '2026-11-30T22:59:59Z')).code, 0);
    const { code, out } = await scan(berlin, ['--fail-on', 'high'], '2026-11-30T23:00:00Z');
    assert.equal(code, 2);
    assert.match(out, /open: mitigated until 2026-11-30, expired/);
    const honolulu = 'organisation:\n  name: Example\n  timezone: Pacific/Honolulu\n';
    const far = folderWith({ ...files, 'holdfast.yaml': honolulu });
    assert.equal((await scan(far, ['--fail-on', 'high'], '2026-11-30T23:00:00Z')).code, 0);
    assert.equal((await scan(far, ['--fail-on', 'high'], '2026-12-01T10:00:00Z')).code, 2);
  });

  it('applies none of a file with mistakes, names each of them, and exits with 3', async () => {
    const folder = folderWith({
      'package-lock.json': lockOf('leaky'),
      'holdfast.decisions.yaml': file(decided(), decided({ id: 'CVE-2026-1002', owner: '' })),
    });
    const { code, out } = await scan(folder);
    assert.equal(code, 3);
    assert.match(
      out,
      /not read: holdfast\.decisions\.yaml:12:5: decisions\[1\]\.owner is missing.*\[DECISIONS_INVALID\]/,
    );
    assert.match(out, /^1 finding in 1 package: 1 high\.$/m);
    const json = JSON.parse((await scan(folder, ['--json'])).out);
    assert.deepEqual(json.decisions, { path: 'holdfast.decisions.yaml', state: 'invalid', digest: null });
    assert.equal(json.findings[0].decision, null);
  });

  it('shows everything as open with --no-decisions, also beside a broken file', async () => {
    const folder = folderWith({ 'package-lock.json': lockOf('leaky'), 'holdfast.decisions.yaml': file(decided()) });
    assert.equal((await scan(folder, ['--fail-on', 'high', '--no-decisions'])).code, 2);
    writeFileSync(join(folder, 'holdfast.decisions.yaml'), ': [');
    assert.equal((await scan(folder, ['--no-decisions'])).code, 0);
    assert.equal((await scan(folder)).code, 3);
  });

  it('names decisions that match nothing when the whole folder was scanned, and people that nobody knows', async () => {
    const folder = folderWith({
      'package-lock.json': lockOf('leaky'),
      'holdfast.decisions.yaml': file(decided(), decided({ id: 'CVE-2026-1002' })),
      'holdfast.yaml': 'people:\n  - name: Ada Andere\n',
    });
    const { out } = await scan(folder);
    assert.match(
      out,
      /note: holdfast\.decisions\.yaml:9 decides on CVE-2026-1002 in pkg:npm\/leaky, which matches no finding;/,
    );
    assert.match(
      out,
      /note: holdfast\.decisions\.yaml:2 names Kim Beispiel, who is not among the people of holdfast\.yaml\./,
    );
    assert.doesNotMatch((await scan(folder, ['package-lock.json'])).out, /matches no finding/);
  });

  it('writes JSON of its published schema, with the digest of the decisions', async () => {
    const text = file(decided());
    const folder = folderWith({ 'package-lock.json': lockOf('leaky', 'drippy'), 'holdfast.decisions.yaml': text });
    const answer = JSON.parse((await scan(folder, ['--json'])).out);
    const validate = schema('scan.schema.json');
    assert.equal(validate(answer), true, JSON.stringify(validate.errors));
    assert.deepEqual(answer.decisions, { path: 'holdfast.decisions.yaml', state: 'read', digest: sha256(text) });
    assert.equal(answer.findings[0].decision.justification, 'inline_mitigations_already_exist');
    assert.equal(answer.findings[0].decision.open, null);
  });
});

it('holdfast why shows the decision and its reason', async () => {
  const folder = folderWith({ 'package-lock.json': lockOf('leaky'), 'holdfast.decisions.yaml': file(decided()) });
  const { out } = await holdfast(folder, ['why', 'leaky', '--db', index]);
  assert.match(
    out,
    /closed: mitigated until 2027-02-25 by Kim Beispiel \(holdfast\.decisions\.yaml:2\)\n {4}the proxy refuses such requests\n/,
  );
});

describe('holdfast gate with decisions', () => {
  const release = (decisions: string, commit = true) => {
    const made = newRepository();
    made.commit('one', {
      'package-lock.json': lockOf('leaky'),
      ...(commit ? { 'holdfast.decisions.yaml': decisions } : {}),
    });
    if (!commit) writeFileSync(join(made.folder, 'holdfast.decisions.yaml'), decisions);
    return made.folder;
  };
  const gate = async (folder: string, at?: string) => {
    const { code, out } = await holdfast(folder, ['gate', '--db', index, '--json'], at);
    return { code, answer: JSON.parse(out) };
  };
  const codes = (answer: { reasons: { code: string }[] }) => answer.reasons.map((reason) => reason.code);

  it('passes what a decision closes, and keeps the digest of the decisions as evidence', async () => {
    const { code, answer } = await gate(release(file(decided())));
    assert.equal(code, 0);
    assert.deepEqual(answer.decisions, {
      path: 'holdfast.decisions.yaml',
      state: 'read',
      digest: sha256(file(decided())),
    });
    assert.deepEqual(answer.checked, ['findings', 'decisions']);
    assert.equal(answer.findings[0].blocks, false);
    const validate = schema('gate.schema.json');
    assert.equal(validate(answer), true, JSON.stringify(validate.errors));
  });

  it('blocks on what has expired, lacks its second name or is only planned', async () => {
    for (const [changes, word] of [
      [{ expires: '2026-11-24' }, 'expired'],
      [{ decision: 'accepted' }, 'unapproved'],
      [{ decision: 'upgrade' }, 'planned'],
    ] as const) {
      const { code, answer } = await gate(release(file(decided(changes))));
      assert.equal(code, 2, word);
      assert.deepEqual(codes(answer), ['findings']);
      assert.match(
        answer.reasons[0].text,
        new RegExp(`^1 open finding at low or above: 1 high; decided on, but still open: 1 ${word}\\.$`),
      );
    }
  });

  it('is incomplete while the decisions have mistakes or are in no commit', async () => {
    const broken = await gate(release('decisions:\n  - id: CVE-2026-1001\n'));
    assert.equal(broken.code, 3);
    assert.deepEqual(codes(broken.answer), ['decisions-unread']);
    assert.match(broken.answer.reasons[0].text, /and 1 finding at low or above may be open/);
    const loose = await gate(release(file(decided()), false));
    assert.equal(loose.code, 3);
    assert.deepEqual(codes(loose.answer), ['decisions-uncommitted']);
  });
});

describe('holdfast check with decisions', () => {
  const policy = `# Policy

Each match gets an answer.[^answers] Nothing open stands.[^libraries]

[^answers]: Decisions.

    \`\`\`yaml
    control: triage.complete
    warnDays: 30
    \`\`\`

[^libraries]: Scans.

    \`\`\`yaml
    control: scan.dependencies
    \`\`\`
`;
  const check = async (decisions: string | null, at?: string) => {
    const folder = folderWith({
      'SECURITY-POLICY.md': policy,
      'package-lock.json': lockOf('leaky'),
      ...(decisions === null ? {} : { 'holdfast.decisions.yaml': decisions }),
    });
    const { out } = await holdfast(folder, ['check', '--db', index, '--json'], at);
    const { statements } = JSON.parse(out) as {
      statements: { id: string; verdict: string; controls: { summary: string; evidence: { decisions: unknown } }[] }[];
    };
    return new Map(statements.map(({ id, verdict, controls }) => [id, { verdict, ...controls[0]! }]));
  };
  const verdicts = async (decisions: string | null, at?: string) =>
    [...(await check(decisions, at)).values()].map(({ verdict }) => verdict);

  it('keeps both promises with a decision that closes, and only the answer with a planned upgrade', async () => {
    const closed = await check(file(decided()));
    assert.deepEqual(
      [...closed.values()].map(({ verdict }) => verdict),
      ['kept', 'kept'],
    );
    assert.match(
      closed.get('answers')?.summary ?? '',
      /against 3 advisories of 2026-11-20 \(at most 7 d old\): each finding has a decision that holds \(1 closed, no planned upgrades\)\.$/,
    );
    assert.match(
      closed.get('libraries')?.summary ?? '',
      /of 2026-11-20 \(at most 7 d old\): nothing open at low or above; 1 closed by decisions\.$/,
    );
    assert.deepEqual(closed.get('answers')?.evidence.decisions, { state: 'read', digest: sha256(file(decided())) });
    assert.deepEqual(await verdicts(file(decided({ decision: 'upgrade' }))), ['kept', 'broken']);
  });

  it('breaks both without a decision, with an expired one, and with an unapproved one', async () => {
    assert.deepEqual(await verdicts(null), ['broken', 'broken']);
    assert.deepEqual(await verdicts(file(decided({ expires: '2026-11-24' }))), ['broken', 'broken']);
    assert.deepEqual(await verdicts(file(decided({ decision: 'accepted' }))), ['broken', 'broken']);
    assert.match(
      (await check(file(decided({ decision: 'accepted' })))).get('answers')?.summary ?? '',
      /^1 of 1 finding at low or above has no decision that holds: GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0 \(risk accepted until 2027-02-25, not approved by a second person\)\. Next: holdfast decide --list$/,
    );
  });

  it('does not know while the decisions have mistakes, and calls old data stale', async () => {
    assert.deepEqual(await verdicts('decisions: 5'), ['unknown', 'unknown']);
    assert.deepEqual(await verdicts(file(decided()), '2026-11-28T09:00:00Z'), ['stale', 'stale']);
  });

  it('names decisions that end soon', async () => {
    const { summary } = (await check(file(decided({ expires: '2026-12-01' })))).get('answers')!;
    assert.match(
      summary,
      / 1 of the decisions ends within 30 days, the first on 2026-12-01 \(GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0\)\.$/,
    );
  });
});
