/**
 * Which products a folder holds, told from lockfiles and app descriptors; the folder is read by
 * init-surroundings.client.ts.
 */
import * as z from 'zod';
import { isObject, stringOr } from '../lib/json.ts';
import { factsSchema, HOSTINGS } from './facts.ts';

export type Hosting = (typeof HOSTINGS)[number];

export const isHosting = (text: string): text is Hosting => HOSTINGS.some((hosting) => hosting === text);

/** A folder with at least one file that speaks of a product. */
export interface FoundFolder {
  /** From the folder of the policy, with `/`; `.` is that folder itself. */
  readonly path: string;
  /** Names of files that list dependencies. */
  readonly inputs: readonly string[];
  /** `name` of package.json. */
  readonly name: string | null;
  readonly descriptor: Descriptor | null;
}

/** What an app descriptor says about where the app runs. */
export interface Descriptor {
  readonly file: string;
  readonly hosting: Hosting;
  /** The address of a Connect app's own server, where the descriptor states one. */
  readonly baseUrl: string | null;
}

export interface InitProduct {
  /** As holdfast.yaml wants ids: lower case, at most 64 characters. */
  readonly id: string;
  readonly path: string;
  readonly hosting: Hosting | null;
  readonly baseUrl: string | null;
  /** The files it was told from, for people. */
  readonly from: readonly string[];
}

/** Files that list dependencies; bills of materials are left out: they describe, they do not make, a product. */
export const DEPENDENCY_FILES: readonly string[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'gradle.lockfile',
  'pom.xml',
];

/** Files that say where an app runs; pom.xml does so through its packaging. */
export const DESCRIPTOR_FILES: readonly string[] = [
  'manifest.yml',
  'manifest.yaml',
  'atlassian-connect.json',
  'pom.xml',
];

/**
 * Reads one descriptor; `null` when the file is something else of the same name.
 *
 * Sources: Forge manifest reference (`app` and `modules` at the top level), Connect app descriptor (`baseUrl`), Atlassian
 * SDK (Maven packaging `atlassian-plugin`). Looked at as text where a parser would bring nothing but ways to fail.
 */
export function readDescriptor(file: string, text: string): Descriptor | null {
  if (file === 'pom.xml') {
    const isPlugin = /<packaging>\s*atlassian-plugin\s*<\/packaging>/.test(text);
    return isPlugin ? { file, hosting: 'data-center', baseUrl: null } : null;
  }
  if (file === 'atlassian-connect.json') {
    const descriptor = parseJson(text);
    return isObject(descriptor) ? { file, hosting: 'connect', baseUrl: httpsUrl(descriptor['baseUrl']) } : null;
  }
  const isForge = /^app:/m.test(text) && /^modules:/m.test(text);
  return isForge ? { file, hosting: 'forge', baseUrl: null } : null;
}

/** Development descriptors hold placeholders such as `{{localBaseUrl}}`: those are no addresses. */
function httpsUrl(value: unknown): string | null {
  const text = stringOr(value, '');
  const isPlain = text.length <= 2_000 && /^https:\/\/[\w.-]+(?::\d{1,5})?(?:\/[\w./~-]*)?$/.test(text);
  return isPlain && z.url().safeParse(text).success ? text : null;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return null;
  }
}

interface Draft {
  readonly path: string;
  readonly name: string | null;
  readonly from: string[];
  descriptor: Descriptor | null;
}

/**
 * One product per outermost folder that lists dependencies or describes an app. What lies below belongs to it (a Forge
 * app's custom pages, the modules of a Maven build), unless it is an app with a descriptor and dependencies of its own.
 *
 * @param fallbackName Names a product whose folder has no package.json and is the folder of the policy.
 */
export function productsAmong(folders: readonly FoundFolder[], fallbackName: string): readonly InitProduct[] {
  const drafts: Draft[] = [];
  for (const { path, inputs, name, descriptor } of folders.toSorted((a, b) => compare(a.path, b.path))) {
    const outer = drafts.findLast((draft) => contains(draft.path, path));
    const ownApp = descriptor !== null && inputs.length > 0;
    if (outer === undefined || ownApp) {
      drafts.push({ path, name, descriptor, from: fileNames(inputs, descriptor) });
    } else if (descriptor !== null && outer.descriptor === null) {
      outer.descriptor = descriptor;
      outer.from.push(`${path}/${descriptor.file}`);
    }
  }
  const taken = new Set<string>();
  return drafts.filter(isWritable).map(({ path, name, from, descriptor }) => ({
    id: freeId(productId(name ?? (path === '.' ? fallbackName : path)), taken),
    path,
    hosting: descriptor?.hosting ?? null,
    baseUrl: descriptor?.baseUrl ?? null,
    from,
  }));
}

/** A folder called `c:x` exists on Linux, but holdfast.yaml takes no such path. */
const isWritable = ({ path }: Draft): boolean => factsSchema.safeParse({ products: [{ id: 'any', path }] }).success;

const compare = (a: string, b: string): number => (a === b ? 0 : a === '.' || (b !== '.' && a < b) ? -1 : 1);
const contains = (outer: string, inner: string): boolean => outer === '.' || inner.startsWith(`${outer}/`);

function fileNames(inputs: readonly string[], descriptor: Descriptor | null): string[] {
  return descriptor === null || inputs.includes(descriptor.file) ? [...inputs] : [...inputs, descriptor.file];
}

/** `@beispiel/Zeit Erfassung` → `zeit-erfassung`; a name without any usable letter is `product`. */
export function productId(name: string): string {
  const id = (name.split('/').at(-1) ?? '')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .slice(0, 60)
    .replace(/^[._-]+|[._-]+$/g, '');
  return id === '' ? 'product' : id;
}

function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}-${n}`;
  taken.add(id);
  return id;
}
