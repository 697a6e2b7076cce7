import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { edgesOf, saidBy } from '../../test/support/inventory-views.ts';
import { refusal } from '../../test/support/refusal.ts';
import type { Inventory } from './component.ts';
import { readCyclonedxJson } from './cyclonedx-json.ts';
import { readCyclonedxXml } from './cyclonedx-xml.ts';

const fixture = (name: string): URL => new URL(`../../test/fixtures/inventory/${name}`, import.meta.url);
const xml = readFileSync(fixture('depot.cdx.xml'), 'utf8');
const json: unknown = JSON.parse(readFileSync(fixture('depot.cdx.json'), 'utf8'));

const NAMESPACE = 'http://cyclonedx.org/schema/bom/';
const bom = (inside: string, namespace = `${NAMESPACE}1.5`): Inventory =>
  readCyclonedxXml('bom.xml', `<bom xmlns="${namespace}" version="1">${inside}</bom>`);
const component = (name: string, more = ''): string =>
  `<component type="library" bom-ref="${name}"><name>${name}</name><version>1</version><purl>pkg:npm/${name}@1</purl>${more}</component>`;

/** The official schemas, as the CycloneDX organisation's own library carries them. */
const schemas = new URL('../res/schema/', import.meta.resolve('@cyclonedx/cyclonedx-library'));

describe('a CycloneDX document in XML', () => {
  it('says what the same document in JSON says', () => {
    const inventory = readCyclonedxXml('depot.cdx.xml', xml);
    assert.equal(inventory.kind, 'cyclonedx-xml');
    assert.deepEqual(saidBy(inventory), saidBy(readCyclonedxJson('depot.cdx.json', json)));
  });

  it('lists the components, and neither the tools that wrote it nor what a component was made from', () => {
    const inventory = readCyclonedxXml('depot.cdx.xml', xml);
    assert.deepEqual(inventory.product, {
      name: 'com.example:depot',
      version: '1.4.0',
      purl: 'pkg:maven/com.example/depot@1.4.0',
    });
    assert.deepEqual(
      inventory.components.map(({ location, name, version, scope, direct }) =>
        [location, name, version, scope, direct ? 'direct' : 'indirect'].join(' | '),
      ),
      [
        'depot-core | depot-core | 1.4.0 | production | indirect',
        'text | org.apache.commons:commons-text | 1.9 | production | direct',
        'lang | org.apache.commons:commons-lang3 | 3.11 | production | indirect',
        'ui | @depot/ui | 2.0.0 | optional | direct',
        'runner | runner | 7.1.2 | development | indirect',
        'stub | stub | 1.0.0 | development | indirect',
        'pkg:npm/by-ref@1.0.0 | by-ref | 1.0.0 | production | indirect',
        'component 8 | acme/in-house | 4 | production | indirect',
        'cert | /etc/ssl/cert.pem |  | production | indirect',
        'os | debian/base-files | 12.4 | production | indirect',
      ],
    );
    assert.equal(
      inventory.components[1]?.integrity,
      'sha256:0812f284ac5dd0d617461d9a2ab6ac6811137f25122dffd4788a4871e732d00b',
    );
    assert.deepEqual(edgesOf(inventory), {
      roots: ['text', 'ui', 'depot-core'],
      needs: ['text > lang', 'ui > runner', 'runner > ui', 'runner > pkg:npm/by-ref@1.0.0', 'stub > cert'],
    });
  });

  it('is read in every version, under any prefix', () => {
    for (const version of ['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6', '1.7']) {
      const inventory = bom(`<components>${component('a')}</components>`, `${NAMESPACE}${version}`);
      assert.equal(inventory.components[0]?.purl, 'pkg:npm/a@1', version);
    }
    const prefixed = `<c:bom xmlns:c="${NAMESPACE}1.4"><c:components><c:component type="library"><c:name> a </c:name></c:component></c:components></c:bom>`;
    assert.deepEqual(
      readCyclonedxXml('bom.xml', prefixed).components.map(({ name, location }) => [name, location]),
      [['a', 'component 1']],
    );
  });

  it('may have no components, no metadata and no dependencies', () => {
    const inventory = bom('');
    assert.deepEqual(inventory.components, []);
    assert.deepEqual(inventory.product, { name: '', version: '' });
    assert.equal(inventory.graph(), null);
  });

  it('of version 1.1 keeps its dependencies in an extension', () => {
    const inside = `<components>${component('a')}${component('b')}</components>
      <dg:dependencies xmlns:dg="http://cyclonedx.org/schema/ext/dependency-graph/1.0">
        <dg:dependency ref="a"><dg:dependency ref="b"/></dg:dependency>
      </dg:dependencies>`;
    assert.deepEqual(edgesOf(bom(inside, `${NAMESPACE}1.1`)), { roots: ['a'], needs: ['a > b'] });
  });

  it('may nest dependencies in each other', () => {
    const inside = `<components>${component('a')}${component('b')}${component('c')}</components>
      <dependencies><dependency ref="a"><dependency ref="b"><dependency ref="c"/></dependency></dependency></dependencies>`;
    assert.deepEqual(edgesOf(bom(inside)), { roots: ['a'], needs: ['a > b', 'b > c'] });
  });

  it('is not what elements of another vocabulary say', () => {
    const foreign =
      '<v:name xmlns:v="https://vocabulary.example">other</v:name><v:purl xmlns:v="https://vocabulary.example">pkg:npm/other@9</v:purl>';
    const { components } = bom(
      `<components><component type="library">${foreign}<name>a</name><version>1</version></component>
       <v:component xmlns:v="https://vocabulary.example"><v:name>b</v:name></v:component></components>`,
    );
    assert.deepEqual(
      components.map(({ name, purl }) => [name, purl]),
      [['a', '']],
    );
  });

  it('loses no component to a second list', () => {
    const { components } = bom(`<components>${component('a')}</components><components>${component('b')}</components>`);
    assert.deepEqual(
      components.map(({ name }) => name),
      ['a', 'b'],
    );
  });
});

describe('CycloneDX documents in XML that are refused', () => {
  it('are those of a version that is not read, with the ones that are', () => {
    for (const namespace of [`${NAMESPACE}1.8`, `${NAMESPACE}2.0`, NAMESPACE, 'https://vocabulary.example', '']) {
      const error = refusal(() => bom('', namespace));
      assert.equal(error.code, 'INVENTORY_UNSUPPORTED', namespace);
      assert.match(error.hint, /1\.0 to 1\.7/);
    }
    assert.equal(refusal(() => bom('', `${NAMESPACE}1.8`)).message, 'bom.xml (CycloneDX 1.8, XML) is not read yet');
    assert.equal(
      refusal(() => bom('', '')).message,
      "bom.xml (CycloneDX without CycloneDX's namespace, XML) is not read yet",
    );
  });

  it('are those that are no XML, with line and column', () => {
    const cut = refusal(() => readCyclonedxXml('a/bom.xml', `<bom xmlns="${NAMESPACE}1.5">\n  <components>\n`));
    assert.equal(cut.code, 'INVENTORY_MALFORMED');
    assert.deepEqual(cut.at, { file: 'a/bom.xml', line: 3, column: 1 });
    const crossed = refusal(() => bom('\n<components></component>'));
    assert.equal(crossed.at?.line, 2);
    assert.equal(refusal(() => readCyclonedxXml('bom.xml', '<boom/>')).code, 'INVENTORY_MALFORMED');
  });

  it('are those with a component without a name, with its line', () => {
    const error = refusal(() => bom(`<components>\n${component('a')}\n<component type="library"/></components>`));
    assert.equal(error.message, 'component 2 has no name');
    assert.deepEqual(error.at, { file: 'bom.xml', line: 3, column: null });
  });

  it('are those that declare entities or nest without end', () => {
    const bomb = `<!DOCTYPE bom [<!ENTITY a "aaaa">]><bom xmlns="${NAMESPACE}1.5"/>`;
    assert.match(refusal(() => readCyclonedxXml('bom.xml', bomb)).message, /document type/);
    const deep = '<components><component><name>x</name>'.repeat(60) + '</component></components>'.repeat(60);
    assert.match(refusal(() => bom(deep)).message, /nested deeper/);
  });
});

describe('the fixtures for CycloneDX', () => {
  it('are valid by the official schema of JSON', () => {
    const schema = (name: string): object => JSON.parse(readFileSync(new URL(name, schemas), 'utf8')) as object;
    const ajv = new Ajv({ strict: false });
    addFormats.default(ajv);
    for (const name of ['iri-reference', 'idn-email']) ajv.addFormat(name, true);
    for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}`);
    const isValid = ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
    assert.ok(isValid(json), JSON.stringify(isValid.errors));
  });

  const xmllint = spawnSync('xmllint', ['--version']).status === 0;
  it('are valid by the official schema of XML', { skip: !xmllint && 'this machine has no xmllint' }, () => {
    const xsd = fileURLToPath(new URL('bom-1.6.SNAPSHOT.xsd', schemas));
    const { status, stderr } = spawnSync(
      'xmllint',
      ['--noout', '--nonet', '--schema', xsd, fileURLToPath(fixture('depot.cdx.xml'))],
      { encoding: 'utf8', timeout: 60_000 },
    );
    assert.equal(status, 0, stderr);
  });
});
