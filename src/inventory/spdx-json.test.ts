import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as views from '../../test/support/inventory-views.ts';
import { refusal } from '../../test/support/refusal.ts';
import type { Inventory } from './component.ts';
import { readSpdxJson } from './spdx-json.ts';

const document = JSON.parse(
  readFileSync(new URL('../../test/fixtures/inventory/shop.spdx.json', import.meta.url), 'utf8'),
) as Record<string, unknown>;

const spdx = (more: object): Inventory =>
  readSpdxJson('a.spdx.json', { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', ...more });

/** A package with the purl `pkg:<text>`, called after the last part of it. */
const pack = (id: string, purl: string, more: object = {}) => ({
  SPDXID: `SPDXRef-${id}`,
  name: id,
  externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: `pkg:${purl}` }],
  ...more,
});

/** `a DEPENDS_ON b`, of `SPDXRef-a` and `SPDXRef-b`. */
const relation = (words: string) => {
  const [left, relationshipType, right] = words.split(' ').map((word, at) => (at === 1 ? word : `SPDXRef-${word}`));
  return { spdxElementId: left, relationshipType, relatedSpdxElement: right };
};

/** Without the prefix of every identifier. */
const edgesOf = (inventory: Inventory) => {
  const { roots, needs } = views.edgesOf(inventory);
  return {
    roots: roots.map((id) => id.replace('SPDXRef-', '')),
    needs: needs.map((ids) => ids.replaceAll('SPDXRef-', '')),
  };
};

const scopesOf = ({ components }: Inventory) =>
  Object.fromEntries(components.map(({ location, scope }) => [location.replace('SPDXRef-', ''), scope]));

describe('an SPDX document', () => {
  const inventory = readSpdxJson('shop.spdx.json', document);
  const named = (location: string) => inventory.components.find((component) => component.location === location)!;

  it('names the package that it describes as the product, which is no component', () => {
    assert.equal(inventory.kind, 'spdx-json');
    assert.deepEqual(inventory.product, {
      name: '@example/shop',
      version: '2.0.0',
      purl: 'pkg:npm/%40example/shop@2.0.0',
    });
  });

  it('lists every other package, with the first valid purl deciding what it is', () => {
    assert.deepEqual(
      inventory.components.map(({ location, ecosystem, name, version, purl }) =>
        [location, ecosystem, name, version, purl].join(' | '),
      ),
      [
        'SPDXRef-cart | npm | cart | 4.1.0 | pkg:npm/cart@4.1.0',
        'SPDXRef-log | Maven | org.apache.logging.log4j:log4j-core | 2.14.1 | pkg:maven/org.apache.logging.log4j/log4j-core?type=jar',
        'SPDXRef-patched | npm | patched | 1.0.0 | pkg:npm/patched@1.0.0?vcs_url=git%2Bhttps:%2F%2Fforge.example%2Fpatched.git%409f2c1e7',
        'SPDXRef-private | npm | @shop/private | 3.0.0 | pkg:npm/%40shop/private@3.0.0',
        'SPDXRef-runner | npm | runner | 7.1.2 | pkg:npm/runner@7.1.2',
        'SPDXRef-chalk | npm | chalk | 4.1.2 | pkg:npm/chalk@4.1.2',
        'SPDXRef-fsevents | npm | fsevents | 2.3.3 | pkg:npm/fsevents@2.3.3',
        'SPDXRef-font |  | font | 12 | ',
        'SPDXRef-lost | npm | lost | 1.0.0 | pkg:npm/lost@1.0.0',
        'package 11 |  | unreferenced |  | ',
      ],
    );
    assert.deepEqual(inventory.gaps, []);
  });

  it('keeps the strongest checksum', () => {
    assert.equal(
      named('SPDXRef-cart').integrity,
      'sha512:07e547d9586f6a73f73fbac0435ed76951218fb7d0c8d788a309d785436bbb64',
    );
    assert.equal(named('SPDXRef-log').integrity, null);
  });

  it('reads the origin off the purl, the registry off its own address only, and shows no credentials', () => {
    assert.deepEqual(named('SPDXRef-cart').origin, { kind: 'registry', host: 'registry.npmjs.org' });
    assert.deepEqual(named('SPDXRef-private').origin, { kind: 'registry', host: 'npm.shop.example' });
    assert.deepEqual(named('SPDXRef-patched').origin, {
      kind: 'git',
      location: 'git+https://forge.example/patched.git@9f2c1e7',
    });
    // The address of a project's repository, as syft writes it, is not where a registry's package came from.
    assert.deepEqual(named('SPDXRef-runner').origin, { kind: 'registry', host: null });
    assert.deepEqual(named('SPDXRef-font').origin, { kind: 'unknown' });
    assert.doesNotMatch(JSON.stringify(inventory.components), /me:pw/);
  });

  it('records who needs whom in either direction, and starts at what the product asks for or holds', () => {
    assert.deepEqual(edgesOf(inventory), {
      roots: ['cart', 'runner', 'font'],
      needs: ['cart > log', 'cart > patched', 'cart > fsevents', 'log > cart', 'runner > chalk', 'runner > fsevents'],
    });
    assert.deepEqual(
      inventory.components.filter(({ direct }) => direct).map(({ name }) => name),
      ['cart', 'runner'],
    );
  });

  it('gives each component the scope of the heaviest way to it', () => {
    assert.deepEqual(scopesOf(inventory), {
      cart: 'production',
      log: 'production',
      patched: 'production',
      private: 'unknown',
      runner: 'development',
      chalk: 'development',
      fsevents: 'optional',
      font: 'production',
      lost: 'unknown',
      'package 11': 'unknown',
    });
  });

  it('is read in version 2.2, and inside of the wrapper of an API of GitHub', () => {
    const components = JSON.stringify(inventory.components);
    const older = readSpdxJson('shop.spdx.json', { ...document, spdxVersion: 'SPDX-2.2' });
    assert.equal(JSON.stringify(older.components), components);
    assert.equal(JSON.stringify(readSpdxJson('shop.spdx.json', { sbom: document }).components), components);
  });
});

describe('the relationships of SPDX', () => {
  const packages = [pack('p', 'npm/p@1.0.0'), pack('a', 'npm/a@1.0.0'), pack('b', 'npm/b@1.0.0')];
  const scopeBy = (words: string) =>
    scopesOf(
      spdx({ packages, documentDescribes: ['SPDXRef-p'], relationships: ['p DEPENDS_ON a', words].map(relation) }),
    );

  it('read from left to right or from right to left, each with its scope', () => {
    const meanings: [string, string][] = [
      ['a DEPENDS_ON b', 'production'],
      ['a HAS_PREREQUISITE b', 'production'],
      ['a STATIC_LINK b', 'production'],
      ['a DYNAMIC_LINK b', 'production'],
      ['a CONTAINS b', 'production'],
      ['b CONTAINED_BY a', 'production'],
      ['b DEPENDENCY_OF a', 'production'],
      ['b RUNTIME_DEPENDENCY_OF a', 'production'],
      ['b PROVIDED_DEPENDENCY_OF a', 'production'],
      ['b PREREQUISITE_FOR a', 'production'],
      ['b PACKAGE_OF a', 'production'],
      ['b OPTIONAL_DEPENDENCY_OF a', 'optional'],
      ['b OPTIONAL_COMPONENT_OF a', 'optional'],
      ['b DEV_DEPENDENCY_OF a', 'development'],
      ['b BUILD_DEPENDENCY_OF a', 'development'],
      ['b TEST_DEPENDENCY_OF a', 'development'],
      ['b DEV_TOOL_OF a', 'development'],
      ['b BUILD_TOOL_OF a', 'development'],
      ['b TEST_TOOL_OF a', 'development'],
    ];
    for (const [words, scope] of meanings) {
      assert.deepEqual(scopeBy(words), { a: 'production', b: scope }, words);
      const inventory = spdx({ packages, documentDescribes: ['SPDXRef-p'], relationships: [relation(words)] });
      assert.deepEqual(edgesOf(inventory).needs, ['a > b'], words);
    }
  });

  it('that say nothing of what is installed are no needs', () => {
    const others = [
      'DEPENDENCY_MANIFEST_OF',
      'GENERATED_FROM',
      'VARIANT_OF',
      'COPY_OF',
      'OTHER',
      'AMENDS',
      'depends_on',
    ];
    for (const type of [...others, '__proto__', 'constructor']) {
      assert.deepEqual(scopeBy(`a ${type} b`), { a: 'production', b: 'unknown' }, type);
    }
  });

  it('weigh as much as the lightest step of a way, and as the heaviest way', () => {
    const ids = ['p', 'tool', 'shared', 'deep', 'extra', 'late'];
    const inventory = spdx({
      packages: ids.map((id) => pack(id, `npm/${id}@1.0.0`)),
      relationships: [
        'DOCUMENT DESCRIBES p',
        'tool DEV_DEPENDENCY_OF p',
        'tool DEPENDS_ON shared',
        'shared DEPENDS_ON deep',
        'extra OPTIONAL_DEPENDENCY_OF p',
        'extra DEPENDS_ON shared',
        'late DEV_DEPENDENCY_OF deep',
        'late DEPENDENCY_OF p',
      ].map(relation),
    });
    assert.deepEqual(scopesOf(inventory), {
      tool: 'development',
      shared: 'optional',
      deep: 'optional',
      extra: 'optional',
      late: 'production',
    });
  });

  it('leave packages unknown when no product is described, but for what is said to be for development', () => {
    const inventory = spdx({ packages, relationships: ['p DEPENDS_ON a', 'b DEV_DEPENDENCY_OF a'].map(relation) });
    assert.deepEqual(inventory.product, { name: '', version: '' });
    assert.deepEqual(scopesOf(inventory), { p: 'unknown', a: 'unknown', b: 'development' });
    assert.deepEqual(edgesOf(inventory), { roots: ['p'], needs: ['p > a', 'a > b'] });
    assert.ok(inventory.components.every(({ direct }) => !direct));
  });

  it('hide no package when several are described', () => {
    const relationships = ['DOCUMENT DESCRIBES p', 'DOCUMENT DESCRIBES a', 'b DESCRIBED_BY DOCUMENT'].map(relation);
    const inventory = spdx({ packages, relationships });
    assert.deepEqual(
      inventory.components.map(({ name }) => name),
      ['p', 'a', 'b'],
    );
    assert.deepEqual(inventory.product, { name: '', version: '' });
    assert.equal(inventory.graph(), null);
    const one = spdx({ packages, relationships: [relation('p DESCRIBED_BY DOCUMENT')] });
    assert.equal(one.product.name, 'p');
    // What another package is said to describe is not what the document is about.
    assert.equal(spdx({ packages, relationships: [relation('a DESCRIBES p')] }).product.name, '');
  });

  it('keep the ways through packages that an image or a folder is said to contain one by one, as syft writes it', () => {
    const inventory = spdx({
      packages: [pack('root', 'oci/shop'), ...packages.slice(1), pack('c', 'npm/c@1.0.0')],
      relationships: [
        'DOCUMENT DESCRIBES root',
        'root CONTAINS a',
        'root CONTAINS b',
        'root CONTAINS c',
        'b DEPENDENCY_OF a',
      ].map(relation),
    });
    assert.deepEqual(edgesOf(inventory), { roots: ['a', 'c'], needs: ['a > b'] });
    assert.deepEqual(scopesOf(inventory), { a: 'production', b: 'production', c: 'production' });
    assert.ok(inventory.components.every(({ direct }) => !direct));
  });

  it('have no graph when they record no edge, and are in it all the same', () => {
    const inventory = spdx({ packages, relationships: ['DOCUMENT DESCRIBES p', 'p CONTAINS a'].map(relation) });
    assert.equal(inventory.graph(), null);
    assert.deepEqual(scopesOf(inventory), { a: 'production', b: 'unknown' });
  });

  it('that lead into another document are named, once for each document', () => {
    const inventory = spdx({
      packages,
      documentDescribes: ['SPDXRef-p'],
      relationships: [
        relation('p DEPENDS_ON a'),
        { spdxElementId: 'SPDXRef-p', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'DocumentRef-lib:SPDXRef-x' },
        { spdxElementId: 'SPDXRef-a', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'DocumentRef-lib:SPDXRef-x' },
        {
          spdxElementId: 'DocumentRef-lib:SPDXRef-y',
          relationshipType: 'DEPENDENCY_OF',
          relatedSpdxElement: 'SPDXRef-a',
        },
        { spdxElementId: 'SPDXRef-p', relationshipType: 'CONTAINS', relatedSpdxElement: 'DocumentRef-os' },
        { spdxElementId: 'SPDXRef-a', relationshipType: 'COPY_OF', relatedSpdxElement: 'DocumentRef-c:SPDXRef-a' },
        { spdxElementId: 'DocumentRef-d:SPDXRef-a', relationshipType: 'DEPENDS_ON', relatedSpdxElement: 'SPDXRef-a' },
      ],
    });
    assert.deepEqual(inventory.gaps, [
      '2 packages that it needs stand in another SPDX document (DocumentRef-lib), which was not read',
      '1 package that it needs stands in another SPDX document (DocumentRef-os), which was not read',
    ]);
  });
});

describe('packages of SPDX that have no exact version', () => {
  const gapsOf = (purl: string, versionInfo?: string) => {
    const inventory = spdx({ packages: [pack('x', purl, versionInfo === undefined ? {} : { versionInfo })] });
    return [inventory.components[0]?.version, ...inventory.gaps];
  };

  it('are named, because a range compares with nothing', () => {
    assert.deepEqual(gapsOf('npm/x'), ['', 'x is named without a version']);
    assert.deepEqual(gapsOf('npm/x', 'NOASSERTION'), ['', 'x is named without a version']);
    assert.deepEqual(gapsOf('maven/g/x', 'UNKNOWN'), ['', 'g:x is named without a version']);
    const ranges = ['^4.17.0', '~1.2', '>= 1.0, < 2.0', '*', '1.x', '4.*.*', '1 || 2', 'latest', '1.0 - 2.0'];
    for (const range of ranges) {
      assert.deepEqual(gapsOf('npm/x', range), ['', `x is named with a range (${range}) instead of a version`]);
    }
    for (const range of ['[1.0,2.0)', '${log.version}', '1.+,2']) {
      assert.deepEqual(gapsOf('maven/g/x', range), ['', `g:x is named with a range (${range}) instead of a version`]);
    }
    const inPurl = spdx({ packages: [pack('x', 'npm/x@%5E1.0.0')] });
    assert.deepEqual([inPurl.components[0]?.purl, inPurl.gaps.length], ['pkg:npm/x', 1]);
  });

  it('are not those with unusual versions, nor those that no advisory speaks of by version', () => {
    for (const version of ['1.0.0', 'v1.2.3', '1.0.0-next.0', '1.0.0-alpha+x.7', '2.0.0-rc-x']) {
      assert.deepEqual(gapsOf('npm/x', version), [version]);
    }
    for (const version of ['r09', '1.0-SNAPSHOT', '4.1.94.Final', '20230227', '1.x']) {
      assert.deepEqual(gapsOf('maven/g/x', version), [version]);
    }
    assert.deepEqual(gapsOf('deb/debian/x', '1:2.3~rc1-1'), ['1:2.3~rc1-1']);
    assert.deepEqual(gapsOf('githubactions/actions/checkout', '4.*.*'), ['4.*.*']);
    assert.deepEqual(spdx({ packages: [{ name: 'x' }] }).gaps, []);
  });

  it('are counted where they are many, and do not include the product', () => {
    const packages = Array.from({ length: 25 }, (_, index) => pack(`x${index}`, `npm/x${index}`));
    const { gaps } = spdx({ packages, documentDescribes: ['SPDXRef-x0'] });
    assert.deepEqual(
      [gaps.length, gaps[0], gaps[20]],
      [21, 'x1 is named without a version', '4 more packages are named without an exact version'],
    );
  });
});

describe('SPDX documents that are refused', () => {
  it('are those of a version that is not read, with the ones that are', () => {
    for (const spdxVersion of ['SPDX-2.1', 'SPDX-3.0', '2.3', 7, '']) {
      const error = refusal(() => spdx({ spdxVersion }));
      assert.equal(error.code, 'INVENTORY_UNSUPPORTED');
      assert.match(error.hint, /2\.2 and 2\.3/);
    }
    assert.equal(
      refusal(() => spdx({ spdxVersion: 'SPDX-2.1' })).message,
      'a.spdx.json (SPDX-2.1, JSON) is not read yet',
    );
  });

  it('are those whose packages cannot be told', () => {
    for (const packages of [{}, 'a', null, [null], ['a'], [{}], [{ name: 7 }], [{ name: 'a', versionInfo: 1 }]]) {
      assert.equal(refusal(() => spdx({ packages })).code, 'INVENTORY_MALFORMED', JSON.stringify(packages));
    }
    for (const other of [null, [], 'x', {}, { sbom: {} }, { sbom: null }]) {
      assert.equal(refusal(() => readSpdxJson('a.spdx.json', other)).code, 'INVENTORY_MALFORMED');
    }
  });

  it('are not those with nothing in them, or with nonsense where relationships are expected', () => {
    assert.deepEqual(spdx({}).components, []);
    const packages = [pack('a', 'npm/a@1.0.0'), { name: 'b', externalRefs: [null, 7, {}, { referenceType: 'purl' }] }];
    const relationships = [
      null,
      7,
      {},
      { relationshipType: 'DEPENDS_ON', spdxElementId: {}, relatedSpdxElement: 'SPDXRef-a' },
    ];
    assert.equal(spdx({ packages, relationships, documentDescribes: [null, {}] }).components.length, 2);
    assert.equal(spdx({ packages, relationships: 'x', documentDescribes: 'x' }).graph(), null);
  });
});
