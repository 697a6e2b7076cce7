/**
 * Which POMs belong together: the parents of a POM, the POM of a bill of materials, and whether a dependency is a module
 * of the same tree. Only what is in the tree is known; a repository is never asked.
 *
 * Source: Maven, "POM Reference", "Inheritance" and "Introduction to the POM", "Project Inheritance"; a parent that
 * `relativePath` leads to counts only if it is the project that `<parent>` names. Where it is not, Maven asks its
 * repositories; here every other POM of the scan is looked at by its coordinates. Files are maven-pom-files.client.ts.
 */
import type { ParentReference, Pom, PomSection } from './maven-pom-model.ts';
import { interpolator, type Interpolate } from './maven-interpolation.ts';
import { unsupported } from './unreadable.ts';

/** The POMs that can be looked at from one that is being read. */
export interface PomFiles {
  /** The POM at a path relative to the folder of `from`, where a folder stands for its pom.xml; `null`: none that may be read. */
  readonly beside: (from: Pom, relativePath: string) => Pom | null;
  /** Every POM among the inputs. */
  readonly inputs: () => readonly Pom[];
  /** Its file was named, not a folder around it: then its modules are inputs only where they were named too. */
  readonly isNamedAlone: (pom: Pom) => boolean;
}

/** A POM with its parents, nearest first. */
export interface Lineage {
  readonly poms: readonly Pom[];
  /** The parent that is not in the tree; `null` when the last POM names none. */
  readonly missing: MissingParent | null;
}

export interface MissingParent {
  readonly child: Pom;
  readonly reference: ParentReference;
  readonly because: 'not-in-tree' | 'circular' | 'too-many';
}

/** A section that has a say in a build, with the POM it stands in. */
export interface ActiveSection {
  readonly section: PomSection;
  readonly pom: Pom;
  /** The id of the profile that it is; `null` for the POM itself. */
  readonly profile: string | null;
}

/** What one build of one POM is made of: it and its parents, and which of their profiles are active. */
export interface Build {
  readonly pom: Pom;
  readonly lineage: Lineage;
  /** The strongest first. */
  readonly sections: readonly ActiveSection[];
  readonly interpolate: Interpolate;
}

export interface PomTree {
  readonly lineageOf: (pom: Pom) => Lineage;
  /**
   * @param profile The id of the profile that is active; `null`: what is active by default. A profile that is active
   *   switches off what is active by default in the same POM (Maven, "Introduction to Build Profiles").
   */
  readonly buildOf: (pom: Pom, profile: string | null) => Build;
  /** The POM in the tree with these coordinates; `null` when there is none. */
  readonly find: (groupId: string, artifactId: string, version: string) => Pom | null;
  /** The version of the only POM in the tree of that name; `null` when there is none, or several. */
  readonly onlyVersionOf: (groupId: string, artifactId: string) => string | null;
  readonly isInput: (pom: Pom) => boolean;
  /** Counts dependencies that are looked at. @throws INVENTORY_UNSUPPORTED beyond what any real tree has. */
  readonly spend: (pom: Pom, dependencies: number) => void;
}

/** Parents of parents; real ones stay below 10. */
const MOST_PARENTS = 64;

/**
 * Dependencies that are looked at in one scan, each counted once in every module and profile that inherits it. A thousand
 * modules with five profiles need some 300,000; so many as are allowed take about 2 s.
 */
const MOST_DEPENDENCIES = 1_000_000;

/** A POM that stands alone. */
export const NO_FILES: PomFiles = { beside: () => null, inputs: () => [], isNamedAlone: () => true };

export function pomTree(files: PomFiles): PomTree {
  const lineages = new Map<Pom, Lineage>();
  let byArtifact: ReadonlyMap<string, readonly Pom[]> | null = null;
  const named = (artifactId: string): readonly Pom[] => {
    byArtifact ??= Map.groupBy(files.inputs(), (pom) => pom.artifactId);
    return byArtifact.get(artifactId) ?? [];
  };
  const lineageOf = (pom: Pom): Lineage => {
    let lineage = lineages.get(pom);
    if (lineage === undefined) lineages.set(pom, (lineage = findLineage(pom, files, named)));
    return lineage;
  };
  const builds = new Map<Pom, Build>();
  const defaultBuildOf = (pom: Pom): Build => {
    let build = builds.get(pom);
    if (build === undefined) builds.set(pom, (build = makeBuild(lineageOf(pom), null)));
    return build;
  };
  let coordinates: ReadonlyMap<string, ReadonlyMap<string, Pom>> | null = null;
  const versionsOf = (groupId: string, artifactId: string): ReadonlyMap<string, Pom> | undefined => {
    coordinates ??= coordinatesOf(files.inputs(), defaultBuildOf);
    return coordinates.get(`${groupId}:${artifactId}`);
  };
  let inputs: ReadonlySet<Pom> | null = null;
  let left = MOST_DEPENDENCIES;
  return {
    lineageOf,
    buildOf: (pom, profile) => (profile === null ? defaultBuildOf(pom) : makeBuild(lineageOf(pom), profile)),
    find: (groupId, artifactId, version) => versionsOf(groupId, artifactId)?.get(version) ?? null,
    onlyVersionOf: (groupId, artifactId) => {
      const versions = versionsOf(groupId, artifactId);
      return versions?.size === 1 ? ([...versions.keys()][0] ?? null) : null;
    },
    isInput: (pom) => (inputs ??= new Set(files.inputs())).has(pom),
    spend: (pom, dependencies) => {
      left -= dependencies;
      if (left < 0)
        throw unsupported(pom.path, TOO_LARGE, 'Scan its modules one by one, or an SBOM that Maven writes.');
    },
  };
}

const TOO_LARGE = 'the Maven modules of this scan inherit more than 1,000,000 dependencies; so many are not read';

function findLineage(pom: Pom, files: PomFiles, named: (artifactId: string) => readonly Pom[]): Lineage {
  const poms = [pom];
  const seen = new Set(poms);
  for (let child = pom; child.parent !== null; ) {
    const reference = child.parent;
    const parent = parentOf(child, reference, files, named);
    if (parent === null) return { poms, missing: { child, reference, because: 'not-in-tree' } };
    if (seen.has(parent)) return { poms, missing: { child, reference, because: 'circular' } };
    if (poms.length > MOST_PARENTS) return { poms, missing: { child, reference, because: 'too-many' } };
    poms.push(parent);
    seen.add(parent);
    child = parent;
  }
  return { poms, missing: null };
}

function parentOf(
  child: Pom,
  reference: ParentReference,
  files: PomFiles,
  named: (artifactId: string) => readonly Pom[],
): Pom | null {
  const path = reference.relativePath ?? '../pom.xml';
  const beside = path === '' ? null : files.beside(child, path);
  if (beside !== null && beside !== child && isParent(beside, child, reference)) return beside;
  return named(reference.artifactId).find((pom) => pom !== child && isParent(pom, child, reference)) ?? null;
}

/** In Maven 4 a parent may be named by its place alone; what is missing agrees with anything ("Parent inference"). */
function isParent(pom: Pom, child: Pom, { groupId, artifactId, version }: ParentReference): boolean {
  const agree = (wanted: string, found: string): boolean =>
    wanted === '' || wanted === found || filledIn(child, wanted) === filledIn(pom, found);
  return (
    agree(artifactId, pom.artifactId) &&
    agree(groupId, pom.groupId || (pom.parent?.groupId ?? '')) &&
    agree(version, pom.version || (pom.parent?.version ?? ''))
  );
}

/** With the POM's own properties only: its parents are not known yet (Maven, "CI Friendly Versions": `${revision}`). */
const filledIn = (pom: Pom, text: string): string => {
  const found = interpolator((name) => pom.properties.get(name) ?? null)(text);
  return found.ok ? found.value : text;
};

function coordinatesOf(
  poms: readonly Pom[],
  buildOf: (pom: Pom) => Build,
): ReadonlyMap<string, ReadonlyMap<string, Pom>> {
  const found = new Map<string, Map<string, Pom>>();
  for (const pom of poms) {
    const build = buildOf(pom);
    const [group, artifact, version] = [groupIdOf(build), pom.artifactId, versionOf(build)].map(build.interpolate);
    if (group?.ok !== true || artifact?.ok !== true || version?.ok !== true) continue;
    const name = `${group.value}:${artifact.value}`;
    const versions = found.get(name) ?? new Map<string, Pom>();
    if (!versions.has(version.value)) versions.set(version.value, pom);
    found.set(name, versions);
  }
  return found;
}

/** As written in the POM or the nearest parent that has one. */
export const groupIdOf = ({ lineage }: Pick<Build, 'lineage'>): string => inherited(lineage, 'groupId');
export const versionOf = ({ lineage }: Pick<Build, 'lineage'>): string => inherited(lineage, 'version');

function inherited({ poms }: Lineage, key: 'groupId' | 'version'): string {
  for (const pom of poms) {
    if (pom[key] !== '') return pom[key];
    if (pom.parent !== null && pom.parent[key] !== '') return pom.parent[key];
  }
  return '';
}

/** Profiles are stronger than the POM they stand in, and a POM is stronger than its parent. */
function makeBuild(lineage: Lineage, profile: string | null): Build {
  const sections = lineage.poms.flatMap((pom): ActiveSection[] => {
    const chosen = pom.profiles.filter(({ id }) => id === profile);
    const active = chosen.length > 0 ? chosen : pom.profiles.filter(({ activeByDefault }) => activeByDefault);
    return [
      // Of several, the last one is injected last and wins.
      ...active.toReversed().map((section) => ({ section, pom, profile: section.id })),
      { section: pom, pom, profile: null },
    ];
  });
  const [pom] = lineage.poms;
  if (pom === undefined) throw new TypeError('a lineage without its own POM');
  return { pom, lineage, sections, interpolate: interpolator(valuesOf(lineage, sections)) };
}

/**
 * Where a name gets its value: first the project's own elements behind `project.` or `pom.`, then properties, last the same
 * elements without a prefix, which old POMs write.
 */
function valuesOf(lineage: Lineage, sections: readonly ActiveSection[]): (name: string) => string | null {
  const withProperties = sections.filter(({ section }) => section.properties.size > 0);
  return (name) => {
    const prefixed = /^(?:project|pom)\./.exec(name);
    const own = prefixed === null ? null : elementOf(lineage, name.slice(prefixed[0].length));
    if (own !== null) return own;
    for (const { section } of withProperties) {
      const value = section.properties.get(name);
      if (value !== undefined) return value;
    }
    return elementOf(lineage, name);
  };
}

function elementOf(lineage: Lineage, name: string): string | null {
  const [pom, parent] = lineage.poms;
  const reference = pom?.parent ?? null;
  const above = { poms: lineage.poms.slice(1), missing: null };
  switch (name) {
    case 'artifactId':
      return pom?.artifactId ?? null;
    case 'groupId':
    case 'version':
      return inherited(lineage, name) || null;
    case 'parent.artifactId':
      return reference?.artifactId || parent?.artifactId || null;
    case 'parent.groupId':
      return reference?.groupId || inherited(above, 'groupId') || null;
    case 'parent.version':
      return reference?.version || inherited(above, 'version') || null;
    default:
      return null;
  }
}
