/** Which package an entry of a Yarn 1 lockfile is, and where its bytes come from: read off its descriptors and `resolved`. */
import type { Origin } from './component.ts';
import { fileOrigin, isGitSpec, type OriginReader, registryNameOf, withoutCredentials } from './npm-origin.ts';
import type { ClassicEntry } from './yarn-classic-text.ts';

export interface Identity {
  /** The real name, not the alias. */
  readonly name: string;
  readonly origin: Origin;
}

/** The name of a descriptor, `@shop/a` of `@shop/a@^1.0.0`; the descriptor itself where it has no range. */
export function installedNameOf(descriptor: string): string {
  const at = descriptor.indexOf('@', 1);
  return at < 0 ? descriptor : descriptor.slice(0, at);
}

/** What a descriptor asks for behind its name; empty where it asks for nothing in particular. */
export const rangeOf = (descriptor: string): string => descriptor.slice(installedNameOf(descriptor).length + 1);

/**
 * An alias is told by its range (`a@npm:b@^1`). Where `resolutions` put one package in the place of another, only the address
 * tells: one that is a registry's tarball of this version under another name is that other package.
 *
 * The field `name` is the alias for an alias; else it names a package that was asked for by its address alone.
 */
export function identityOf(entry: ClassicEntry, originOf: OriginReader): Identity {
  const { descriptors, resolved } = entry;
  const version = entry.version ?? '';
  const name = aliasedName(descriptors) ?? (entry.name === '' ? installedNameOf(descriptors[0] ?? '') : entry.name);
  const origin =
    resolved === ''
      ? askedOrigin(descriptors, name, version, originOf)
      : foundOrigin(resolved, name, version, originOf);
  const other = origin.kind === 'file' ? registryNameOf(resolved, version) : null;
  return other === null ? { name, origin } : { name: other, origin: originOf(withoutHash(resolved), other, version) };
}

/** The name in `npm:name@range`, where the range may be missing; `null` when no descriptor is an alias. */
function aliasedName(descriptors: readonly string[]): string | null {
  for (const descriptor of descriptors) {
    const at = descriptor.indexOf('@npm:', 1);
    if (at > 0 && at === descriptor.indexOf('@', 1)) return installedNameOf(descriptor.slice(at + '@npm:'.length));
  }
  return null;
}

/**
 * Where the bytes of an entry with an address come from.
 *
 * The address of a tarball ends in `#` and its SHA-1. A bare file name is one of an offline mirror (Yarn blog, "Running Yarn
 * offline"), where registry tarballs have the name that the registry gives them, a scope in front.
 */
function foundOrigin(resolved: string, name: string, version: string, originOf: OriginReader): Origin {
  if (GIT_OVER_HTTP.test(resolved)) return { kind: 'git', location: withoutCredentials(resolved) };
  if (isGitSpec(resolved)) return originOf(resolved, name, version);
  const address = withoutHash(resolved);
  if (address.includes(':')) return originOf(address, name, version);
  const isOrdinary =
    address === `${name.replace('/', '-')}-${version}.tgz` || address === `${unscoped(name)}-${version}.tgz`;
  return isOrdinary ? originOf(undefined, name, version) : fileOrigin(address);
}

/** `https://forge.example/owner/name.git#commit`: Yarn takes what ends in `.git` for a repository, whatever the protocol. */
const GIT_OVER_HTTP = /^https?:[^#?]*\.git(?:#|$)/i;

const withoutHash = (address: string): string => {
  const hash = address.indexOf('#');
  return hash < 0 ? address : address.slice(0, hash);
};

const unscoped = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** Folders, and whatever else has no address of its own: what is asked for says where it comes from. */
function askedOrigin(descriptors: readonly string[], name: string, version: string, originOf: OriginReader): Origin {
  for (const descriptor of descriptors) {
    const range = rangeOf(descriptor);
    if (range.startsWith('npm:') || !/[:/]/.test(range)) continue;
    if (range.startsWith('link:')) return { kind: 'link', location: range.slice('link:'.length) };
    if (/^(?:\.{0,2}|~)\//.test(range)) return fileOrigin(range);
    return GIT_OVER_HTTP.test(range)
      ? { kind: 'git', location: withoutCredentials(range) }
      : originOf(range, name, version);
  }
  return originOf(undefined, name, version);
}
