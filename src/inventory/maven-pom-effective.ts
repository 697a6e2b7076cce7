/**
 * What the dependencies of one build of a POM come to: inherited, managed, filled in.
 *
 * Source: Maven, "Introduction to the Dependency Mechanism" ("Dependency Management", "Importing Dependencies"), and "Introduction
 * to the POM", "Project Inheritance". Declarations are merged by group, artifact, type and classifier as written, the
 * nearest wins; then expressions are filled in with the values of the POM that is built; then versions and scopes that a
 * dependency leaves out come from `dependencyManagement`, and last from the bills of materials that it imports.
 * Not looked at: ranges (their answer stands in a repository), plugins, exclusions (they concern what is brought along).
 */
import type { Pom, PomDependency, PomSection } from './maven-pom-model.ts';
import type { Interpolated, Unresolved } from './maven-interpolation.ts';
import type { ActiveSection, Build, PomTree } from './maven-pom-tree.ts';

/** Why a version is not known. */
export type NoVersion =
  | { readonly because: 'expression'; readonly unresolved: Unresolved }
  | { readonly because: 'range' | 'moving'; readonly asked: string }
  /** No version stands at it and nothing in the tree manages it; `imports` are the bills of materials that are not there. */
  | { readonly because: 'unmanaged'; readonly imports: readonly string[] };

export type Version =
  | { readonly known: true; readonly text: string }
  | { readonly known: false; readonly why: NoVersion };

/** A dependency, or an entry of `dependencyManagement`, in one build. */
export interface Effective {
  readonly declared: PomDependency;
  readonly pom: Pom;
  readonly profile: string | null;
  /** With expressions filled in where they can be. */
  readonly groupId: string;
  readonly artifactId: string;
  /** The first expression in group or artifact that nothing fills in: then it has no name that means anything. */
  readonly unnamed: Unresolved | null;
  readonly type: string;
  /** Empty where there is none; as written where only the machine that builds knows it (`${os.detected.classifier}`). */
  readonly classifier: string;
  readonly version: Version;
  /** Empty where neither the dependency nor its management has one, which means `compile`. */
  readonly scope: string;
  readonly optional: boolean;
  readonly systemPath: string;
}

export interface EffectivePoms {
  /** The dependencies of a build, nearest declaration first. */
  readonly dependenciesOf: (build: Build) => readonly Effective[];
  /**
   * The entries of `dependencyManagement` that this build is the place to name: its own, those of parents that are no
   * inputs themselves, and those of other parents that come to another version here than there. Imports are entries too.
   */
  readonly managedIn: (build: Build) => readonly Effective[];
}

/** Keeps what is found about sections and bills of materials for all builds of one tree. */
export function effectivePoms(tree: PomTree): EffectivePoms {
  const indexes = new Map<PomSection, SectionIndex>();
  const indexOf = (section: PomSection): SectionIndex => {
    let index = indexes.get(section);
    if (index === undefined) indexes.set(section, (index = indexManaged(section)));
    return index;
  };
  const managements = new Map<Pom, Management>();
  const managementOf = (pom: Pom): Management => {
    let management = managements.get(pom);
    if (management === undefined) managements.set(pom, (management = manage(tree.buildOf(pom, null), tree, indexOf)));
    return management;
  };
  return {
    dependenciesOf: (build) => {
      const own = manage(build, tree, indexOf);
      return declaredDependencies(build, tree).map(({ declared, active }) => {
        const found = fillIn(declared, active, build);
        const entry = findManaged(keyOf(found), own, managementOf);
        if (entry === null && declared.version !== '') return found;
        const scope = found.scope || (entry?.scope ?? '');
        const systemPath = found.systemPath || (entry?.systemPath ?? '');
        const version = declared.version === '' ? (entry?.version ?? unmanaged(own, managementOf)) : found.version;
        return { ...found, scope, systemPath, version };
      });
    },
    managedIn: (build) => managedIn(build, tree, indexOf),
  };
}

/** A management entry that brings other entries instead of being one. */
export const isImport = ({ type, scope }: Pick<PomDependency, 'type' | 'scope'>): boolean =>
  type === 'pom' && scope === 'import';

/** Maven's management key. */
export const keyOf = ({
  groupId,
  artifactId,
  type,
  classifier,
}: Pick<PomDependency, 'groupId' | 'artifactId' | 'type' | 'classifier'>): string =>
  `${groupId}:${artifactId}:${type}:${classifier}`;

interface Declared {
  readonly declared: PomDependency;
  readonly active: ActiveSection;
}

/**
 * One declaration for each key as written, the strongest section's. Inside of one section the last of several
 * dependencies counts; Maven warns of them.
 */
function declaredDependencies({ pom, sections }: Build, tree: PomTree): readonly Declared[] {
  const all = new Map<string, Declared>();
  for (const active of sections) {
    const { dependencies } = active.section;
    tree.spend(pom, dependencies.length);
    const here = new Map(dependencies.map((declared) => [keyOf(declared), { declared, active }]));
    for (const [key, found] of here) if (!all.has(key)) all.set(key, found);
  }
  return [...all.values()];
}

/** The management entries of a section; of several with the same key the last counts, as with dependencies. */
interface SectionIndex {
  readonly byKey: ReadonlyMap<string, PomDependency>;
  /** Those whose key has expressions: which key that is depends on the build. */
  readonly dynamic: readonly PomDependency[];
  readonly imports: readonly PomDependency[];
  /** Those whose version has expressions. */
  readonly variable: readonly PomDependency[];
}

function indexManaged({ managed }: PomSection): SectionIndex {
  const byKey = new Map<string, PomDependency>();
  for (const entry of managed) byKey.set(keyOf(entry), entry);
  const entries = [...byKey.values()];
  return {
    byKey,
    dynamic: entries.filter((entry) => !isImport(entry) && keyOf(entry).includes('${')),
    imports: entries.filter(isImport),
    variable: entries.filter(({ version }) => version.includes('${')),
  };
}

/** What manages the dependencies of one build. */
interface Management {
  readonly own: (key: string) => Effective | null;
  /** The imported bills of materials that are in the tree. */
  readonly imported: readonly Pom[];
  /** Those that are not, as `group:artifact:version`. */
  readonly missing: readonly string[];
}

function manage(build: Build, tree: PomTree, indexOf: (section: PomSection) => SectionIndex): Management {
  const managing = build.sections.filter(({ section }) => section.managed.length > 0);
  const imports = new Map<string, Effective>();
  for (const active of managing) {
    for (const entry of indexOf(active.section).imports) {
      if (!imports.has(keyOf(entry))) imports.set(keyOf(entry), fillIn(entry, active, build));
    }
  }
  const imported: Pom[] = [];
  const missing: string[] = [];
  for (const { groupId, artifactId, version } of imports.values()) {
    const pom = version.known ? tree.find(groupId, artifactId, version.text) : null;
    if (pom === null) missing.push(`${groupId}:${artifactId}${version.known ? `:${version.text}` : ''}`);
    else imported.push(pom);
  }
  let dynamic: ReadonlyMap<string, Effective> | null = null;
  return {
    own: (key) => {
      for (const active of managing) {
        const entry = indexOf(active.section).byKey.get(key);
        if (entry !== undefined && !isImport(entry)) return fillIn(entry, active, build);
      }
      dynamic ??= dynamicEntries(build, managing, tree, indexOf);
      return dynamic.get(key) ?? null;
    },
    imported,
    missing,
  };
}

function dynamicEntries(
  build: Build,
  managing: readonly ActiveSection[],
  tree: PomTree,
  indexOf: (section: PomSection) => SectionIndex,
): ReadonlyMap<string, Effective> {
  const found = new Map<string, Effective>();
  for (const active of managing) {
    const { dynamic } = indexOf(active.section);
    tree.spend(build.pom, dynamic.length);
    for (const entry of dynamic) {
      const filled = fillIn(entry, active, build);
      if (!found.has(keyOf(filled))) found.set(keyOf(filled), filled);
    }
  }
  return found;
}

/** The POM's own entries first, then those of its imports in their order, each with its own imports behind it. */
function findManaged(key: string, own: Management, managementOf: (pom: Pom) => Management): Effective | null {
  const entry = own.own(key);
  if (entry !== null) return entry;
  for (const bill of allImported(own, managementOf)) {
    const found = bill.own(key);
    if (found !== null) return found;
  }
  return null;
}

function unmanaged(own: Management, managementOf: (pom: Pom) => Management): Version {
  const missing = [own, ...allImported(own, managementOf)].flatMap((management) => management.missing);
  return { known: false, why: { because: 'unmanaged', imports: [...new Set(missing)] } };
}

/** Depth first, each once: a bill of materials may import itself. */
function* allImported(own: Management, managementOf: (pom: Pom) => Management): Generator<Management> {
  const seen = new Set<Pom>();
  const open = own.imported.toReversed();
  for (let pom = open.pop(); pom !== undefined; pom = open.pop()) {
    if (seen.has(pom)) continue;
    seen.add(pom);
    const management = managementOf(pom);
    yield management;
    open.push(...management.imported.toReversed());
  }
}

function managedIn(build: Build, tree: PomTree, indexOf: (section: PomSection) => SectionIndex): readonly Effective[] {
  const found: Effective[] = [];
  const stronger: SectionIndex[] = [];
  for (const active of build.sections) {
    const index = indexOf(active.section);
    const isNamedHere = active.pom === build.pom || !tree.isInput(active.pom);
    const entries = isNamedHere ? [...index.byKey.values()] : index.variable;
    tree.spend(build.pom, entries.length);
    for (const entry of entries) {
      const key = keyOf(entry);
      if (stronger.some(({ byKey }) => byKey.has(key))) continue;
      const here = fillIn(entry, active, build);
      if (isNamedHere || differs(here.version, fillIn(entry, active, tree.buildOf(active.pom, null)).version)) {
        found.push(here);
      }
    }
    if (index.byKey.size > 0) stronger.push(index);
  }
  return found;
}

const differs = (here: Version, there: Version): boolean => here.known && (!there.known || here.text !== there.text);

/** What has no expression comes to the same in every build: the modules that inherit it share it. */
const CONSTANT = new WeakMap<PomDependency, Effective>();

function fillIn(declared: PomDependency, active: ActiveSection, build: Build): Effective {
  const known = CONSTANT.get(declared);
  if (known !== undefined) return known;
  const found = fillInAnew(declared, active, build);
  if (!declared.hasExpressions) CONSTANT.set(declared, found);
  return found;
}

function fillInAnew(declared: PomDependency, active: ActiveSection, { interpolate }: Build): Effective {
  const group = interpolate(declared.groupId);
  const artifact = interpolate(declared.artifactId);
  return {
    declared,
    pom: active.pom,
    profile: active.profile,
    groupId: valueOr(group, declared.groupId),
    artifactId: valueOr(artifact, declared.artifactId),
    unnamed: group.ok ? (artifact.ok ? null : artifact.error) : group.error,
    type: valueOr(interpolate(declared.type), declared.type) || 'jar',
    classifier: valueOr(interpolate(declared.classifier), declared.classifier),
    version: versionOf(interpolate(declared.version)),
    scope: valueOr(interpolate(declared.scope), declared.scope),
    optional: valueOr(interpolate(declared.optional)) === 'true',
    systemPath: valueOr(interpolate(declared.systemPath), declared.systemPath),
  };
}

const valueOr = (found: Interpolated, otherwise = ''): string => (found.ok ? found.value.trim() : otherwise);

/**
 * A plain version is what Maven takes for a direct dependency. `[1.0]` is exactly that one; other ranges and the two moving
 * names ask a repository (POM Reference, "Dependency Version Requirement Specification").
 */
function versionOf(found: Interpolated): Version {
  if (!found.ok) return { known: false, why: { because: 'expression', unresolved: found.error } };
  const text = found.value.trim();
  if (text === '') return { known: false, why: { because: 'unmanaged', imports: [] } };
  if (text === 'LATEST' || text === 'RELEASE') return { known: false, why: { because: 'moving', asked: text } };
  if (!text.startsWith('[') && !text.startsWith('(')) return { known: true, text };
  const exact = /^\[([^,[\]()]+)\]$/.exec(text)?.[1]?.trim() ?? '';
  return exact === '' ? { known: false, why: { because: 'range', asked: text } } : { known: true, text: exact };
}
