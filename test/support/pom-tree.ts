/** POMs in memory, as if they lay in a folder: paths to texts, read as a scan reads them. */
import assert from 'node:assert/strict';
import { posix } from 'node:path';
import type { Inventory } from '../../src/inventory/component.ts';
import { readPom, type Pom } from '../../src/inventory/maven-pom-model.ts';
import { mavenReader } from '../../src/inventory/maven-pom.ts';

/** Writes a POM of model 4.0.0 around elements; artifact and version are those of most tests. */
export const project = (inside: string, { artifact = 'shop', version = '1.0' } = {}): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0">\n<modelVersion>4.0.0</modelVersion>\n` +
  `<groupId>org.example</groupId><artifactId>${artifact}</artifactId>${version === '' ? '' : `<version>${version}</version>`}\n${inside}\n</project>`;

/** `group:artifact:version` and further elements; an empty version leaves it out. */
export function dependency(coordinates: string, more = ''): string {
  const [group, artifact, version = ''] = coordinates.split(':');
  const versionElement = version === '' ? '' : `<version>${version}</version>`;
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>${versionElement}${more}</dependency>`;
}

export const dependencies = (...list: readonly string[]): string =>
  `<dependencies>\n${list.join('\n')}\n</dependencies>`;

export const managed = (...list: readonly string[]): string =>
  `<dependencyManagement>${dependencies(...list)}</dependencyManagement>`;

/** Every POM of the tree among the inputs; the inventories by path. */
export function readTree(texts: Readonly<Record<string, string>>): (path: string) => Inventory {
  const poms = new Map(Object.entries(texts).map(([path, text]): [string, Pom] => [path, readPom(path, text)]));
  const read = mavenReader({
    inputs: () => [...poms.values()],
    beside: (from, relative) => {
      const target = posix.join(posix.dirname(from.path), relative);
      return poms.get(target) ?? poms.get(posix.join(target, 'pom.xml')) ?? null;
    },
    isNamedAlone: () => false,
  });
  return (path) => {
    const pom = poms.get(path);
    assert.ok(pom !== undefined, path);
    return read(pom);
  };
}

/** `group:artifact@version scope`, with what is not usual behind it. */
export const summary = ({ components }: Inventory): string[] =>
  components.map(
    ({ name, version, scope, direct, origin }) =>
      `${name}@${version} ${scope}${direct ? '' : ' managed'}${origin.kind === 'registry' ? '' : ` ${origin.kind}`}`,
  );
