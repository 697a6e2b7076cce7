/** The pages that are made from recorded evaluations: public ones, those of the staff, and what needs someone. On both engines. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { ROOT } from '../../test/support/canary.ts';
import { forEachEngine } from '../../test/support/engines.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { openHouse, POLICY, readSound, reportJson, type House } from '../../test/support/policy-service.ts';
import { serve, type Serving } from '../../test/support/serving.ts';
import type { JsonObject } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { publicRoutes } from '../publish/public.routes.ts';
import { serviceNeeds } from '../today/service-needs.actions.ts';
import { todayRoutes } from '../today/today.routes.ts';
import type { Shell } from '../web/shell.ts';
import { policyNeeds, quietWords, reportingStep } from './needs.actions.ts';
import { policySchedule } from './policy.jobs.ts';
import { policyRoutes } from './policy.routes.ts';
import { takeReport } from './report.actions.ts';
import { evaluateService } from './service.actions.ts';
import { namesOf, standingReader } from './standing.actions.ts';

function shapeOf(format: string) {
  const ajv = new Ajv();
  formats.default(ajv);
  return ajv.compile(JSON.parse(readFileSync(join(ROOT, 'docs/formats', `${format}.schema.json`), 'utf8')) as object);
}
const policyShape = shapeOf('policy');
const factsShape = shapeOf('facts');

interface Scene {
  readonly house: House;
  readonly serving: Serving;
  readonly at: (now: Instant) => void;
  readonly report: (now: Instant, unreviewed: number) => Promise<void>;
  readonly text: (path: string) => Promise<string>;
}

async function openScene(house: House): Promise<Scene> {
  const { world, root } = house;
  let now = hour(0);
  const reader = standingReader(world);
  const shell: Shell = {
    get organisation() {
      return namesOf(reader).organisation;
    },
    get zone() {
      return namesOf(reader).zone;
    },
    logPosition: () => null,
  };
  const schedule = policySchedule(world, () => now);
  const routes = [
    ...publicRoutes({ reader, root, url: null }),
    ...policyRoutes({ world, reader, shell }),
    ...todayRoutes({
      sources: [policyNeeds(reader), serviceNeeds(world.log.db, () => [schedule])],
      steps: [reportingStep(world, 'https://security.example')],
      quiet: () => quietWords(reader),
      shell,
    }),
  ];
  const serving = await serve(routes, () => now);
  return {
    house,
    serving,
    at: (moment) => {
      now = moment;
    },
    report: async (moment, unreviewed) => {
      now = moment;
      const sender = { actor: 'token-1', via: 'token' } as const;
      assert.ok((await takeReport(world, readSound(reportJson(now, {}, unreviewed)), sender, now)).ok);
      await evaluateService(world, now);
    },
    text: async (path) => {
      const answer = await serving.page(path);
      assert.equal(answer.status, 200, path);
      return answer.text();
    },
  };
}

/** What a page says, without its marks. */
const words = (html: string): string =>
  html
    .replace(/<svg class="sprite"[\s\S]*?<\/svg>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

forEachEngine((engine) => {
  describe('the public page', () => {
    it('says that nothing was evaluated, and never that all is well', async () => {
      const { text, serving } = await openScene(await openHouse(engine));
      assert.match(words(await text('/')), /The security policy has not been evaluated yet/);
      assert.equal((await serving.page('/policy.json')).status, 404);
    });

    it('shows the latest evaluation with the year of each statement, and the same as JSON', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 2);
      await scene.report(hour(24), 0);
      await scene.report(hour(72), 0);
      const page = words(await scene.text('/'));
      assert.match(page, /1 of 3 statements kept/);
      assert.match(page, /2026-11-24 2026-11-24 broken 2026-11-25 2026-11-25 kept 2026-11-26 2026-11-26 not recorded/);
      assert.match(page, /This evaluation is entry 5 of the evidence log holdfast\//);
      assert.doesNotMatch(page, /says nothing about/);
      const json = JSON.parse(await scene.text('/policy.json')) as { statements: JsonObject[]; recorded: JsonObject };
      assert.equal(json.recorded['entry'], 5);
      assert.ok(policyShape(json), JSON.stringify(policyShape.errors));
      assert.deepEqual(json.statements[0]?.['history'], {
        from: '2025-11-28',
        runs: [
          { state: null, days: 361 },
          { state: 'broken', days: 1 },
          { state: 'kept', days: 1 },
          { state: null, days: 1 },
          { state: 'kept', days: 1 },
        ],
      });
    });

    it('says so before every figure when nothing was evaluated for more than a day', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 0);
      scene.at(hour(30));
      assert.doesNotMatch(words(await scene.text('/')), /says nothing about today/);
      scene.at(hour(31));
      const page = words(await scene.text('/'));
      assert.match(page, /Measured Tue 24 Nov 2026, 10:00 CET.*says nothing about today\. 1 of 3 statements kept/);
    });

    it('says so when the document cannot be read, with nothing of the mistake', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 0);
      scene.house.write('SECURITY-POLICY.md', 'We promise.[^secret-label]\n');
      await evaluateService(scene.house.world, hour(1));
      const page = words(await scene.text('/'));
      assert.match(page, /cannot be read since Tue 24 Nov 2026, 11:00 CET \(10:00 UTC\)/);
      assert.doesNotMatch(page, /secret-label/);
    });

    it('is answered with 304 to whoever has it, until something changes', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 0);
      const etag = (await scene.serving.page('/')).headers.get('etag') ?? '';
      const again = { headers: { 'if-none-match': `"x", W/${etag}` } };
      assert.equal((await scene.serving.page('/', again)).status, 304);
      await scene.report(hour(1), 1);
      assert.equal((await scene.serving.page('/', again)).status, 200);
    });

    it('has a security.txt with the contact of holdfast.yaml', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 0);
      assert.equal(
        await scene.text('/.well-known/security.txt'),
        'Contact: mailto:security@beispiel.example\nExpires: 2027-11-23T00:00:00Z\n',
      );
    });

    it('keeps the year of a statement whose sentence is reworded and whose label stays', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 3);
      scene.house.write('SECURITY-POLICY.md', POLICY.replace('reviewed by a second person', 'looked at twice'));
      await scene.report(hour(24), 0);
      assert.match(
        words(await scene.text('/')),
        /looked at twice\..*2026-11-24 2026-11-24 broken 2026-11-25 2026-11-25 kept/,
      );
    });
  });

  describe('the pages of the staff', () => {
    it('list statements by filter, search and order, each at an address', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 2);
      const listed = async (query: string) =>
        [...(await scene.text(`/statements${query}`)).matchAll(/<th scope="row"><a href="\/statements\/([^"]+)"/g)].map(
          ([, id]) => id,
        );
      const [review, laptops, free] = await listed('');
      assert.deepEqual([review, laptops], ['review', 'laptops']);
      assert.deepEqual(await listed('?verdict=broken'), ['review']);
      assert.deepEqual(await listed('?q=ENCRYPTED'), ['laptops']);
      assert.deepEqual(await listed('?sort=-state'), [free, 'laptops', 'review']);
      assert.deepEqual(await listed('?verdict=constructor&sort=__proto__&page=0'), ['review', 'laptops', free]);
      assert.deepEqual(await listed('?page=999'), ['review', 'laptops', free]);
      assert.match(
        words(await scene.text('/statements?q=%3Cscript%3E')),
        /No statement has &quot;&lt;script&gt;&quot; in its sentence/,
      );
    });

    it('show of one statement what was reported, by whom and under which entry', async () => {
      const scene = await openScene(await openHouse(engine));
      await scene.report(hour(0), 2);
      const page = words(await scene.text('/statements/review'));
      assert.match(
        page,
        /The house: c{12} on main, by Holdfast 1\.2\.3, Tue 24 Nov 2026, 10:00 CET \(09:00 UTC\) \. Entry 0/,
      );
      assert.match(page, /recorded as entry 1 of the log/);
      const facts = JSON.parse(await scene.text('/statements/review/facts.json?note=review')) as {
        reports: JsonObject[];
      };
      assert.ok(factsShape(facts), JSON.stringify(factsShape.errors));
      assert.deepEqual(facts.reports[0]?.['facts'], { at: hour(0), authors: [], unreviewed: 2 });
      for (const path of ['/statements/nothing', '/statements/__proto__', '/statements/review/facts.json?note=x'])
        assert.equal((await scene.serving.page(path)).status, 404, path);
      assert.equal((await fetch(`${scene.serving.url}/statements`, { redirect: 'manual' })).status, 303);
    });

    it('say at home what needs someone, in the order of a work list, and what to set up', async () => {
      const house = await openHouse(engine);
      const scene = await openScene(house);
      const empty = words(await scene.text('/today'));
      assert.match(empty, /Two things need someone today/);
      assert.match(empty, /The policy has not been evaluated yet/);
      assert.match(empty, /HOLDFAST_TOKEN=… npx holdfast check --report-to https:\/\/security\.example/);
      house.write('SECURITY-POLICY.md', POLICY.replace('until: 2027-03-31', 'until: 2026-12-08'));
      await scene.report(hour(0), 2);
      const page = words(await scene.text('/today'));
      assert.match(page, /Three things need someone today 0 of 3 statements are kept\./);
      assert.match(page, /Every change is reviewed.* broken .*Laptops are encrypted.* ends soon /);
      assert.match(page, /The schedule policy\.evaluate No process has ever looked what is due\./);
      assert.doesNotMatch(page, /HOLDFAST_TOKEN/);
      scene.at(hour(31));
      assert.match(words(await scene.text('/today')), /The policy was not evaluated in time/);
    });
  });
});
