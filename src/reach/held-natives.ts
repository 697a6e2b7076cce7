/** What the language's own functions do with an object that they are given, for flow-steady.ts: whether they write to it, or give it on. */
import { functionsMeant, GIVES_VALUES } from './held-places.ts';
import { give, hold, lose, ofMethod, record, type Holder, type Walk } from './held-walk.ts';
import type { FlowFile, Site } from './flow-file.ts';
import { isGlobal } from './native-globals.ts';
import { bare, keyName, textOf, type Node } from './syntax.ts';
import { MARK } from './wrapped-module.ts';

/** One of `LOOKING_NATIVES`. */
export function lookedAt(walk: Walk, { file, member }: Holder, call: Node, native: string, at: number): void {
  if (call.type !== 'CallExpression') return lose(walk);
  // It compares its second argument with what is on the stack (nodejs.org/api/errors.html), and gives the first one a `stack`.
  if (native === 'Error.captureStackTrace') return at === 1 ? undefined : lose(walk);
  // What holds the object gives it away with its other values, and an heir leads to its prototype.
  if (at > 0 || native === 'Object.create' || (member !== null && GIVES_VALUES.test(native))) return lose(walk);
  if (/freeze|seal|prevent|setProto/.test(native)) hold(walk, { file, node: call, member });
  if (native === 'Object.setPrototypeOf' && member === null) record(walk, '__proto__', null);
  if (native === 'JSON.stringify' && call.arguments.length > 1) lose(walk);
}

/** `Object.assign(o, { x: f })`, `Object.defineProperty(o, 'x', …)`. */
export function defined(walk: Walk, { file, member }: Holder, call: Node, native: string, at: number): void {
  if (call.type !== 'CallExpression') return lose(walk);
  if (at > 0) return native === 'Object.assign' && member === null ? undefined : lose(walk);
  hold(walk, { file, node: call, member });
  if (member !== null) return undefined;
  if (native.endsWith('.defineProperty')) {
    const name = textOf(call.arguments[1]);
    if (name === null) return lose(walk);
    const descriptor = { file, node: call.arguments[2] ?? call };
    return name === MARK ? record(walk, name, descriptor) : describedAs(walk, descriptor, name);
  }
  for (const source of call.arguments.slice(1)) {
    const literal = bare(source);
    if (literal.type !== 'ObjectExpression') return lose(walk);
    for (const property of literal.properties) {
      const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
      if (property.type !== 'Property' || name === null) return lose(walk);
      if (native !== 'Object.assign') describedAs(walk, { file, node: property.value }, name);
      else record(walk, name, property.kind === 'init' ? { file, node: property.value } : null);
    }
  }
  return undefined;
}

/** A member by its descriptor: a getter and a setter have the object as `this` without being called, and its value is a method like others. */
function describedAs(walk: Walk, { file, node }: Site, name: string): void {
  record(walk, name, null);
  const descriptor = bare(node);
  if (descriptor.type !== 'ObjectExpression') return lose(walk);
  for (const property of descriptor.properties) {
    const key = property.type === 'Property' ? keyName(property.key, property.computed) : null;
    if (property.type !== 'Property' || key === null) return lose(walk);
    if (key === 'get' || key === 'set') ofMethod(walk, { file, node: property.value });
    else if (key === 'value') give(walk, name, { file, node: property.value });
  }
  return undefined;
}

/** `o instanceof C`, where C may have a `Symbol.hasInstance` that gets o (ECMA-262, 13.10.2). */
export function isTested(
  { world }: Walk,
  file: FlowFile,
  { operator, right }: Node & { type: 'BinaryExpression' },
): boolean {
  if (operator !== 'instanceof' || !world.overridesInherited('hasInstance')) return false;
  const isOwn = functionsMeant(file, right) !== null && !file.tree.source.includes('hasInstance');
  const isNative = right.type === 'Identifier' && isGlobal(right.name) && file.scopes.bindingOf(right) === null;
  return !isOwn && !isNative;
}
