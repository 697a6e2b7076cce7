/**
 * What the dependencies of one build of a POM come to: inherited, managed, filled in.
 *
 * Source: Maven, "Introduction to the Dependency Mechanism" ("Dependency Management", "Importing Dependencies"), and "Introduction
 * to the POM", "Project Inheritance". Declarations are merged by group, artifact, type and classifier as written, the
 * nearest wins; then expressions are filled in with the values of the POM that is built; then versions and scopes that a
 * dependency leaves out come from `dependencyManagement`, and last from the bills of materials that it imports.
 * Not looked at: ranges (their answer stands in a repository), plugins, exclusions (they concern what is brought along).
 */
import { keyOf, type Pom, type PomDependency, type PomSection } from './maven-pom-model.ts';
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
  /** Maven's management key of it. */
  readonly key: string;
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

/** What is found out once for all builds of a tree. */
interface Reading {
  readonly tree: PomTree;
  readonly indexOf: (section: PomSection) => SectionIndex;
  readonly fillIn: (declared: PomDependency, active: ActiveSection, build: Build) => Effective;
}

/** Keeps what is found about sections and bills of materials for all builds of one tree. */
export function effectivePoms(tree: PomTree): EffectivePoms {
  const reading = readingOf(tree);
  const managements = new Map<Pom, Management>();
  const managementOf = (pom: Pom): Management => {
    let management = managements.get(pom);
    if (management === undefined) managements.set(pom, (management = manage(tree.buildOf(pom, null), reading)));
    return management;
  };
  return {
    dependenciesOf: (build) => {
      const own = manage(build, reading);
      return declaredDependencies(build, reading).map(({ declared, active }) => {
        const found = reading.fillIn(declared, active, build);
        const entry = findManaged(found.key, own, managementOf);
        if (entry === null && declared.version !== '') return found;
        const scope = found.scope || (entry?.scope ?? '');
        const systemPath = found.systemPath || (entry?.systemPath ?? '');
        const version = declared.version === '' ? (entry?.version ?? unmanaged(own, managementOf)) : found.version;
        return { ...found, scope, systemPath, version };
      });
    },
    managedIn: (build) => managedIn(build, reading),
  };
}

function readingOf(tree: PomTree): Reading {
  const indexes = new Map<PomSection, SectionIndex>();
  const constants = new Map<PomDependency, Effective>();
  return {
    tree,
    indexOf: (section) => {
      let index = indexes.get(section);
      if (index === undefined) indexes.set(section, (index = indexSection(section)));
      return index;
    },
    // What has no expression comes to the same in every build: the modules that inherit it share it.
    fillIn: (declared, active, build) => {
      const known = constants.get(declared);
      if (known !== undefined) return known;
      const found = fillInAnew(declared, active, build);
      if (!declared.hasExpressions) constants.set(declared, found);
      return found;
    },
  };
}

/** A management entry that brings other entries instead of being one. */
const isImport = ({ type, scope }: Pick<PomDependency, 'type' | 'scope'>): boolean =>
  type === 'pom' && scope === 'import';

interface Declared {
  readonly declared: PomDependency;
  readonly active: ActiveSection;
}

/** One declaration for each key as written, the strongest section's. */
function declaredDependencies({ pom, sections }: Build, { tree, indexOf }: Reading): readonly Declared[] {
  const declaring = sections.filter(({ section }) => section.dependencies.length > 0);
  const all: Declared[] = [];
  const stronger: ReadonlyMap<string, PomDependency>[] = [];
  tree.spend(pom, sections.length);
  for (const active of declaring) {
    const here = indexOf(active.section).dependencies;
    tree.spend(pom, here.size);
    for (const declared of here.values()) {
      if (!stronger.some((each) => each.has(declared.key))) all.push({ declared, active });
    }
    stronger.push(here);
  }
  return all;
}

/** Inside of one section the last of several with the same key counts; Maven warns of them. */
const lastOfEachKey = (list: readonly PomDependency[]): ReadonlyMap<string, PomDependency> =>
  new Map(list.map((each) => [each.key, each]));

interface SectionIndex {
  readonly dependencies: ReadonlyMap<string, PomDependency>;
  /** The management entries. */
  readonly byKey: ReadonlyMap<string, PomDependency>;
  /** Those whose key has expressions: which key that is depends on the build. */
  readonly dynamic: readonly PomDependency[];
  readonly imports: readonly PomDependency[];
  /** Those whose version has expressions. */
  readonly variable: readonly PomDependency[];
}

function indexSection({ dependencies, managed }: PomSection): SectionIndex {
  const byKey = lastOfEachKey(managed);
  const entries = [...byKey.values()];
  return {
    dependencies: lastOfEachKey(dependencies),
    byKey,
    dynamic: entries.filter((entry) => !isImport(entry) && entry.key.includes('${')),
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

function manage(build: Build, reading: Reading): Management {
  const { tree, indexOf, fillIn } = reading;
  const managing = build.sections.filter(({ section }) => section.managed.length > 0);
  const imports = new Map<string, Effective>();
  for (const active of managing) {
    for (const entry of indexOf(active.section).imports) {
      if (!imports.has(entry.key)) imports.set(entry.key, fillIn(entry, active, build));
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
      dynamic ??= dynamicEntries(build, managing, reading);
      return dynamic.get(key) ?? null;
    },
    imported,
    missing,
  };
}

function dynamicEntries(
  build: Build,
  managing: readonly ActiveSection[],
  { tree, indexOf, fillIn }: Reading,
): ReadonlyMap<string, Effective> {
  const found = new Map<string, Effective>();
  for (const active of managing) {
    const { dynamic } = indexOf(active.section);
    tree.spend(build.pom, dynamic.length);
    for (const entry of dynamic) {
      const filled = fillIn(entry, active, build);
      if (!found.has(filled.key)) found.set(filled.key, filled);
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

function managedIn(build: Build, { tree, indexOf, fillIn }: Reading): readonly Effective[] {
  const found: Effective[] = [];
  const stronger: SectionIndex[] = [];
  for (const active of build.sections) {
    const index = indexOf(active.section);
    const isNamedHere = active.pom === build.pom || !tree.isInput(active.pom);
    const entries = isNamedHere ? [...index.byKey.values()] : index.variable;
    tree.spend(build.pom, entries.length);
    for (const entry of entries) {
      const key = entry.key;
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

function fillInAnew(declared: PomDependency, active: ActiveSection, { interpolate }: Build): Effective {
  const group = interpolate(declared.groupId);
  const artifact = interpolate(declared.artifactId);
  const groupId = valueOr(group, declared.groupId);
  const artifactId = valueOr(artifact, declared.artifactId);
  const type = valueOr(interpolate(declared.type), declared.type) || 'jar';
  const classifier = valueOr(interpolate(declared.classifier), declared.classifier);
  return {
    declared,
    pom: active.pom,
    profile: active.profile,
    groupId,
    artifactId,
    key: keyOf(groupId, artifactId, type, classifier),
    unnamed: group.ok ? (artifact.ok ? null : artifact.error) : group.error,
    type,
    classifier,
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
