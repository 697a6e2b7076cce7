/**
 * Finds what is constant about the text that an expression gives: constant propagation inside one file.
 *
 * Sound by construction: an expression of a kind that is not listed is unknown, and a variable counts only when every write to
 * it is seen. A parameter counts when every call of its function is seen (closed-values.ts). Steps are bounded, so that no
 * input takes long.
 */
import { elementsOf, memberTexts, parameterTexts, returnedTexts, valuesOfVariable } from './closed-values.ts';
import { dottedPath, isGlobal } from './global-path.ts';
import type { Scopes } from './scopes.ts';
import type { TextReader } from './text-reader.ts';
import { bare, memberName, returnsByFunction, type Node, type SyntaxTree } from './syntax.ts';
import {
  ANY,
  either,
  joined,
  product,
  type Hole,
  type TextShape,
  type TextShapes,
  UNKNOWN_TEXT,
} from './text-shape.ts';

/** Beyond them an expression is unknown: nobody writes such chains to name a module. */
const MOST_STEPS = 4_000;
const DEEPEST = 40;

export function textReader(tree: SyntaxTree, scopes: Scopes): TextReader {
  let steps = 0;
  let depth = 0;
  const busy = new Set<Node>();
  const guarded = (node: Node | null | undefined, read: (value: Node) => TextShapes): TextShapes => {
    if (node === null || node === undefined) return UNKNOWN_TEXT;
    const value = bare(node);
    // Under evaluation already: a variable that is built from itself has no bound.
    if (depth >= DEEPEST || steps >= MOST_STEPS || busy.has(value)) return UNKNOWN_TEXT;
    steps += 1;
    depth += 1;
    busy.add(value);
    try {
      return read(value);
    } finally {
      busy.delete(value);
      depth -= 1;
      if (depth === 0) steps = 0;
    }
  };
  let returns: ReadonlyMap<Node, readonly (Node | null)[]> | undefined;
  const reader: TextReader = {
    scopes,
    textOf: (node) => guarded(node, (value) => shapesOf(value, reader)),
    elementTexts: (node) => guarded(node, (value) => elementsOf(value, reader)),
    returnsOf: (owner) => (returns ??= returnsByFunction(tree)).get(owner) ?? [],
  };
  return reader;
}

function shapesOf(node: Node, reader: TextReader): TextShapes {
  const { textOf } = reader;
  switch (node.type) {
    case 'Literal':
      return node.value === null || typeof node.value === 'object' ? UNKNOWN_TEXT : [constant(String(node.value))];
    case 'TemplateLiteral': {
      const parts = node.quasis.flatMap((quasi, at) => {
        const text: TextShapes = quasi.value.cooked === null ? UNKNOWN_TEXT : [constant(quasi.value.cooked)];
        return at < node.expressions.length ? [text, textOf(node.expressions[at])] : [text];
      });
      return parts.reduce((left, right) => product(left, right), [[]]);
    }
    case 'BinaryExpression':
      return node.operator === '+' ? product(textOf(node.left), textOf(node.right)) : UNKNOWN_TEXT;
    case 'ConditionalExpression':
      return either(textOf(node.consequent), textOf(node.alternate));
    case 'LogicalExpression':
      // A left side that is returned by `&&` is falsy, and names no module.
      return node.operator === '&&' ? textOf(node.right) : either(textOf(node.left), textOf(node.right));
    case 'SequenceExpression':
      return textOf(node.expressions.at(-1));
    case 'AssignmentExpression':
      return node.operator === '=' ? textOf(node.right) : UNKNOWN_TEXT;
    case 'AwaitExpression':
      return textOf(node.argument);
    case 'Identifier':
      return ofIdentifier(node, reader);
    case 'MemberExpression':
      return ofMember(node, reader);
    case 'CallExpression':
      return ofCall(node, reader);
    case 'NewExpression':
      return isGlobal(node.callee, 'URL', reader.scopes) ? ofUrl(node.arguments, reader) : UNKNOWN_TEXT;
    default:
      return UNKNOWN_TEXT;
  }
}

const constant = (text: string): TextShape => (text === '' ? [] : [text]);
type PlainHole = Exclude<Hole['hole'], 'resolved' | 'manifest'>;
const hole = (kind: PlainHole): TextShapes => [[{ hole: kind }]];

function ofIdentifier(node: Node & { name: string }, reader: TextReader): TextShapes {
  const binding = reader.scopes.bindingOf(node);
  if (binding === null) {
    if (node.name === '__dirname') return hole('folder-of-file');
    return node.name === '__filename' ? hole('file') : UNKNOWN_TEXT;
  }
  if (reader.scopes.isOpaque) return UNKNOWN_TEXT;
  return binding.kind === 'parameter' ? parameterTexts(binding, reader) : valuesOfVariable(binding, reader);
}

/** `name`: one segment of a path that the platform fills in, and never more. */
const GLOBAL_TEXTS: ReadonlyMap<string, PlainHole> = new Map([
  ['process.platform', 'name'],
  ['process.arch', 'name'],
  ['process.version', 'name'],
  ['process.versions.node', 'name'],
  ['process.versions.modules', 'name'],
  ['process.versions.v8', 'name'],
  ['process.versions.napi', 'name'],
  ['process.versions.uv', 'name'],
  ['import.meta.dirname', 'folder-of-file'],
  ['import.meta.filename', 'file'],
  ['import.meta.url', 'file-url'],
]);

function ofMember(node: Node & { type: 'MemberExpression' }, reader: TextReader): TextShapes {
  const path = dottedPath(node, reader.scopes);
  const known = path === null ? undefined : GLOBAL_TEXTS.get(path);
  if (known !== undefined) return hole(known);
  if (path === 'process.execPath') return [['node']];
  if (path === 'path.sep' || path === 'node:path.sep') return [['/']];
  const name = memberName(node);
  if (name === 'href' || name === 'pathname') return ofUrlObject(node.object, reader);
  return memberTexts(node, reader);
}

function ofCall(node: Node & { type: 'CallExpression' }, reader: TextReader): TextShapes {
  const { textOf } = reader;
  const texts = (): readonly TextShapes[] =>
    node.arguments.map((argument) => (argument.type === 'SpreadElement' ? UNKNOWN_TEXT : textOf(argument)));
  switch (dottedPath(node.callee, reader.scopes)) {
    case 'path.join':
    case 'path.posix.join':
      return texts().reduce(inFolder, [[]]);
    case 'path.resolve':
      return resolved(texts());
    case 'path.normalize':
    case 'fs.realpathSync':
    case 'url.fileURLToPath':
    case 'url.pathToFileURL':
    case 'String':
      return textOf(node.arguments[0]);
    case 'path.dirname':
      // Closing `..` over the last segment: the folder's path is normalised when it is used.
      return product(textOf(node.arguments[0]), [['/..']]);
    case 'process.cwd':
      return hole('working-folder');
    case 'require.resolve':
      return resolvedRequest(node.arguments[0], reader);
    default:
      return ofMethod(node, reader);
  }
}

/** `path.join` leaves out what is empty. */
const inFolder = (folders: TextShapes, names: TextShapes): TextShapes =>
  either(...folders.map((folder) => (folder.length === 0 ? names : product([joined(folder, ['/'])], names))));

/** `path.resolve`: begins anew at each absolute text. */
function resolved(parts: readonly TextShapes[]): TextShapes {
  return parts.reduce<TextShapes>((left, right) => {
    const follow = right.flatMap((shape): TextShapes => {
      const [first] = shape;
      if (first === undefined) return left;
      if (typeof first !== 'string') {
        // Texts of manifests that are absolute are not filled in (manifest-fill.ts).
        const isRelative = first.hole === 'name' || first.hole === 'manifest';
        return isRelative ? product(left, [['/', ...shape]]) : [shape];
      }
      return first.startsWith('/') ? [shape] : product(left, [joined(['/'], shape)]);
    });
    return either(follow);
  }, hole('working-folder'));
}

/** The path that `require.resolve` gives: where the request leads is known to closure.actions.ts only. */
function resolvedRequest(argument: Node | undefined, reader: TextReader): TextShapes {
  const [only, ...others] = reader.textOf(argument);
  const [piece, ...rest] = only ?? [];
  return others.length === 0 && rest.length === 0 && typeof piece === 'string'
    ? [[{ hole: 'resolved', request: piece }]]
    : UNKNOWN_TEXT;
}

function ofMethod(node: Node & { type: 'CallExpression' }, reader: TextReader): TextShapes {
  const callee = bare(node.callee);
  if (callee.type !== 'MemberExpression') return returnedTexts(node, reader);
  const { textOf } = reader;
  switch (memberName(callee)) {
    case 'toString':
      return node.arguments.length === 0 ? textOf(callee.object) : UNKNOWN_TEXT;
    case 'concat':
      return node.arguments.map((argument) => textOf(argument)).reduce(product, textOf(callee.object));
    case 'join':
      return joinedArray(callee.object, node.arguments[0], reader);
    default:
      return UNKNOWN_TEXT;
  }
}

/** `[__dirname, 'x'].join('/')`. */
function joinedArray(object: Node, separator: Node | undefined, reader: TextReader): TextShapes {
  const array = bare(object);
  if (array.type !== 'ArrayExpression' || array.elements.length === 0) return UNKNOWN_TEXT;
  const between: TextShapes = separator === undefined ? [[',']] : reader.textOf(separator);
  return array.elements
    .map((element) => reader.textOf(element))
    .reduce((left, right) => product(product(left, between), right));
}

/** `new URL('./x.js', import.meta.url)` is a path beside the file; another base is not read. */
function ofUrl(argumentsOf: readonly Node[], reader: TextReader): TextShapes {
  const [relative, base] = argumentsOf;
  if (base === undefined) return reader.textOf(relative);
  const isBeside = reader.textOf(base).every((shape) => isOwnUrl(shape));
  if (!isBeside) return UNKNOWN_TEXT;
  return reader
    .textOf(relative)
    .map((shape) =>
      typeof shape[0] === 'string' && /^\.{0,2}\/|^[\w@-]/.test(shape[0]) && !/^\w+:/.test(shape[0])
        ? joined([{ hole: 'folder-of-file' }, '/'], shape)
        : [ANY],
    );
}

/** `import.meta.url`, `'file://' + __filename`, `pathToFileURL(__filename)`. */
function isOwnUrl(shape: TextShape): boolean {
  const [piece, ...rest] = shape[0] === 'file://' ? shape.slice(1) : shape;
  return rest.length === 0 && typeof piece === 'object' && (piece.hole === 'file-url' || piece.hole === 'file');
}

function ofUrlObject(node: Node, reader: TextReader): TextShapes {
  const value = bare(node);
  return value.type === 'NewExpression' ? reader.textOf(value) : UNKNOWN_TEXT;
}
