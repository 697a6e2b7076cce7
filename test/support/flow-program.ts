/** A small program in memory, parsed for the value flow: its requires are resolved by name among its own files. */
import { parseSync } from 'oxc-parser';
import { join, dirname } from 'node:path/posix';
import { builtinModules } from 'node:module';
import { deadRanges } from '../../src/reach/environment.ts';
import type { FlowFile } from '../../src/reach/flow-file.ts';
import type { FlowWorld, ImportSite, RequestTarget } from '../../src/reach/flow-trace.ts';
import { search, type Answer } from '../../src/reach/flow-search.ts';
import { scopesOf } from '../../src/reach/scopes.ts';
import {
  isFunction,
  memberName,
  parentOf,
  syntaxTree,
  textOf,
  type FunctionNode,
  type Node,
} from '../../src/reach/syntax.ts';

/** `{ 'main.js': '…', 'lib.js': '…' }`; `main.js` or `main.mjs` is started. */
export type Sources = Readonly<Record<string, string>>;

function flowFile(path: string, source: string): FlowFile {
  const isEsm = path.endsWith('.mjs');
  const { program, errors } = parseSync(path, source, { sourceType: isEsm ? 'module' : 'commonjs' });
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const tree = syntaxTree(program, source);
  return { path, tree, scopes: scopesOf(tree), isEsm, elsewhere: null };
}

/** The text that a node asks for, where it asks for a module. */
function requested(node: Node): string | null {
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- of some two hundred kinds of nodes these ask for modules
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.source.value;
    case 'ExportNamedDeclaration':
      return node.source?.value ?? null;
    case 'ImportExpression':
      return textOf(node.source);
    case 'CallExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'require' ? textOf(node.arguments[0]) : null;
    default:
      return null;
  }
}

function flowWorld(sources: Sources): {
  readonly world: FlowWorld;
  readonly files: ReadonlyMap<string, FlowFile>;
} {
  const files = new Map(Object.entries(sources).map(([path, source]) => [path, flowFile(path, source)]));
  const targetOf = (file: FlowFile, node: Node): RequestTarget => {
    const name = requested(node);
    if (name === null) return { kind: 'unknown' };
    if (builtinModules.includes(name.replace('node:', ''))) return { kind: 'native', name };
    const path = name.startsWith('.') ? join(dirname(file.path), name) : name;
    for (const candidate of [path, `${path}.js`, `${path}/index.js`, `${path}.mjs`]) {
      const found = files.get(candidate);
      if (found !== undefined) return { kind: 'file', file: found };
    }
    return { kind: 'unknown' };
  };
  const importers = new Map<FlowFile, ImportSite[]>();
  for (const file of files.values()) {
    for (const node of file.tree.nodes) {
      const target = targetOf(file, node);
      if (target.kind !== 'file') continue;
      const list = importers.get(target.file) ?? [];
      importers.set(target.file, [...list, { file, node, may: false, opaque: null }]);
    }
  }
  const world: FlowWorld = {
    targetOf,
    importersOf: (file) => importers.get(file) ?? [],
    isEntry: ({ path }) => path.startsWith('main.'),
    callableOf: () => 'none',
    isDead: (file, place) =>
      deadRanges(file, () => false).some(({ start, end }) => start <= place.start && place.end <= end),
    patchesPrototypes: () => false,
    addsMethods: () => false,
    overridesInherited: () => false,
    convertsFunctions: () => false,
    convertsNatives: () => false,
    hooks: () => [],
    stackReads: () => ({ byHolder: [], ofAny: [] }),
    readsConstructors: () => true,
    namesConstructors: () => false,
    asksConstructors: () => false,
    writesThroughInstances: () => false,
    replacesNative: () => false,
    programs: () => [...files.values()],
    hiddenCode: () => [],
  };
  return { world, files };
}

/** The first function that is called `name` where it is written. */
function functionCalled(file: FlowFile, name: string): FunctionNode {
  for (const node of file.tree.nodes) {
    if (isFunction(node) && nameOf(node) === name) return node;
  }
  throw new Error(`no function ${name} in ${file.path}`);
}

function nameOf(node: FunctionNode): string | null {
  if (node.id !== null) return node.id.name;
  const parent = parentOf(node);
  // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- the rest gives no name
  switch (parent?.type) {
    case 'VariableDeclarator':
      return parent.id.type === 'Identifier' ? parent.id.name : null;
    case 'AssignmentExpression':
      return parent.left.type === 'Identifier' ? parent.left.name : memberName(parent.left);
    case 'MethodDefinition':
    case 'Property':
    case 'PropertyDefinition':
      return parent.key.type === 'Identifier' || parent.key.type === 'PrivateIdentifier'
        ? parent.key.name
        : textOf(parent.key);
    default:
      return null;
  }
}

/** What the search says of the function `name` in the file. */
export function askFlow(sources: Sources, path: string, name: string): Answer {
  const { world, files } = flowWorld(sources);
  const file = files.get(path);
  if (file === undefined) throw new Error(`no file ${path}`);
  return search(world).ask({ file, fn: functionCalled(file, name) });
}
