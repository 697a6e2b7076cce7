/**
 * A Maven POM as it stands in its file: nothing is inherited, filled in or looked up yet.
 *
 * Source: Maven, "POM Reference" (maven.apache.org/pom.html) and the model's own description (maven.apache.org/ref/current/
 * maven-model/maven.html). Which POMs belong together is maven-pom-tree.ts, what their dependencies come to is
 * maven-pom-effective.ts, and maven-pom.ts makes an inventory of it.
 */
import { childOf, childrenOf, parseXml, textIn, type XmlElement } from '../lib/xml.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

/** Texts are as written, `${…}` included; empty where the element is missing. */
export interface PomDependency {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  /** `jar` where the element is missing (POM Reference, "Dependencies"). */
  readonly type: string;
  readonly classifier: string;
  readonly scope: string;
  readonly optional: string;
  readonly systemPath: string;
  /** Somewhere in it stands a `${`. */
  readonly hasExpressions: boolean;
  /** The file that declares it, as people see it, and the line in it. */
  readonly path: string;
  readonly line: number;
  /** Both: `pom.xml:12`. */
  readonly place: string;
  /** Maven's management key of it as written. */
  readonly key: string;
}

/** What Maven tells dependencies apart by: several of one key are one dependency. */
export const keyOf = (groupId: string, artifactId: string, type: string, classifier: string): string =>
  `${groupId}:${artifactId}:${type}:${classifier}`;

/** What a POM and each of its profiles can hold of our concern. */
export interface PomSection {
  readonly properties: ReadonlyMap<string, string>;
  readonly dependencies: readonly PomDependency[];
  /** `dependencyManagement`, imports included. */
  readonly managed: readonly PomDependency[];
}

export interface PomProfile extends PomSection {
  readonly id: string;
  readonly activeByDefault: boolean;
}

export interface ParentReference {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  /** `null`: the element is missing, which means `../pom.xml`; empty: not in the tree (POM Reference, "Inheritance"). */
  readonly relativePath: string | null;
  readonly line: number;
}

export interface Pom extends PomSection {
  /** As people see it. */
  readonly path: string;
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
  readonly parent: ParentReference | null;
  readonly profiles: readonly PomProfile[];
  /** `modules`, in Maven 4 also `subprojects`; those of profiles too. */
  readonly modules: readonly string[];
}

/** @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a model version that is not read. */
export function readPom(path: string, text: string): Pom {
  const parsed = parseXml(text);
  if (!parsed.ok) {
    const { message, line, column } = parsed.error;
    throw malformed(path, `${lastName(path)} is no well-formed XML: ${excerpt(message, 160)}`, RESTORE, {
      line,
      column,
    });
  }
  const project = parsed.value;
  const artifactId = textIn(project, 'artifactId');
  if (project.name !== 'project' || !isMavenNamespace(project.namespace) || artifactId === '') {
    throw malformed(
      path,
      `${lastName(path)} is XML, but no Maven POM: it is no <project> with an <artifactId>`,
      RESTORE,
      {
        line: project.line,
        column: 1,
      },
    );
  }
  const modelVersion = textIn(project, 'modelVersion');
  if (!MODELS_READ.includes(modelVersion)) {
    throw unsupported(path, `${lastName(path)} (Maven POM, model ${excerpt(modelVersion, 20)}) is not read yet`, READS);
  }
  const profiles = listIn(project, 'profiles', 'profile');
  return {
    path,
    groupId: textIn(project, 'groupId'),
    artifactId,
    version: textIn(project, 'version'),
    parent: parentOf(project),
    profiles: profiles.map((profile) => profileOf(path, profile)),
    modules: [project, ...profiles].flatMap(modulesOf),
    ...sectionOf(path, project),
  };
}

/** Maven 4 lets the element away where the namespace says it (Maven 4, "What's new"). */
const MODELS_READ: readonly string[] = ['', '4.0.0', '4.1.0'];
const READS = 'Holdfast reads POMs of the models 4.0.0 and 4.1.0; an SBOM that Maven writes serves as well.';
const RESTORE = 'Restore it from version control.';

/** POMs without a namespace are as frequent as those with one, and Maven reads both. */
const isMavenNamespace = (uri: string): boolean => uri === '' || uri.startsWith('http://maven.apache.org/POM/');

function sectionOf(path: string, element: XmlElement): PomSection {
  const management = childOf(element, 'dependencyManagement');
  return {
    properties: new Map(childOf(element, 'properties')?.children.map(({ name, text }) => [name, text.trim()])),
    dependencies: listIn(element, 'dependencies', 'dependency').map((each) => dependencyOf(path, each)),
    managed:
      management === undefined
        ? []
        : listIn(management, 'dependencies', 'dependency').map((each) => dependencyOf(path, each)),
  };
}

const listIn = (element: XmlElement, list: string, item: string): readonly XmlElement[] => {
  const found = childOf(element, list);
  return found === undefined ? [] : childrenOf(found, item);
};

function dependencyOf(path: string, element: XmlElement): PomDependency {
  const groupId = textIn(element, 'groupId');
  const artifactId = textIn(element, 'artifactId');
  const type = textIn(element, 'type') || 'jar';
  const classifier = textIn(element, 'classifier');
  return {
    hasExpressions: element.children.some(({ text }) => text.includes('${')),
    groupId,
    artifactId,
    version: textIn(element, 'version'),
    type,
    classifier,
    scope: textIn(element, 'scope'),
    optional: textIn(element, 'optional'),
    systemPath: textIn(element, 'systemPath'),
    path,
    line: element.line,
    place: `${path}:${element.line}`,
    key: keyOf(groupId, artifactId, type, classifier),
  };
}

function profileOf(path: string, element: XmlElement): PomProfile {
  const activation = childOf(element, 'activation');
  return {
    id: textIn(element, 'id') || 'default',
    activeByDefault: activation !== undefined && textIn(activation, 'activeByDefault') === 'true',
    ...sectionOf(path, element),
  };
}

function parentOf(project: XmlElement): ParentReference | null {
  const parent = childOf(project, 'parent');
  if (parent === undefined) return null;
  return {
    groupId: textIn(parent, 'groupId'),
    artifactId: textIn(parent, 'artifactId'),
    version: textIn(parent, 'version'),
    relativePath: childOf(parent, 'relativePath')?.text.trim() ?? null,
    line: parent.line,
  };
}

const modulesOf = (element: XmlElement): readonly string[] =>
  [...listIn(element, 'modules', 'module'), ...listIn(element, 'subprojects', 'subproject')]
    .map(({ text }) => text.trim())
    .filter((name) => name !== '');
