import assert from 'node:assert/strict';
import test from 'node:test';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { parseInstant } from '../lib/time.ts';
import { affects } from './affects.ts';
import { readOsv } from './osv.ts';
import { orderOf } from './version.ts';

const read = (record: object) => {
  const result = readOsv({ id: 'TEST-1', modified: '2026-01-02T03:04:05Z', ...record });
  assert.ok(result.ok);
  return result.value;
};
const readOne = (element: object, record: object = {}) => {
  const { advisory, dropped } = read({
    ...record,
    affected: [{ package: { ecosystem: 'npm', name: 'x' }, ...element }],
  });
  return { affected: advisory.affected[0]!, dropped };
};
const V31_HIGH = 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N';
const V4_MEDIUM = 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:L/VA:N/SC:N/SI:N/SA:N';

test('a whole record is read with every field in its place', () => {
  const { advisory, dropped } = read({
    schema_version: '1.7.0',
    id: 'GHSA-aaaa-bbbb-cccc',
    aliases: ['CVE-2026-1', 'SNYK-1'],
    related: ['CVE-2026-2'],
    modified: '2026-05-06T07:08:09.123456Z',
    published: '2026-05-01T00:00:00+02:00',
    summary: 'ignored',
    severity: [{ type: 'CVSS_V3', score: V31_HIGH }],
    affected: [
      {
        package: { ecosystem: 'npm', name: '@scope/Name', purl: 'pkg:npm/%40scope/name' },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: 'v1.2.3+build' }] }],
        versions: ['1.0.0', '1.1.0'],
      },
    ],
    references: [
      { type: 'WEB', url: 'https://example.org/a' },
      { type: 'ADVISORY', url: 'https://example.org/advisory' },
    ],
    database_specific: { cwe_ids: ['CWE-79', 'CWE-80'], severity: 'LOW' },
  });
  assert.deepEqual(dropped, []);
  assert.deepEqual(advisory, {
    id: 'GHSA-aaaa-bbbb-cccc',
    aliases: ['CVE-2026-1', 'SNYK-1'],
    modified: parseInstant('2026-05-06T07:08:09.123Z'),
    published: parseInstant('2026-04-30T22:00:00Z'),
    withdrawn: null,
    affected: [
      {
        ecosystem: 'npm',
        name: '@scope/Name',
        ranges: [
          {
            events: [
              { type: 'introduced', version: '0' },
              { type: 'fixed', version: 'v1.2.3+build' },
            ],
          },
        ],
        versions: ['1.0.0', '1.1.0'],
        rating: { severity: 'high', score: 7.5, vector: V31_HIGH },
      },
    ],
    malware: false,
    cwes: ['CWE-79', 'CWE-80'],
    urls: ['https://example.org/advisory', 'https://example.org/a'],
    quality: 'exact',
  });
});

test('only what has no usable id is refused', () => {
  for (const value of [null, undefined, 1, 'GHSA-1', [], [{ id: 'A' }], true]) {
    assert.deepEqual(readOsv(value), { ok: false, error: 'not a JSON object' });
  }
  for (const id of [undefined, null, '', 7, ['A']]) assert.deepEqual(readOsv({ id }), { ok: false, error: 'no id' });
  for (const id of ['A B', 'A\u001b[31m', 'A\nB', 'A'.repeat(257), '\ud800']) {
    const result = readOsv({ id });
    assert.ok(!result.ok && result.error.startsWith('an id that is too long'), JSON.stringify(id));
  }
  assert.ok(readOsv({ id: 'LWA-2026-0053' }).ok);
});

test('a record of nothing but an id is an advisory that matches nothing', () => {
  const result = readOsv({ id: 'X-1' });
  assert.ok(result.ok);
  assert.deepEqual(result.value.dropped, ['modified']);
  assert.deepEqual(result.value.advisory, {
    id: 'X-1',
    aliases: [],
    modified: parseInstant('1970-01-01T00:00:00Z'),
    published: null,
    withdrawn: null,
    affected: [],
    malware: false,
    cwes: [],
    urls: [],
    quality: 'exact',
  });
});

test('a bad time is left out and named; published stands in for modified', () => {
  const { advisory, dropped } = read({
    modified: 'yesterday',
    published: '2026-02-03T00:00:00Z',
    withdrawn: '2026-13-01',
  });
  assert.equal(advisory.modified, parseInstant('2026-02-03T00:00:00Z'));
  assert.equal(advisory.withdrawn, null);
  assert.deepEqual([...dropped].sort(), ['modified', 'withdrawn']);
});

test('a withdrawn record says since when', () => {
  assert.equal(read({ withdrawn: '2026-03-04T05:06:07Z' }).advisory.withdrawn, parseInstant('2026-03-04T05:06:07Z'));
});

test('null and missing fields are the same, and no reason to complain', () => {
  const empty = {
    published: null,
    withdrawn: null,
    aliases: null,
    severity: null,
    references: null,
    database_specific: null,
    affected: [{ package: { ecosystem: 'npm', name: 'x' }, ranges: null, versions: null, severity: null }],
  };
  assert.deepEqual(read(empty).dropped, []);
  assert.deepEqual(read({ affected: null }).dropped, []);
});

test('wrong types cost the field, never the record', () => {
  const { advisory, dropped } = read({
    aliases: 'CVE-1',
    severity: { type: 'CVSS_V3' },
    references: [{ url: 7 }, 'https://example.org', { type: 'FIX', url: 'https://example.org/fix' }],
    database_specific: ['x'],
    affected: [
      7,
      { package: 'npm' },
      {
        package: { ecosystem: 'npm', name: 'good' },
        versions: ['1.0.0', 2, ''],
        ranges: [{ type: 'SEMVER', events: {} }],
      },
    ],
  });
  assert.deepEqual([...dropped].sort(), [
    'affected',
    'affected[].package',
    'affected[].ranges[].events',
    'affected[].versions',
    'aliases',
    'references',
    'severity',
  ]);
  assert.deepEqual(
    advisory.affected.map(({ name, versions, ranges }) => ({ name, versions, ranges })),
    [{ name: 'good', versions: ['1.0.0'], ranges: [] }],
  );
  assert.deepEqual(advisory.urls, ['https://example.org/fix']);
});

test('aliases are kept once, without the id itself; related ids are no aliases', () => {
  const { advisory, dropped } = read({ aliases: ['CVE-1', 'TEST-1', 'CVE-1', 'MAL 2', 3], related: ['CVE-9'] });
  assert.deepEqual(advisory.aliases, ['CVE-1']);
  assert.deepEqual(dropped, ['aliases']);
});

test('a version range that stands after a GIT range is read', () => {
  const { affected, dropped } = readOne({
    ranges: [
      { type: 'GIT', repo: 'https://example.org/x', events: [{ introduced: '0' }, { fixed: 'a'.repeat(40) }] },
      { type: 'SEMVER', events: [{ introduced: '1.0.0' }, { fixed: '1.4.0' }] },
    ],
  });
  assert.deepEqual(dropped, []);
  assert.equal(affected.ranges.length, 1);
  assert.equal(affects(affected, '1.3.0', orderOf('npm')), true);
  assert.equal(affects(affected, '1.4.0', orderOf('npm')), false);
});

test('a GIT range alone matches no version', () => {
  const { affected } = readOne({ ranges: [{ type: 'GIT', events: [{ introduced: '0' }] }] });
  assert.equal(affects(affected, '1.0.0', orderOf('npm')), false);
});

test('SEMVER and ECOSYSTEM ranges are read alike, and an unknown type is named', () => {
  const events = [{ introduced: '1.0' }, { fixed: '1.0.1.Final' }];
  const { affected, dropped } = readOne({
    package: { ecosystem: 'Maven', name: 'g:a' },
    ranges: [{ type: 'SEMVER', events }, { type: 'ECOSYSTEM', events }, { type: 'DATE', events }, { events }],
  });
  assert.equal(affected.ranges.length, 2);
  assert.deepEqual(dropped, ['affected[].ranges[].type']);
  assert.equal(affects(affected, '1.0.1-SNAPSHOT', orderOf('Maven')), true);
  assert.equal(affects(affected, '1.0.1', orderOf('Maven')), false);
});

test('an event object with several keys is several events, introduced first', () => {
  const { affected } = readOne({
    ranges: [{ type: 'SEMVER', events: [{ limit: '3.0.0', fixed: '2.0.0', introduced: '1.0.0', other: 'x' }] }],
  });
  assert.deepEqual(affected.ranges[0]!.events, [
    { type: 'introduced', version: '1.0.0' },
    { type: 'fixed', version: '2.0.0' },
    { type: 'limit', version: '3.0.0' },
  ]);
});

test('a record that only enumerates versions is read with them', () => {
  const { affected } = readOne({ versions: ['1.0.7'] });
  assert.equal(affects(affected, '1.0.7', orderOf('npm')), true);
  assert.equal(affects(affected, '1.0.8', orderOf('npm')), false);
});

test('the suffix of an ecosystem is cut at the first colon', () => {
  const named = (ecosystem: string) => readOne({ package: { ecosystem, name: 'g:a' } }).affected.ecosystem;
  assert.equal(named('Maven:https://maven.google.com:443/x'), 'Maven');
  assert.equal(named('npm'), 'npm');
  assert.equal(named('Root:npm'), 'Root');
});

test('a package without names is named by its purl', () => {
  const packageOf = (purl: unknown) =>
    read({ affected: [{ package: { purl } }] }).advisory.affected.map(({ ecosystem, name }) => [ecosystem, name])[0];
  assert.deepEqual(packageOf('pkg:npm/lodash'), ['npm', 'lodash']);
  assert.deepEqual(packageOf('pkg:npm/%40scope/name@1.0.0'), ['npm', '@scope/name']);
  assert.deepEqual(packageOf('pkg:maven/org.example/art'), ['Maven', 'org.example:art']);
  for (const purl of ['pkg:npm/', 'npm/lodash', 'pkg:maven/art', 'pkg:cargo/x', '', 7, null, 'pkg:npm/%E0%A4%A']) {
    assert.equal(packageOf(purl), undefined, String(purl));
  }
});

test("a package's own severity stands for the record's", () => {
  const record = { severity: [{ type: 'CVSS_V4', score: V4_MEDIUM }], database_specific: { severity: 'LOW' } };
  const own = { severity: [{ type: 'CVSS_V3', score: V31_HIGH }] };
  assert.deepEqual(readOne(own, record).affected.rating, { severity: 'high', score: 7.5, vector: V31_HIGH });
  assert.deepEqual(readOne({}, record).affected.rating, { severity: 'medium', score: 6.9, vector: V4_MEDIUM });
  assert.equal(readOne({ severity: [{ score: 'broken' }] }, record).affected.rating.score, 6.9);
});

test('without a vector the label of the package counts, then the label of the database', () => {
  const record = { database_specific: { severity: 'MODERATE' } };
  assert.equal(readOne({}, record).affected.rating.severity, 'medium');
  assert.equal(readOne({ ecosystem_specific: { severity: 'HIGH' } }, record).affected.rating.severity, 'high');
  assert.equal(readOne({ severity: [{ type: 'Ubuntu', score: 'low' }] }, record).affected.rating.severity, 'low');
  assert.equal(readOne({}).affected.rating.severity, 'unscored');
});

test('malicious code is recognised by id, alias, weakness and the marks of its databases', () => {
  const isMalware = (record: object) => read(record).advisory.malware;
  assert.equal(isMalware({ id: 'MAL-2026-1' }), true);
  assert.equal(isMalware({ aliases: ['MAL-2026-1'] }), true);
  assert.equal(isMalware({ database_specific: { cwe_ids: ['CWE-506'] } }), true);
  assert.equal(isMalware({ affected: [{ database_specific: { cwes: [{ cweId: 'CWE-506', name: 'x' }] } }] }), true);
  assert.equal(isMalware({ database_specific: { 'malicious-packages-origins': [] } }), true);
  assert.equal(isMalware({ database_specific: { leitwacht: { category: 'malware' } } }), true);
  assert.equal(isMalware({ related: ['MAL-2026-1'], database_specific: { cwe_ids: ['CWE-5060'] } }), false);
  assert.equal(isMalware({ database_specific: { leitwacht: { category: 'research_poc' } } }), false);
});

test('links are https only, advisory and fix first, three at most', () => {
  const { advisory } = read({
    references: [
      { type: 'WEB', url: 'https://example.org/web' },
      { type: 'ADVISORY', url: 'http://example.org/plain' },
      { type: 'PACKAGE', url: 'https://example.org/package' },
      { type: 'FIX', url: 'https://example.org/fix' },
      { type: 'FIX', url: 'javascript:alert(1)' },
      { type: 'FIX', url: 'https://example.org/a"><script>' },
      { type: 'FIX', url: 'https://example.org/\u001b[31m' },
      { type: 'ADVISORY', url: 'https://example.org/advisory' },
      { type: 'ADVISORY', url: 'https://example.org/advisory' },
    ],
  });
  assert.deepEqual(advisory.urls, [
    'https://example.org/advisory',
    'https://example.org/fix',
    'https://example.org/package',
  ]);
});

test('ranges read from a text are marked as such', () => {
  const quality = (range_quality: unknown) =>
    read({ database_specific: { holdfast: { range_quality } } }).advisory.quality;
  assert.equal(quality('derived-from-text'), 'derived');
  assert.equal(quality('derived-from-text (multi-branch)'), 'derived');
  assert.equal(quality('derived-from-title (exact version)'), 'derived');
  assert.equal(quality('exact'), 'exact');
  assert.equal(quality(7), 'exact');
});

test('oversized names and versions are left out and named', () => {
  const { advisory, dropped } = read({
    affected: [
      { package: { ecosystem: 'npm', name: 'x'.repeat(600) }, versions: ['1.0.0'] },
      { package: { ecosystem: 'npm', name: 'y' }, versions: ['1'.repeat(2000), '1.0.0', 'a\u0000b'] },
    ],
  });
  assert.deepEqual(
    advisory.affected.map(({ name, versions }) => [name, versions]),
    [['y', ['1.0.0']]],
  );
  assert.deepEqual([...dropped].sort(), ['affected[].package', 'affected[].versions']);
});

test('keys of the object prototype are data like any other', () => {
  const value: unknown = JSON.parse(
    '{"id":"X-1","modified":"2026-01-01T00:00:00Z","__proto__":{"withdrawn":"2026-01-01T00:00:00Z"},' +
      '"affected":[{"package":{"ecosystem":"npm","name":"__proto__"},"versions":["constructor"],"__proto__":{"ranges":7}}]}',
  );
  const result = readOsv(value);
  assert.ok(result.ok);
  assert.equal(result.value.advisory.withdrawn, null);
  assert.equal(result.value.advisory.affected[0]!.name, '__proto__');
  assert.deepEqual(result.value.dropped, []);
});

test('a record of many packages and many severities is read in time', () => {
  const severity = Array.from({ length: 3000 }, (_, at) => ({ type: 'CVSS_V3', score: `CVSS:3.1/AV:${at}` }));
  const affected = Array.from({ length: 30_000 }, (_, at) => ({ package: { ecosystem: 'npm', name: `p${at}` } }));
  const start = cpuMs();
  assert.equal(read({ severity, affected }).advisory.affected.length, 30_000);
  // Rating every package by every vector takes half a minute.
  assert.ok(cpuMs() - start < 5000);
});
