/**
 * Finds the sites of a file that load modules: imports, `require` and its kin, worker threads, child processes, and paths beside
 * the file that are handed on.
 */
import { type FileWalk, isInTry, parameterIn, placeOf } from './file-walk.ts';
import { dottedPath } from './global-path.ts';
import type { LoadForm, LoadSite, TakenName } from './load-site.ts';
import { processSite } from './process-sites.ts';
import { type From, type RequireUse, requireUses } from './require-uses.ts';
import type { Binding } from './scopes.ts';
import { bare, context, keyName, memberName, type Node } from './syntax.ts';
import { joined, type TextShapes, UNKNOWN_TEXT } from './text-shape.ts';

export function loadSitesOf(walk: FileWalk): readonly LoadSite[] {
  const sites: LoadSite[] = [];
  const beginsSo = folderReader(walk);
  const { calls, others } = walk.tree.kinds;
  for (const node of [...calls, ...others]) {
    if (node.type !== 'CallExpression' && !MAY_LOAD.has(node.type)) continue;
    const site =
      declaredSite(node, walk) ?? importCall(node, walk) ?? processSite(node, walk) ?? pathSite(node, walk, beginsSo);
    if (site !== null) sites.push(site);
  }
  for (const use of requireUses(walk)) {
    const site = requireSite(use, walk);
    if (site !== null) sites.push(site);
  }
  // amdefine loads what `define([…], factory)` lists; without it that is for loaders of browsers.
  if (sites.some(({ names: [only] }) => only?.[0] === 'amdefine')) {
    for (const node of calls) sites.push(...definedBy(node, walk));
  }
  return sites.sort((left, right) => left.start - right.start);
}

/** The kinds of nodes that the readers below look at, beside calls. */
const MAY_LOAD: ReadonlySet<Node['type']> = new Set<Node['type']>([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ExportNamedDeclaration',
  'TSImportEqualsDeclaration',
  'ImportExpression',
  'NewExpression',
  'BinaryExpression',
  'TemplateLiteral',
]);

function definedBy(node: Node, walk: FileWalk): readonly LoadSite[] {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier' || node.callee.name !== 'define') return [];
  return node.arguments.flatMap((argument) =>
    argument.type === 'ArrayExpression'
      ? [siteAt(node, { form: 'require', names: walk.texts.elementTexts(argument), named: argument }, walk)]
      : [],
  );
}

interface SiteParts {
  readonly form: LoadForm;
  readonly names: TextShapes;
  readonly from?: From;
  readonly takes?: readonly TakenName[] | null;
  readonly named?: Node | undefined;
}

const siteAt = (node: Node, parts: SiteParts, walk: FileWalk): LoadSite => ({
  form: parts.form,
  names: parts.names,
  from: parts.from ?? 'file',
  ...placeOf(node, walk),
  takes: parts.takes ?? null,
  mayFail: isInTry(node),
  args: [],
  parameter: parts.named === undefined ? null : parameterIn(parts.named, walk),
});

/** What is loaded by a declaration; the names are constant there (ECMA-262, 16.2). */
function declaredSite(node: Node, walk: FileWalk): LoadSite | null {
  switch (node.type) {
    case 'ImportDeclaration': {
      const takes = node.specifiers.map((specifier) => ({
        name: importedName(specifier),
        local: specifier.local.name,
      }));
      return siteAt(node, { form: 'import', names: [[node.source.value]], takes }, walk);
    }
    case 'ExportAllDeclaration':
      return siteAt(
        node,
        { form: 'export-from', names: [[node.source.value]], takes: [{ name: '*', local: null }] },
        walk,
      );
    case 'ExportNamedDeclaration': {
      if (node.source === null) return null;
      const takes = node.specifiers.map(({ local }) => ({ name: keyName(local, false) ?? '*', local: null }));
      return siteAt(node, { form: 'export-from', names: [[node.source.value]], takes }, walk);
    }
    case 'TSImportEqualsDeclaration': {
      if (node.moduleReference.type !== 'TSExternalModuleReference') return null;
      const takes = [{ name: '*', local: node.id.name }];
      return siteAt(node, { form: 'require', names: [[node.moduleReference.expression.value]], takes }, walk);
    }
    default:
      return null;
  }
}

function importedName(specifier: Node): string {
  if (specifier.type === 'ImportSpecifier') return keyName(specifier.imported, false) ?? '*';
  return specifier.type === 'ImportDefaultSpecifier' ? 'default' : '*';
}

function importCall(node: Node, walk: FileWalk): LoadSite | null {
  if (node.type === 'ImportExpression') {
    return named(node, node.source, 'import()', 'file', takenFrom(node), walk);
  }
  if (node.type !== 'CallExpression' || dottedPath(node.callee, walk.scopes) !== 'import.meta.resolve') return null;
  return named(node, node.arguments[0], 'import-resolve', 'file', null, walk);
}

function requireSite(use: RequireUse, walk: FileWalk): LoadSite | null {
  switch (use.kind) {
    case 'call':
      return named(use.call, use.call.arguments[0], 'require', use.from, takenFrom(use.call), walk);
    case 'resolve': {
      const from = use.call.arguments[1] === undefined ? use.from : pathsOption(use.call.arguments[1], walk);
      return named(use.call, use.call.arguments[0], 'resolve', from, null, walk);
    }
    case 'value':
      return siteAt(use.node, { form: 'require-value', names: UNKNOWN_TEXT, from: use.from }, walk);
    case 'member':
      return null;
  }
}

/** `require.resolve(x, { paths: [folder] })`; several folders are alternatives. */
function pathsOption(options: Node, { texts }: FileWalk): From {
  const value = bare(options);
  if (value.type !== 'ObjectExpression') return UNKNOWN_TEXT;
  for (const property of value.properties) {
    if (property.type !== 'Property' || keyName(property.key, property.computed) !== 'paths') continue;
    // The search begins in the folder, as if a file in it asked.
    return texts.elementTexts(property.value).map((shape) => joined(shape, ['/asking.js']));
  }
  return UNKNOWN_TEXT;
}

/** A call without an argument loads nothing. */
function named(
  node: Node,
  argument: Node | undefined,
  form: LoadForm,
  from: From,
  takes: readonly TakenName[] | null,
  walk: FileWalk,
): LoadSite | null {
  if (argument === undefined) return null;
  const names = argument.type === 'SpreadElement' ? UNKNOWN_TEXT : walk.texts.textOf(argument);
  return siteAt(node, { form, names, from, takes, named: argument }, walk);
}

/** What is taken from the value of a `require(…)` or of an awaited `import()`; `null` for all of it. */
function takenFrom(load: Node): readonly TakenName[] | null {
  let { parent, child } = context(load);
  while (parent?.type === 'AwaitExpression') ({ parent, child } = context(parent));
  switch (parent?.type) {
    case 'ExpressionStatement':
      return [];
    case 'MemberExpression': {
      const name = parent.object === child ? memberName(parent) : null;
      return name === null ? null : [{ name, local: localOf(parent) }];
    }
    case 'VariableDeclarator':
      if (parent.id.type === 'Identifier') return [{ name: '*', local: parent.id.name }];
      return parent.id.type === 'ObjectPattern' ? takenByPattern(parent.id) : null;
    default:
      return null;
  }
}

function localOf(member: Node): string | null {
  const { parent } = context(member);
  return parent?.type === 'VariableDeclarator' && parent.id.type === 'Identifier' ? parent.id.name : null;
}

function takenByPattern(pattern: Node & { type: 'ObjectPattern' }): readonly TakenName[] | null {
  const taken: TakenName[] = [];
  for (const property of pattern.properties) {
    const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
    if (property.type !== 'Property' || name === null) return null;
    const value = property.value.type === 'AssignmentPattern' ? property.value.left : property.value;
    taken.push({ name, local: value.type === 'Identifier' ? value.name : null });
  }
  return taken;
}

const PATH_MAKERS: ReadonlySet<string> = new Set(['path.join', 'path.resolve', 'path.posix.join']);

/**
 * A path beside the file that is handed on: `path.join(__dirname, 'worker.js')`, `new URL('./worker.js', import.meta.url)`,
 * `__dirname + '/loader'`. Whoever gets it may load it: webpack loads its loaders so, and Forge's CLI its workers. Only whole paths
 * count; that a path with holes leads somewhere is the business of the site that loads it.
 */
function pathSite(node: Node, walk: FileWalk, beginsSo: (sum: Node) => boolean): LoadSite | null {
  const isCall = node.type === 'CallExpression' && PATH_MAKERS.has(dottedPath(node.callee, walk.scopes) ?? '');
  const isUrl =
    node.type === 'NewExpression' && node.arguments.length === 2 && dottedPath(node.callee, walk.scopes) === 'URL';
  const isSum = (node.type === 'BinaryExpression' && node.operator === '+') || node.type === 'TemplateLiteral';
  if (!isCall && !isUrl && !isSum) return null;
  // The outermost expression is the path; its parts are none.
  const { parent } = context(node);
  if (parent?.type === 'BinaryExpression' && parent.operator === '+') return null;
  if (isSum && !beginsSo(node)) return null;
  const names = walk.texts
    .textOf(node)
    .filter((shape) => shape.length === 2 && isFolder(shape[0]) && typeof shape[1] === 'string');
  return names.length === 0 ? null : siteAt(node, { form: 'file', names }, walk);
}

/**
 * Every way to a folder has one of these words (constant-text.ts: `__dirname`, `import.meta`, `process.cwd()`, `path.resolve`), or spells
 * it with an escape.
 */
const FOLDER_WORDS = /__dirname|\bmeta\b|cwd|resolve|\\u/;

/** Whether a sum begins with a folder: looks at the first part alone, and at each variable once. Most sums of a program begin with a text. */
function folderReader({ tree, scopes, texts }: FileWalk): (sum: Node) => boolean {
  if (!FOLDER_WORDS.test(tree.source)) return () => false;
  const known = new Map<Binding, boolean>();
  return (sum) => {
    const first = firstPart(sum);
    if (first === null) return false;
    const binding = first.type === 'Identifier' ? scopes.bindingOf(first) : null;
    let answer = binding === null ? undefined : known.get(binding);
    if (answer === undefined) {
      answer = texts.textOf(first).some((shape) => isFolder(shape[0]));
      if (binding !== null) known.set(binding, answer);
    }
    return answer;
  };
}

/** `null` where it is a text. */
function firstPart(sum: Node): Node | null {
  let at = sum;
  while (at.type === 'BinaryExpression' && at.operator === '+') at = bare(at.left);
  if (at.type === 'TemplateLiteral') {
    const [first] = at.expressions;
    if (first === undefined || at.quasis[0]?.value.cooked !== '') return null;
    at = bare(first);
  }
  return at.type === 'Literal' ? null : at;
}

const isFolder = (piece: TextShapes[number][number] | undefined): boolean =>
  typeof piece === 'object' && (piece.hole === 'folder-of-file' || piece.hole === 'working-folder');
