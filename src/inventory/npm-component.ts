/** An entry of npm's lockfiles, and the component made of it; other readers of npm packages make theirs here too. */
import type { Component, Origin, Scope } from './component.ts';
import { encodePart, npmPurl } from './purl.ts';

/** An entry as it stands in the file; nothing of it has been checked. */
export interface LockEntry {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly resolved?: unknown;
  readonly integrity?: unknown;
  readonly link?: unknown;
  readonly inBundle?: unknown;
  readonly bundled?: unknown;
  readonly dev?: unknown;
  readonly optional?: unknown;
  readonly devOptional?: unknown;
  readonly requires?: unknown;
  readonly dependencies?: unknown;
  readonly devDependencies?: unknown;
  readonly optionalDependencies?: unknown;
  readonly peerDependencies?: unknown;
}

/**
 * Bounds that keep the work on a hostile lockfile proportional to its size: the longest path of a folder in characters
 * (PATH_MAX of Linux), and how many `node_modules` may stand in each other (real installations stay below 20).
 */
export const LONGEST_LOCATION = 4096;
export const DEEPEST_NESTING = 64;

export const TOO_DEEP = 'is nested deeper than 64 packages or 4,096 characters';

/** @param scope Where the entry's own flags do not say it. */
export function npmComponent(
  entry: LockEntry,
  name: string,
  version: string,
  origin: Origin,
  location: string,
  direct: boolean,
  scope: Scope = scopeOf(entry),
): Component {
  return {
    ecosystem: 'npm',
    name,
    version,
    purl: purlOf(name, version, origin),
    scope,
    integrity: typeof entry.integrity === 'string' ? entry.integrity : null,
    origin,
    direct,
    location,
  };
}

/** The purl of an npm package; one that does not come from a registry says where it comes from. */
export function purlOf(name: string, version: string, origin: Origin): string {
  const purl = npmPurl(name, version);
  return origin.kind === 'registry' || purl === '' ? purl : `${purl}${qualifierOf(origin)}`;
}

/** What npm installs for a manifest of ours; for a package it leaves out `devDependencies`. */
export const manifestTables = (entry: LockEntry): readonly unknown[] => [
  entry.dependencies,
  entry.devDependencies,
  entry.optionalDependencies,
  entry.peerDependencies,
];

/** `devOptional` is needed by a development dependency and by an optional one; production may load it, so it is optional. */
const scopeOf = (entry: LockEntry): Scope =>
  entry.dev === true
    ? 'development'
    : entry.optional === true || entry.devOptional === true
      ? 'optional'
      : 'production';

/**
 * Bytes from elsewhere are not the registry's package of that name, and the purl says so (purl specification, "Known
 * qualifiers": `vcs_url`, `download_url`). A local file or folder has no address that would mean anything to others.
 */
function qualifierOf(origin: Origin): string {
  if (origin.kind === 'git') return `?vcs_url=${encodePart(vcsUrl(origin.location))}`;
  if (origin.kind === 'file' && /^https?:/i.test(origin.location)) {
    return `?download_url=${encodePart(origin.location)}`;
  }
  return '';
}

/**
 * npm's `git+ssh://host/path#commit` in the form that purl asks for, `…@commit` (SPDX 2.3 §7.7, "Package download
 * location"); npm's short forms become the address that npm itself writes from version 7 on.
 */
function vcsUrl(spec: string): string {
  const short = /^(github|gitlab|bitbucket):([^#]*)(.*)$/s.exec(spec);
  const url =
    short === null
      ? spec
      : `git+ssh://git@${short[1]}.${short[1] === 'bitbucket' ? 'org' : 'com'}/${short[2]}.git${short[3]}`;
  return url.replace('#', '@');
}
