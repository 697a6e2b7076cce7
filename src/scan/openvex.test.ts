import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openvexProblems } from '../../test/support/output-schemas.ts';
import { DECIDED, decision, finding, inventory, NOW, report } from '../../test/support/scan-example.ts';
import type { Inventory } from '../inventory/component.ts';
import type { Issue } from './cyclonedx-bom.ts';
import { scanToOpenvex } from './openvex.ts';
import type { ScanReport } from './scan-report.ts';

const ISSUE: Issue = { at: NOW, toolVersion: '0.1.0', organisation: 'Beispiel Apps GmbH', folder: 'work', prod: false };

interface Vex {
  '@id': string;
  author: string;
  role: string;
  timestamp: string;
  tooling: string;
  statements: {
    products: { '@id': string; subcomponents: { '@id': string }[] }[];
    status: string;
    status_notes: string;
    justification?: string;
    impact_statement?: string;
    action_statement?: string;
  }[];
}

/** Every document of these tests keeps the rules of the specification. */
function vexOf(
  scan: Partial<ScanReport>,
  inventories: readonly Inventory[] = [inventory({})],
  issue: Partial<Issue> = {},
): Vex {
  const vex = scanToOpenvex(report(scan), inventories, { ...ISSUE, ...issue });
  assert.deepEqual(openvexProblems(JSON.parse(JSON.stringify(vex))), []);
  return vex as unknown as Vex;
}

describe('an OpenVEX document of a scan', () => {
  it('says of a finding that nobody has decided on that it is being looked into, never that it is harmless', () => {
    const [statement] = vexOf({ findings: [finding({})] }).statements;
    assert.deepEqual(statement, {
      vulnerability: {
        '@id': 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
        name: 'GHSA-aaaa-bbbb-cccc',
        aliases: ['CVE-2026-10001'],
      },
      products: [
        {
          '@id': 'pkg:npm/shop@4.18.2',
          identifiers: { purl: 'pkg:npm/shop@4.18.2' },
          subcomponents: [{ '@id': 'pkg:npm/plank@1.0.0', identifiers: { purl: 'pkg:npm/plank@1.0.0' } }],
        },
      ],
      status: 'under_investigation',
      status_notes:
        "The component's version is an affected one; whether the product can be attacked through it has not been decided. Reported by holdfast.",
    });
  });

  it('gives each status what the specification asks for, and an accepted risk the status affected', () => {
    const said = vexOf({ findings: DECIDED }).statements.map((item) => {
      const grounds = item.justification ?? item.impact_statement ?? item.action_statement ?? '';
      return `${item.products[0]?.subcomponents[0]?.['@id'].replace(/^pkg:npm\/|@.*$/g, '')}: ${item.status}: ${grounds}`;
    });
    assert.deepEqual(said, [
      'undecided: under_investigation: ',
      'malicious: affected: Remove malicious 1.0.0. It is malicious: replace every secret that was within its reach where it was installed.',
      'planned: affected: Upgrade planned from 1.0.0 to 1.0.1. Planned until 2027-02-20.',
      'late: affected: Upgrade late from 1.0.0 to 1.0.1. Planned until 2026-11-01. This decision expired on 2026-11-01 and no longer counts.',
      'unused: not_affected: vulnerable_code_not_in_execute_path',
      'unexplained: not_affected: The template function is never called.',
      'unused-lapsed: under_investigation: ',
      'unused-unapproved: under_investigation: ',
      'inline: not_affected: inline_mitigations_already_exist',
      'outside: affected: The proxy blocks it. This mitigation is reviewed by 2027-02-20.',
      'mitigated-lapsed: under_investigation: ',
      'accepted: affected: The supplier has accepted the risk until 2027-02-20 and does not fix it until then. Upgrade accepted from 1.0.0 to 1.0.1.',
      "accepted-lapsed: affected: The supplier's acceptance of the risk does not hold, and has to be decided anew. Upgrade accepted-lapsed from 1.0.0 to 1.0.1.",
      "accepted-unapproved: affected: The supplier's acceptance of the risk does not hold, and has to be decided anew. Upgrade accepted-unapproved from 1.0.0 to 1.0.1.",
      'other: not_affected: component_not_present',
      'other-unexplained: not_affected: Another package.',
    ]);
  });

  it('says who decided, until when and why, and who reported it', () => {
    const found = finding({
      decision: decision({ state: 'accepted', approvedBy: 'Jonas B.', reason: 'Office only.' }),
      sources: [
        { tool: 'holdfast', report: '', ids: [], evidence: [] },
        { tool: 'npm-audit', report: 'audit.json', ids: [], evidence: [] },
      ],
      derived: true,
    });
    assert.equal(
      vexOf({ findings: [found] }).statements[0]?.status_notes,
      'Risk accepted, decided on 2026-11-20 by Anke M., approved by Jonas B., until 2027-02-20: Office only. Reported by holdfast, npm-audit. ' +
        "The affected versions were read from the advisory's text and may be wrong.",
    );
  });

  it('names the author, and claims to be nobody where holdfast.yaml names no organisation', () => {
    assert.deepEqual([vexOf({}).author, vexOf({}).role], ['Beispiel Apps GmbH', 'Supplier']);
    const nobody = vexOf({}, [], { organisation: null });
    assert.deepEqual([nobody.author, nobody.role], ['Holdfast scan', 'Automated scanner']);
    assert.equal(nobody.tooling, 'holdfast 0.1.0, advisories as of 2026-11-22');
  });

  it('states nothing where nothing was found', () => {
    assert.deepEqual(vexOf({}).statements, []);
  });

  it('names every product whose input holds the component, each once, and the folder for what only a report names', () => {
    const lock = (path: string, name: string): Inventory => inventory({ path, product: { name, version: '1.0.0' } });
    const inventories = [lock('a/yarn.lock', 'a'), lock('b/yarn.lock', 'b'), lock('b/package-lock.json', 'b')];
    const products = (inputs: readonly string[]): readonly string[] =>
      vexOf({ findings: [finding({ inputs })] }, inventories).statements[0]?.products.map((item) => item['@id']) ?? [];
    assert.deepEqual(products(['a/yarn.lock', 'b/yarn.lock', 'b/package-lock.json']), [
      'pkg:npm/a@1.0.0',
      'pkg:npm/b@1.0.0',
    ]);
    assert.deepEqual(products(['dependency-check.xml']), ['pkg:generic/work']);
  });

  it('has the same bytes for the same scan but for the time, and another name for other statements', () => {
    const first = vexOf({ findings: [finding({})] });
    const later = vexOf({ findings: [finding({})] }, undefined, { at: (NOW + 1_000) as Issue['at'] });
    assert.deepEqual({ ...later, timestamp: first.timestamp }, first);
    assert.notEqual(
      vexOf({ findings: [finding({ kev: true, fixed: [], decision: decision({}) })] })['@id'],
      first['@id'],
    );
  });
});
