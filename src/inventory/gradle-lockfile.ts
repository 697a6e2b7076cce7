/**
 * Gradle's dependency lockfiles: gradle.lockfile, buildscript-gradle.lockfile, settings-gradle.lockfile, and the older
 * layout with a file for each configuration.
 *
 * Source: Gradle User Manual, "Locking Versions", https://docs.gradle.org/current/userguide/dependency_locking.html:
 * a line is `group:artifact:version=configuration,configuration`, `empty=` names the configurations that resolve to
 * nothing. Before Gradle 7 `gradle/dependency-locks/<configuration>.lockfile` held `group:artifact:version` lines, and
 * Gradle still reads them. A lockfile records neither edges, nor what the build asks for, nor repositories, nor hashes.
 */
import type { Component, Inventory, Origin, Scope } from './component.ts';
import { gradleScope, heavier } from './gradle-scope.ts';
import { formatPurl } from './purl.ts';
import { excerpt, lastName, malformed, unsupported } from './unreadable.ts';

/**
 * Reads the text of a lockfile; a module in two versions is two components, and one that stands there twice is one.
 *
 * @throws INVENTORY_MALFORMED with line and column, INVENTORY_UNSUPPORTED for more modules than any build has.
 */
export function readGradleLockfile(path: string, text: string): Inventory {
  const modules = new Map<string, Scope>();
  const scopes = new Map<string, Scope>();
  let layout: Layout | null = null;
  let line = 0;
  for (let start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0, next = 0; start < text.length; start = next) {
    const feed = text.indexOf('\n', start);
    next = feed < 0 ? text.length : feed + 1;
    line += 1;
    const whole = text.slice(start, next);
    const lock = whole.trim();
    if (lock === '' || lock.charCodeAt(0) === HASH) continue;
    const fail = (message: string, offset: number): never =>
      refuse(path, message, lock, { line, column: whole.indexOf(lock) + offset + 1 });
    const equals = lock.indexOf('=');
    layout ??= layoutOf(path, equals);
    if (layout.kind === 'file-per-configuration' ? equals >= 0 : equals < 0) {
      fail(layout.kind === 'one-file' ? 'it names no configuration' : 'the lines before it name no configuration', 0);
    }
    if (layout.kind === 'one-file' && lock.indexOf('=', equals + 1) >= 0) {
      fail('it has a second =', lock.indexOf('=', equals + 1));
    }
    if (equals >= 0 && lock.slice(0, equals) === 'empty') continue;
    const module = equals < 0 ? lock : lock.slice(0, equals);
    checkModule(module, fail);
    const scope = layout.kind === 'one-file' ? scopeOfList(lock, equals, scopes, fail) : layout.scope;
    const known = modules.get(module);
    modules.set(module, known === undefined ? scope : heavier(known, scope));
    if (modules.size > MOST_MODULES) throw tooMany(path);
  }
  return {
    path,
    kind: 'gradle-lockfile',
    product: { name: '', version: '' },
    components: [...modules].map(([module, scope]) => componentOf(module, scope)),
    coverage: 'whole',
    gaps: [],
    graph: () => null,
  };
}

const BYTE_ORDER_MARK = 0xfeff;
const HASH = 0x23;

/** Large Android builds lock some 2,000 modules. */
const MOST_MODULES = 200_000;

type Fail = (message: string, offset: number) => never;

type Layout =
  | { readonly kind: 'one-file' }
  /** The file's name is its configuration. */
  | { readonly kind: 'file-per-configuration'; readonly scope: Scope };

/** By the first line that locks something; `buildscript-` is Gradle's prefix for the build script's own class path. */
function layoutOf(path: string, equals: number): Layout {
  const name = lastName(path);
  if (equals >= 0 || /(?:^|-)gradle\.lockfile$/.test(name)) return { kind: 'one-file' };
  const configuration = /^(?:buildscript-|settings-)?(.+)\.lockfile$/.exec(name)?.[1];
  return {
    kind: 'file-per-configuration',
    scope: configuration === undefined ? 'unknown' : gradleScope(configuration),
  };
}

/** Modules are split at the first and at the last colon, as Gradle does; a module of a flat directory has no group. */
function checkModule(module: string, fail: Fail): void {
  const first = module.indexOf(':');
  const last = module.lastIndexOf(':');
  if (first < 0 || first === last) fail('it is not group:artifact:version', 0);
  if (last - first < 2) fail('the artifact is missing', first + 1);
  if (last === module.length - 1) fail('the version is missing', module.length);
  const blank = module.search(/\s/);
  if (blank >= 0) fail('there is a blank inside of it', blank);
}

/** The heaviest scope among the configurations behind `=`. Most lines of a file repeat one of a few lists. */
function scopeOfList(lock: string, equals: number, known: Map<string, Scope>, fail: Fail): Scope {
  const list = lock.slice(equals + 1);
  let scope = known.get(list);
  if (scope !== undefined) return scope;
  for (let start = 0, end = 0; start <= list.length; start = end + 1) {
    const comma = list.indexOf(',', start);
    end = comma < 0 ? list.length : comma;
    if (end === start) fail('the name of a configuration is missing', equals + 1 + start);
    const found = gradleScope(list.slice(start, end).trim());
    scope = scope === undefined ? found : heavier(scope, found);
  }
  scope ??= 'unknown';
  if (known.size < MOST_LISTS) known.set(list, scope);
  return scope;
}

/** Real files have some fifty. */
const MOST_LISTS = 1000;

function componentOf(module: string, scope: Scope): Component {
  const first = module.indexOf(':');
  const last = module.lastIndexOf(':');
  const group = module.slice(0, first);
  const artifact = module.slice(first + 1, last);
  const version = module.slice(last + 1);
  const isMaven = group !== '';
  return {
    ecosystem: isMaven ? 'Maven' : '',
    name: isMaven ? `${group}:${artifact}` : artifact,
    version,
    purl: isMaven
      ? formatPurl({ type: 'maven', namespace: group, name: artifact, version, qualifiers: NONE, subpath: '' })
      : '',
    scope,
    integrity: null,
    origin: isMaven ? UNNAMED_REPOSITORY : UNKNOWN,
    direct: false,
    location: module,
  };
}

const NONE: ReadonlyMap<string, string> = new Map();
const UNNAMED_REPOSITORY: Origin = { kind: 'registry', host: null };
const UNKNOWN: Origin = { kind: 'unknown' };

function refuse(path: string, message: string, lock: string, place: { line: number; column: number }): never {
  if (/^(?:<{7}|={7}|>{7})/.test(lock)) {
    const hint = 'Resolve it, then `gradle dependencies --write-locks` writes the lockfile anew.';
    throw malformed(path, `${lastName(path)} holds a merge conflict that is not resolved`, hint, place);
  }
  const hint = 'Restore the lockfile from version control, or write it again with `gradle dependencies --write-locks`.';
  throw malformed(
    path,
    `line ${place.line} of ${lastName(path)} cannot be read: ${message} (${excerpt(lock)})`,
    hint,
    place,
  );
}

const tooMany = (path: string) =>
  unsupported(
    path,
    `${lastName(path)} locks more than 200,000 modules`,
    'The largest real builds lock some 2,000. Name the lockfile of one build.',
  );
