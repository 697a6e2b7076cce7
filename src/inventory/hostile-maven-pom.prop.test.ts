/** POMs with something wrong in them: they are read or refused within two seconds, and nothing else happens. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { dependencies, dependency, managed, project, readTree } from '../../test/support/pom-tree.ts';
import { assertSound } from '../../test/support/sound-inventory.ts';
import { readMavenPom } from './maven-pom.ts';

const SHOP = project(
  `<parent><groupId>org.example</groupId><artifactId>root</artifactId><version>1</version><relativePath>..</relativePath></parent>
<properties><a>1</a><b>\${a}.2</b><__proto__>3</__proto__></properties>
${managed(dependency('org.a:m:${b}'), dependency('org.b:bom:1', '<type>pom</type><scope>import</scope>'))}
${dependencies(dependency('org.a:m'), dependency('org.a:n:[1,2)'), dependency('${project.groupId}:o:${c}', '<classifier>x</classifier>'))}
<profiles><profile><id>p</id><activation><activeByDefault>true</activeByDefault></activation><properties><c>4</c></properties>
${dependencies(dependency('org.a:q:${__proto__}', '<scope>test</scope><optional>true</optional>'))}</profile></profiles>`,
);

const PIECES = [
  '${',
  '}',
  '${a}',
  '${project.version}',
  '${__proto__}',
  '<',
  '>',
  '/>',
  '&',
  '&amp;',
  '&lt;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<dependency>',
  '</dependency>',
  '<version>',
  '</version>',
  '<properties>',
  '</properties>',
  '<profile>',
  '<a>${b}</a>',
  '<parent/>',
  '<groupId/>',
  '\0',
  '\ud800',
  '\ufeff',
  '\n',
  'constructor',
  '[',
  ']',
  ',',
  '<?x ?>',
  'é',
];

const mutation = fc.record({
  how: fc.constantFrom('remove', 'repeat', 'swap', 'insert'),
  from: fc.nat(),
  length: fc.oneof(fc.nat({ max: 6 }), fc.nat({ max: 200 })),
  to: fc.nat(),
  piece: fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })),
});

function mutate(
  text: string,
  { how, from, length, to, piece }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): string {
  const start = from % text.length;
  const end = Math.min(text.length, start + length);
  const slice = text.slice(start, end);
  if (how === 'insert') return text.slice(0, start) + piece + text.slice(start);
  if (how === 'remove') return text.slice(0, start) + text.slice(end);
  if (how === 'repeat') return text.slice(0, end) + slice + text.slice(end);
  const rest = text.slice(0, start) + text.slice(end);
  const target = to % Math.max(1, rest.length);
  return rest.slice(0, target) + slice + rest.slice(target);
}

/** Of the processor, not of the clock: the machine may be busy with something else. */
function withinTwoSeconds(run: () => void): void {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  assert.ok(user + system < 2_000_000, `${(user + system) / 1000} ms`);
}

describe('POMs with something wrong in them', () => {
  it('are read or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 5 }), (list) => {
        const text = list.reduce(mutate, SHOP);
        withinTwoSeconds(() => assertSound(() => readMavenPom('pom.xml', text)));
        // As a module too: as its own parent, and as the bill of materials that it imports.
        withinTwoSeconds(() => assertSound(() => readTree({ 'pom.xml': text, 'm/pom.xml': text })('m/pom.xml')));
      }),
      { numRuns: 3_000 },
    );
    assert.deepEqual(Object.keys(Object.prototype), []);
  });

  const gapsOf = (inside: string): readonly string[] => readMavenPom('pom.xml', project(inside)).gaps;

  it('may have properties that grow by each other tenfold, or lead to each other a thousand times', () => {
    const tenfold = Array.from({ length: 20 }, (_, i) => `<p${i + 1}>${`\${p${i}}`.repeat(10)}</p${i + 1}>`).join('');
    const chain = Array.from({ length: 1_000 }, (_, i) => `<p${i + 1}>\${p${i}}</p${i + 1}>`).join('');
    for (const [properties, last] of [
      [tenfold, 20],
      [chain, 1_000],
    ] as const) {
      withinTwoSeconds(() => {
        const gaps = gapsOf(
          `<properties><p0>x</p0>${properties}</properties>${dependencies(dependency(`org.a:b:\${p${last}}`))}`,
        );
        assert.match(gaps[0] ?? '', /comes to a text of more than 8,192 characters or 32 steps/);
      });
    }
  });

  it('may import bills of materials in every direction', () => {
    const imports = (from: number) =>
      Array.from({ length: 40 }, (_, i) => i)
        .filter((i) => i !== from)
        .map((i) => dependency(`org.example:bom${i}:1.0`, '<type>pom</type><scope>import</scope>'));
    const texts = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [`b${i}/pom.xml`, project(managed(...imports(i)), { artifact: `bom${i}` })]),
    );
    const shop = project(managed(...imports(-1)) + dependencies(dependency('org.a:b')));
    withinTwoSeconds(() => {
      assert.match(readTree({ ...texts, 'pom.xml': shop })('pom.xml').gaps[0] ?? '', /nothing in the tree manages it/);
    });
  });

  it('may have parents without end', () => {
    const texts = Object.fromEntries(
      Array.from({ length: 500 }, (_, i) => [
        `m${i}/pom.xml`,
        `<project><parent><artifactId>m${i + 1}</artifactId><relativePath>../m${i + 1}</relativePath></parent><artifactId>m${i}</artifactId></project>`,
      ]),
    );
    assert.match(readTree(texts)('m0/pom.xml').gaps[0] ?? '', /is the 65th above a POM/);
  });

  it('may be ten thousand modules, and fifty thousand versions left open', () => {
    const modules = Array.from({ length: 10_000 }, (_, i): [string, string] => [
      `m${i}/pom.xml`,
      `<project><parent><groupId>org.example</groupId><artifactId>root</artifactId><version>1.0</version></parent><artifactId>m${i}</artifactId>${dependencies(dependency(`org.example:m${(i + 1) % 10_000}:\${project.version}`))}</project>`,
    ]);
    const root = project(dependencies(dependency('org.a:common:1')), { artifact: 'root' });
    const read = readTree({ 'pom.xml': root, ...Object.fromEntries(modules) });
    withinTwoSeconds(() => {
      const links = modules.flatMap(([path]) => read(path).components.filter(({ origin }) => origin.kind === 'link'));
      assert.equal(links.length, 10_000);
    });
    const open = Array.from({ length: 50_000 }, (_, i) => dependency(`org.a:b${i}`));
    withinTwoSeconds(() => {
      const gaps = gapsOf(dependencies(...open));
      assert.deepEqual([gaps.length, gaps.at(-1)], [1_001, 'pom.xml leaves 49000 more versions open.']);
    });
  });

  it('are refused when modules inherit more than any real tree has', () => {
    const many = dependencies(...Array.from({ length: 20_000 }, (_, i) => dependency(`org.a:b${i}:1`)));
    const modules = Array.from({ length: 60 }, (_, i): [string, string] => [
      `m${i}/pom.xml`,
      `<project><parent><groupId>org.example</groupId><artifactId>root</artifactId><version>1.0</version></parent><artifactId>m${i}</artifactId></project>`,
    ]);
    const read = readTree({ 'pom.xml': project(many, { artifact: 'root' }), ...Object.fromEntries(modules) });
    assert.throws(() => modules.map(([path]) => read(path).components.length), {
      code: 'INVENTORY_UNSUPPORTED',
      message: /more than 1,000,000 dependencies/,
    });
  });
});
