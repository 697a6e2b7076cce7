import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { parseInstant } from '../lib/time.ts';
import { main } from '../main.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-duties-'));
after(() => rmSync(folder, { recursive: true }));

const run = async (args: readonly string[], options: { cwd?: string; now?: string } = {}) => {
  let out = '';
  let err = '';
  const code = await main(['duties', ...args], {
    cwd: options.cwd ?? folder,
    env: {},
    now: () => parseInstant(options.now ?? '2026-11-24T12:00:00Z')!,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    paintOut: (_, text) => text,
    paintErr: (_, text) => text,
  });
  return { code, out, err };
};

// ajv-formats is CommonJS: its function is the module itself or its `default`, depending on who loads it.
const addFormats = ((formats as { default?: unknown }).default ?? formats) as (ajv: Ajv) => void;
const schema = (name: string) => {
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  addFormats(ajv);
  const file = new URL(`../../docs/formats/duties-${name}.schema.json`, import.meta.url);
  const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  return (text: string) => {
    const value = JSON.parse(text) as Record<string, unknown>;
    assert.ok(validate(value), JSON.stringify(validate.errors));
    return value;
  };
};
const [deadline, decide, draft, refusal] = ['deadline', 'decide', 'draft', 'refusal'].map(schema) as [
  ReturnType<typeof schema>,
  ReturnType<typeof schema>,
  ReturnType<typeof schema>,
  ReturnType<typeof schema>,
];

const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

const CASE = [
  'product: connect-cloud',
  'personalData: yes',
  'role: both',
  'accessBy: external',
  'breach: yes',
  'effects: [C]',
  'encryptedKeySafe: false',
  'risk: high',
  'riskReason: issue texts hold private names',
  'craProduct: false',
  'vulnConfirmed: true',
  'severity: critical',
  'exploited: yes',
  'severe: no',
  'awareAt: 2026-11-24T10:12:00+01:00',
  'amsReportedAt: 2026-11-24T11:00:00+01:00',
].join('\n');

describe('holdfast duties deadline', () => {
  const ask = ['deadline', '--duty', 'gdpr-33-1', '--from', '2026-11-24T10:12:00+01:00'];

  it('answers in local time and UTC, with both ends and the reason', async () => {
    const { code, out } = await run(ask);
    assert.equal(code, 0);
    assert.match(out, /^ {2}by {6}Fri 27 Nov 2026, 10:12 CET \(09:12 UTC\)$/m);
    assert.match(out, /^ {2}latest {2}Fri 27 Nov 2026, 11:00 CET \(10:00 UTC\) is the first instant that is too late/m);
    assert.match(out, /^ {2}why {5}GDPR Art\. 33\(1\): 72 hours from when we are aware/m);
    assert.match(out, /Art\. 3\(5\) of Regulation 1182\/71 \(two working days\) is disputed/);
  });

  it('answers as JSON that its schema describes', async () => {
    const answer = deadline((await run([...ask, '--json'])).out);
    assert.equal(answer['duty'], 'gdpr-33-1');
    assert.deepEqual(answer['strict'], { utc: '2026-11-27T09:12:00Z', local: '2026-11-27T10:12:00+01:00' });
    assert.deepEqual(answer['latest'], { utc: '2026-11-27T10:00:00Z', local: '2026-11-27T11:00:00+01:00' });
    assert.equal(answer['rule'], 'reg1182-hours');
    assert.equal(answer['holidays'], 'DE-HE');
    assert.ok(Array.isArray(answer['notes']));
  });

  it('answers 0 also when the notice was late, and says what is still owed', async () => {
    const { code, out } = await run([...ask, '--met-at', '2026-11-27T11:00:00+01:00', '--json']);
    assert.equal(code, 0);
    const answer = deadline(out);
    assert.equal(answer['status'], 'late');
    assert.equal(answer['reasonsForDelayRequired'], true);
    assert.equal(answer['dutyRemains'], true);
  });

  it('waits for an event that has not happened, and asks for a moment of awareness', async () => {
    const waiting = deadline((await run(['deadline', '--duty', 'cra-14-2-c', '--json'])).out);
    assert.equal(waiting['state'], 'waiting-for-trigger');
    assert.equal(waiting['strict'], null);
    assert.equal(waiting['from'], null);
    const { code, err } = await run(['deadline', '--duty', 'gdpr-33-1']);
    assert.equal(code, 64);
    assert.match(err, /reasonably certain/);
    assert.equal((await run(['deadline', '--duty', 'gdpr-33-1', '--from', 'none'])).code, 0);
  });

  it('plans a future moment without pretending, and refuses it as awareness', async () => {
    const future = ['deadline', '--duty', 'gdpr-33-1', '--from', '2027-03-26T11:45:00+01:00', '--json'];
    const planned = await run(future);
    assert.equal(planned.code, 0);
    assert.match(planned.err, /a plan, not a record/);
    deadline(planned.out);
    const refused = await run([...future, '--as-of']);
    assert.equal(refused.code, 2);
    assert.equal(refusal(refused.out)['code'], 'aware-in-the-future');
  });

  it('judges a running clock from now, or from a moment', async () => {
    assert.equal(deadline((await run([...ask, '--as-of', '--json'])).out)['status'], 'running');
    const later = await run([...ask, '--as-of', '2026-11-27T10:30:00+01:00', '--json']);
    assert.equal(deadline(later.out)['status'], 'past-strict');
  });

  it('takes a zone in brackets and refuses a time that means two moments or none', async () => {
    const zoned = await run(['deadline', '--duty', 'gdpr-33-1', '--from', '2026-11-24T10:12[Europe/Berlin]', '--json']);
    assert.deepEqual(deadline(zoned.out)['from'], { utc: '2026-11-24T09:12:00Z', local: '2026-11-24T10:12:00+01:00' });
    const hints: readonly (readonly [string, RegExp])[] = [
      ['2026-11-24T10:12', /In Europe\/Berlin it is 2026-11-24T10:12:00\+01:00\./],
      ['2026-10-25T02:30', /it came twice: 2026-10-25T02:30:00\+02:00 and then 2026-10-25T02:30:00\+01:00/],
      ['2026-10-25T02:30[Europe/Berlin]', /it came twice/],
      ['2026-03-29T02:30[Europe/Berlin]', /skip that time/],
      ['2026-11-24T10:12+05:00[Europe/Berlin]', /not exactly one moment/],
      ['2026-11-24T10:12[Mars/Base]', /no IANA time zone/],
      ['2026-02-30T10:12:00Z', /not a moment that exists/],
      ['yesterday', /not a moment that exists/],
    ];
    for (const [text, hint] of hints) {
      const { code, err, out } = await run(['deadline', '--duty', 'gdpr-33-1', '--from', text]);
      assert.equal(code, 64, text);
      assert.match(err, hint);
      assert.equal(out, '');
    }
  });

  it('takes zone and seat from holdfast.yaml, and options over it', async () => {
    const home = mkdtempSync(join(folder, 'home-'));
    writeFileSync(
      join(home, 'holdfast.yaml'),
      'organisation: { name: A, country: DE, state: BY, timezone: Europe/Lisbon }\nproducts: 7\n',
    );
    const answer = deadline((await run([...ask, '--json'], { cwd: home })).out);
    assert.equal(answer['holidays'], 'DE-BY');
    assert.deepEqual(answer['strict'], { utc: '2026-11-27T09:12:00Z', local: '2026-11-27T09:12:00+00:00' });
    const federal = ['deadline', '--duty', 'cra-14-2-c', '--from', '2027-05-13T11:00:00+02:00', '--json'];
    assert.equal(deadline((await run(federal, { cwd: home })).out)['holidays'], 'DE');
    const hesse = deadline((await run([...federal, '--state', 'HE', '--zone', 'Europe/Berlin'], { cwd: home })).out);
    assert.deepEqual(hesse['latest'], { utc: '2027-05-28T22:00:00Z', local: '2027-05-29T00:00:00+02:00' });
    writeFileSync(join(home, 'holdfast.yaml'), 'organisation: { name: A, state: QQ }');
    const broken = await run(ask, { cwd: home });
    assert.equal(broken.code, 1);
    assert.match(broken.err, /holdfast\.yaml: organisation\.state: "QQ"/);
  });

  it('names the neighbour of a mistyped duty, state or zone', async () => {
    const wrong: readonly (readonly [readonly string[], RegExp])[] = [
      [['--duty', 'gdpr-331'], /Did you mean gdpr-33-1\?/],
      [['--duty', 'cra-14-1'], /Ask for one of cra-14-2-a, cra-14-2-b, cra-14-2-c/],
      [['--duty', 'gdpr-33-1', '--state', 'XX'], /no state "XX"/],
      [['--duty', 'gdpr-33-1', '--zone', 'Berlin'], /no time zone "Berlin"/],
    ];
    for (const [args, words] of wrong) {
      const { code, err } = await run(['deadline', '--from', '2026-11-24T10:12:00Z', ...args]);
      assert.equal(code, 64);
      assert.match(err, words);
    }
  });
});

describe('holdfast duties decide', () => {
  it('prints each duty with level, addressee, time in both zones and reason', async () => {
    const { code, out } = await run(['decide', '--facts', write('case.yaml', CASE)]);
    assert.equal(code, 0);
    assert.match(out, /^LAW {9}Notify the data protection authority {2}gdpr-33-1$/m);
    assert.match(
      out,
      /^ {12}by {3}Fri 27 Nov 2026, 10:12 CET \(09:12 UTC\); too late from Fri 27 Nov 2026, 11:00 CET/m,
    );
    assert.match(out, /^ {12}by {3}Fri 4 Dec 2026, 11:00 CET \(10:00 UTC\)$/m);
    assert.match(out, /No duty\n {2}cra-14-1 /);
    assert.match(out, /not legal advice/);
  });

  it('answers as JSON that its schema describes, with the clocks of the duties', async () => {
    const answer = decide((await run(['decide', '--facts', write('case.yaml', CASE), '--json'])).out);
    const duties = answer['duties'] as Record<string, { level: string }>;
    assert.equal(duties['gdpr-33-2']?.level, 'law');
    const clocks = answer['deadlines'] as { of: string; duty: string; strict: { utc: string } | null }[];
    const fix = clocks.filter((clock) => clock.of === 'atlassian-fix-clock');
    assert.deepEqual(
      fix.map((clock) => [clock.duty, clock.strict?.utc]),
      [['atlassian-fix-critical-cloud', '2026-12-04T10:00:00Z']],
    );
    assert.equal(answer['rulesOf'], '2026-11-24');
  });

  it('applies the rules of the day of awareness, on whichever side of 11 September 2026 it lies', async () => {
    const cra = 'product: data-center\ncraProduct: true\nvulnConfirmed: true\nexploited: yes\nsevere: true\n';
    const level = async (more: string) => {
      const answer = decide((await run(['decide', '--facts', write('cra.yaml', cra + more), '--json'])).out);
      return (answer['duties'] as Record<string, { level: string }>)['cra-14-1']?.level;
    };
    assert.equal(await level(''), 'law');
    assert.equal(await level('awareOnOrAfter20260911: false'), 'no');
    assert.equal(await level('awareAt: 2026-09-10T23:59:59+02:00'), 'no');
    assert.equal(await level('awareAt: 2026-09-11T00:00:00+02:00'), 'law');
  });

  it('refuses awareness in the future and a file with mistakes, with exit code 2', async () => {
    const future = await run(['decide', '--facts', write('f.yaml', 'awareAt: 2026-11-24T12:00:01Z'), '--json']);
    assert.equal(future.code, 2);
    assert.equal(refusal(future.out)['code'], 'aware-in-the-future');
    const wrong = await run(['decide', '--facts', write('w.yaml', 'rolle: both\n'), '--json']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /w\.yaml:1:1: unknown key "rolle"; did you mean "role"\?/);
    assert.equal(refusal(wrong.out)['code'], 'facts-invalid');
    assert.equal((await run(['decide', '--facts', 'absent.yaml'])).code, 1);
  });

  it('reads standard input for -', () => {
    const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
    const child = spawnSync(process.execPath, [cli, 'duties', 'decide', '--facts', '-', '--json'], {
      input: '{"product":"website"}',
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(child.status, 0, child.stderr);
    decide(child.stdout);
  });
});

describe('holdfast duties draft', () => {
  it('prints the text with its holes, lists them, and exits 3', async () => {
    const { code, out, err } = await run([
      'draft',
      '--kind',
      'gdpr-33-3',
      '--facts',
      write('case.yaml', CASE),
      '--lang',
      'de',
    ]);
    assert.equal(code, 3);
    assert.match(out, /\[fehlt: Art der Verletzung\]/);
    assert.match(err, /nature +Art der Verletzung: fill it in/);
  });

  it('exits 0 when nothing is missing, in JSON that its schema describes', async () => {
    const text = `${CASE}\nnotice: { what: A flaw was used., userMeasures: Install 4.2., machineReadable: { reason: no feed yet } }`;
    const args = ['draft', '--kind', 'cra-14-8-user-information', '--facts', write('done.yaml', text), '--json'];
    const { code, out } = await run(args);
    assert.equal(code, 0);
    assert.equal(draft(out)['complete'], true);
  });

  it('never lets a facts file write control characters to the terminal', async () => {
    const file = write('evil.yaml', 'notice: { nature: "a\\u001b[31mb" }');
    const { out } = await run(['draft', '--kind', 'gdpr-33-3', '--facts', file]);
    assert.ok(out.includes('ab'));
    assert.ok(!out.includes('\u001b'));
  });

  it('names the neighbour of a mistyped kind', async () => {
    const { code, err } = await run(['draft', '--kind', 'gdpr-33-4', '--facts', 'x']);
    assert.equal(code, 64);
    assert.match(err, /Did you mean gdpr-33-3\?/);
  });
});

describe('the corpus, through the command line', () => {
  const corpus = process.env['HOLDFAST_CORPUS'];
  const skip = corpus === undefined || !existsSync(`${corpus}/duties`) ? 'HOLDFAST_CORPUS is not set' : false;
  const load = (name: string) => JSON.parse(readFileSync(`${corpus}/duties/${name}`, 'utf8')) as unknown;

  it('gives every deadline and every status of the vectors', { skip }, async () => {
    const { vectors } = load('deadline-vectors.json') as {
      vectors: {
        id: string;
        duty: string;
        kind?: string;
        trigger?: { at: string | null };
        submittedAt?: string;
        followUpAt?: string;
        expect: Record<string, unknown> & { reg1182?: { endsExclusive: unknown } | null };
      }[];
    };
    const asked = vectors.filter((vector) => vector.kind !== 'awareness');
    assert.ok(asked.length > 0);
    for (const { id, duty, trigger, submittedAt, followUpAt, kind, expect } of asked) {
      const args = ['deadline', '--duty', duty, '--json', '--from', trigger?.at ?? 'none'];
      if (submittedAt !== undefined) args.push('--met-at', submittedAt);
      if (followUpAt !== undefined) args.push('--follow-up-at', followUpAt);
      const answer = deadline((await run(args)).out);
      if (kind === 'status') {
        for (const key of ['status', 'reasonsForDelayRequired', 'phased', 'openFieldsMustBeListed', 'wording'])
          if (key in expect) assert.deepEqual(answer[key], expect[key], `${id} ${key}`);
        continue;
      }
      assert.deepEqual(answer['strict'], expect['strict'], id);
      assert.deepEqual(answer['latest'], expect.reg1182?.endsExclusive ?? null, id);
      if ('state' in expect) assert.equal(answer['state'], expect['state'], id);
    }
  });

  it('gives every row of the decision table', { skip }, async () => {
    const { rows } = load('decision-table.json') as {
      rows: { id: string; facts: unknown; duties: Record<string, { level: string }> }[];
    };
    for (const row of rows) {
      const file = write('row.json', JSON.stringify(row.facts));
      const answer = decide((await run(['decide', '--facts', file, '--json'])).out);
      const levels = (duties: unknown) =>
        Object.fromEntries(Object.entries(duties as typeof row.duties).map(([id, { level }]) => [id, level]));
      assert.deepEqual(levels(answer['duties']), levels(row.duties), row.id);
    }
  });
});
