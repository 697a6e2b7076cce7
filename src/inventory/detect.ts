/**
 * What kind of input a file is: by its name in a folder, by its content when it is read.
 *
 * The content decides, because people name files as they like; the name only says which files of a folder are inputs.
 * Kinds that Holdfast knows but does not read yet are recognised, so that they are reported and never passed over.
 */
import { isObject } from '../lib/json.ts';
import { lastName, malformed, unsupported } from './unreadable.ts';

/**
 * The names that make a file of a folder an input; `*` stands for any beginning. The class paths are Gradle's older layout,
 * one lockfile for each configuration (Gradle User Manual, "Locking Versions").
 */
export const INPUT_NAMES = [
  'npm-shrinkwrap.json',
  'package-lock.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'gradle.lockfile',
  'buildscript-gradle.lockfile',
  'settings-gradle.lockfile',
  '*Classpath.lockfile',
  'pom.xml',
  'bom.json',
  'bom.xml',
  '*.cdx.json',
  '*.cdx.xml',
  '*.spdx.json',
] as const;

/**
 * The inputs among the names of one folder, sorted. `npm-shrinkwrap.json` stands for a `package-lock.json` beside it, as
 * it does for npm (npm docs, "npm-shrinkwrap.json"), and `bun.lock` for a `bun.lockb` (Bun docs, "Lockfile").
 */
export function inputsAmong(names: readonly string[]): readonly string[] {
  const inputs = names.filter(isInputName).sort();
  return inputs.filter((name) => !inputs.includes(STANDS_FOR.get(name) ?? ''));
}

const STANDS_FOR: ReadonlyMap<string, string> = new Map([
  ['package-lock.json', 'npm-shrinkwrap.json'],
  ['bun.lockb', 'bun.lock'],
]);

const isInputName = (name: string): boolean =>
  INPUT_NAMES.some((known) =>
    known.startsWith('*') ? name.endsWith(known.slice(1)) && name.length >= known.length : name === known,
  );

/** What the beginning of a text says it is; every other kind is refused by `kindOfText`. */
export type TextKind =
  | 'json'
  | 'yarn-classic'
  | 'yarn-berry'
  | 'pnpm-lock'
  | 'bun-lock'
  | 'gradle-lockfile'
  | 'maven-pom'
  | 'cyclonedx-xml';

/** What a JSON document says it is; every other kind is refused by `kindOfJson`. */
export type JsonKind = 'package-lock' | 'cyclonedx-json' | 'spdx-json';

/**
 * Judges a text before it is parsed.
 *
 * @returns `json` when it has to be parsed to know more.
 * @throws INVENTORY_UNSUPPORTED for every other kind, known or not; INVENTORY_MALFORMED for an empty file.
 */
export function kindOfText(path: string, text: string): TextKind {
  const head = text.slice(text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0, HEAD_LENGTH);
  refuseBinaryBunLock(path, head);
  const isJson = /^\s*[{["]/.test(head);
  const known = isJson ? (BUN.test(head) ? 'bun-lock' : null) : kindOfHead(path, head);
  if (known !== null) return known;
  // A name that promises JSON gets the place of the mistake, not the news that the file is unknown.
  if (isJson || (path.endsWith('.json') && text.trim() !== '')) return 'json';
  if (text.trim() !== '') throw notRecognised(path);
  throw malformed(path, `${lastName(path)} is empty`, 'Restore it from version control, or write it again.');
}

/** @throws INVENTORY_UNSUPPORTED when the document is of a kind that is not read or not known. */
export function kindOfJson(path: string, document: unknown): JsonKind {
  if (isObject(document)) {
    if (document['bomFormat'] === 'CycloneDX') return 'cyclonedx-json';
    if (document['spdxVersion'] !== undefined || isSpdxInside(document['sbom'])) return 'spdx-json';
    if (isSpdx3(document)) throw notReadYet(path, 'SPDX 3, JSON');
    if (document['lockfileVersion'] !== undefined || isOldShrinkwrap(document)) return 'package-lock';
  }
  if (/(?:^|[/\\.])(?:package-lock|npm-shrinkwrap)\.json$/.test(path)) return 'package-lock';
  throw notRecognised(path);
}

/**
 * Shrinkwraps of npm 4 and older have no `lockfileVersion`: what marks them is that `dependencies` holds packages with
 * versions, where a manifest holds ranges and other tools' lockfiles hold something else.
 */
export function isOldShrinkwrap(document: Readonly<Record<string, unknown>>): boolean {
  const dependencies = document['dependencies'];
  if (document['packages'] !== undefined || !isObject(dependencies)) return false;
  return Object.values(dependencies).some((entry) => isObject(entry) && typeof entry['version'] === 'string');
}

/** GitHub's REST API wraps its export (GitHub docs, "Export a software bill of materials (SBOM) for a repository"). */
const isSpdxInside = (sbom: unknown): boolean => isObject(sbom) && sbom['spdxVersion'] !== undefined;

/** SPDX 3 is JSON-LD: its context is the mark (SPDX 3.0.1, "Serialization"). */
const isSpdx3 = (document: Readonly<Record<string, unknown>>): boolean =>
  typeof document['@context'] === 'string' && document['@context'].includes('spdx.org');

const BYTE_ORDER_MARK = 0xfeff;

/** Enough for every mark below: they stand in the first lines. */
const HEAD_LENGTH = 65_536;

/** What each kind begins with. Sources: the headers that the tools themselves write. */
const MARKS: readonly { readonly kind: TextKind; readonly mark: RegExp }[] = [
  { kind: 'yarn-classic', mark: /^# yarn lockfile v1\s*$/m },
  { kind: 'yarn-berry', mark: /^__metadata:\s*$/m },
  { kind: 'pnpm-lock', mark: /^lockfileVersion:\s/m },
  { kind: 'gradle-lockfile', mark: /^# This is a Gradle generated file for dependency locking\./m },
];

/**
 * Bun's binary lockfile, of versions before 1.2. It may be a script's first line, but it is no text.
 *
 * @param head The beginning of the file, a character for each byte.
 * @throws INVENTORY_UNSUPPORTED when it is one.
 */
export function refuseBinaryBunLock(path: string, head: string): void {
  if (!head.startsWith('#!/usr/bin/env bun\nbun-lockfile-format-v')) return;
  const hint = 'Write it as text with `bun install --save-text-lockfile --lockfile-only`, and scan that bun.lock.';
  throw unsupported(path, `${lastName(path)} is Bun's binary lockfile, which is not read`, hint);
}

const SPDX_TAG_VALUE = /^SPDXVersion:/m;

/** bun.lock is JSON with trailing commas, so it is told by its first keys (Bun docs, "Lockfile"). */
const BUN = /^\s*\{\s*"lockfileVersion"\s*:\s*\d+\s*,\s*(?:"configVersion"\s*:\s*\d+\s*,\s*)?"workspaces"\s*:/;

const XML_ROOTS: Readonly<Record<string, TextKind>> = { project: 'maven-pom', bom: 'cyclonedx-xml' };

function kindOfHead(path: string, head: string): TextKind | null {
  const found = MARKS.find(({ mark }) => mark.test(head));
  if (found !== undefined) return found.kind;
  if (SPDX_TAG_VALUE.test(head)) throw notReadYet(path, 'SPDX, tag-value');
  if (/^\s*</.test(head)) return XML_ROOTS[xmlRootOf(head)] ?? null;
  // Lockfiles of empty projects have no header, and pnpm 5 wrote its version behind the manifests; their name is all there is.
  const name = lastName(path);
  if (/^(?:buildscript-|settings-)?gradle\.lockfile$/.test(name)) return 'gradle-lockfile';
  if (name === 'pnpm-lock.yaml') return 'pnpm-lock';
  if (name === 'yarn.lock') return 'yarn-classic';
  return null;
}

/** The local name of the first element, behind declaration, comments and document type; empty when there is none. */
function xmlRootOf(head: string): string {
  let at = 0;
  for (;;) {
    const open = head.indexOf('<', at);
    if (open < 0) return '';
    if (head.startsWith('<!--', open)) at = head.indexOf('-->', open + 4);
    else if (/^<[?!]/.test(head.slice(open, open + 2))) at = head.indexOf('>', open);
    else return /^<(?:[\w.-]+:)?([\w.-]+)/.exec(head.slice(open, open + 200))?.[1] ?? '';
    if (at < 0) return '';
  }
}

/** For kinds that Holdfast knows and has no parser for. */
const notReadYet = (path: string, kind: string) =>
  unsupported(path, `${lastName(path)} (${kind}) is not read yet`, NOT_READ_HINT);

const notRecognised = (path: string) =>
  unsupported(path, `${lastName(path)} is no kind of inventory that Holdfast knows`, NOT_READ_HINT);

const NOT_READ_HINT =
  'Holdfast reads package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock, gradle.lockfile, pom.xml, ' +
  'CycloneDX as JSON or XML and SPDX 2.2 and 2.3 as JSON; most build tools can write one of the last.';
