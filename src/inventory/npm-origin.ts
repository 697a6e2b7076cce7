/**
 * Where npm took a package from, read off the address in the lockfile.
 *
 * Source: npm docs, package-lock.json, "resolved" and "version"; package specs of npm-package-arg.
 */
import type { Origin } from './component.ts';

/** Reads the origin of an installed package from `resolved`, the lockfile's address of it. */
export type OriginReader = (resolved: unknown, name: string, version: string) => Origin;

/**
 * A reader for one lockfile; it keeps the registry it saw last, because nearly always that is the next package's too.
 *
 * A tarball address counts as a registry's only when it names this very package and version: a lockfile whose `lodash`
 * points at the tarball of another package installs that other package, so its bytes are not the registry's lodash.
 * An address that is left out is npm's `omit-lockfile-registry-resolved`; some locks of npm 6 write `false` instead.
 */
export function originReader(): OriginReader {
  let prefix = '';
  let registry: Origin = UNNAMED_REGISTRY;
  return (resolved, name, version) => {
    if (typeof resolved !== 'string') {
      return resolved === undefined || resolved === null || resolved === false ? UNNAMED_REGISTRY : UNKNOWN;
    }
    const ordinary = `${name}/-/${unscoped(name)}-${version}.tgz`;
    if (prefix !== '' && resolved === `${prefix}${ordinary}`) return registry;
    if (!resolved.startsWith('https://') && !resolved.startsWith('http://')) return elsewhere(resolved);
    const isOrdinary = resolved.endsWith(`/${ordinary}`);
    if (!isOrdinary && !isRegistryPath(pathOf(resolved), name, version)) {
      return { kind: 'file', location: withoutCredentials(resolved) };
    }
    const found: Origin = { kind: 'registry', host: hostOf(resolved) };
    if (isOrdinary) {
      prefix = resolved.slice(0, -ordinary.length);
      registry = found;
    }
    return found;
  };
}

/** The host of an address, with its port. */
function hostOf(url: string): string {
  const start = url.indexOf('//') + 2;
  const authority = url.slice(start, url.indexOf('/', start));
  return authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
}

function elsewhere(resolved: string): Origin {
  if (isGitSpec(resolved)) return { kind: 'git', location: withoutCredentials(resolved) };
  if (resolved.startsWith('file:')) return fileOrigin(resolved.slice('file:'.length));
  return resolved === '' ? UNNAMED_REGISTRY : UNKNOWN;
}

/** `git+ssh://…`, `git://…`, `github:owner/name#ref` and its siblings, `git@host:owner/name`. */
export const isGitSpec = (spec: string): boolean => /^(?:git[+:@]|ssh:|(?:github|gitlab|bitbucket|gist):)/i.test(spec);

/** A repository's address as its tools write it, in the form that npm writes (npm-package-arg): `git+https://…#commit`. */
export function gitOrigin(repository: string, commit: string): Origin {
  const scp = /^([\w.-]+@[\w.-]+):(?!\/)([^#]*)$/.exec(repository);
  const url =
    scp !== null ? `git+ssh://${scp[1]}/${scp[2]}` : /^https?:/.test(repository) ? `git+${repository}` : repository;
  return { kind: 'git', location: withoutCredentials(commit === '' ? url : `${url}#${commit}`) };
}

/**
 * A Git host's tarball of a commit, which is that commit and no upload of its own; `null` for every other address.
 * Source: the archive addresses of hosted-git-info for GitHub, GitLab and Bitbucket.
 */
export function hostedGit(url: string): Origin | null {
  const github = /^https:\/\/codeload\.github\.com\/([^/]+\/[^/]+)\/tar\.gz\/(?:refs\/tags\/)?([^/?#]+)/.exec(url);
  if (github !== null) return gitOrigin(`https://github.com/${github[1]}.git`, github[2] ?? '');
  const gitlab =
    /^https:\/\/gitlab\.com\/api\/v4\/projects\/([^/]+)\/repository\/archive\.tar\.gz\?(?:ref|sha)=([^&#]+)/.exec(url);
  if (gitlab !== null) return gitOrigin(`https://gitlab.com/${gitlab[1]?.replace(/%2f/gi, '/')}.git`, gitlab[2] ?? '');
  const bitbucket = /^https:\/\/bitbucket\.org\/([^/]+\/[^/]+)\/get\/([^/?#]+)\.tar\.gz/.exec(url);
  return bitbucket === null ? null : gitOrigin(`https://bitbucket.org/${bitbucket[1]}.git`, bitbucket[2] ?? '');
}

/** A `file:` path: a tarball by its ending (npm-package-arg `isFileType`), else a folder. */
export const fileOrigin = (location: string): Origin =>
  /\.(?:tgz|tar|tar\.gz)$/i.test(location) ? { kind: 'file', location } : { kind: 'link', location };

/** The version inside a registry's tarball address of the package `name`; `null` where it does not have that shape. */
export function registryVersionOf(url: string, name: string): string | null {
  const path = pathOf(url);
  const prefix = `/${name}/-/${unscoped(name)}-`;
  const at = path.lastIndexOf(prefix);
  return at >= 0 && path.endsWith('.tgz') ? path.slice(at + prefix.length, -'.tgz'.length) : null;
}

/** The package that a registry's tarball address of this version belongs to; `null` where it does not have that shape. */
export function registryNameOf(url: string, version: string): string | null {
  const path = pathOf(url);
  const end = path.lastIndexOf('/-/');
  const start = path.lastIndexOf('/', end - 1);
  if (start < 0 || end <= start) return null;
  const scope = path.lastIndexOf('/', start - 1);
  const name = path.slice((path.charCodeAt(scope + 1) === AT ? scope : start) + 1, end);
  return isRegistryPath(path, name, version) ? name : null;
}

const UNNAMED_REGISTRY: Origin = { kind: 'registry', host: null };
const UNKNOWN: Origin = { kind: 'unknown' };

const unscoped = (name: string): string => (name.charCodeAt(0) === AT ? name.slice(name.lastIndexOf('/') + 1) : name);
const AT = 0x40;

/**
 * npm's own shape `…/name/-/base-version.tgz` behind an encoded scope or in front of a query, and the shapes of other
 * registries: the scope repeated in the file name (Artifactory, GitLab), and GitHub Packages'
 * `/download/@scope/name/version/digest`.
 */
function isRegistryPath(path: string, name: string, version: string): boolean {
  return (
    path.endsWith(`/${name}/-/${unscoped(name)}-${version}.tgz`) ||
    path.endsWith(`/${name}/-/${name}-${version}.tgz`) ||
    path.includes(`/download/${name}/${version}/`)
  );
}

/** The decoded path of an address, without query and fragment. */
function pathOf(url: string): string {
  const bare = url.replace(/[?#].*$/s, '');
  const start = bare.indexOf('/', bare.indexOf('//') + 2);
  return start < 0 ? '' : bare.slice(start).replace(/%2f/gi, '/').replace(/%40/g, '@');
}

/**
 * An address as it may be shown: lockfiles hold access tokens more often than anyone likes, as user, password or query.
 * `git@` stays (it is the name of every SSH remote), and so does a git commit behind `#`.
 */
export function withoutCredentials(url: string): string {
  const start = url.indexOf('//') + 2;
  if (start < 2) return url;
  const path = url.slice(start).search(/[/?#]/);
  const end = path < 0 ? url.length : start + path;
  const at = url.lastIndexOf('@', end - 1);
  const user = at >= start ? url.slice(start, at) : '';
  const bare = user === '' || user === 'git' ? url : url.slice(0, start) + url.slice(at + 1);
  return bare.replace(/\?[^#]*/, '');
}
