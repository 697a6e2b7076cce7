/** `holdfast check` as people and machines meet it: real documents, small real controls, a captured terminal. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Ajv } from 'ajv';
import * as z from 'zod';
import { HoldfastError } from '../lib/errors.ts';
import type { ExitCode } from '../lib/exit.ts';
import { parseInstant } from '../lib/time.ts';
import type { Terminal } from '../platform/terminal.ts';
import { checkCommand } from './check.cli.ts';
import { defineControl } from './control.ts';
import { POLICY_TABLES } from './policy-tables.ts';
import { LOG_TABLES } from '../log/log-tables.ts';
import { manual } from './manual.control.ts';

const NOW = '2026-11-24T09:05:00Z';
const LATER = '2027-05-01T09:05:00Z';

/** Counts its products: kept while there are at most `most`. */
let gathered = 0;
const productCount = defineControl({
  id: 'scan.dependencies',
  title: 'few products',
  where: 'repo',
  params: z.strictObject({ most: z.int(), spare: z.int().default(0) }),
  facts: z.object({ products: z.int() }),
  gather: async ({ facts }) => {
    gathered += 1;
    return { products: facts.products.length };
  },
  judge: ({ most }, { products }, now) => ({
    verdict: products <= most ? 'kept' : 'broken',
    summary: `${products} of at most ${most} products are listed in holdfast.yaml.`,
    measuredAt: now,
    evidence: { products },
  }),
});

/** Needs a file that is not there. */
const unreachable = defineControl({
  id: 'posture.tls',
  title: 'a host',
  where: 'repo',
  params: z.strictObject({}),
  facts: z.null(),
  gather: async (): Promise<null> => {
    throw new HoldfastError('FILE_UNREADABLE', 'probe.txt cannot be read', { hint: 'Give a file that you may read.' });
  },
  judge: () => assert.fail('nothing was gathered'),
});

const defect = defineControl({
  id: 'posture.ssh',
  title: 'a defect',
  where: 'repo',
  params: z.strictObject({}),
  facts: z.null(),
  gather: async (): Promise<null> => {
    throw new TypeError('a defect');
  },
  judge: () => assert.fail('nothing was gathered'),
});

const note = (label: string, ...yaml: readonly string[]): string =>
  `[^${label}]: Said in words.\n\n    \`\`\`yaml\n${yaml.map((line) => `    ${line}\n`).join('')}    \`\`\`\n`;

const FEW = note('few', 'control: scan.dependencies', 'most: 1');
const LAPTOPS = note('laptops', 'control: manual', 'by: Ada Example', 'on: 2026-10-01', 'until: 2027-03-31');
const TLS = note('tls', 'control: posture.tls');
const ACCESS = note('access', 'control: access.review');

const folders: string[] = [];
after(() => folders.map((folder) => rmSync(folder, { recursive: true })));

function folder(policy: string | null, facts: string | null = null): string {
  const made = mkdtempSync(join(tmpdir(), 'holdfast-check-'));
  folders.push(made);
  if (policy !== null) writeFileSync(join(made, 'SECURITY-POLICY.md'), policy);
  if (facts !== null) writeFileSync(join(made, 'holdfast.yaml'), facts);
  return made;
}

interface Ran {
  readonly code: ExitCode | null;
  readonly out: string;
}

async function check(cwd: string, args: readonly string[] = [], now = NOW, columns = 100): Promise<Ran> {
  let out = '';
  let code: ExitCode | null = null;
  const terminal: Terminal = {
    cwd,
    env: {},
    now: () => parseInstant(now) ?? assert.fail(now),
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    outIsTty: false,
    errIsTty: false,
    columns,
    paintOut: (_, text) => text,
    paintErr: (_, text) => text,
  };
  const command = checkCommand([manual, productCount, unreachable, defect], [LOG_TABLES, POLICY_TABLES])(
    terminal,
    (answer) => {
      code = answer;
    },
  );
  await command.parseAsync([...args], { from: 'user' });
  return { code, out };
}

/** The error of a check that is refused. */
async function refusal(cwd: string, args: readonly string[] = []): Promise<HoldfastError> {
  try {
    await check(cwd, args);
  } catch (thrown) {
    if (thrown instanceof HoldfastError) return thrown;
    throw thrown;
  }
  return assert.fail('the check was not refused');
}

const TWO_PRODUCTS = 'products:\n  - id: shop\n  - id: blog\n';

test('a policy that is kept, attested or unbound exits 0, and shows which is which', async () => {
  const policy = `# Policy\n\nWe have few products.[^few]\n\nEvery laptop is locked.[^laptops]\n\nWe care.\n\nAccess is reviewed.[^access]\n\n${FEW}\n${LAPTOPS}\n${ACCESS}`;
  const { code, out } = await check(folder(policy));
  assert.equal(code, 0);
  assert.equal(
    out,
    `SECURITY-POLICY.md: 4 statements, evaluated 2026-11-24T09:05:00Z

● kept         We have few products.
               0 of at most 1 products are listed in holdfast.yaml.
               scan.dependencies, line 3, measured 2026-11-24T09:05:00Z

✎ manual       Every laptop is locked.
               Attested by Ada Example on 2026-10-01, until 2027-03-31.
               manual, line 5, not measured

· unbound      1 sentence that nothing checks
               line 7    We care.
· unbound      1 sentence with a control that is not built yet
               line 9    Access is reviewed. (access.review)

1 kept, 1 manual, 2 unbound.
Next: bind SECURITY-POLICY.md:7 to a control with a footnote, or leave it shown as unbound.
`,
  );
});

test('a broken statement exits 2, also beside one that could not be measured', async () => {
  const policy = `We have few products.[^few]\n\nTLS only.[^tls]\n\n${FEW}\n${TLS}`;
  const { code, out } = await check(folder(policy, TWO_PRODUCTS));
  assert.equal(code, 2);
  assert.match(out, /✕ broken {7}We have few products\.\n {15}2 of at most 1 products are listed/);
  assert.match(
    out,
    /\n1 broken, 1 unknown\.\nNext: SECURITY-POLICY\.md:1 is broken; .*check SECURITY-POLICY\.md --only few\n$/,
  );
});

test('a measurement that fails makes its statement unknown with the way out, and exits 3', async () => {
  const { code, out } = await check(folder(`TLS only.[^tls]\n\nFew.[^few]\n\n${TLS}\n${FEW}`));
  assert.equal(code, 3);
  assert.match(out, /\? unknown {6}TLS only\.\n {15}probe\.txt cannot be read\. Give a file that you may read\.\n/);
  assert.match(out, /● kept {9}Few\.\n/);
});

test('an attestation whose end has passed is stale, and exits 3', async () => {
  const { code, out } = await check(folder(`Every laptop is locked.[^laptops]\n\n${LAPTOPS}`), [], LATER);
  assert.equal(code, 3);
  assert.match(out, /◐ stale {8}Every laptop is locked\.\n/);
});

test('a statement with several controls shows what each of them says', async () => {
  const { code, out } = await check(folder(`Few.[^few][^tls]\n\n${FEW}\n${TLS}`));
  assert.equal(code, 3);
  assert.match(
    out,
    /\? unknown {6}Few\.\n {15}● kept: 0 of at most 1 products[^?]+\? unknown: probe\.txt cannot be read/,
  );
});

test('a policy without a sentence is not success', async () => {
  const { code, out } = await check(folder(''));
  assert.equal(code, 3);
  assert.match(out, /Nothing was evaluated/);
});

test('a defect of a control is reported as one, not as unknown', async () => {
  const cwd = folder(`SSH only.[^ssh]\n\n${note('ssh', 'control: posture.ssh')}`);
  await assert.rejects(check(cwd), TypeError);
});

test('one control with one set of parameters is asked once, however many footnotes name it', async () => {
  const again = note('again', 'spare: 2', 'control: scan.dependencies', 'most: 1');
  const same = note('same', 'control: scan.dependencies', 'most: 1', 'spare: 2');
  const other = note('other', 'control: scan.dependencies', 'most: 9');
  gathered = 0;
  await check(folder(`One.[^again]\n\nTwo.[^same]\n\nThree.[^again]\n\nFour.[^other]\n\n${again}\n${same}\n${other}`));
  assert.equal(gathered, 2);
});

test('--only takes the id of a statement or of a control', async () => {
  const cwd = folder(`Few.[^few]\n\nTLS only.[^tls]\n\n${FEW}\n${TLS}`);
  const byStatement = await check(cwd, ['--only', 'few']);
  assert.equal(byStatement.code, 0);
  assert.match(byStatement.out, /^SECURITY-POLICY\.md: 1 statement \(only few\), /);
  const byControl = await check(cwd, ['--only', 'posture.tls']);
  assert.equal(byControl.code, 3);
  assert.doesNotMatch(byControl.out, /Few\./);
});

test('--only with an unknown id is wrong use, and names the ids', async () => {
  const { code, hint } = await refusal(folder(`Few.[^few]\n\n${FEW}`), ['--only', 'fw']);
  assert.equal(code, 'USAGE');
  assert.equal(hint, 'Did you mean few? Statements: few. Controls: scan.dependencies.');
});

test('a folder without a policy is pointed to `holdfast init`', async () => {
  const { code, hint } = await refusal(folder(null));
  assert.equal(code, 'POLICY_NOT_FOUND');
  assert.match(hint, /holdfast init/);
});

test('a document too large to read is refused before it is parsed', async () => {
  assert.equal((await refusal(folder('x'.repeat(262_145)))).code, 'POLICY_TOO_LARGE');
});

test('a mistake in the policy is refused with file, line and column', async () => {
  const { code, problems } = await refusal(folder(`Few.[^few]\n\n${note('few', 'control: scan.dependencies')}`));
  assert.equal(code, 'POLICY_INVALID');
  assert.equal(problems[0]?.at.file, 'SECURITY-POLICY.md');
});

test('every mistake in holdfast.yaml is named with its place', async () => {
  const facts = 'organisation:\n  name: Example\n  country: Germany\nprodcts: []\n';
  const error = await refusal(folder(`Few.[^few]\n\n${FEW}`, facts));
  assert.equal(error.code, 'FACTS_INVALID');
  assert.equal(error.message, 'holdfast.yaml has 2 mistakes');
  assert.deepEqual(
    error.problems.map(({ at, message }) => ({ ...at, message })),
    [
      { file: 'holdfast.yaml', line: 3, column: 3, message: 'organisation.country cannot be "Germany"' },
      { file: 'holdfast.yaml', line: 4, column: 1, message: 'unknown key "prodcts" in holdfast.yaml' },
    ],
  );
});

test('a document can be named, and speaks of its own folder', async () => {
  const cwd = folder(`Few.[^few]\n\n${FEW}`, TWO_PRODUCTS);
  const { code, out } = await check(tmpdir(), [join(cwd, 'SECURITY-POLICY.md')]);
  assert.equal(code, 2);
  assert.match(out, /^holdfast-check-\w+\/SECURITY-POLICY\.md: 1 statement, /);
});

test('control characters of a document cannot reach the terminal', async () => {
  const { out } = await check(folder('We \u001b[32mcare\u001b[0m.\n'));
  assert.equal(out.includes('\u001b'), false);
});

test('a sentence is shortened to the width of the terminal', async () => {
  const { out } = await check(folder(`${'Long words '.repeat(30)}end.[^few]\n\n${FEW}`), [], NOW, 60);
  for (const line of out.split('\n').slice(2, 4)) assert.ok(line.length <= 60, line);
});

test('--json is the documented shape, with the evidence', async () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../docs/formats/check.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true }).compile(schema as object);
  const policy = `Few.[^few]\n\nTLS.[^tls]\n\nLaptops.[^laptops]\n\nAccess.[^access]\n\nWe care.\n\n${FEW}\n${TLS}\n${LAPTOPS}\n${ACCESS}`;
  const { code, out } = await check(folder(policy), ['--json']);
  assert.equal(code, 3);
  const json = JSON.parse(out);
  assert.equal(validate(json), true, JSON.stringify(validate.errors));
  assert.equal(json.schema, 'holdfast.check/1');
  assert.equal(json.policy, 'SECURITY-POLICY.md');
  assert.equal(json.evaluatedAt, NOW);
  assert.deepEqual(json.statements[0], {
    id: 'few',
    line: 1,
    text: 'Few.',
    verdict: 'kept',
    controls: [
      {
        id: 'scan.dependencies',
        verdict: 'kept',
        summary: '0 of at most 1 products are listed in holdfast.yaml.',
        measuredAt: NOW,
        evidence: { products: 0 },
      },
    ],
  });
  assert.deepEqual(json.statements[3].controls, [
    {
      id: 'access.review',
      verdict: 'unbound',
      summary: 'control access.review is not built yet',
      measuredAt: null,
      evidence: {},
    },
  ]);
  assert.deepEqual(json.counts, { kept: 1, broken: 0, stale: 0, unknown: 1, manual: 1, 'no-case': 0, unbound: 2 });
});
