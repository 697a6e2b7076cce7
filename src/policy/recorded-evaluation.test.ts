import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EPOCH } from '../lib/time.ts';
import { encodeLeaf } from '../log/leaf.ts';
import { countVerdicts, type PolicyReport, type StatementReport } from './evaluate.ts';
import { NO_FACTS } from './facts.ts';
import { recordedEvaluation } from './recorded-evaluation.ts';

const statement = (id: string, evidence = {}): StatementReport => ({
  id,
  line: 3,
  text: 'We care.',
  verdict: 'kept',
  controls: [{ id: 'scan.dependencies', label: 'few', verdict: 'kept', summary: 'Few.', measuredAt: EPOCH, evidence }],
});

const report = (statements: readonly StatementReport[], policy = 'SECURITY-POLICY.md'): PolicyReport => ({
  policy,
  title: 'Policy',
  evaluatedAt: EPOCH,
  statements,
  counts: countVerdicts(statements),
});

const recorded = (about: PolicyReport) =>
  recordedEvaluation(
    { report: about, digest: 'd'.repeat(64), texts: { document: '', facts: null }, facts: NO_FACTS, sources: [] },
    '1.2.3',
  );

test('an entry names each statement with the digest of its text and of the evidence of each control', () => {
  const { subject, data } = recorded(report([statement('libraries')]));
  assert.equal(subject, 'policy:SECURITY-POLICY.md');
  assert.deepEqual(data, {
    holdfast: '1.2.3',
    policy: 'd'.repeat(64),
    evaluatedAt: '1970-01-01T00:00:00Z',
    day: '1970-01-01',
    counts: { kept: 1, broken: 0, stale: 0, unknown: 0, manual: 0, 'no-case': 0, unbound: 0 },
    statements: [
      {
        id: 'libraries',
        // printf 'We care.' | sha256sum, and of {}
        text: '603eab1157eebe7d47f560f494a87eb8736e58d594963d822cbc29b784c96e50',
        verdict: 'kept',
        controls: [
          {
            id: 'scan.dependencies',
            verdict: 'kept',
            measuredAt: '1970-01-01T00:00:00Z',
            evidence: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
          },
        ],
      },
    ],
  });
});

test('a policy of thousands of sentences fits an entry: its statements stand in the evidence alone', () => {
  const many = Array.from({ length: 2_500 }, (_, at) => statement(`s${at}`));
  const { data, state, subject } = recorded(report(many));
  assert.equal(data['statements'], null);
  assert.equal((state['statements'] as unknown[]).length, 2_500);
  const leaf = {
    v: 1,
    org: 'x',
    at: EPOCH,
    type: 'policy.evaluated',
    actor: null,
    subject,
    data,
    pd: [],
    state: null,
  } as const;
  assert.ok(encodeLeaf(leaf).ok);
});

test('a name and evidence that no entry could hold become ones that it can', () => {
  const odd = report(
    [statement('a', { quoted: 'half \ud83d', 'key \udc00': [1, { deep: '\ud800' }] })],
    `${'ä'.repeat(90)} policy.md`,
  );
  const { subject, body, data } = recorded(odd);
  assert.match(subject, /^policy:[0-9a-f]{64}$/);
  assert.match(body, /"key \ufffd":\[1,\{"deep":"\ufffd"\}\],"quoted":"half \ufffd"/);
  const leaf = {
    v: 1,
    org: 'x',
    at: EPOCH,
    type: 'policy.evaluated',
    actor: null,
    subject,
    data,
    pd: [],
    state: null,
  } as const;
  assert.ok(encodeLeaf(leaf).ok);
  assert.equal(recorded(report([], 'docs/my policy.md')).subject, 'policy:docs%2Fmy%20policy.md');
});
