/** What the language's own functions do with an object that they are given, for flow-steady.ts: whether they write to it, or give it on. */
import { GIVES_VALUES } from './held-places.ts';
import { hold, lose, record, type Holder, type Walk } from './held-walk.ts';
import { bare, keyName, textOf, type Node } from './syntax.ts';

/** One of `LOOKING_NATIVES`. */
export function lookedAt(walk: Walk, { file, member }: Holder, call: Node, native: string, at: number): void {
  if (call.type !== 'CallExpression') return lose(walk);
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
    return name === '__esModule' ? undefined : record(walk, name, null);
  }
  for (const source of call.arguments.slice(1)) {
    const literal = bare(source);
    if (literal.type !== 'ObjectExpression') return lose(walk);
    for (const property of literal.properties) {
      const name = property.type === 'Property' ? keyName(property.key, property.computed) : null;
      if (property.type !== 'Property' || name === null) return lose(walk);
      const isPlain = native === 'Object.assign' && property.kind === 'init';
      record(walk, name, isPlain ? { file, node: property.value } : null);
    }
  }
  return undefined;
}
