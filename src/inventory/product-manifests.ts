/**
 * The manifests of a product whose lockfile does not record them: its package.json, and those of its workspaces.
 *
 * Yarn keeps in yarn.lock what answers each `name@range`, but not (Yarn 1), or not by scope (Yarn 2 and later), what the
 * product asks for. product-manifests.actions.ts reads the files; here is what they say: which folders are workspaces, and
 * what each manifest asks for. Everything in them is unchecked, and what is not of the right shape says nothing.
 */
import { isObject, stringsOf } from '../lib/json.ts';
import type { Scope } from './component.ts';
import { ignoreBy } from './ignore-globs.ts';
import type { ManifestAsk } from './yarn-graph.ts';

export interface WorkspaceManifest {
  /** Relative to the product's root, with `/`. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
}

export interface ProductManifests {
  readonly own: Readonly<Record<string, unknown>>;
  /** In the order of their folders. */
  readonly workspaces: readonly WorkspaceManifest[];
  /** False when there may be a workspace whose manifest was not read. */
  readonly complete: boolean;
}

/**
 * What the product's manifest asks for, with its scope. A name in several tables is asked for in each, so that being needed
 * in production is never lost.
 *
 * @param optionalByMeta Whether `dependenciesMeta` can call a dependency optional: for Yarn 2 and later it can (Yarn docs,
 *   "Manifest fields", `dependenciesMeta.optional`), Yarn 1 knows no such field.
 */
export function asksOfManifest(
  manifest: Readonly<Record<string, unknown>>,
  optionalByMeta: boolean,
): readonly ManifestAsk[] {
  const asks: ManifestAsk[] = [];
  const meta = optionalByMeta ? manifest['dependenciesMeta'] : undefined;
  for (const [field, scope] of ASKED_IN) {
    const table = manifest[field];
    if (!isObject(table)) continue;
    for (const [name, range] of Object.entries(table)) {
      if (typeof range !== 'string') continue;
      const optional = scope === 'optional' || isOptionalIn(meta, name);
      asks.push({ name, range, optional, scope: optional && scope === 'production' ? 'optional' : scope });
    }
  }
  return asks;
}

/** Peer dependencies are left out: Yarn installs none for the product's own manifests (Yarn docs, `peerDependencies`). */
const ASKED_IN: readonly (readonly [field: string, scope: Scope])[] = [
  ['dependencies', 'production'],
  ['optionalDependencies', 'optional'],
  ['devDependencies', 'development'],
];

function isOptionalIn(meta: unknown, name: string): boolean {
  const entry = isObject(meta) && Object.hasOwn(meta, name) ? meta[name] : undefined;
  return isObject(entry) && entry['optional'] === true;
}

/** Which folders of a product are its workspaces, and in which folders they may lie. */
export interface WorkspaceFolders {
  readonly isWorkspace: (folder: string) => boolean;
  readonly mayHold: (folder: string) => boolean;
  /** False when the globs say something that is not understood here. */
  readonly complete: boolean;
}

/**
 * Reads `workspaces`: a list of globs, or an object with it in `packages` (Yarn docs, "Workspaces"). `null` when there are none.
 *
 * Their globs are those of .gitignore if each is anchored. What .gitignore has not (`{a,b}`, `[ab]`, `+(a)`) and what leads
 * outside makes the answer incomplete.
 */
export function workspaceFolders(manifest: Readonly<Record<string, unknown>>): WorkspaceFolders | null {
  const { workspaces } = manifest;
  const named = stringsOf(isObject(workspaces) ? workspaces['packages'] : workspaces).map(trimGlob);
  if (named.length === 0) return null;
  const globs = named.slice(0, MOST_GLOBS).filter((glob) => glob.length <= LONGEST_GLOB && !UNKNOWN_GLOB.test(glob));
  return {
    isWorkspace: isNamedBy(globs.map(anchored)),
    mayHold: isNamedBy(globs.filter((glob) => !glob.startsWith('!')).flatMap(beginningsOf)),
    complete: globs.length === named.length,
  };
}

/** More of them, or longer ones, no person writes; matching costs globs times folders. */
const MOST_GLOBS = 200;
const LONGEST_GLOB = 200;

const UNKNOWN_GLOB = /[{}[\]()\\]|(?:^|\/)\.\.(?:\/|$)/;

const trimGlob = (glob: string): string => glob.replace(/^(!?)(?:\.\/|\/)/, '$1').replace(/\/$/, '');

const anchored = (glob: string): string => (glob.startsWith('!') ? `!/${glob.slice(1)}` : `/${glob}`);

const isNamedBy = (globs: readonly string[]): ((folder: string) => boolean) => {
  const names = ignoreBy(globs);
  return (folder) => names(folder, true);
};

/** The folders on the way to what a glob names: `/packages` and `/packages/*` for `packages/*`; all that is below a `**`. */
function beginningsOf(glob: string): readonly string[] {
  const segments = glob.split('/');
  const any = segments.indexOf('**');
  const fixed = any < 0 ? segments : segments.slice(0, any);
  const beginnings = fixed.map((_, index) => `/${fixed.slice(0, index + 1).join('/')}`);
  return any < 0 ? beginnings : [...beginnings, `/${[...fixed, '**'].join('/')}`];
}
