/**
 * Whether code has the name `constructor` as a text by which it could go from an object to its class: `x[name].run()`, where `name` is put together
 * or comes from elsewhere in the program. Where the name stands behind a dot or in brackets, assigning-lines.ts finds it by text.
 *
 * A name that only a person at the keyboard or a network says is not looked for: every program that reads a member by any key would be one.
 */
import { bare, context, memberName, parentOf, textOf, type Node, type SyntaxTree } from './syntax.ts';

const NAME = 'constructor';
/** Shorter pieces of the name are pieces of everything. */
const LEAST_CHARS = 3;

/** The line among those of assigning-lines.ts that says so. */
export const NAMES_CONSTRUCTOR = 'constructor by name';

export const namesConstructor = ({ source, nodes }: SyntaxTree): boolean =>
  /const|cons|con\b|struct|uctor|tor['"`]/.test(source) && nodes.some(saysName);

function saysName(node: Node): boolean {
  if (node.type !== 'Literal' && node.type !== 'TemplateLiteral')
    return node.type === 'TemplateElement' && isPiece(node.value.cooked ?? '');
  const text = textOf(node);
  if (text === null) return false;
  return isWhole(text) ? isHandedOn(node) : isPiece(text) && isPutTogether(node, text);
}

/** The name, or a way with it: `get(x, 'constructor.run')`. */
const isWhole = (text: string): boolean => text === NAME || /(?:^|[.[\]])constructor[.[\]]|\.constructor$/.test(text);

const isPiece = (text: string): boolean =>
  text.length >= LEAST_CHARS && text !== NAME && (NAME.startsWith(text) || NAME.endsWith(text));

/** Compared, looked for in a list, asked after, defined: nothing is read by it. */
const LOOKS =
  /^(?:has|hasOwn|hasOwnProperty|includes|indexOf|startsWith|endsWith|test|_?define\w*|propertyIsEnumerable|add|delete)$/i;

function isHandedOn(text: Node): boolean {
  const { parent, child } = context(text);
  switch (parent?.type) {
    case 'CallExpression':
    case 'NewExpression': {
      const callee = bare(parent.callee);
      const name = memberName(callee) ?? (callee.type === 'Identifier' ? callee.name : '');
      const owner = callee.type === 'MemberExpression' ? bare(callee.object) : null;
      const isOfOwner =
        (name === 'call' || name === 'apply') && owner !== null && LOOKS.test(memberName(owner) ?? nameIn(owner));
      return parent.callee !== child && !LOOKS.test(name) && !isOfOwner;
    }
    case 'VariableDeclarator':
      return parent.init === child;
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return parent.right === child;
    case 'Property':
      return parent.value === child && parentOf(parent)?.type === 'ObjectExpression';
    case 'LogicalExpression':
    case 'ConditionalExpression':
    case 'ReturnStatement':
    case 'ArrowFunctionExpression':
    case 'MemberExpression':
    case 'TemplateLiteral':
      return true;
    default:
      return false;
  }
}

const nameIn = (node: Node): string => (node.type === 'Identifier' ? node.name : '');

/** `'con' + rest`, `['con', 'structor'].join('')`; a list that has `construct` among other words makes no name of it. */
function isPutTogether(text: Node, piece: string): boolean {
  const { parent } = context(text);
  if (parent?.type === 'BinaryExpression') return parent.operator === '+';
  if (parent?.type === 'AssignmentExpression') return parent.operator === '+=';
  if (parent?.type === 'CallExpression') return memberName(bare(parent.callee)) === 'concat';
  if (parent?.type !== 'ArrayExpression') return false;
  const others = parent.elements.map((each) => (each === null ? null : textOf(each)));
  return others.some((other) => other !== null && (piece + other === NAME || other + piece === NAME));
}
