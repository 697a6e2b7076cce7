/** `check --report-to` against a service that listens, and bodies that nobody would send. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { ROOT } from '../../test/support/canary.ts';
import { forEachEngine, temporaryFolder } from '../../test/support/engines.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { CONTROLS, openHouse, POLICY, reportJson, type House } from '../../test/support/policy-service.ts';
import { serve, TOKEN, type Serving } from '../../test/support/serving.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import type { LogTables } from '../log/log-tables.ts';
import type { Terminal } from '../platform/terminal.ts';
import type { Route } from '../web/route.ts';
import { checkCommand } from './check.cli.ts';
import { evaluateService } from './service.actions.ts';
import { REPORTS_PATH, reportRoutes } from './report.routes.ts';

const NOW = hour(5);

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: HoldfastError | null;
}

/** A checkout of the same policy, with so many changes that nobody reviewed. */
function checkout(unreviewed: string): string {
  const root = temporaryFolder();
  writeFileSync(join(root, 'SECURITY-POLICY.md'), POLICY);
  writeFileSync(join(root, 'unreviewed'), unreviewed);
  return root;
}

async function check(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const ran = { code: null as number | null, out: '', error: null as HoldfastError | null };
  const terminal: Terminal = {
    cwd,
    env: { PATH: process.env['PATH'], HOLDFAST_TOKEN: TOKEN, ...env },
    now: () => NOW,
    out: (text) => {
      ran.out += text;
    },
    err: () => undefined,
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    paintOut: (_, text) => text,
    paintErr: (_, text) => text,
  };
  const command = checkCommand(CONTROLS, [])(terminal, (code) => {
    ran.code = code;
  });
  try {
    await command.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    ran.error = error;
  }
  return ran;
}

const servingOf = (house: House, routes = reportRoutes(house.world, () => undefined)): Promise<Serving> =>
  serve(routes, () => NOW);

const entries = async (house: House): Promise<number> =>
  (await house.world.log.db.tables<LogTables>().selectFrom('log_entry').select('idx').execute()).length;

const post = (url: string, body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}${REPORTS_PATH}`, {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', ...headers },
  });

/** Stores the first report and gives no answer to it, as a process that dies after its commit does. */
function answersSecond([route]: readonly Route[]): readonly Route[] {
  if (route === undefined || !isForTokens(route)) throw new Error('not the route of reports');
  let calls = 0;
  const handle: typeof route.handle = async (c, scene) => {
    const answer = await route.handle(c, scene);
    if (++calls === 1) throw new HoldfastError('DB_OUTCOME_UNKNOWN', 'the connection was cut', { hint: 'Again.' });
    return answer;
  };
  return [{ ...route, handle }];
}

type TokenRoute = Extract<Route, { access: { kind: 'token' } }>;
const isForTokens = (route: Route): route is TokenRoute => route.access.kind === 'token';

/** What is wrong with a document by its schema in docs/formats. */
function problemsOf(format: string, document: unknown): readonly string[] {
  const ajv = new Ajv({ allErrors: true });
  formats.default(ajv);
  const path = join(ROOT, 'docs', 'formats', `${format}.schema.json`);
  const check = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object);
  return check(document) ? [] : (check.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

/** The reports that are stored, as they were sent. */
async function evidenceOf(house: House): Promise<readonly unknown[]> {
  const rows = await house.world.log.db.tables<LogTables>().selectFrom('log_evidence').select('body').execute();
  return rows.map(({ body }) => JSON.parse(Buffer.from(body).toString()) as unknown);
}

forEachEngine((engine) => {
  describe('holdfast check --report-to', () => {
    it('sends what it measured, says under which entry it is, and exits as check does', async () => {
      const house = await openHouse(engine);
      const { url, events } = await servingOf(house);
      const root = checkout('2');
      const first = await check(root, ['--report-to', url]);
      assert.match(
        first.out,
        /\nReported as entry 0 of holdfast\/[0-9a-f]{8}; the service judges the facts again\.\n$/,
      );
      assert.deepEqual([first.code, first.error], [2, null]);
      const again = await check(root, ['--report-to', url, '--json']);
      const { reported } = JSON.parse(again.out) as { reported: JsonObject };
      assert.deepEqual([reported['entry'], reported['standing']], [0, 'newest']);
      assert.equal(await entries(house), 1);
      const evaluated = await evaluateService(house.world, NOW);
      assert.ok(evaluated.kind === 'recorded');
      assert.equal(evaluated.evaluation.report.statements[0]?.verdict, 'broken');
      assert.deepEqual(events, []);
    });

    it('sends and hears what the documents of the formats say', async () => {
      const house = await openHouse(engine);
      const { url } = await servingOf(house);
      const answer = await post(url, JSON.stringify(reportJson(NOW)));
      assert.equal(answer.status, 201);
      assert.deepEqual(problemsOf('reported', await answer.json()), []);
      const root = checkout('0');
      const { out } = await check(root, ['--report-to', url, '--json']);
      assert.deepEqual(problemsOf('check', JSON.parse(out)), []);
      const sent = await evidenceOf(house);
      assert.equal(sent.length, 2);
      for (const report of sent) assert.deepEqual(problemsOf('report', report), []);
    });

    it('survives a service that dies between storing and answering: the same report is stored once', async () => {
      const house = await openHouse(engine);
      const { url } = await servingOf(house, answersSecond(reportRoutes(house.world, () => undefined)));
      const { code, error, out } = await check(checkout('0'), ['--report-to', url]);
      assert.equal(error, null);
      assert.equal(code, 0);
      assert.match(out, /Reported as entry 0 /);
      assert.equal(await entries(house), 1);
    });
  });
});

describe('a report that is not delivered', () => {
  const noEngine = (suite: (house: () => Promise<House>) => void): void => {
    forEachEngine((engine) => {
      if (engine.name === 'sqlite') suite(() => openHouse(engine));
    });
  };
  noEngine((house) => {
    it('prints the verdicts first, and says that they hold and what to do', async () => {
      const { url } = await servingOf(await house());
      const { code, out, error } = await check(checkout('0'), ['--report-to', url], {
        HOLDFAST_TOKEN: 'hft_wrong-one',
      });
      assert.match(out, /● kept/);
      assert.equal(code, null);
      assert.equal(error?.code, 'REPORT_REFUSED');
      assert.match(error?.message ?? '', /: No valid token came with the request$/);
      assert.match(error?.hint ?? '', /\/tokens\. The verdicts above hold\.$/);
      const nobody = await check(checkout('0'), ['--report-to', 'http://127.0.0.1:9', '--json']);
      assert.equal(nobody.error?.code, 'REPORT_UNDELIVERED');
      assert.equal((JSON.parse(nobody.out) as JsonObject)['reported'], undefined);
    });

    it('says in the words of the service what it did not understand', async () => {
      const { url } = await servingOf(await house());
      const { error } = await check(checkout('0'), ['--report-to', url, '--product', 'shop']);
      assert.match(
        error?.message ?? '',
        /did not take the report: This service does not understand the report; product: shop is no product in the holdfast\.yaml of this service$/,
      );
    });

    it('never begins without a token, over an unencrypted line or with a part of an evaluation', async () => {
      const root = checkout('0');
      const usage = async (args: readonly string[], env = {}): Promise<string> => {
        const { error, out } = await check(root, args, env);
        assert.deepEqual([error?.code, out], ['USAGE', '']);
        return error?.message ?? '';
      };
      assert.equal(
        await usage(['--report-to', 'https://a.example'], { HOLDFAST_TOKEN: '' }),
        '--report-to needs a token of the service',
      );
      assert.equal(
        await usage(['--report-to', 'https://a.example'], { HOLDFAST_TOKEN: 'a b' }),
        'HOLDFAST_TOKEN holds no token',
      );
      assert.equal(await usage(['--report-to', 'http://a.example']), '--report-to is not encrypted');
      const withPassword = await usage(['--report-to', 'https://ada:secret@a.example']);
      assert.equal(withPassword, '--report-to is not the address of a service');
      assert.equal(
        await usage(['--report-to', 'https://a.example', '--only', 'review']),
        '--report-to sends whole evaluations, and --only makes a part of one',
      );
      assert.equal(await usage(['--product', 'shop']), '--token-file and --product are for --report-to');
    });

    it('is refused with its place where it is no report, and nothing is stored', async () => {
      const opened = await house();
      const { url, events } = await servingOf(opened);
      const said = async (body: string, headers = {}) => {
        const answer = await post(url, body, headers);
        const { errors = [], code } = (await answer.json()) as {
          errors?: { at: string; message: string }[];
          code: string;
        };
        return [answer.status, code, ...errors.map(({ at, message }) => `${at}: ${message}`)];
      };
      const valid = reportJson(NOW);
      assert.deepEqual(await said('{'), [400, 'REPORT_REFUSED', ': is not JSON']);
      assert.deepEqual(await said('[1e999]'), [
        400,
        'REPORT_REFUSED',
        ': has a number or a character that RFC 8785 cannot spell',
      ]);
      assert.deepEqual(await said('['.repeat(100_000)), [400, 'REPORT_REFUSED', ': is nested more than 32 deep']);
      assert.deepEqual(await said(JSON.stringify({ ...valid, verdict: 'kept' })), [
        400,
        'REPORT_REFUSED',
        ': Unrecognized key: "verdict"',
      ]);
      assert.deepEqual(await said(JSON.stringify({ ...valid, measuredAt: '2026-02-30T00:00:00Z' })), [
        400,
        'REPORT_REFUSED',
        'measuredAt: is no moment as RFC 3339 writes it',
      ]);
      assert.deepEqual((await said('{}', { 'content-type': 'text/plain' })).slice(0, 2), [415, 'REPORT_TYPE']);
      assert.deepEqual((await said('{}', { authorization: 'Bearer x' })).slice(0, 2), [401, 'TOKEN_NEEDED']);
      assert.deepEqual((await said(`"${'x'.repeat(5_000_000)}"`)).slice(0, 2), [413, 'TOO_LARGE']);
      assert.equal(await entries(opened), 0);
      assert.deepEqual(events, []);
    });

    it('makes no server error, whatever stands in it', async () => {
      const { url, events } = await servingOf(await house());
      const facts = fc.record(
        {
          at: fc.oneof(fc.integer(), fc.double(), fc.constant(8.64e15)),
          unreviewed: fc.oneof(fc.nat(), fc.double()),
          authors: fc.oneof(fc.array(fc.string({ unit: 'binary' })), fc.jsonValue()),
        },
        { requiredKeys: [] },
      );
      const control = fc.record({
        control: fc.constantFrom('release.review', 'manual', '__proto__', 'constructor'),
        params: fc.oneof(fc.constant({}), fc.jsonValue()),
        facts: fc.oneof(facts, fc.jsonValue()),
      });
      const report = fc
        .record(
          {
            product: fc.oneof(fc.constantFrom(null, 'planner', '__proto__'), fc.jsonValue()),
            checkout: fc.oneof(fc.constant(null), fc.jsonValue()),
            measuredAt: fc.oneof(fc.constantFrom('0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z'), fc.string()),
            controls: fc.oneof(fc.array(control, { maxLength: 3 }), fc.jsonValue()),
          },
          { requiredKeys: [] },
        )
        .map((changes) => JSON.stringify({ ...reportJson(NOW), ...changes }));
      const body = fc.oneof(report, fc.json(), fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 }));
      await fc.assert(
        fc.asyncProperty(body, async (text) => {
          const { status } = await post(url, text);
          assert.ok([200, 201, 400, 422].includes(status), `${status}`);
        }),
        { numRuns: 300 },
      );
      assert.deepEqual(events, []);
    });
  });
});
