import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { productId, productsAmong, readDescriptor, type FoundFolder } from './init-products.ts';

const folder = (path: string, more: Partial<FoundFolder> = {}): FoundFolder => ({
  path,
  inputs: ['package-lock.json'],
  name: null,
  descriptor: null,
  ...more,
});
const forge = { file: 'manifest.yml', hosting: 'forge', baseUrl: null } as const;

const told = (folders: readonly FoundFolder[]): string[] =>
  productsAmong(folders, 'shop').map(({ id, path, hosting }) => `${id} ${path} ${hosting ?? 'unknown'}`);

describe('products in a folder', () => {
  it('count the pages of a Forge app as part of the app', () => {
    assert.deepEqual(told([folder('static/page'), folder('.', { name: '@beispiel/timesheet', descriptor: forge })]), [
      'timesheet . forge',
    ]);
  });

  it('are one for each app with a descriptor and dependencies of its own', () => {
    const apps = [
      folder('apps/a', { descriptor: forge }),
      folder('apps/b', { descriptor: forge }),
      folder('apps/b/ui'),
    ];
    assert.deepEqual(told([folder('.'), ...apps]), ['shop . unknown', 'a apps/a forge', 'b apps/b forge']);
    assert.deepEqual(told(apps), ['a apps/a forge', 'b apps/b forge']);
  });

  it('learn where they run from an app below that shares their lockfile', () => {
    assert.deepEqual(told([folder('.'), folder('app', { inputs: [], descriptor: forge })]), ['shop . forge']);
  });

  it('keep folders apart whose names only begin alike', () => {
    assert.deepEqual(told([folder('app'), folder('app-admin'), folder('app/ui')]), [
      'app app unknown',
      'app-admin app-admin unknown',
    ]);
  });

  it('have ids that differ', () => {
    assert.deepEqual(told([folder('a/web'), folder('b/web'), folder('c', { name: '@x/web' })]), [
      'web a/web unknown',
      'web-2 b/web unknown',
      'web-3 c unknown',
    ]);
  });

  it('leave out a path that holdfast.yaml would refuse', () => {
    assert.deepEqual(told([folder('c:x'), folder('ok')]), ['ok ok unknown']);
  });
});

describe('the id of a product', () => {
  it('is what holdfast.yaml takes for one', () => {
    assert.equal(productId('@beispiel/Zeit Erfassung'), 'zeit-erfassung');
    assert.equal(productId('Größe'), 'grosse');
    assert.equal(productId('__proto__'), 'proto');
    assert.equal(productId('日本'), 'product');
    assert.match(productId(`-${'x'.repeat(200)}.`), /^[a-z0-9][a-z0-9._-]{0,63}$/);
  });
});

describe('an app descriptor', () => {
  it('tells Forge by the two top-level keys of its manifest', () => {
    assert.deepEqual(readDescriptor('manifest.yml', 'modules:\n  a: []\napp:\n  id: x\n'), forge);
    assert.equal(readDescriptor('manifest.yml', 'name: chart\nspec:\n  app: x\n  modules: []\n'), null);
  });

  it('tells Connect, and takes its address unless that is a placeholder or no HTTPS', () => {
    const baseUrl = (value: string): unknown =>
      readDescriptor('atlassian-connect.json', JSON.stringify({ key: 'k', baseUrl: value }))?.baseUrl;
    assert.equal(baseUrl('https://connect.beispiel.example/app'), 'https://connect.beispiel.example/app');
    for (const other of [
      '{{localBaseUrl}}',
      'http://a.example',
      'https://a.example:99999',
      'https://a.example/\n- x',
    ]) {
      assert.equal(baseUrl(other), null, other);
    }
    assert.equal(readDescriptor('atlassian-connect.json', '[]'), null);
    assert.equal(readDescriptor('atlassian-connect.json', '{"a'), null);
  });

  it('tells Data Center by the packaging of the Maven build', () => {
    assert.equal(readDescriptor('pom.xml', '<packaging>atlassian-plugin</packaging>')?.hosting, 'data-center');
    assert.equal(readDescriptor('pom.xml', '<packaging>jar</packaging>'), null);
  });
});
