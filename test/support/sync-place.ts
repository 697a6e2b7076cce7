/**
 * A place to sync to, a mirror to sync from, and a clock to set: what the tests of `db sync` stand on. One for each test file, renewed
 * before each test.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import { IndexReader } from '../../src/advisory/index-reader.client.ts';
import type { SyncReport } from '../../src/advisory/sync-report.ts';
import { syncIndex } from '../../src/advisory/sync.actions.ts';
import { HoldfastError, type ErrorCode } from '../../src/lib/errors.ts';
import { parseInstant, type Instant } from '../../src/lib/time.ts';
import { startMirror, type Mirror } from './osv-mirror.ts';
import { testTimers, type TestTimers } from './timers.ts';

export interface Place {
  readonly folder: string;
  readonly path: string;
  readonly mirror: Mirror;
  readonly timers: TestTimers;
  now: Instant;
}

export const at = (text: string): Instant => parseInstant(text) as Instant;

let current: Place | null = null;

/** The place of the running test. */
export const place: Place = {
  get folder() {
    return here().folder;
  },
  get path() {
    return here().path;
  },
  get mirror() {
    return here().mirror;
  },
  get timers() {
    return here().timers;
  },
  get now() {
    return here().now;
  },
  set now(moment) {
    here().now = moment;
  },
};

function here(): Place {
  assert.ok(current !== null, 'a test runs');
  return current;
}

export function renewPlaces(): void {
  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-sync-'));
    const path = join(folder, 'advisories.idx');
    current = { folder, path, mirror: await startMirror(), timers: testTimers(), now: at('2026-11-24T12:00:00Z') };
  });
  afterEach(async () => {
    await place.mirror.close();
    rmSync(place.folder, { recursive: true });
  });
}

export interface Osv {
  readonly id: string;
  readonly modified: string;
  readonly [key: string]: unknown;
}

export const record = (
  id: string,
  modified: string,
  more: object = {},
  ecosystem = 'npm',
  name = id.toLowerCase(),
): Osv => ({
  id,
  modified,
  affected: [{ package: { ecosystem, name }, ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }],
  ...more,
});

export const NPM: readonly Osv[] = [
  record('GHSA-1', '2026-11-20T10:00:00Z', { aliases: ['CVE-2026-0001'] }),
  record('GHSA-2', '2026-11-21T10:00:00Z'),
  record('GHSA-3', '2026-11-22T10:00:00Z'),
];
const MAVEN: readonly Osv[] = [record('GHSA-9', '2026-11-19T10:00:00Z', {}, 'Maven', 'org.example:lib')];

export function publishAll(npm: readonly Osv[] = NPM, maven: readonly Osv[] = MAVEN): void {
  place.mirror.publish('npm', npm);
  place.mirror.publish('Maven', maven);
}

export interface Wishes {
  /** Default: the mirror; `null`: nothing is said. */
  readonly from?: string | null;
  readonly ecosystems?: readonly string[];
  readonly kev?: string | true;
  readonly epss?: string | true;
  readonly full?: boolean;
  readonly env?: Record<string, string>;
}

export const sync = (wishes: Wishes = {}): Promise<SyncReport> =>
  syncIndex(
    {
      path: place.path,
      flags: {
        from: wishes.from === undefined ? place.mirror.url : wishes.from,
        ecosystems: wishes.ecosystems ?? [],
        kev: wishes.kev ?? null,
        epss: wishes.epss ?? null,
      },
      full: wishes.full ?? false,
      env: wishes.env ?? {},
    },
    { timers: place.timers, userAgent: 'holdfast/test', now: () => place.now, onProgress: () => undefined },
  );

export function ask<T>(question: (index: IndexReader) => T): T {
  const index = new IndexReader(place.path);
  try {
    index.verify();
    return question(index);
  } finally {
    index.close();
  }
}
export const idsFor = (name: string, ecosystem = 'npm'): string[] =>
  ask((index) => index.candidates(ecosystem, name).map(({ advisory }) => index.detail(advisory).id));
export const detailOf = (id: string) => ask((index) => index.byId(id).find((each) => each.id === id));

/** Fails with this code, and what stood at the place still stands there, to the byte. */
export async function keepsIndexAndFails(code: ErrorCode, wishes: Wishes = {}, words = /./): Promise<void> {
  const before = existsSync(place.path) ? readFileSync(place.path) : null;
  await assert.rejects(sync(wishes), (error: unknown) => {
    assert.ok(error instanceof HoldfastError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    assert.notEqual(error.hint, '');
    return true;
  });
  assert.deepEqual(existsSync(place.path) ? readFileSync(place.path) : null, before);
}
