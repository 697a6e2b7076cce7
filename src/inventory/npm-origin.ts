/**
 * Where npm took a package from, read off the address in the lockfile.
 *
 * Source: npm docs, package-lock.json, "resolved" and "version"; package specs of npm-package-arg.
 */
import type { Origin } from './component.ts';

/**
 * The origin of an installed package.
 *
 * A tarball address counts as a registry's only when it names this very package and version: a lockfile whose `lodash`
 * points at the tarball of another package installs that other package, so its bytes are not the registry's lodash.
 *
 * @param resolved The lockfile's address; left out by npm's `omit-lockfile-registry-resolved`, `false` in some locks of npm 6.
 */
export function npmOrigin(resolved: unknown, name: string, version: string): Origin {
  if (resolved === undefined || resolved === null || resolved === false || resolved === '') return UNNAMED_REGISTRY;
  if (typeof resolved !== 'string') return UNKNOWN;
  if (/^https?:/i.test(resolved)) return tarballOrigin(resolved, name, version);
  if (isGitSpec(resolved)) return { kind: 'git', location: withoutCredentials(resolved) };
  if (/^file:/i.test(resolved)) return fileOrigin(resolved.slice('file:'.length));
  return UNKNOWN;
}

/** `git+ssh://…`, `git://…`, `github:owner/name#ref` and its siblings, `git@host:owner/name`. */
export const isGitSpec = (spec: string): boolean => /^(?:git[+:@]|ssh:|(?:github|gitlab|bitbucket|gist):)/i.test(spec);

/** A `file:` path: a tarball by its ending (npm-package-arg `isFileType`), else a folder. */
export const fileOrigin = (location: string): Origin =>
  /\.(?:tgz|tar|tar\.gz)$/i.test(location) ? { kind: 'file', location } : { kind: 'link', location };

/** The version inside a registry's tarball address of the package `name`; `null` where it does not have that shape. */
export function registryVersionOf(url: string, name: string): string | null {
  const { path } = splitUrl(url);
  const prefix = `/${name}/-/${unscoped(name)}-`;
  const at = path.lastIndexOf(prefix);
  return at >= 0 && path.endsWith('.tgz') ? path.slice(at + prefix.length, -'.tgz'.length) : null;
}

const UNNAMED_REGISTRY: Origin = { kind: 'registry', host: null };
const UNKNOWN: Origin = { kind: 'unknown' };

const unscoped = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The registry's host of the last package: nearly always the next one's too, so one object serves a thousand components. */
let lastRegistry: { readonly kind: 'registry'; readonly host: string } = { kind: 'registry', host: '' };

function tarballOrigin(resolved: string, name: string, version: string): Origin {
  const ordinary = `/${name}/-/${unscoped(name)}-${version}.tgz`;
  if (!resolved.endsWith(ordinary) && !isRegistryPath(splitUrl(resolved).path, name, version)) {
    return { kind: 'file', location: withoutCredentials(resolved) };
  }
  const end = resolved.indexOf('/', resolved.indexOf('//') + 2);
  const authority = resolved.slice(resolved.indexOf('//') + 2, end);
  const host = authority.slice(authority.lastIndexOf('@') + 1).toLowerCase();
  if (host !== lastRegistry.host) lastRegistry = { kind: 'registry', host };
  return lastRegistry;
}

/**
 * The shapes that registries use besides npm's own: an encoded scope, the scope repeated in the file name (Artifactory,
 * GitLab), and GitHub Packages' `/download/@scope/name/version/digest`.
 */
function isRegistryPath(path: string, name: string, version: string): boolean {
  return (
    path.endsWith(`/${name}/-/${unscoped(name)}-${version}.tgz`) ||
    path.endsWith(`/${name}/-/${name}-${version}.tgz`) ||
    path.includes(`/download/${name}/${version}/`)
  );
}

/** Host and decoded path, without user, query and fragment. */
function splitUrl(url: string): { readonly path: string } {
  const bare = url.replace(/[?#].*$/s, '');
  const start = bare.indexOf('/', bare.indexOf('//') + 2);
  return { path: start < 0 ? '' : bare.slice(start).replace(/%2f/gi, '/').replace(/%40/g, '@') };
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
