/** The facts of every control: what it gathers it reads again, and whatever it reads it can judge. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ROOT } from '../../test/support/canary.ts';
import { hour } from '../../test/support/evidence-log.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import { logIntact } from '../log/intact.control.ts';
import { releaseGate } from '../release/gate.control.ts';
import { releaseHistory } from '../release/release-history.control.ts';
import { scanDependencies } from '../scan/dependencies.control.ts';
import { pentestCadence } from '../scan/pentest.control.ts';
import { triageComplete } from '../triage/complete.control.ts';
import type { BoundControl, Control } from './control.ts';
import { NO_FACTS } from './facts.ts';
import { manual } from './manual.control.ts';

const NOW = hour(0);
const MOMENTS = [NOW, (NOW + 3_155_760_000_000) as Instant, 0 as Instant];

function bound(control: Control, params: JsonObject = {}): BoundControl {
  const read = control.bind(params);
  assert.ok(read.ok, JSON.stringify(read.ok ? null : read.issues));
  return read.bound;
}

const SCANNED = {
  at: NOW,
  database: { built: NOW, dataAsOf: NOW, advisories: 7, digest: 'a1' },
  inputs: [{ path: 'package-lock.json', kind: 'npm', components: 12, digest: 'b2' }],
  decisions: { state: 'read', digest: 'c3' },
  unread: [],
  transitiveUnknown: [],
  notes: ['one'],
};
const COMMIT = 'c'.repeat(40);
const PERSON = { name: 'Ada', at: NOW };
const CHANGE = { id: COMMIT, parents: 1, author: PERSON, committer: PERSON, subject: 'Add' };
const FILES = { total: 0, listed: ['a'] };

/** Of each control what it could gather, one way after the other. */
const EXAMPLES: readonly (readonly [BoundControl, readonly JsonObject[]])[] = [
  [bound(scanDependencies), [{ ...SCANNED, standing: 0, worst: ['x'], below: 0, closed: 1 }]],
  [
    bound(triageComplete),
    [
      {
        ...SCANNED,
        zone: 'Europe/Berlin',
        total: 2,
        lacking: 0,
        lackingNamed: ['y'],
        closed: 1,
        planned: 1,
        proven: 1,
        unproven: 0,
        ending: [{ finding: 'y', expires: '2026-12-01', place: 'decisions:3' }],
      },
    ],
  ],
  [
    bound(releaseGate, { branch: 'main' }),
    [
      {
        at: NOW,
        tree: {
          state: 'read',
          base: { ref: 'v1', commit: COMMIT },
          head: { ref: 'HEAD', commit: COMMIT },
          checkedOut: COMMIT,
          changed: FILES,
          unwatched: FILES,
          changedMeanwhile: false,
          branch: { name: 'main', holdsHead: 'yes' },
        },
        scan: {
          state: 'scanned',
          advisories: 7,
          dataAsOf: NOW,
          inputs: 1,
          withoutInput: FILES,
          unread: FILES,
          transitiveUnknown: FILES,
          findings: { malware: 0, critical: 0, high: 0, medium: 0, low: 0, none: 0, unscored: 0 },
          closed: 0,
          decidedOpen: { planned: 0, expired: 0, unapproved: 0, unproven: 0 },
          decisions: 'none',
        },
        shown: { packages: 12 },
      },
      {
        at: NOW,
        tree: { state: 'no-commit' },
        scan: { state: 'failed', code: 'X', message: 'm', hint: 'h' },
        shown: {},
      },
    ],
  ],
  [
    bound(releaseHistory),
    [
      {
        state: 'measured',
        at: NOW,
        digest: 'd4',
        release: { ref: 'HEAD', commit: COMMIT, tags: ['v2'] },
        branch: { name: 'main', measured: 'origin/main', tip: COMMIT, releaseOnLocal: true },
        previous: { tag: 'v1', commit: COMMIT, at: NOW },
        tags: {
          pattern: 'v*',
          total: 1,
          annotated: 1,
          signed: 0,
          offBranch: 1,
          offBranchListed: [{ name: 'v0', commit: null }],
          listed: [{ name: 'v1', id: COMMIT, annotated: true, signed: false, at: NOW, commit: COMMIT }],
        },
        commits: {
          total: 3,
          offBranch: 1,
          offBranchListed: [CHANGE],
          ahead: 0,
          listed: [{ ...CHANGE, firstParent: true }],
        },
        workTree: { changed: 1, untracked: 0, listed: ['a.txt'] },
      },
      { state: 'distorted', at: NOW, shallow: true, grafted: false, replaced: 2 },
      { state: 'no-branch', at: NOW, branch: 'main' },
      { state: 'foreign', at: NOW, commit: COMMIT },
      { state: 'no-repository', at: NOW },
    ],
  ],
  [
    bound(pentestCadence),
    [
      {
        at: NOW,
        timezone: 'Europe/Berlin',
        pentests: [{ date: '2026-03-05', by: 'Tester GmbH', scope: null, report: null, openFindings: 0 }],
      },
    ],
  ],
  [bound(manual, { by: 'Ada', on: '2026-01-01', until: '2026-12-31' }), [{ timezone: 'Asia/Tokyo' }]],
  [
    bound(logIntact([], [])),
    [
      {
        found: true,
        origin: 'holdfast/a1b2c3d4',
        entries: 3,
        size: 3,
        signed: 3,
        states: 1,
        earlier: 0,
        broken: 0,
        unread: 0,
        findings: [{ where: 'entry 2', words: 'was changed', code: 'root-differs' }],
      },
      { found: false },
    ],
  ],
];

/** Every value in it, by its path. */
function pathsIn(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((item: Json, at) => pathsIn(item, [...path, at]))];
  if (!isObject(value)) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsIn(item as Json, [...path, key]))];
}

function replaced(value: Json, [first, ...rest]: readonly (string | number)[], by: Json): Json {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((item: Json, at) => (at === first ? replaced(item, rest, by) : item));
  const object = value as JsonObject;
  return { ...object, [first]: replaced(object[first] ?? null, rest, by) };
}

const ODD_NUMBERS: readonly Json[] = [0, -1, 0.5, 1e15, 8.64e15, 253_402_300_799_999, Number.MAX_SAFE_INTEGER];
const ODD_TEXTS: readonly Json[] = [
  '',
  '9999-12-31',
  '0000-01-01',
  '2026-02-30',
  'UTC',
  '+24:00',
  'Mars/Olympus',
  '\u202e',
];
const ODD: readonly Json[] = [null, true, false, [], {}, 'x'.repeat(9_999), ...ODD_NUMBERS, ...ODD_TEXTS];

const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(...ODD),
  fc.maxSafeInteger(),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
);

describe('the facts of each control', () => {
  for (const [control, examples] of EXAMPLES) {
    it(`${control.id}: what it gathers it reads back unchanged`, () => {
      for (const facts of examples) assert.deepEqual(control.readFacts(facts), { ok: true, value: facts });
    });

    it(`${control.id}: with one value changed to an odd one it is refused or judged`, () => {
      for (const facts of examples)
        for (const path of pathsIn(facts))
          for (const by of ODD) {
            const read = control.readFacts(replaced(facts, path, by));
            for (const now of MOMENTS) if (read.ok) control.judge(read.value, now);
          }
    });

    it(`${control.id}: whatever it reads it judges without a crash, today, in a hundred years and in 1970`, () => {
      const change = fc.tuple(fc.nat(), odd);
      let read = 0;
      fc.assert(
        fc.property(
          fc.constantFrom(...examples),
          fc.array(change, { maxLength: 3 }),
          fc.constantFrom(...MOMENTS),
          (facts, changes, now) => {
            const changed = changes.reduce<Json>((value, [at, by]) => {
              const paths = pathsIn(value);
              return replaced(value, paths[at % paths.length] ?? [], by);
            }, facts);
            const again = control.readFacts(changed);
            if (!again.ok) return;
            read += 1;
            const { summary, verdict } = control.judge(again.value, now);
            assert.ok(typeof summary === 'string' && typeof verdict === 'string');
          },
        ),
        { numRuns: 500 },
      );
      assert.ok(read > 50, `${read} were read`);
    });
  }

  it('of a Holdfast that knew no proofs are read as facts without any', () => {
    for (const [control, lost] of [
      ['triage.complete', ['proven', 'unproven']],
      ['release.gate', ['unproven']],
    ] as const) {
      const [bind, [facts = {}]] = EXAMPLES.find(([{ id }]) => id === control) ?? [bound(manual), []];
      const old: unknown = JSON.parse(
        JSON.stringify(facts, (key, value: unknown) => ((lost as readonly string[]).includes(key) ? undefined : value)),
      );
      const read = bind.readFacts(old as Json);
      assert.ok(read.ok, control);
      assert.equal(JSON.stringify(read.value).includes('"unproven":0'), true);
    }
  });

  it('of this repository, gathered here, are read back unchanged', { timeout: 60_000 }, async () => {
    const context = {
      root: ROOT,
      facts: NO_FACTS,
      database: null,
      release: null,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      now: NOW,
    };
    for (const [control] of EXAMPLES.filter(([{ where }]) => where === 'repo')) {
      const facts = JSON.parse(JSON.stringify(await control.gather(context))) as Json;
      assert.deepEqual(control.readFacts(facts), { ok: true, value: facts }, control.id);
    }
  });
});
