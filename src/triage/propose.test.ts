/** What each format of ignores proposes, and what of it is named as lost. The fixtures are written by us after the tools' documents. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { detectIgnores, READERS, type IgnoreFormat } from './detect-ignores.ts';

const fixture = (name: string) => readFileSync(join('test', 'fixtures', 'triage', name), 'utf8');

function read(format: IgnoreFormat, text: string) {
  const imported = READERS[format](text);
  if (!imported.ok) assert.fail(JSON.stringify(imported.error));
  return {
    /** Line, ids, package, reason, end. */
    said: imported.value.proposals.map(({ line, ids, package: purl, reason, expires }) => [
      line,
      ids,
      purl,
      reason,
      expires,
    ]),
    lost: imported.value.proposals.map(({ lost }) => lost),
    decisions: imported.value.proposals.map(({ decision, justification }) => [decision, justification]),
    left: imported.value.left,
  };
}
const issueOf = (format: IgnoreFormat, text: string) => {
  const imported = READERS[format](text);
  return imported.ok ? null : `${imported.error.line}: ${imported.error.message}`;
};

const PROXY = 'the proxy refuses such requests';

describe('a file of ignores', () => {
  it('is recognised by what stands in it, whatever it is called', () => {
    const formats: readonly (readonly [string, IgnoreFormat])[] = [
      ['shop.snyk', 'snyk'],
      ['shop.nsprc', 'nsprc'],
      ['audit-ci.jsonc', 'audit-ci'],
      ['osv-scanner.toml', 'osv-scanner'],
      ['shop.trivyignore', 'trivyignore'],
      ['trivyignore.yaml', 'trivyignore-yaml'],
      ['grype.yaml', 'grype'],
      ['suppressions.xml', 'dependency-check'],
      ['shop.openvex.json', 'openvex'],
    ];
    for (const [name, format] of formats) {
      assert.equal(
        detectIgnores('anything.txt', name === 'shop.trivyignore' ? 'CVE-2026-1001\n' : fixture(name)),
        format,
        name,
      );
    }
    assert.equal(detectIgnores('x.openvex.json', fixture('shop.nsprc')), 'nsprc');
    assert.equal(detectIgnores('.trivyignore', fixture('shop.trivyignore')), 'trivyignore');
  });

  it('of no known kind is not recognised; a damaged one goes by its name', () => {
    for (const text of ['', 'hello world\n', '{"a": 1}', '<project/>', 'a: 1\n', '- 1\n', 'decisions: []\n'])
      assert.equal(detectIgnores('notes.txt', text), null, text);
    assert.equal(detectIgnores('a/.nsprc', '{"a": '), 'nsprc');
    assert.equal(detectIgnores('a\\.snyk', ': ['), 'snyk');
  });
});

describe('.snyk', () => {
  it('proposes an answer for each path, and names Snyk’s ids, paths and missing reasons and ends', () => {
    const { said, lost, left } = read('snyk', fixture('shop.snyk'));
    assert.deepEqual(said, [
      [6, ['SNYK-JS-LEAKY-1000001'], 'pkg:npm/leaky@1.0.0', PROXY, '2027-02-25'],
      [11, ['CVE-2026-1002'], null, null, null],
    ]);
    assert.deepEqual(lost, [
      [
        'the dependency path "web > shop-kit@2.1.0 > leaky@1.0.0": a decision speaks of a package, however it came in',
        'the id is Snyk’s own; write the CVE or GHSA id of the same problem',
      ],
      ['it has no end', 'it has no reason'],
    ]);
    assert.deepEqual(left, [
      'line 17: "patch" holds patches, which are no decisions.',
      'line 13: "npm:dribble:20151024" is an id of Snyk before 2018 and names no advisory elsewhere.',
    ]);
  });

  it('with an end that is no day keeps none, and says so', () => {
    const { said, lost } = read(
      'snyk',
      'ignore:\n  CVE-2026-1:\n    - "*":\n        reason: r\n        expires: soon\n',
    );
    assert.deepEqual(said, [[3, ['CVE-2026-1'], null, 'r', null]]);
    assert.deepEqual(lost, [['its end "soon" is no day']]);
  });
});

describe('.nsprc', () => {
  it('proposes what is active, with ends in milliseconds or as a day, and leaves numbers and CWEs', () => {
    const { said, left } = read('nsprc', fixture('shop.nsprc'));
    assert.deepEqual(said, [
      [3, ['GHSA-aaaa-bbbb-cccc'], null, PROXY, '2027-03-01'],
      [8, ['GHSA-dddd-eeee-ffff'], null, 'it only drips', null],
    ]);
    assert.deepEqual(left, [
      'line 2: "1337" is a number of the old npm registry and names no advisory elsewhere.',
      'line 9: "GHSA-gggg-hhhh-jjjj" is switched off (active: false).',
      'line 10: "CWE-471" is a class of weaknesses, not an advisory.',
    ]);
  });

  it('that is no JSON is refused at its place', () => {
    assert.equal(issueOf('nsprc', '{\n  "GHSA-aaaa-bbbb-cccc" "x"\n}'), '2: expected ":" after a key');
    assert.equal(issueOf('nsprc', '{"a": "b'), '1: a text in quotes does not end');
  });
});

describe('audit-ci', () => {
  it('proposes ids with their paths, and never a module with all its findings', () => {
    const { said, lost, left } = read('audit-ci', fixture('audit-ci.jsonc'));
    assert.deepEqual(said, [
      [5, ['GHSA-dddd-eeee-ffff'], null, null, null],
      [6, ['GHSA-aaaa-bbbb-cccc'], 'pkg:npm/leaky', null, null],
      [9, ['GHSA-kkkk-llll-mmmm'], null, 'no input from outside', '2027-03-01'],
    ]);
    assert.match(lost[1]?.join() ?? '', /the path "shop-kit>leaky"/);
    assert.equal(left.length, 2);
    assert.match(left[0] ?? '', /^line 7: "shop-kit" allows every finding of a module or path/);
  });

  it('reads JSON5: single quotes, keys without quotes, comments and hexadecimal numbers', () => {
    const { said } = read(
      'audit-ci',
      "/* ours */ {high: true, 'allowlist': ['GHSA-aaaa-bbbb-cccc', {'CVE-2026-1': {notes: 'a\\\n b', expiry: 0x10}}]}",
    );
    assert.deepEqual(said, [
      [1, ['GHSA-aaaa-bbbb-cccc'], null, null, null],
      [1, ['CVE-2026-1'], null, 'a b', '1970-01-01'],
    ]);
  });
});

describe('osv-scanner.toml', () => {
  it('proposes ignored vulnerabilities and leaves whole packages', () => {
    const { said, lost, left } = read('osv-scanner', fixture('osv-scanner.toml'));
    assert.deepEqual(said, [
      [2, ['GHSA-aaaa-bbbb-cccc'], null, PROXY, '2027-01-15'],
      [9, ['CVE-2026-1002'], null, null, null],
    ]);
    assert.deepEqual(lost[1], ['it has no end', 'it has no reason']);
    assert.match(left[0] ?? '', /^line 12: "shop-kit" ignores every finding of a package/);
  });

  it('names no line where a head stands inside of a text, and refuses what is no TOML', () => {
    const { said } = read('osv-scanner', '[[IgnoredVulns]]\nid = "CVE-2026-1"\nreason = """\n[[IgnoredVulns]]\n"""\n');
    assert.equal(said[0]?.[0], null);
    assert.match(issueOf('osv-scanner', '[[IgnoredVulns]]\nid = \n') ?? '', /^2: /);
  });
});

describe('.trivyignore', () => {
  it('proposes each id with its end, and leaves checks of other kinds', () => {
    const { said, left } = read('trivyignore', fixture('shop.trivyignore'));
    assert.deepEqual(said, [
      [2, ['CVE-2026-1001'], null, null, '2027-02-01'],
      [4, ['CVE-2026-1002'], null, null, null],
    ]);
    assert.deepEqual(left, ['line 5: "AVD-AWS-0001" names no vulnerability.']);
  });

  it('in YAML proposes one answer for each package, and names paths as lost', () => {
    const { said, lost, left } = read('trivyignore-yaml', fixture('trivyignore.yaml'));
    assert.deepEqual(said, [
      [2, ['CVE-2026-1001'], 'pkg:npm/leaky@1.0.0', PROXY, '2027-02-01'],
      [2, ['CVE-2026-1001'], 'pkg:npm/leaky-extra', PROXY, '2027-02-01'],
      [8, ['CVE-2026-1002'], null, null, null],
    ]);
    assert.deepEqual(lost[2], ['it has no end', 'it has no reason', 'the path "app/node_modules/**"']);
    assert.deepEqual(left, ['line 11: "misconfigurations" is about something other than vulnerabilities.']);
  });
});

describe('.grype.yaml', () => {
  it('carries VEX words over, names conditions as lost, and leaves rules without a vulnerability', () => {
    const { said, lost, decisions, left } = read('grype', fixture('grype.yaml'));
    assert.deepEqual(said, [
      [3, ['CVE-2026-1001'], 'pkg:npm/leaky@1.0.0', 'the code is not called', null],
      [12, ['CVE-2026-1002'], null, null, null],
    ]);
    assert.deepEqual(decisions, [
      ['not_affected', 'vulnerable_code_not_in_execute_path'],
      [null, null],
    ]);
    assert.deepEqual(lost, [
      ['it has no end', 'location "/app/node_modules/**"'],
      [
        'it has no end',
        'it has no reason',
        'fix-state "unknown"',
        'the package "deb drippy-lib", which gives no package URL',
      ],
    ]);
    assert.deepEqual(left, ['line 17: "package" ignores more than one vulnerability by a rule; decide on each.']);
  });
});

describe('Dependency-Check suppressions', () => {
  it('read a pattern only where it spells one package, and never match by CPE', () => {
    const { said, lost, left } = read('dependency-check', fixture('suppressions.xml'));
    const notes = 'file name: shop-core-1.2.jar the parser is switched off';
    assert.deepEqual(said, [
      [3, ['CVE-2026-1003'], 'pkg:maven/org.example.shop/shop-core', notes, '2027-01-31'],
      [3, ['CVE-2026-1004'], 'pkg:maven/org.example.shop/shop-core', notes, '2027-01-31'],
      [12, ['CVE-2026-1005'], null, null, null],
      [17, ['CVE-2026-1006'], 'pkg:maven/org.example/shop-api@2.0', null, null],
    ]);
    assert.deepEqual(lost[2], [
      'it has no end',
      'it has no reason',
      'cpe "cpe:/a:example:shop"',
      'packageUrl "^pkg:maven/org.example.*/.*@.*$"',
    ]);
    assert.deepEqual(left, [
      'line 21: "cpe "cpe:/a:example:other"" names no vulnerability; decide on each that it hides.',
    ]);
  });

  it('with entities of their own are refused', () => {
    assert.match(issueOf('dependency-check', '<!DOCTYPE a [<!ENTITY x "y">]><suppressions/>') ?? '', /document type/);
  });
});

describe('OpenVEX', () => {
  it('lets the latest statement speak, and proposes neither what is fixed nor what is investigated', () => {
    const { said, decisions, lost, left } = read('openvex', fixture('shop.openvex.json'));
    assert.deepEqual(said, [
      [13, ['CVE-2026-1001', 'GHSA-aaaa-bbbb-cccc'], 'pkg:npm/leaky@1.0.0', 'the parser is never called', null],
      [21, ['CVE-2026-1002'], 'pkg:npm/drippy', 'update to 1.0.1', null],
      [32, ['CVE-2026-1004'], null, null, null],
    ]);
    assert.deepEqual(decisions, [
      ['not_affected', 'vulnerable_code_not_in_execute_path'],
      [null, null],
      ['not_affected', null],
    ]);
    assert.deepEqual(lost[0], ['it has no end', 'it speaks of the product "pkg:npm/shop@1.0.0"']);
    assert.deepEqual(lost[2], [
      'it has no end',
      'it has no reason',
      'the justification "because_we_say_so"',
      '"https://shop.example/product", which is no package URL',
    ]);
    assert.deepEqual(left, [
      'line 27: "CVE-2026-1003" is said to be fixed; a scan shows by itself whether it is gone.',
    ]);
  });

  it('goes by time, not by place, and takes the later place of one moment', () => {
    const document = (first: string, second: string) =>
      JSON.stringify({
        '@context': 'https://openvex.dev/ns/v0.2.0',
        timestamp: '2026-11-01T00:00:00Z',
        statements: [
          { vulnerability: { name: 'CVE-2026-1' }, products: ['pkg:npm/a'], status: 'not_affected', timestamp: first },
          { vulnerability: 'CVE-2026-1', products: [{ '@id': 'pkg:npm/a' }], status: 'fixed', last_updated: second },
        ],
      });
    assert.equal(read('openvex', document('2026-11-03T00:00:00Z', '2026-11-02T00:00:00Z')).said.length, 1);
    assert.equal(read('openvex', document('2026-11-02T00:00:00Z', '2026-11-03T00:00:00Z')).said.length, 0);
    assert.equal(read('openvex', document('2026-11-02T00:00:00Z', '2026-11-02T00:00:00Z')).said.length, 0);
  });
});
