/** POMs on the disk: which files are looked at, and which never are. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { dependencies, dependency, managed, project } from '../../test/support/pom-tree.ts';
import { type Inventories, readInventories } from './inventory.actions.ts';

const ROOT = project(managed(dependency('org.a:m:7')), { artifact: 'root' });

const child = (relativePath: string | null, artifact = 'm'): string =>
  `<project><parent><groupId>org.example</groupId><artifactId>root</artifactId><version>1.0</version>${relativePath === null ? '' : `<relativePath>${relativePath}</relativePath>`}</parent><artifactId>${artifact}</artifactId>${dependencies(dependency('org.a:m'))}</project>`;

describe('the POMs of a scan', () => {
  let folder = '';
  let cwd = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pom-'));
    cwd = join(folder, 'repository');
    mkdirSync(cwd);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const put = (path: string, content: string): void => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  };
  const read = (...paths: string[]): Promise<Inventories> => readInventories(paths, { cwd, ignore: [] });
  const versionOfM = async (...paths: string[]): Promise<string | undefined> =>
    (await read(...paths)).inventories.at(-1)?.components.find(({ name, direct }) => name === 'org.a:m' && direct)
      ?.version;

  it('are one inventory each, in the order of their names, and know each other', async () => {
    put('pom.xml', ROOT);
    put('b/pom.xml', child(null, 'b'));
    put('a/pom.xml', project(dependencies(dependency('org.example:b:1.0')), { artifact: 'a' }));
    const { inventories, errors } = await read();
    assert.deepEqual(errors, []);
    assert.deepEqual(
      inventories.map(({ path, kind, product }) => `${path} ${kind} ${product.name}`),
      ['pom.xml maven-pom org.example:root', 'a/pom.xml maven-pom org.example:a', 'b/pom.xml maven-pom org.example:b'],
    );
    assert.deepEqual(inventories[1]?.components[0]?.origin, { kind: 'link', location: 'b/pom.xml' });
    // printf of the file through sha256sum is the same digest whether it was read ahead or not.
    assert.notEqual(inventories[0]?.sha256(), inventories[1]?.sha256());
  });

  it('may be broken: it is an error of its own, and its modules have no parent', async () => {
    put('pom.xml', '<project><artifactId>root</artifactId>');
    put('m/pom.xml', child(null));
    const { inventories, errors } = await read();
    assert.deepEqual(
      errors.map(({ code, at }) => `${code} ${at?.file}`),
      ['INVENTORY_MALFORMED pom.xml'],
    );
    assert.match(
      inventories[0]?.gaps[0] ?? '',
      /^The parent org\.example:root:1\.0 \(m\/pom\.xml, line 1\) is not in the tree/,
    );
  });

  it('tell once what several of them leave open', async () => {
    put('pom.xml', project(dependencies(dependency('org.a:open')), { artifact: 'root' }));
    put('m/pom.xml', child(null));
    const { inventories } = await read();
    assert.deepEqual(
      inventories.map(({ gaps }) => gaps.filter((gap) => gap.includes('org.a:open')).length),
      [1, 0],
    );
    assert.deepEqual(
      inventories.map(({ components }) => components.some(({ name }) => name === 'org.a:open')),
      [true, true],
    );
  });

  it('are found above a named folder inside of the repository, and under other names', async () => {
    put('.git/HEAD', 'ref: refs/heads/main');
    put('build/root-pom.xml', ROOT);
    put('apps/m/pom.xml', child('../../build/root-pom.xml'));
    assert.equal(await versionOfM('apps/m'), '7');
    assert.equal(await versionOfM('apps/m/pom.xml'), '7');
  });

  it('are not read outside of the repository, nor of the named folder where there is no repository', async () => {
    writeFileSync(join(folder, 'pom.xml'), ROOT);
    put('m/pom.xml', child('../../pom.xml'));
    assert.equal(await versionOfM('.'), '');
    assert.equal(await versionOfM('m'), '');
    put('.git', 'gitdir: elsewhere');
    assert.equal(await versionOfM('m/pom.xml'), '');
  });

  it('are looked for up to five folders above a file that was named by itself', async () => {
    writeFileSync(join(folder, 'pom.xml'), ROOT);
    put('1/2/3/4/pom.xml', child('../../../../../pom.xml'));
    put('1/2/3/4/5/pom.xml', child('../../../../../../pom.xml'));
    assert.equal(await versionOfM('1/2/3/4/pom.xml'), '7');
    assert.equal(await versionOfM('1/2/3/4/5/pom.xml'), '');
  });

  it('are not read through links that lead out', async () => {
    mkdirSync(join(folder, 'secret'));
    writeFileSync(join(folder, 'secret/parent.xml'), ROOT);
    put('.git/HEAD', '');
    symlinkSync(join(folder, 'secret'), join(cwd, 'inside'));
    symlinkSync(join(folder, 'secret/parent.xml'), join(cwd, 'parent.xml'));
    put('a/pom.xml', child('../inside/parent.xml'));
    put('b/pom.xml', child('../parent.xml'));
    assert.equal(await versionOfM('a'), '');
    assert.equal(await versionOfM('b'), '');
  });

  it('may point at anything as their parent, and nothing happens', async () => {
    put('.git/HEAD', '');
    put('notes.txt', 'no POM');
    put('huge.xml', `<project><artifactId>root</artifactId><!--${'x'.repeat(9 * 1024 * 1024)}--></project>`);
    put('empty/x', '');
    for (const path of [
      '../notes.txt',
      '../huge.xml',
      '../empty',
      '../absent',
      '..\\absent',
      '/dev/zero',
      '.',
      'pom.xml',
      'x'.repeat(9_999),
    ]) {
      put('m/pom.xml', child(path));
      const { inventories, errors } = await read('m');
      assert.deepEqual([inventories[0]?.gaps.length, errors], [2, []], path.slice(0, 20));
    }
  });

  it('say that their modules are missing when only the file was named', async () => {
    put(
      'pom.xml',
      `<project><artifactId>root</artifactId><modules><module>a</module><module>b</module></modules></project>`,
    );
    put('a/pom.xml', '<project><artifactId>a</artifactId></project>');
    put('b/pom.xml', '<project><artifactId>b</artifactId></project>');
    const gapsOf = async (...paths: string[]) => (await read(...paths)).inventories[0]?.gaps;
    assert.deepEqual(await gapsOf('pom.xml'), [
      'pom.xml is built with modules that are not among the inputs (a, b); name its folder instead.',
    ]);
    assert.deepEqual(await gapsOf('pom.xml', 'a/pom.xml', 'b/pom.xml'), []);
    assert.deepEqual(await gapsOf('.'), []);
  });
});
