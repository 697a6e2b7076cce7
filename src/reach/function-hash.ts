/**
 * What a function says, as a hash: the same in two files when it does the same there, letter for letter of its syntax tree.
 *
 * White space, comments, the kind of quotes and superfluous brackets do not count; every name and every value does. With the function goes
 * what it takes from its file by name: constants, helpers, imports, and what those take in turn. A fix is often half in a helper or in a
 * constant, and a function that only looks repaired is not. What it reaches by `this` or by a member of another object is not followed:
 * such functions are symbols of their own. Which hashes are those of repaired functions is said by data/symbols.json; fixed-code.ts
 * compares.
 */
import { sha256 } from '../lib/hash.ts';
import type { Binding, Scopes } from './scopes.ts';
import { isFunction, type Node, parentOf, type SyntaxTree } from './syntax.ts';

/** The part of a parsed file that is needed: FlowFile has it. */
export interface HashedFile {
  readonly tree: SyntaxTree;
  readonly scopes: Scopes;
}

/**
 * @param node A function, or the program for the whole file.
 * @returns Lower-case hex; `null` where names may mean other things than they seem to (`with`, a direct `eval`), and where
 * it takes more of its file than is followed.
 */
export function codeHash(file: HashedFile, node: Node): string | null {
  const parts = file.scopes.isOpaque ? null : reliedOn(file, node);
  return parts === null ? null : sha256(parts.map((part) => codeText(part)).join('\n'));
}

/** The function without those inside, which are functions of their own: for finding out which one a release has changed. */
export const ownCodeHash = (node: Node): string => sha256(codeText(node, isFunction));

/** The largest of the curated list, in lodash, has some hundred; each is compared with all before it. */
const MOST_PARTS = 3_000;

/** The node, and all of its file that it names, directly or by way of others, in the order in which they are named; `null`: too many. */
export function reliedOn({ tree, scopes }: HashedFile, node: Node): readonly Node[] | null {
  if (node === tree.program) return [node];
  const parts = [node];
  const known = new Set<Binding>();
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at];
    if (part === undefined) break;
    if (parts.length > MOST_PARTS) return null;
    for (const identifier of nodesIn(part)) {
      const binding = identifier.type === 'Identifier' ? scopes.bindingOf(identifier) : null;
      if (binding === null || known.has(binding)) continue;
      known.add(binding);
      for (const place of placesOf(binding)) if (!parts.some((other) => contains(other, place))) parts.push(place);
    }
  }
  return parts;
}

const contains = (outer: Node, inner: Node): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** What makes the value of a variable: its declarations, and every assignment to it. A parameter's values are made elsewhere. */
function placesOf({ kind, declarations, writes }: Binding): readonly Node[] {
  if (kind === 'parameter' || kind === 'catch' || kind === 'self') return writes.map(around);
  return [...declarations, ...writes].map(around);
}

function around(identifier: Node): Node {
  for (let at = parentOf(identifier); at !== undefined; at = parentOf(at)) if (MAKERS.has(at.type)) return at;
  return identifier;
}

const MAKERS: ReadonlySet<string> = new Set([
  'VariableDeclarator',
  'FunctionDeclaration',
  'ClassDeclaration',
  'ImportDeclaration',
  'AssignmentExpression',
  'UpdateExpression',
  'ForInStatement',
  'ForOfStatement',
  'TSImportEqualsDeclaration',
  'TSEnumDeclaration',
  'TSModuleDeclaration',
]);

/** In the order of the tree. No recursion: the depth is the input's. */
function* nodesIn(top: Node): Generator<Node> {
  const open: unknown[] = [top];
  while (open.length > 0) {
    const value = open.pop();
    if (Array.isArray(value)) for (let at = value.length - 1; at >= 0; at -= 1) open.push(value[at]);
    else if (isNode(value)) {
      yield value;
      const members = membersOf(value);
      for (let at = members.length - 1; at >= 0; at -= 1) open.push(members[at]?.[1]);
    }
  }
}

type Member = readonly [key: string, value: unknown];

/** A text that is to be written as it is, among nodes that are still to be written. */
class Written {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** @param isLeftOut Of these below the top one only the place is written. */
function codeText(top: Node, isLeftOut: (node: Node) => boolean = () => false): string {
  let text = '';
  const open: unknown[] = [top];
  while (open.length > 0) {
    const value = open.pop();
    if (value instanceof Written) text += value.text;
    else if (Array.isArray(value)) {
      text += '[';
      open.push(new Written(']'));
      for (let at = value.length - 1; at >= 0; at -= 1) open.push(value[at]);
    } else if (!isNode(value)) text += `${scalarText(value)},`;
    else if (value !== top && isLeftOut(value)) text += `<${value.type}>`;
    else {
      text += `${value.type}{`;
      open.push(new Written('}'));
      const members = membersOf(value);
      for (let at = members.length - 1; at >= 0; at -= 1) {
        const [key, member] = members[at] ?? ['', null];
        open.push(member, new Written(`${key}:`));
      }
    }
  }
  return text;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;

/** Where a node stands and how it is spelled: what a formatter changes. */
const NOT_CODE: ReadonlySet<string> = new Set(['type', 'start', 'end', 'range', 'loc', 'parent', 'raw', 'directive']);

/** What of a node is code, in an order of its own: parsers may list the members of a node in another one. */
function membersOf(node: Node): readonly Member[] {
  // Of a regular expression its own text, of a template the text with its escapes, which a tag can see.
  if (node.type === 'TemplateElement') return [['raw', node.value.raw.replaceAll('\r\n', '\n')]];
  if (node.type === 'Literal' && 'regex' in node)
    return [
      ['pattern', node.regex.pattern],
      ['flags', node.regex.flags],
    ];
  if (node.type === 'Literal' && 'bigint' in node) return [['bigint', node.bigint]];
  return Object.entries(node)
    .filter(([key]) => !NOT_CODE.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

const scalarText = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : typeof value === 'number' ? `#${value}` : String(value);
