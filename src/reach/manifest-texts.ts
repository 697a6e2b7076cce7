/**
 * Texts that a file takes out of a manifest that it requires: `require('a/package.json').bin[name]`. webpack finds its command line so.
 *
 * Which file that is, and what stands in it, is known to closure.actions.ts only; here it is a hole with the way to the text. It counts only where
 * this file does nothing with the manifest but read texts: what is passed on may be changed.
 */
import { dottedPath, isGlobal } from './global-path.ts';
import type { Binding } from './scopes.ts';
import { bare, context, memberName, type Node, parentOf } from './syntax.ts';
import type { TextReader } from './text-reader.ts';
import { constantOf, type Hole, type TextShape, type TextShapes } from './text-shape.ts';

/** The manifest's text that a member expression reads; `null` where it reads none. */
export function manifestTexts(node: Node & { type: 'MemberExpression' }, reader: TextReader): TextShapes | null {
  const keys: (string | null)[] = [];
  let at: Node = node;
  for (; at.type === 'MemberExpression'; at = bare(at.object)) {
    const [only, ...others] = at.computed ? reader.textOf(at.property).map(constantOf) : [memberName(at)];
    keys.unshift(others.length > 0 ? null : (only ?? null));
  }
  const file = manifestOf(at, reader);
  return file === null ? null : [[{ hole: 'manifest', file, keys } satisfies Hole]];
}

/** The path of the manifest that a `require`, or a variable with one, gives. */
function manifestOf(node: Node, reader: TextReader): TextShape | null {
  if (node.type === 'CallExpression') {
    if (!isGlobal(node.callee, 'require', reader.scopes)) return null;
    const [only, ...others] = reader.textOf(node.arguments[0]);
    return only !== undefined && others.length === 0 && isManifest(only) ? only : null;
  }
  const binding = node.type === 'Identifier' ? reader.scopes.bindingOf(node) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  if (binding === null || others.length > 0 || declarator?.type !== 'VariableDeclarator') return null;
  if (declarator.id !== declaration || declarator.init === null || !isOnlyRead(binding, reader)) return null;
  const init = bare(declarator.init);
  return init.type === 'CallExpression' ? manifestOf(init, reader) : null;
}

function isManifest(shape: TextShape): boolean {
  const [piece, ...rest] = shape;
  const request = typeof piece === 'object' && piece.hole === 'resolved' ? piece.request : piece;
  return rest.length === 0 && typeof request === 'string' && /(?:^|\/)package\.json$/.test(request);
}

/** Every use goes down to a text and looks at it, or makes a path or a request of it. */
function isOnlyRead(binding: Binding, { scopes }: TextReader): boolean {
  if (scopes.isOpaque || binding.writes.length > 0) return false;
  return binding.reads.every((read) => {
    let { parent, child } = context(read);
    let depth = 0;
    for (; parent?.type === 'MemberExpression' && parent.object === child; depth += 1)
      ({ parent, child } = context(parent));
    if (depth === 0) return false;
    switch (parent?.type) {
      case 'CallExpression': {
        const callee = bare(parent.callee);
        if (parent.callee === child) return false;
        const path = dottedPath(callee, scopes);
        if (path === 'require' || path?.startsWith('path.') === true) return true;
        return (
          callee.type === 'MemberExpression' && memberName(callee) === 'test' && bare(callee.object).type === 'Literal'
        );
      }
      case 'BinaryExpression':
      case 'TemplateLiteral':
      case 'IfStatement':
      case 'ConditionalExpression':
        return true;
      default:
        return false;
    }
  });
}
