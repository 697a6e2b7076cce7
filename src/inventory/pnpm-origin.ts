/**
 * Where pnpm takes a package from: the `resolution` of its entry.
 *
 * Source: pnpm, resolving/resolver-base, `Resolution`; pnpm leaves a registry's address out where name and version give it.
 */
import type { Component, Origin, Scope } from './component.ts';
import type { YamlMap } from './lockfile-yaml.ts';
import { fileOrigin, gitOrigin, hostedGit, type OriginReader } from './npm-origin.ts';
import { textIn } from './pnpm-importers.ts';
import type { PackageKey } from './pnpm-key.ts';
import { formatPurl } from './purl.ts';

export function pnpmOrigin(
  resolution: YamlMap,
  key: PackageKey,
  name: string,
  version: string,
  originOf: OriginReader,
): Origin {
  const type = textIn(resolution, 'type');
  if (type === 'git') return gitOrigin(textIn(resolution, 'repo'), textIn(resolution, 'commit'));
  if (type === 'directory') return { kind: 'link', location: textIn(resolution, 'directory') };
  const tarball = textIn(resolution, 'tarball');
  if (tarball !== '') return hostedGit(tarball) ?? originOf(tarball, name, version);
  if (key.registry !== null && (type === '' || type === 'tarball')) return { kind: 'registry', ...key.registry };
  return key.reference.startsWith('file:') ? fileOrigin(key.reference.slice('file:'.length)) : { kind: 'unknown' };
}

/** `node@runtime:24.1.0`: a program from its maker's own site, which shares nothing but its name with an npm package. */
export const isRuntime = (key: PackageKey, resolution: YamlMap): boolean => {
  const type = textIn(resolution, 'type');
  return key.reference.startsWith('runtime:') && (type === 'binary' || type === 'variations');
};

export function runtimeComponent(
  { name, reference }: PackageKey,
  recorded: string,
  scope: Scope,
  direct: boolean,
  location: string,
): Component {
  const version = recorded || reference.slice('runtime:'.length);
  const purl = { type: 'generic', namespace: '', name, version, qualifiers: new Map<string, string>(), subpath: '' };
  return {
    ecosystem: 'generic',
    name,
    version,
    purl: name === '' ? '' : formatPurl(purl),
    scope,
    integrity: null,
    origin: { kind: 'unknown' },
    direct,
    location,
  };
}
