/** Damaged texts of Gradle lockfiles, CycloneDX XML and SPDX JSON: read or refused within two seconds, and nothing else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { damage, damaged } from '../../test/support/damaged-text.ts';
import { assertSound } from '../../test/support/sound-inventory.ts';
import type { Inventory } from './component.ts';
import { readCyclonedxXml } from './cyclonedx-xml.ts';
import { readGradleLockfile } from './gradle-lockfile.ts';
import { parseJson } from './json-text.ts';
import { readSpdxJson } from './spdx-json.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`../../test/fixtures/inventory/${name}`, import.meta.url), 'utf8');

const KINDS: readonly {
  readonly file: string;
  readonly read: (text: string) => Inventory;
  readonly pieces: readonly string[];
}[] = [
  {
    file: 'shop.gradle.lockfile',
    read: (text) => readGradleLockfile('gradle.lockfile', text),
    pieces: [
      '',
      ':',
      '=',
      ',',
      '\r',
      '\n',
      '::',
      'empty=',
      '<<<<<<< HEAD\n',
      '__proto__:a:1=__proto__\n',
      '\ud800',
      '\u2028',
      '#',
      'a/b',
      '%',
    ],
  },
  {
    file: 'depot.cdx.xml',
    read: (text) => readCyclonedxXml('bom.xml', text),
    pieces: [
      '',
      '<',
      '>',
      '/>',
      '&lt;',
      '&x;',
      ']]>',
      '<![CDATA[',
      '<!--',
      'ref="ui"',
      'bom-ref="',
      'xmlns=""',
      '<component>',
      '</component>',
      'pkg:npm/%',
      '\0',
      '\ud800',
      '<!DOCTYPE a [>',
      'name',
    ],
  },
  {
    file: 'shop.spdx.json',
    read: (text) => readSpdxJson('a.spdx.json', parseJson('a.spdx.json', text)),
    pieces: [
      '',
      '"',
      '{',
      '}',
      ',',
      'null',
      '[]',
      '{}',
      '7',
      '"SPDXRef-shop"',
      'CONTAINS',
      'DEPENDENCY_OF',
      'DocumentRef-',
      'pkg:npm/%',
      '\\ud800',
      '__proto__',
    ],
  },
];

describe('damaged texts', () => {
  for (const { file, read, pieces } of KINDS) {
    it(`are read or refused, and nothing else: ${file}`, () => {
      const text = fixture(file);
      fc.assert(
        fc.property(fc.array(damage(pieces), { minLength: 1, maxLength: 3 }), (damages) => {
          const started = cpuMs();
          assertSound(() => read(damaged(text, damages)));
          assert.ok(cpuMs() - started < 2000);
        }),
        { numRuns: 3000 },
      );
      assert.deepEqual(Object.keys(Object.prototype), []);
    });
  }
});

describe('large documents without a meaning', () => {
  const within = (milliseconds: number, work: () => void): void => {
    const started = cpuMs();
    work();
    assert.ok(cpuMs() - started < milliseconds);
  };

  it('of SPDX take time by their length: circles, and everything in everything', () => {
    const packages = Array.from({ length: 20_000 }, (_, index) => ({
      SPDXID: `SPDXRef-${index}`,
      name: 'x',
      versionInfo: '1.0.0',
      externalRefs: [{ referenceType: 'purl', referenceLocator: `pkg:npm/x${index}` }],
    }));
    const relationships = packages.flatMap(({ SPDXID }, index) =>
      ['DEPENDS_ON', 'CONTAINS', 'DEV_DEPENDENCY_OF', 'CONTAINED_BY'].map((relationshipType, step) => ({
        spdxElementId: SPDXID,
        relationshipType,
        relatedSpdxElement: `SPDXRef-${(index * 7 + step) % packages.length}`,
      })),
    );
    const document = { spdxVersion: 'SPDX-2.3', documentDescribes: ['SPDXRef-0'], packages, relationships };
    within(2000, () => assert.equal(readSpdxJson('a.spdx.json', document).components.length, 19_999));
  });

  it('of CycloneDX XML take time by their length: one component after another, and one long text', () => {
    const bom = (inside: string): string => `<bom xmlns="http://cyclonedx.org/schema/bom/1.5">${inside}</bom>`;
    const many = `<components>${'<component><name>x</name></component>'.repeat(50_000)}</components>`;
    within(4000, () => assert.equal(readCyclonedxXml('bom.xml', bom(many)).components.length, 50_000));
    const long = `<components><component><name>${'x '.repeat(1_000_000)}</name></component></components>`;
    within(2000, () => assert.equal(readCyclonedxXml('bom.xml', bom(long)).components.length, 1));
  });
});
