/**
 * The honesty of reach: no function that ran may be called anything but reachable or unknown.
 *
 * Each idiom (test/reach/idioms) is a program; V8 says what ran in it, and the labels in the idiom must agree, so that neither a typing
 * error nor a change of Node hides behind a green test. Then the product is asked. The floor at the end keeps honesty from being bought
 * with "unknown" for everything.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Idiom, manifestIn, packageFolder, plant, readIdioms, runCovered } from '../support/idioms.ts';
import { askReach } from '../support/reach-asked.ts';
import { admits, type Asked, clears } from '../support/reach.ts';
import { ran } from '../support/v8-coverage.ts';

/** Functions that did not run and that the product clears. It may only rise: a fall is lost precision, to be argued for here. */
const CLEARED_AT_LEAST = 270;

const base = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-idioms-')));
after(() => rmSync(base, { recursive: true }));

const idioms = readIdioms(join(import.meta.dirname, 'idioms'));
const tally = { ran: 0, foundReachable: 0, idle: 0, cleared: 0, reachableButIdle: 0 };

describe('reach is honest about', { concurrency: 2 }, () => {
  for (const [index, idiom] of idioms.entries())
    it(inWords(idiom, index), async (test) => {
      const place = join(base, `${index}`);
      const { root, tree } = plant(idiom, join(place, 'tree'));
      const coverage = await runCovered(idiom.run, root, join(place, 'reports'));
      for (const check of idiom.checks) {
        const word = /[\w$]+(?=\W*$)/.exec(check.function)?.[0] ?? '';
        // A computed name stands nowhere in the text.
        if (!check.function.endsWith('<computed>'))
          assert.ok(
            idiom.files.get(check.file)?.toLowerCase().includes(word.toLowerCase()),
            `${check.file} has a ${word}`,
          );
        const truth = ran(coverage, join(tree, check.file), check.function, check.nth);
        assert.equal(truth, check.runs, `V8 says that ${check.function} ${truth ? 'ran' : 'did not run'}`);
      }

      const asked = idiom.checks.map((_, number) => question(idiom, tree, number));
      const answers = await askReach(root, idiom.run, asked, place);
      const wrong: string[] = [];
      for (const [number, check] of idiom.checks.entries()) {
        const answer = answers.get(`${number}`);
        assert.ok(answer !== undefined);
        if (answer.verdict === 'unknown') assert.notDeepEqual(answer.sites, [], 'an unknown says where it comes from');
        if (check.runs) {
          tally.ran++;
          if (answer.verdict === 'reachable') tally.foundReachable++;
          if (!admits(answer)) wrong.push(`${check.function} in ${check.file} ran and is called ${answer.verdict}`);
        } else {
          tally.idle++;
          if (clears(answer)) tally.cleared++;
          if (answer.verdict === 'reachable') tally.reachableButIdle++;
          test.diagnostic(`${check.function} did not run: ${answer.verdict}`);
        }
      }
      rmSync(place, { recursive: true });
      assert.deepEqual(wrong, []);
    });
});

it(`clears at least ${CLEARED_AT_LEAST} of the functions that did not run`, (test) => {
  test.diagnostic(JSON.stringify(tally));
  assert.ok(tally.cleared >= CLEARED_AT_LEAST, `${tally.cleared} cleared`);
});

function inWords(idiom: Idiom, index: number): string {
  if (!idiom.twin) return idiom.name;
  return `${idiom.name} (${idioms.slice(0, index).findLast(({ twin }) => !twin)?.name})`;
}

function question(idiom: Idiom, tree: string, number: number): Asked {
  const check = idiom.checks[number];
  assert.ok(check !== undefined);
  const folder = packageFolder(check.file, idiom);
  const { name, version } = manifestIn(tree, folder);
  return {
    id: `${number}`,
    package: name,
    version,
    file: relative(folder, check.file),
    function: check.function,
    ...(check.nth === null ? {} : { nth: check.nth }),
  };
}
