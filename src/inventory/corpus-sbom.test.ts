/** The real Gradle lockfile of the corpus, and its real SBOMs written anew as XML and as SPDX. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { gradleReference } from '../../test/reference/gradle-reference.ts';
import { CORPUS, NO_CORPUS } from '../../test/support/corpus.ts';
import { cyclonedxAsSpdx } from '../../test/support/cyclonedx-as-spdx.ts';
import { cyclonedxAsXml, type CyclonedxJson } from '../../test/support/cyclonedx-as-xml.ts';
import { saidBy } from '../../test/support/inventory-views.ts';
import type { Component } from './component.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';
import { readCyclonedxXml } from './cyclonedx-xml.ts';
import { readInventories } from './inventory.actions.ts';
import { readSpdxJson } from './spdx-json.ts';

const cwd = join(CORPUS ?? '', 'lockfiles');

describe('the real Gradle lockfile of the corpus', { skip: NO_CORPUS }, () => {
  const file = 'terra-workspace-manager-2021.gradle.lockfile';

  it('gives every module, as a plain reading of its lines does', async () => {
    const { inventories, errors } = await readInventories([file], { cwd, ignore: [] });
    assert.deepEqual(errors, []);
    const components = inventories[0]?.components ?? [];
    const reference = gradleReference(readFileSync(join(cwd, file), 'utf8'));
    assert.deepEqual(
      components.map(({ name, version }) => `${name}@${version}`),
      reference.map(({ name, version }) => `${name}@${version}`),
    );
    // "pkgs" of the corpus' INDEX.md.
    assert.equal(new Set(components.map(({ name, version }) => `${name}@${version}`)).size, 266);
    assert.ok(components.every(({ ecosystem, purl }) => ecosystem === 'Maven' && purl.startsWith('pkg:maven/')));
  });

  it('tells what ships from what does not', async () => {
    const { inventories } = await readInventories([file], { cwd, ignore: [] });
    const components = inventories[0]?.components ?? [];
    const named = (scope: string): string[] =>
      components.flatMap((component) => (component.scope === scope ? [component.name] : []));
    // Counted by hand: `grep -c productionRuntimeClasspath` finds 194; 36 more stand on compileClasspath alone.
    assert.equal(named('production').length, 230);
    assert.deepEqual(named('unknown'), ['io.swagger.codegen.v3:swagger-codegen-cli']);
    assert.equal(named('development').length, 35);
    const reference = gradleReference(readFileSync(join(cwd, file), 'utf8'));
    const forTests = reference.filter(({ configurations }) =>
      configurations.every((name) =>
        ['testCompileClasspath', 'testRuntimeClasspath', 'annotationProcessor', 'testAnnotationProcessor'].includes(
          name,
        ),
      ),
    );
    assert.deepEqual(
      named('development'),
      forTests.map(({ name }) => name),
    );
  });
});

describe('the real SBOMs of the corpus', { skip: NO_CORPUS }, () => {
  for (const file of ['depscan-test-bom.cdx.json', 'keycloak-10.0.2.cdx.json', 'protonmail-webclient-v4.cdx.json']) {
    const document = (): CyclonedxJson => JSON.parse(readFileSync(join(cwd, file), 'utf8')) as CyclonedxJson;

    it(`say in XML what they say in JSON: ${file}`, () => {
      const inventory = readCyclonedxXml(file, cyclonedxAsXml(document()));
      assert.ok(inventory.components.length > 100);
      assert.deepEqual(saidBy(inventory), saidBy(readCyclonedxJson(file, document())));
    });

    it(`say in SPDX what they say in CycloneDX: ${file}`, () => {
      const inventory = saidBy(readSpdxJson(file, cyclonedxAsSpdx(document())));
      const expected = saidBy(readCyclonedxJson(file, document()));
      // SPDX has no word for the scope of a package, and its identifiers have a prefix.
      const comparable = (component: Component): object => ({
        ...component,
        scope: null,
        location: component.location.replace('SPDXRef-', ''),
      });
      assert.deepEqual(inventory.components.map(comparable), expected.components.map(comparable));
      assert.deepEqual(inventory.product, expected.product);
      assert.deepEqual(inventory.gaps, []);
      assert.deepEqual(inventory.edges?.needs, expected.edges?.needs);
      // An entry of CycloneDX that needs nothing is spoken of, and so a beginning; a relationship of SPDX has two ends.
      const { roots, needs } = expected.edges ?? { roots: [], needs: [] };
      assert.deepEqual(
        inventory.edges?.roots ?? [],
        roots.filter((index) => (needs[index] ?? []).length > 0 || expected.components[index]?.direct),
      );
    });
  }
});
