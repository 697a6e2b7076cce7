import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dependencies, dependency, project } from '../../test/support/pom-tree.ts';
import type { Inventory } from '../inventory/component.ts';
import { readCyclonedxJson } from '../inventory/cyclonedx-json.ts';
import { readMavenPom } from '../inventory/maven-pom.ts';
import { standIns } from './standing-in.ts';

const pom = (path: string): Inventory =>
  readMavenPom(
    path,
    project(
      dependencies(
        dependency('org.a:web:1.0'),
        dependency('org.a:open'),
        dependency('org.a:check:1', '<scope>test</scope>'),
      ),
    ),
  );

const sbom = (path: string, ...names: string[]): Inventory =>
  readCyclonedxJson(path, {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: names.map((name) => ({ name, version: '1', purl: `pkg:maven/org.a/${name}@1` })),
  });

const standsIn = (forPath: string, ...others: Inventory[]): string | null | undefined =>
  standIns([...others, pom(forPath)]).get(forPath);

describe('an SBOM stands in for a POM', () => {
  it('that lies beside it, below it, or whose target folder it lies in, when it names all that production asks for', () => {
    assert.equal(standsIn('pom.xml', sbom('bom.json', 'web', 'open', 'deep')), 'bom.json');
    assert.equal(standsIn('a/pom.xml', sbom('a/x.cdx.json', 'web', 'open')), 'a/x.cdx.json');
    assert.equal(standsIn('a/b/pom.xml', sbom('a/bom.json', 'web', 'open')), 'a/bom.json');
    assert.equal(standsIn('a/pom.xml', sbom('a/target/bom.json', 'web', 'open')), 'a/target/bom.json');
    assert.equal(standsIn('pom.xml', sbom('target/bom.json', 'web', 'open')), 'target/bom.json');
  });

  it('and not for one elsewhere, nor when a package is missing in it', () => {
    assert.equal(standsIn('a/pom.xml', sbom('b/bom.json', 'web', 'open')), null);
    assert.equal(standsIn('ab/pom.xml', sbom('a/bom.json', 'web', 'open')), null);
    assert.equal(standsIn('pom.xml', sbom('a/bom.json', 'web', 'open')), null);
    assert.equal(standsIn('pom.xml', sbom('bom.json', 'web')), null);
    assert.equal(standsIn('pom.xml', sbom('bom.json')), null);
    assert.equal(standsIn('pom.xml'), null);
  });

  it('and not when it is partial itself, or no list of what a Java build resolved', () => {
    const whole = sbom('bom.json', 'web', 'open');
    assert.equal(standsIn('pom.xml', { ...whole, coverage: 'direct' }), null);
    assert.equal(standsIn('pom.xml', { ...whole, gaps: ['x'] }), null);
    assert.equal(standsIn('pom.xml', { ...whole, kind: 'package-lock-v3' }), null);
  });

  it('and inputs that leave nothing out need none', () => {
    assert.deepEqual(standIns([sbom('bom.json', 'web')]), new Map());
  });
});
