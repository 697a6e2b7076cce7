/**
 * A plain reading of a folder of POMs for tests over the corpus: regular expressions, no XML parser, none of our code.
 * It knows what the corpus' trees need: a parent at `../pom.xml`, `${project.version}`, management in the parent, profiles.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Declared {
  readonly name: string;
  readonly version: string;
}

/** Direct and managed `group:artifact@version` of every pom.xml; an unknown version is empty. By file. */
export function pomReference(folder: string): Map<string, Set<string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:^|\/)pom\.xml$/.test(name),
  );
  const texts = new Map(files.map((name) => [name, plain(readFileSync(join(folder, name), 'utf8'))]));
  const root = texts.get('pom.xml') ?? '';
  return new Map([...texts].map(([name, text]) => [name, packagesOf(text, isChildOf(text, root) ? root : '')]));
}

/** Without comments, plugins, reporting and exclusions: what is left of `<dependency>` is a dependency or managed. */
const plain = (text: string): string =>
  text
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<build>[\s\S]*?<\/build>/g, '')
    .replace(/<reporting>[\s\S]*?<\/reporting>/g, '')
    .replace(/<exclusions>[\s\S]*?<\/exclusions>/g, '');

const element = (text: string, name: string): string =>
  new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(text)?.[1] ?? '';

const parentIn = (text: string): string => /<parent>([\s\S]*?)<\/parent>/.exec(text)?.[1] ?? '';

const isChildOf = (text: string, root: string): boolean =>
  root !== '' && root !== text && element(parentIn(text), 'artifactId') === element(root, 'artifactId');

function packagesOf(text: string, parent: string): Set<string> {
  const own = element(text.replace(/<parent>[\s\S]*?<\/parent>/, '').replace(/<dependenc[\s\S]*$/, ''), 'version');
  const version = own || element(parentIn(text), 'version');
  const { direct, managed } = declaredIn(text, version);
  const above = declaredIn(parent, version);
  const find = (name: string): string =>
    [...managed, ...above.managed].find((entry) => entry.name === name)?.version ?? '';
  const inherited = above.direct.filter(({ name }) => !direct.some((each) => each.name === name));
  const used = [...direct, ...inherited].map((each) => ({ ...each, version: each.version || find(each.name) }));
  return new Set([...used, ...managed].map((each) => `${each.name}@${each.version}`));
}

function declaredIn(
  text: string,
  version: string,
): { readonly direct: readonly Declared[]; readonly managed: readonly Declared[] } {
  const read = (part: string): Declared[] =>
    [...part.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)].map(([, inside = '']) => ({
      name: `${element(inside, 'groupId')}:${element(inside, 'artifactId')}`,
      version: element(inside, 'version').replace('${project.version}', version),
    }));
  const management = /<dependencyManagement>[\s\S]*?<\/dependencyManagement>/g;
  return { direct: read(text.replace(management, '')), managed: read((text.match(management) ?? []).join('')) };
}
