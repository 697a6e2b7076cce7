import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInstant, type Instant } from '../lib/time.ts';
import type { SyncState } from './index-layout.ts';
import { archiveUrl, isEcosystem, listUrl, recordUrl } from './osv-bucket.ts';
import { builtTime, clockWarnings, isWithoutRecords, planSync, type Standing, type Wanted } from './sync-plan.ts';
import { chooseSettings, type SyncFlags } from './sync-settings.ts';

const at = (text: string): Instant => parseInstant(text) as Instant;
const now = at('2026-11-24T12:00:00Z');
const cursor = { modified: '2026-11-24T10:00:00Z', etag: null, checkedAt: '2026-11-24T11:00:00Z' };
const last: SyncState = {
  base: 'https://osv.example',
  fullAt: '2026-11-01T12:00:00Z',
  cursors: { npm: cursor, Maven: cursor },
  kev: { url: 'https://kev.example/kev.json', checkedAt: '2026-11-24T11:00:00Z' },
  epss: null,
};
const wanted: Wanted = { base: 'https://osv.example', ecosystems: ['Maven', 'npm'], full: false };
const sound: Standing = { state: 'sound', sync: last, muchDead: false };

describe('the plan of a sync', () => {
  const why = (more: Partial<Wanted>, standing: Standing = sound, moment = now): string => {
    const plan = planSync({ ...wanted, ...more }, standing, moment);
    return plan.mode === 'full' ? plan.why : plan.mode;
  };

  it('fetches what changed where the index came from the same source for the same ecosystems', () => {
    assert.deepEqual(planSync(wanted, sound, now), { mode: 'delta', last });
  });

  it('fetches everything for each of its reasons', () => {
    assert.equal(why({ full: true }), 'asked-for');
    assert.equal(why({}, { state: 'missing' }), 'no-index');
    assert.equal(why({}, { state: 'unreadable' }), 'unreadable-index');
    assert.equal(why({}, { ...sound, sync: null }), 'never-synced');
    assert.equal(why({ base: 'https://other.example' }), 'other-source');
    assert.equal(why({ ecosystems: ['npm'] }), 'other-ecosystems');
    assert.equal(why({ ecosystems: ['npm', 'PyPI'] }), 'other-ecosystems');
    assert.equal(why({}, { ...sound, muchDead: true }), 'much-dead');
    assert.equal(why({}, { ...sound, sync: { ...last, fullAt: 'nonsense' } }), 'monthly');
  });

  it('fetches everything every 30 days, and not a second before', () => {
    assert.equal(why({}, sound, at('2026-12-01T11:59:59Z')), 'delta');
    assert.equal(why({}, sound, at('2026-12-01T12:00:00Z')), 'monthly');
  });

  it('knows a source without single records from a few that are gone', () => {
    assert.deepEqual(
      [isWithoutRecords(20, 20), isWithoutRecords(21, 21), isWithoutRecords(30, 60), isWithoutRecords(31, 60)],
      [false, true, false, true],
    );
  });
});

describe('the clock of this machine', () => {
  it('is doubted when it is before the last index, or more than a day before the newest record', () => {
    assert.deepEqual(clockWarnings(now, at('2026-11-25T12:00:00Z'), now), []);
    assert.deepEqual(clockWarnings(now, at('2026-11-25T12:00:01Z'), at('2026-11-24T12:00:01Z')), [
      { clock: 'before-last-index', at: at('2026-11-24T12:00:01Z') },
      { clock: 'before-newest-record', at: at('2026-11-25T12:00:01Z') },
    ]);
    assert.deepEqual(clockWarnings(now, null, null), []);
  });

  it('never sets the time of building back', () => {
    assert.equal(builtTime(now, at('2026-11-25T00:00:00Z')), at('2026-11-25T00:00:00Z'));
    assert.equal(builtTime(now, at('2026-11-23T00:00:00Z')), now);
    assert.equal(builtTime(now, null), now);
  });
});

describe('the settings of a sync', () => {
  const none: SyncFlags = { from: null, ecosystems: [], kev: null, epss: null };
  const env = {
    HOLDFAST_OSV_URL: 'https://env.example',
    HOLDFAST_KEV_URL: 'https://env.example/kev',
    HOLDFAST_EPSS_URL: '/data/epss.csv',
  };

  it("are OSV's bucket with npm and Maven and no feeds when nobody says anything", () => {
    assert.deepEqual(chooseSettings(none, {}, null), {
      base: { text: 'https://osv-vulnerabilities.storage.googleapis.com', by: 'default' },
      ecosystems: ['npm', 'Maven'],
      kev: null,
      epss: null,
    });
  });

  it('come from flags before the environment before the last sync', () => {
    const flags: SyncFlags = {
      from: 'https://flag.example',
      ecosystems: ['PyPI', 'PyPI'],
      kev: 'kev.json',
      epss: 'e.csv',
    };
    assert.deepEqual(chooseSettings(flags, env, last), {
      base: { text: 'https://flag.example', by: '--from' },
      ecosystems: ['PyPI'],
      kev: { text: 'kev.json', by: '--kev' },
      epss: { text: 'e.csv', by: '--epss' },
    });
    assert.deepEqual(chooseSettings(none, env, last), {
      base: { text: 'https://env.example', by: 'HOLDFAST_OSV_URL' },
      ecosystems: ['npm', 'Maven'],
      kev: { text: 'https://env.example/kev', by: 'HOLDFAST_KEV_URL' },
      epss: { text: '/data/epss.csv', by: 'HOLDFAST_EPSS_URL' },
    });
    assert.deepEqual(chooseSettings(none, { HOLDFAST_OSV_URL: '' }, last), {
      base: { text: 'https://osv.example', by: 'last sync' },
      ecosystems: ['npm', 'Maven'],
      kev: { text: 'https://kev.example/kev.json', by: 'last sync' },
      epss: null,
    });
  });

  it('name the public addresses of feeds that were asked for without one', () => {
    const { kev, epss } = chooseSettings({ ...none, kev: true, epss: true }, {}, null);
    assert.equal(kev?.text, 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json');
    assert.equal(epss?.text, 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz');
  });

  it('do not look for a file again whose folder nobody remembers', () => {
    assert.equal(chooseSettings(none, {}, { ...last, kev: { url: 'file:kev.json', checkedAt: '' } }).kev, null);
  });
});

describe('addresses in a bucket', () => {
  it('have each part written as one segment', () => {
    assert.equal(archiveUrl('https://osv.example/m', 'Red Hat'), 'https://osv.example/m/Red%20Hat/all.zip');
    assert.equal(listUrl('https://osv.example', 'npm'), 'https://osv.example/npm/modified_id.csv');
    assert.equal(recordUrl('https://osv.example', 'npm', 'DSA-1:2'), 'https://osv.example/npm/DSA-1%3A2.json');
  });

  it('are made of the names of ecosystems only', () => {
    for (const name of ['npm', 'crates.io', 'Red Hat', 'Debian:12']) assert.ok(isEcosystem(name), name);
    for (const name of ['', '..', 'a..b', 'npm/x', '.npm', 'n\u0000', '__proto__', 'x'.repeat(65)])
      assert.ok(!isEcosystem(name), name);
  });
});
