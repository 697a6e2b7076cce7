/**
 * The sentences about what a POM leaves open (maven-pom.ts). Each names the dependency, the file, the line and the reason, so
 * that a person can look, and nothing in them depends on which module asks: the same gap is told once.
 */
import { excerpt } from './unreadable.ts';
import type { Effective, NoVersion } from './maven-pom-effective.ts';
import type { Unresolved } from './maven-interpolation.ts';
import type { Pom } from './maven-pom-model.ts';
import type { MissingParent } from './maven-pom-tree.ts';

export function gapOf(effective: Effective, missing: MissingParent | null): string | null {
  const { declared, profile, unnamed, version } = effective;
  const inProfile = profile === null ? '' : `, profile ${excerpt(profile, 40)}`;
  const place = `${excerpt(declared.path, 200)}, line ${declared.line}${inProfile}`;
  const name = `${nameText(effective.groupId)}:${nameText(effective.artifactId)}`;
  if (unnamed !== null) return `The dependency ${name} (${place}) has no name: ${unresolvedWords(unnamed, missing)}.`;
  if (effective.groupId === '' || effective.artifactId === '') {
    return `The dependency ${name} (${place}) has no name: its groupId or artifactId is missing.`;
  }
  return version.known ? null : `The version of ${name} (${place}) is not known: ${reasonOf(version.why, missing)}.`;
}

const nameText = (text: string): string => (text === '' ? '?' : excerpt(text));

function reasonOf(why: NoVersion, missing: MissingParent | null): string {
  switch (why.because) {
    case 'expression':
      return unresolvedWords(why.unresolved, missing);
    case 'range':
      return `it asks for the range ${excerpt(why.asked, 60)}, and the version in use stands nowhere`;
    case 'moving':
      return `it asks for ${why.asked}, and the version in use stands nowhere`;
    case 'unmanaged': {
      const givers = why.imports.slice(0, 3).map((name) => `the imported ${excerpt(name)}`);
      if (missing !== null) givers.unshift(`the parent ${parentName(missing)}`);
      if (givers.length === 0) return 'it states none, and nothing in the tree manages it';
      return `it states none; probably ${givers.join(' or ')} gives it, which is not in the tree`;
    }
  }
}

function unresolvedWords({ expression, because }: Unresolved, missing: MissingParent | null): string {
  const name = `\${${excerpt(expression, 60)}}`;
  switch (because) {
    case 'environment':
      return `${name} is set by the machine that builds`;
    case 'unset':
      return missing === null
        ? `${name} is set nowhere in the tree`
        : `${name} is set nowhere in the tree; the parent ${parentName(missing)}, which is not there, may set it`;
    case 'circular':
      return `${name} leads back to itself`;
    case 'too-large':
      return `${name} comes to a text of more than 8,192 characters or 32 steps`;
  }
}

const parentName = ({ reference: { groupId, artifactId, version } }: MissingParent): string =>
  [groupId, artifactId, version].map(nameText).join(':');

export function modulesGap({ path }: Pom, leftOut: readonly string[]): string {
  const shown = leftOut.slice(0, 3).map((name) => excerpt(name));
  const more = leftOut.length > shown.length ? ` and ${leftOut.length - shown.length} more` : '';
  return `${excerpt(path, 200)} is built with modules that are not among the inputs (${shown.join(', ')}${more}); name its folder instead.`;
}

export function parentGap(missing: MissingParent): string {
  const place = `${excerpt(missing.child.path, 200)}, line ${missing.reference.line}`;
  const rest = 'the dependencies, versions and properties that it gives are not known';
  switch (missing.because) {
    case 'not-in-tree':
      return `The parent ${parentName(missing)} (${place}) is not in the tree: ${rest}.`;
    case 'circular':
      return `The parent ${parentName(missing)} (${place}) leads back to a POM that it is the parent of: ${rest}.`;
    case 'too-many':
      return `The parent ${parentName(missing)} (${place}) is the 65th above a POM, and no more are read: ${rest}.`;
  }
}
