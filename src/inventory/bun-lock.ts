/**
 * bun.lock, lockfileVersion 0 to 3: Bun's lockfile as text.
 *
 * Source: Bun, src/install/lockfile/bun.lock.rs. `workspaces` are the manifests, by folder; `packages` lists what is
 * installed, by its path through the folders (`a/@s/b`: the `@s/b` inside of `a`), each as a list whose shape depends on
 * where it comes from:
 *
 *     ["name@1.0.0", "registry's address of it, empty for the usual one", {info}, "sha512-…"]
 *     ["name@github:owner/name#commit", {info}, "tag", "sha512-…"]      also git+…
 *     ["name@https://host/a.tgz", {info}, "sha512-…"]                   also a path of a tarball
 *     ["name@file:folder", {info}]  ["name@link:folder", {info}]  ["name@workspace:folder"]  ["name@root:", {info}]
 *
 * The versions differ in what Bun checks and in `overrides`, not in this. Places are laid out by bun-tree.ts, the text is
 * bun-json.ts. An entry of the wrong shape refuses the file: a package left out would be one that nobody scans.
 */
import { isObject, stringOr } from '../lib/json.ts';
import { layOut, manifestsIn, type Named, resolvedEdges } from './bun-tree.ts';
import type { Component, Inventory, Origin, Scope } from './component.ts';
import { npmComponent } from './npm-component.ts';
import {
  fileOrigin,
  isGitSpec,
  type OriginReader,
  originReader,
  registryVersionOf,
  withoutCredentials,
} from './npm-origin.ts';
import { resolvedGraph, rootsOf, scopesOf } from './resolved-graph.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

const NEWEST = 3;

/** @throws INVENTORY_MALFORMED, or INVENTORY_UNSUPPORTED for a lockfileVersion that did not exist yet. */
export function readBunLock(path: string, document: unknown): Inventory {
  if (!isObject(document)) throw notALockfile(path);
  const { workspaces, packages = {} } = document;
  checkVersion(path, document['lockfileVersion']);
  if (!isObject(workspaces) || !isObject(packages)) throw notALockfile(path);
  const entries = Object.keys(packages).map((location) => entryAt(path, location, packages[location]));
  const folders = Object.keys(workspaces).filter((folder) => folder !== '');
  for (const folder of folders) {
    if (!isObject(workspaces[folder])) throw badEntry(path, folder, 'is not an object');
  }
  const tree = layOut(path, entries, folders, workspaces);
  const gaps = new Set<string>();
  const manifests = manifestsIn(document, workspaces, tree, gaps);
  const edges = resolvedEdges(tree, gaps);
  const scopes = scopesOf(manifests, edges);
  const direct = new Set(rootsOf(manifests));
  const originOf = originReader();
  const root = Object.hasOwn(workspaces, '') ? workspaces[''] : undefined;
  return {
    path,
    kind: 'bun-lock',
    product: { name: isObject(root) ? stringOr(root['name'], '') : '', version: '' },
    components: tree.components.map((named, index) => {
      const scope = scopes[index] ?? 'unknown';
      return 'folder' in named
        ? workspaceComponent(named.folder, workspaces[named.folder], scope, direct.has(index))
        : componentOf(named, scope, direct.has(index), originOf);
    }),
    coverage: 'whole',
    gaps: [...gaps],
    graph: () => resolvedGraph(manifests, edges),
  };
}

const RESTORE = 'Restore it from version control, or write it again with `bun install --lockfile-only`.';

const notALockfile = (path: string) => malformed(path, `${lastName(path)} is not a lockfile of Bun`, RESTORE);

const badEntry = (path: string, location: string, what: string) =>
  malformed(path, `the entry \`${excerpt(location)}\` ${what}`, RESTORE);

function checkVersion(path: string, version: unknown): void {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) {
    throw malformed(path, 'its `lockfileVersion` is not a version of bun.lock', RESTORE);
  }
  if (version <= NEWEST) return;
  throw unsupported(
    path,
    `lockfileVersion ${version} is newer than Holdfast knows (it reads 0 to ${NEWEST})`,
    'Update Holdfast, or write an SBOM with the build tool and scan that.',
  );
}

function entryAt(path: string, location: string, value: unknown): Named {
  const entry: readonly unknown[] = Array.isArray(value) ? value : [];
  const [resolved, second, third, fourth] = entry;
  if (typeof resolved !== 'string') throw badEntry(path, location, 'is not a list that begins with name and version');
  const at = resolved.indexOf('@', 1);
  const name = at < 0 ? resolved : resolved.slice(0, at);
  const reference = at < 0 ? '' : resolved.slice(at + 1);
  // Only packages of a registry have text in the second place: the registry's address of them.
  if (typeof second === 'string') {
    return { location, name, reference, tarball: second, info: isObject(third) ? third : {}, integrity: fourth };
  }
  const integrity = isGitSpec(reference) ? fourth : third;
  return { location, name, reference, tarball: null, info: isObject(second) ? second : {}, integrity };
}

function componentOf(named: Named, scope: Scope, direct: boolean, originOf: OriginReader): Component {
  const { location, name, reference, tarball, info, integrity } = named;
  const known = typeof integrity === 'string' && integrity !== '' ? integrity : undefined;
  const entry = { integrity: known };
  if (tarball !== null) {
    const origin = info['bundled'] === true ? BUNDLED : registryOrigin(tarball, name, reference, originOf);
    return npmComponent(entry, name, reference, origin, location, direct, scope);
  }
  const version = registryVersionOf(reference, name) ?? '';
  return npmComponent(
    entry,
    name,
    version,
    originElsewhere(reference, name, version, originOf),
    location,
    direct,
    scope,
  );
}

const BUNDLED: Origin = { kind: 'bundled' };

const USUAL_REGISTRY: Origin = { kind: 'registry', host: null };

/** Bun writes no address for the usual registry, the tarball's for another, and has written the registry's own. */
function registryOrigin(tarball: string, name: string, version: string, originOf: OriginReader): Origin {
  if (tarball === '') return USUAL_REGISTRY;
  const path = `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
  return originOf(tarball.endsWith('/') ? `${tarball}${path}` : tarball, name, version);
}

function originElsewhere(reference: string, name: string, version: string, originOf: OriginReader): Origin {
  if (isGitSpec(reference)) return { kind: 'git', location: withoutCredentials(reference) };
  if (/^https?:/i.test(reference)) return originOf(reference, name, version);
  return fileOrigin(reference.replace(/^(?:file|link|workspace):/, ''));
}

function workspaceComponent(folder: string, manifest: unknown, scope: Scope, direct: boolean): Component {
  const { name, version } = isObject(manifest) ? manifest : ({} as JsonRecord);
  const origin: Origin = { kind: 'link', location: folder };
  const component = npmComponent({}, stringOr(name, folder), stringOr(version, ''), origin, folder, direct, scope);
  return typeof name === 'string' ? component : { ...component, purl: '' };
}
