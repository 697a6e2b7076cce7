import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dependencies, dependency, managed, project, readTree, summary } from '../../test/support/pom-tree.ts';
import { HoldfastError } from '../lib/errors.ts';
import { readMavenPom } from './maven-pom.ts';

const read = (inside: string) => readMavenPom('pom.xml', project(inside));

const refusal = (text: string): string => {
  try {
    readMavenPom('pom.xml', text);
  } catch (thrown) {
    assert.ok(thrown instanceof HoldfastError);
    return `${thrown.code} ${thrown.at?.line}:${thrown.at?.column} ${thrown.message}`;
  }
  return 'it was read';
};

describe('a POM', () => {
  it('is read with and without a namespace, and in the model of Maven 4', () => {
    const inside = '<artifactId>shop</artifactId><version>1</version>';
    for (const head of [
      '<project>',
      '<project xmlns="http://maven.apache.org/POM/4.0.0">',
      '<project xmlns="http://maven.apache.org/POM/4.1.0"><modelVersion>4.1.0</modelVersion>',
      '<m:project xmlns:m="http://maven.apache.org/POM/4.0.0">',
    ]) {
      const isPrefixed = head.startsWith('<m:');
      const text = isPrefixed
        ? `${head}<m:artifactId>shop</m:artifactId><m:version>1</m:version></m:project>`
        : `${head}${inside}</project>`;
      assert.deepEqual(readMavenPom('pom.xml', text).product, { name: 'shop', version: '1' });
    }
  });

  it('is refused with the place when it is no XML, no POM or of a model that is not known', () => {
    assert.match(refusal('<project>\n  <a></project>'), /^INVENTORY_MALFORMED 2:\d+ pom\.xml is no well-formed XML/);
    assert.match(
      refusal('<project name="x" default="y"><target/></project>'),
      /^INVENTORY_MALFORMED 1:1 .* no Maven POM/,
    );
    assert.match(refusal('<bom><artifactId>a</artifactId></bom>'), /^INVENTORY_MALFORMED .* no Maven POM/);
    assert.match(
      refusal('<project xmlns="http://www.example/ns"><artifactId>a</artifactId></project>'),
      /^INVENTORY_MALFORMED/,
    );
    assert.match(
      refusal('<project><modelVersion>5.0.0</modelVersion><artifactId>a</artifactId></project>'),
      /^INVENTORY_UNSUPPORTED .*model 5\.0\.0/,
    );
    assert.match(
      refusal('<!DOCTYPE p [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><project><artifactId>&c;</artifactId></project>'),
      /^INVENTORY_MALFORMED .*document type/,
    );
  });

  it('gives its dependencies with scope, purl and the line where they stand', () => {
    const { components, coverage, gaps } = read(
      dependencies(
        dependency('org.a:web:1.0'),
        dependency('org.a:run:2', '<scope>runtime</scope>'),
        dependency('org.a:container:3', '<scope>provided</scope>'),
        dependency('org.a:check:4', '<scope>test</scope><optional>true</optional>'),
        dependency('org.a:maybe:5', '<optional>true</optional>'),
        dependency('org.a:own:6', '<scope>system</scope><systemPath>${basedir}/lib/own.jar</systemPath>'),
        dependency('org.a:native:7', '<type>zip</type><classifier>linux-x86_64</classifier>'),
        dependency('org.a:odd:8', '<scope>weird</scope>'),
      ),
    );
    assert.deepEqual(
      components.map(({ purl, scope, origin }) => `${purl} ${scope} ${origin.kind}`),
      [
        'pkg:maven/org.a/web@1.0 production registry',
        'pkg:maven/org.a/run@2 production registry',
        'pkg:maven/org.a/container@3 production registry',
        'pkg:maven/org.a/check@4 development registry',
        'pkg:maven/org.a/maybe@5 optional registry',
        'pkg:maven/org.a/own@6 production file',
        'pkg:maven/org.a/native@7?classifier=linux-x86_64&type=zip production registry',
        'pkg:maven/org.a/odd@8 unknown registry',
      ],
    );
    assert.deepEqual(
      components.slice(0, 2).map(({ location }) => location),
      ['pom.xml:5', 'pom.xml:6'],
    );
    assert.ok(
      components.every(({ direct, ecosystem, integrity }) => direct && ecosystem === 'Maven' && integrity === null),
    );
    assert.deepEqual([coverage, gaps], ['direct', []]);
  });

  it('leaves out plugins, extensions and what only reports need', () => {
    const plugin = `<plugins><plugin><artifactId>p</artifactId><version>1</version>${dependencies(dependency('org.a:b:1'))}</plugin></plugins>`;
    const inventory = read(`<build>${plugin}</build><reporting>${plugin}</reporting>`);
    assert.deepEqual([summary(inventory), inventory.coverage], [[], 'whole']);
  });

  it('makes the product ask for its direct dependencies, and for nothing that is only managed', () => {
    const graph = read(managed(dependency('org.a:m:1')) + dependencies(dependency('org.a:d:2'))).graph();
    assert.deepEqual(
      [graph?.roots, graph?.needs, graph?.wanted, graph?.rangeOf(null, 0)],
      [[0], [[], []], new Map([[0, '2']]), '2'],
    );
  });

  it('fills in properties of its own, of the project and in old spelling, through each other', () => {
    const inventory = read(
      '<properties><a>1</a><b>${a}.${a}</b><c> ${b} </c><version>9</version></properties>' +
        dependencies(
          dependency('${project.groupId}:p:${c}'),
          dependency('${pom.groupId}:q:${project.version}'),
          dependency('${groupId}:r:${version}'),
          dependency('org.a:s_${a}:2'),
        ),
    );
    assert.deepEqual(summary(inventory), [
      'org.example:p@1.1 production',
      'org.example:q@1.0 production',
      // A property beats the element without a prefix, as Maven looks for them in that order.
      'org.example:r@9 production',
      'org.a:s_1@2 production',
    ]);
  });

  it('leaves a qualifier out of the purl that only the machine knows, and no gap for it', () => {
    const inventory = read(dependencies(dependency('org.a:n:1', '<classifier>${os.detected.classifier}</classifier>')));
    assert.deepEqual([inventory.components[0]?.purl, inventory.gaps], ['pkg:maven/org.a/n@1', []]);
  });

  it('names what it leaves open with file, line and reason, and guesses nothing', () => {
    const inventory = read(
      '<properties><loop>${pool}</loop><pool>${loop}</pool></properties>' +
        dependencies(
          dependency('org.a:none'),
          dependency('org.a:env:${env.V}'),
          dependency('org.a:java:${java.version}'),
          dependency('org.a:lost:${lost}'),
          dependency('org.a:loop:${loop}'),
          dependency('org.a:range:[1.0,2.0)'),
          dependency('org.a:exact:[1.5]'),
          dependency('org.a:latest:LATEST'),
          dependency('org.a:release:RELEASE'),
          dependency('org.a:snapshot:1-SNAPSHOT'),
          dependency('${group}:x:1'),
          dependency('org.a::1'),
        ),
    );
    assert.deepEqual(
      inventory.gaps.map((gap) =>
        gap.replace(/^The version of (\S+) \(pom\.xml, line (\d+)\) is not known: /, '$1 $2 '),
      ),
      [
        'org.a:none 5 it states none, and nothing in the tree manages it.',
        'org.a:env 6 ${env.V} is set by the machine that builds.',
        'org.a:java 7 ${java.version} is set by the machine that builds.',
        'org.a:lost 8 ${lost} is set nowhere in the tree.',
        'org.a:loop 9 ${loop} leads back to itself.',
        'org.a:range 10 it asks for the range [1.0,2.0), and the version in use stands nowhere.',
        'org.a:latest 12 it asks for LATEST, and the version in use stands nowhere.',
        'org.a:release 13 it asks for RELEASE, and the version in use stands nowhere.',
        'The dependency ${group}:x (pom.xml, line 15) has no name: ${group} is set nowhere in the tree.',
        'The dependency org.a:? (pom.xml, line 16) has no name: its groupId or artifactId is missing.',
      ],
    );
    assert.deepEqual(
      inventory.components.filter(({ version }) => version !== '').map(({ name, version }) => `${name}@${version}`),
      ['org.a:exact@1.5', 'org.a:snapshot@1-SNAPSHOT', 'org.a:@1'],
    );
    assert.equal(inventory.components.find(({ name }) => name === '${group}:x')?.purl, '');
  });
});

describe('dependencyManagement', () => {
  it('gives versions and scopes that dependencies leave out, by type and classifier, and never replaces one', () => {
    const inventory = read(
      managed(
        dependency('org.a:b:1', '<scope>test</scope>'),
        dependency('org.a:b:2', '<classifier>tests</classifier>'),
        dependency('org.a:c:3'),
      ) +
        dependencies(
          dependency('org.a:b'),
          dependency('org.a:b', '<classifier>tests</classifier><scope>compile</scope>'),
          dependency('org.a:c:4'),
        ),
    );
    assert.deepEqual(summary(inventory), [
      'org.a:b@1 development',
      'org.a:b@2 production',
      'org.a:c@4 production',
      'org.a:c@3 unknown managed',
    ]);
    assert.equal(inventory.components[3]?.location, 'pom.xml:7 dependencyManagement');
  });

  it('is listed where it stands, and in a module again only where it comes to another version there', () => {
    const tree = readTree({
      'pom.xml': project(
        `<properties><v>1</v></properties>${managed(dependency('org.a:fixed:7'), dependency('org.a:moving:${v}'))}`,
        { artifact: 'root' },
      ),
      'same/pom.xml': child('same'),
      'other/pom.xml': child('other', '<properties><v>2</v></properties>'),
    });
    assert.deepEqual(summary(tree('pom.xml')), ['org.a:fixed@7 unknown managed', 'org.a:moving@1 unknown managed']);
    assert.deepEqual(summary(tree('same/pom.xml')), []);
    assert.deepEqual(summary(tree('other/pom.xml')), ['org.a:moving@2 unknown managed']);
  });

  it('imports bills of materials of the tree, the first one before the second, the own entries before both', () => {
    const bom = (artifact: string, ...list: string[]) =>
      project(`<properties><v>8</v></properties>${managed(...list)}`, { artifact });
    const imported = (artifact: string) =>
      dependency(`org.example:${artifact}:1.0`, '<type>pom</type><scope>import</scope>');
    const tree = readTree({
      'pom.xml': project(
        managed(imported('first'), imported('second'), dependency('org.a:own:1')) +
          dependencies(...['own', 'both', 'late', 'deep'].map((name) => dependency(`org.a:${name}`))),
      ),
      // A bill of materials is filled in with its own values, not with those of the POM that imports it.
      'first/pom.xml': bom('first', dependency('org.a:both:${v}'), dependency('org.a:own:9'), imported('third')),
      'second/pom.xml': bom('second', dependency('org.a:both:9'), dependency('org.a:late:2')),
      'third/pom.xml': bom('third', dependency('org.a:deep:3'), imported('first')),
    });
    const inventory = tree('pom.xml');
    assert.deepEqual(
      summary(inventory).filter((line) => !line.includes('managed')),
      ['org.a:own@1 production', 'org.a:both@8 production', 'org.a:late@2 production', 'org.a:deep@3 production'],
    );
    assert.deepEqual(inventory.gaps, []);
  });

  it('names the bill of materials that probably gives a version when it is not in the tree', () => {
    const { gaps, components } = read(
      managed(dependency('org.b:bom:5', '<type>pom</type><scope>import</scope>')) + dependencies(dependency('org.b:x')),
    );
    assert.deepEqual(gaps, [
      'The version of org.b:x (pom.xml, line 7) is not known: it states none; probably the imported org.b:bom:5 gives it, which is not in the tree.',
    ]);
    assert.equal(components[1]?.purl, 'pkg:maven/org.b/bom@5?type=pom');
  });
});

const parent = (relativePath: string | null = null, version = '1.0'): string =>
  `<parent><groupId>org.example</groupId><artifactId>root</artifactId><version>${version}</version>${relativePath === null ? '' : `<relativePath>${relativePath}</relativePath>`}</parent>`;

const child = (artifact: string, inside = '', above = parent()): string =>
  `<project>${above}<artifactId>${artifact}</artifactId>${inside}</project>`;

describe('a module', () => {
  const root = project(
    `<properties><v>1</v><w>1</w></properties>${managed(dependency('org.a:m:${w}'))}${dependencies(dependency('org.a:common:${v}'))}`,
    { artifact: 'root' },
  );

  it('inherits group, version, properties, dependencies and management, and what it says itself is stronger', () => {
    const tree = readTree({
      'pom.xml': root,
      'm/pom.xml': child(
        'm',
        `<properties><w>2</w></properties>${dependencies(dependency('org.a:m'), dependency('org.a:common:3', '<scope>test</scope>'))}`,
      ),
    });
    const { product, components, gaps } = tree('m/pom.xml');
    assert.deepEqual(product, { name: 'org.example:m', version: '1.0' });
    assert.deepEqual(
      components.map(({ name, version, scope, location }) => `${name}@${version} ${scope} ${location}`),
      ['org.a:m@2 production m/pom.xml:2', 'org.a:common@3 development m/pom.xml:3'],
    );
    assert.deepEqual(gaps, []);
  });

  it('finds its parent above, at relativePath, in a folder of that name, or by its coordinates', () => {
    const tree = readTree({
      'pom.xml': root,
      'a/b/above/pom.xml': child('x', '', parent('../../../pom.xml')),
      'a/folder/pom.xml': child('y', '', parent('../..')),
      'a/b/by-name/pom.xml': child('z', '', parent('')),
    });
    for (const path of ['a/b/above/pom.xml', 'a/folder/pom.xml', 'a/b/by-name/pom.xml']) {
      assert.deepEqual([summary(tree(path)), tree(path).gaps], [['org.a:common@1 production'], []], path);
    }
  });

  it('does not take another project for its parent, and says that the parent is missing', () => {
    const tree = readTree({
      'pom.xml': root,
      'm/pom.xml': child('m', dependencies(dependency('org.a:m')), parent(null, '2.0')),
    });
    assert.deepEqual(tree('m/pom.xml').gaps, [
      'The parent org.example:root:2.0 (m/pom.xml, line 1) is not in the tree: the dependencies, versions and properties that it gives are not known.',
      'The version of org.a:m (m/pom.xml, line 2) is not known: it states none; probably the parent org.example:root:2.0 gives it, which is not in the tree.',
    ]);
  });

  it('may have a parent whose version is a CI property, or that is named by its place alone', () => {
    const tree = readTree({
      'pom.xml': project(
        `<properties><revision>7</revision></properties>${dependencies(dependency('org.a:c:${revision}'))}`,
        {
          artifact: 'root',
          version: '${revision}',
        },
      ),
      'ci/pom.xml': child('ci', '', parent(null, '${revision}')),
      'place/pom.xml': child('place', '', '<parent/>'),
    });
    assert.deepEqual(tree('ci/pom.xml').product, { name: 'org.example:ci', version: '7' });
    assert.deepEqual(tree('place/pom.xml').product, { name: 'org.example:place', version: '7' });
    assert.deepEqual(summary(tree('place/pom.xml')), ['org.a:c@7 production']);
  });

  it('of the same tree is first-party where it is depended on, a released version of it is not', () => {
    const tree = readTree({
      'pom.xml': project('', { artifact: 'root' }),
      'a/pom.xml': child(
        'a',
        dependencies(
          dependency('org.example:b:${project.parent.version}'),
          dependency('org.example:b:${project.version}', '<type>test-jar</type><scope>test</scope>'),
          dependency('org.example:c'),
          dependency('org.example:b:0.9', '<classifier>old</classifier>'),
        ),
      ),
      'b/pom.xml': child('b'),
      'c/pom.xml': child('c'),
    });
    assert.deepEqual(summary(tree('a/pom.xml')), [
      'org.example:b@1.0 production link',
      'org.example:b@1.0 development link',
      'org.example:c@1.0 production link',
      'org.example:b@0.9 production',
    ]);
    assert.equal(tree('b/pom.xml').coverage, 'whole');
  });

  it('may not have itself above it', () => {
    const tree = readTree({
      'a/pom.xml': child('root', '', parent('../b').replace('>root<', '>b<')),
      'b/pom.xml': child('b', '', parent('../a')),
    });
    assert.match(
      tree('a/pom.xml').gaps[0] ?? '',
      /^The parent org\.example:root:1\.0 \(b\/pom\.xml, line 1\) leads back/,
    );
  });
});

describe('profiles', () => {
  const profile = (id: string, inside: string, byDefault = false): string =>
    `<profile><id>${id}</id>${byDefault ? '<activation><activeByDefault>true</activeByDefault></activation>' : ''}${inside}</profile>`;

  it('that are active by default count, and every other one is listed with an unknown scope', () => {
    const inventory = read(
      `<properties><v>1</v></properties>${dependencies(dependency('org.a:base:${v}'))}<profiles>` +
        profile('usual', dependencies(dependency('org.a:usual:1')), true) +
        profile(
          'jdk',
          `<properties><v>2</v></properties>${dependencies(dependency('org.a:extra:1'), dependency('org.a:check:1', '<scope>test</scope>'))}`,
        ) +
        profile('docs', '<build/>') +
        '</profiles>',
    );
    assert.deepEqual(summary(inventory), [
      'org.a:usual@1 production',
      'org.a:base@1 production',
      'org.a:base@2 unknown',
      'org.a:extra@1 unknown',
      'org.a:check@1 development',
    ]);
    assert.match(inventory.components[3]?.location ?? '', /^pom\.xml:\d+ \(profile jdk\)$/);
    assert.deepEqual(inventory.gaps, []);
  });

  it('may give the version that the POM leaves open, and then nothing is left open', () => {
    const inventory = read(
      dependencies(dependency('org.a:b:${v}')) +
        `<profiles>${profile('one', '<properties><v>1</v></properties>')}${profile('two', '<properties><v>2</v></properties>')}</profiles>`,
    );
    assert.deepEqual([summary(inventory), inventory.gaps], [['org.a:b@1 unknown', 'org.a:b@2 unknown'], []]);
  });

  it('of parents are inherited', () => {
    const tree = readTree({
      'pom.xml': project(`<profiles>${profile('p', dependencies(dependency('org.a:b:1')))}</profiles>`, {
        artifact: 'root',
      }),
      'm/pom.xml': child('m'),
    });
    assert.deepEqual(summary(tree('m/pom.xml')), ['org.a:b@1 unknown']);
  });
});
