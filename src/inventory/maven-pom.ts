/**
 * Maven POMs: what a project asks for and manages, as far as the files in the tree say it.
 *
 * A POM is no lockfile. It names direct dependencies; what these bring along stands in a repository, which is never asked.
 * So its coverage is `direct`, and whatever the files leave open (a parent that is not there, a range, a property of the
 * machine) is a gap, never a guess. One inventory for each POM; parents, bills of materials and sibling modules are looked
 * up by maven-pom-tree.ts, the declarations are put together by maven-pom-effective.ts, read by maven-pom-model.ts.
 *
 * Choices that Maven leaves to the build:
 * - Profiles. What is active by default counts. Every other profile is tried on its own, because a release may be built
 *   with it: what it adds or changes is listed as well, with an unknown scope (test stays development).
 * - `dependencyManagement`. An entry decides the version of what others bring along, so it is listed, not as direct and
 *   with an unknown scope, in the POM where it stands.
 * - `provided` is production: the container that runs the product provides it, with the same vulnerabilities.
 */
import type { Component, ComponentIndex, Inventory, Origin, Scope } from './component.ts';
import { gapOf, modulesGap, parentGap } from './maven-gap.ts';
import { effectivePoms, type Effective, type EffectivePoms } from './maven-pom-effective.ts';
import { readPom, type Pom, type PomDependency } from './maven-pom-model.ts';
import { groupIdOf, NO_FILES, pomTree, versionOf, type Build, type PomFiles, type PomTree } from './maven-pom-tree.ts';
import { formatPurl } from './purl.ts';

/** Reads a POM that stands alone. @throws INVENTORY_MALFORMED, INVENTORY_UNSUPPORTED */
export const readMavenPom = (path: string, text: string): Inventory => mavenReader()(readPom(path, text));

/** A reader for the POMs of one scan; what it learns about parents serves all their modules. */
export function mavenReader(files: PomFiles = NO_FILES): (pom: Pom) => Inventory {
  const tree = pomTree(files);
  const effective = effectivePoms(tree);
  const made: Made = new Map();
  return (pom) => readProject(pom, modulesLeftOut(pom, files, tree), new Collected(tree, made), { tree, effective });
}

/** A POM that was named by itself is built with its modules all the same. */
function modulesLeftOut(pom: Pom, files: PomFiles, tree: PomTree): readonly string[] {
  if (pom.modules.length === 0 || !files.isNamedAlone(pom)) return [];
  return pom.modules.filter((name) => {
    const module = files.beside(pom, name);
    return module === null || !tree.isInput(module);
  });
}

function readProject(
  pom: Pom,
  leftOut: readonly string[],
  collected: Collected,
  { tree, effective }: { readonly tree: PomTree; readonly effective: EffectivePoms },
): Inventory {
  const base = tree.buildOf(pom, null);
  const { missing } = base.lineage;
  const builds = [base, ...otherProfiles(base).map((profile) => tree.buildOf(pom, profile))];
  for (const build of builds) {
    for (const each of effective.dependenciesOf(build)) collected.addDirect(each, build === base);
  }
  for (const build of builds) for (const each of effective.managedIn(build)) collected.addManaged(each);
  const components = collected.components();
  const gaps = collected.open().flatMap((each) => gapOf(each, missing) ?? []);
  if (missing !== null) gaps.unshift(parentGap(missing));
  if (leftOut.length > 0) gaps.unshift(modulesGap(pom, leftOut));
  return {
    path: pom.path,
    kind: 'maven-pom',
    product: productOf(base),
    components,
    coverage: gaps.length === 0 && components.every(bringsNothing) ? 'whole' : 'direct',
    gaps: gaps.length > MOST_GAPS ? [...gaps.slice(0, MOST_GAPS), moreGaps(pom, gaps.length - MOST_GAPS)] : gaps,
    graph: () => graphOf(components),
  };
}

/** Sentences for people; a POM with so many open versions has one cause, not thousands. */
const MOST_GAPS = 1_000;
const moreGaps = ({ path }: Pom, left: number): string => `${path} leaves ${left} more versions open.`;

/** Modules of the tree are inputs themselves, and an entry that only manages brings nothing. */
const bringsNothing = ({ origin, direct }: Component): boolean => !direct || origin.kind === 'link';

/** Profiles of the POM and its parents that could change a dependency and are not active anyway. */
function otherProfiles({ lineage, sections }: Build): readonly string[] {
  const active = new Set(sections.map(({ section }) => section));
  const profiles = lineage.poms.flatMap((pom) => pom.profiles);
  const others = profiles.filter(
    (profile) =>
      !active.has(profile) && profile.dependencies.length + profile.managed.length + profile.properties.size > 0,
  );
  return [...new Set(others.map(({ id }) => id))];
}

function productOf(build: Build): { readonly name: string; readonly version: string } {
  const [group, version] = [groupIdOf(build), versionOf(build)].map((text) => {
    const found = build.interpolate(text);
    return found.ok ? found.value : '';
  });
  const name = `${group ?? ''}:${build.pom.artifactId}`;
  return { name: name.startsWith(':') ? name.slice(1) : name, version: version ?? '' };
}

/** Components that were made already, by what they were made of: modules share what they inherit. */
type Made = Map<Effective, Component[]>;

/** Gathers the components of all builds of a POM, each once. */
class Collected {
  readonly #tree: PomTree;
  readonly #made: Made;
  /** By management key: nearly always one, several where profiles or management come to different versions. */
  readonly #found = new Map<string, Component[]>();
  /** Versions that are not known, by the declaration that leaves them open; a profile may still close it. */
  readonly #open = new Map<PomDependency, Effective>();
  readonly #closed = new Set<PomDependency>();

  constructor(tree: PomTree, made: Made) {
    this.#tree = tree;
    this.#made = made;
  }

  addDirect(effective: Effective, isBase: boolean): void {
    const version = this.#versionOf(effective);
    const { declared, unnamed, groupId, artifactId } = effective;
    if (unnamed === null && version !== '' && groupId !== '' && artifactId !== '') this.#closed.add(declared);
    else if (!this.#open.has(declared)) this.#open.set(declared, effective);
    const scope = scopeOf(effective);
    const inOtherProfile = isBase || scope === 'development' ? scope : 'unknown';
    this.#add(effective, version, inOtherProfile, true);
  }

  addManaged(effective: Effective): void {
    this.#add(effective, this.#versionOf(effective), 'unknown', false);
  }

  /** What no build gives a version. */
  open(): readonly Effective[] {
    return [...this.#open].filter(([declared]) => !this.#closed.has(declared)).map(([, effective]) => effective);
  }

  components(): readonly Component[] {
    const all = [...this.#found.values()].flat();
    const closed = new Set<string>();
    for (const declared of this.#open.keys()) if (this.#closed.has(declared)) closed.add(declared.place);
    return closed.size === 0 ? all : all.filter(({ version, location }) => version !== '' || !closed.has(location));
  }

  /** A module of the tree may be named without a version (Maven 4, "Subproject dependency version inference"). */
  #versionOf({ groupId, artifactId, unnamed, version }: Effective): string {
    if (unnamed !== null) return '';
    if (version.known) return version.text;
    return (version.why.because === 'unmanaged' && this.#tree.onlyVersionOf(groupId, artifactId)) || '';
  }

  #componentOf(effective: Effective, version: string, scope: Scope, direct: boolean): Component {
    const made = this.#made.get(effective) ?? [];
    const known = made.find((each) => each.version === version && each.scope === scope && each.direct === direct);
    if (known !== undefined) return known;
    const component = componentOf(effective, version, scope, direct, this.#tree);
    const { hasExpressions, version: stated } = effective.declared;
    if (!hasExpressions && stated !== '') this.#made.set(effective, [...made, component]);
    return component;
  }

  #add(effective: Effective, version: string, scope: Scope, direct: boolean): void {
    const found = this.#found.get(effective.key) ?? [];
    const at = found.findIndex((each) => each.version === version);
    const before = found[at];
    if (before !== undefined && (!direct || SCOPES.indexOf(before.scope) >= SCOPES.indexOf(scope))) return;
    found[before === undefined ? found.length : at] = this.#componentOf(effective, version, scope, direct);
    if (found.length === 1) this.#found.set(effective.key, found);
  }
}

/** Weakest first: a build that ships it beats one that only may. */
const SCOPES: readonly Scope[] = ['development', 'optional', 'unknown', 'production'];

function componentOf(effective: Effective, version: string, scope: Scope, direct: boolean, tree: PomTree): Component {
  const { declared, groupId, artifactId, type, classifier, unnamed, profile } = effective;
  const qualifiers = new Map(
    [
      ['classifier', classifier],
      ['type', type === 'jar' ? '' : type],
    ].filter(([, value]) => value !== '' && value?.includes('${') !== true) as [string, string][],
  );
  const purl = { type: 'maven', namespace: groupId, name: artifactId, version, qualifiers, subpath: '' };
  return {
    ecosystem: 'Maven',
    name: `${groupId}:${artifactId}`,
    version,
    purl: unnamed !== null || groupId === '' || artifactId === '' ? '' : formatPurl(purl),
    scope,
    integrity: null,
    origin: originOf(effective, version, tree),
    direct,
    location: `${declared.place}${direct ? '' : ' dependencyManagement'}${profile === null ? '' : ` (profile ${profile})`}`,
  };
}

function originOf({ groupId, artifactId, scope, systemPath }: Effective, version: string, tree: PomTree): Origin {
  const module = tree.find(groupId, artifactId, version);
  if (module !== null) return { kind: 'link', location: module.path };
  return scope === 'system' ? { kind: 'file', location: systemPath } : { kind: 'registry', host: null };
}

/** Maven, "Introduction to the Dependency Mechanism", "Dependency Scope"; an unknown word is nobody's. */
function scopeOf({ scope, optional }: Effective): Scope {
  if (scope === 'test') return 'development';
  if (!['', 'compile', 'runtime', 'provided', 'system', 'import'].includes(scope)) return 'unknown';
  return optional ? 'optional' : 'production';
}

/** A POM says what the project asks for; who brings what along, it does not say. */
function graphOf(components: readonly Component[]): ReturnType<Inventory['graph']> {
  const roots = components.flatMap(({ direct }, index): ComponentIndex[] => (direct ? [index] : []));
  const wanted = new Map(
    roots.flatMap((index): [ComponentIndex, string][] => {
      const version = components[index]?.version ?? '';
      return version === '' ? [] : [[index, version]];
    }),
  );
  return {
    roots,
    needs: components.map(() => []),
    wanted,
    rangeOf: (from, to) => (from === null ? (wanted.get(to) ?? null) : null),
  };
}
