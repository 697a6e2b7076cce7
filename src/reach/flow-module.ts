/**
 * Between files: who gets what a module exports, by `require`, `import` and `export … from`.
 */
import type { Callable } from './closure.ts';
import { nameOf } from './exported-values.ts';
import type { FlowFile } from './flow-file.ts';
import { isPatternTarget, thisesOf } from './flow-file.ts';
import { ACCESS, ANY, inside, isElement, keysIn, PROMISED, through, under, type Tag } from './flow-tag.ts';
import type { Flow, ImportSite, Loss, Trace } from './flow-trace.ts';
import { context, memberName, TESTING, type Node } from './syntax.ts';

/** The exports of the file (`module.exports`, or its namespace) have the value. */
export const exported = (flow: Flow, trace: Trace, file: FlowFile, tag: Tag): void =>
  flow.push(trace, { kind: 'exports', file, node: file, tag });

export function exportsRule(flow: Flow, trace: Trace, file: FlowFile, tag: Tag): void {
  if (!file.isEsm) ownNames(flow, trace, file, tag);
  if (isCallable(flow.world.callableOf(file), tag)) open(flow, trace, file, tag);
  for (const importer of flow.world.importersOf(file)) imported(flow, trace, file, importer, tag);
}

/** In the file itself they are called `exports`, `module.exports`, and `this` at the top (CommonJS: nodejs.org/api/modules.html). */
function ownNames(flow: Flow, trace: Trace, file: FlowFile, tag: Tag): void {
  for (const node of file.scopes.globals.get('exports') ?? []) flow.push(trace, { kind: 'value', file, node, tag });
  for (const node of file.scopes.globals.get('module') ?? [])
    flow.push(trace, { kind: 'value', file, node, tag: under('exports', tag) });
  for (const node of thisesOf(file, file.tree.program)) flow.push(trace, { kind: 'value', file, node, tag });
}

/**
 * The exports are given a property: so is every object that the file has made its export (`module.exports = x`), or what `exports` stands for
 * (`exports = x`). Each of the two names still means the object before, unless the file assigns to both.
 */
export function storeInExports(flow: Flow, trace: Trace, file: FlowFile, tag: Tag, by: 'exports' | 'module'): void {
  exported(flow, trace, file, tag);
  if (tag.path.length === 0 || file.isEsm) return;
  const { values, unseen } = by === 'exports' ? setAsExports(file) : setAsModuleExports(file);
  for (const node of values) flow.push(trace, { kind: 'store', file, node, tag });
  for (const node of unseen) flow.lose(trace, { file, node, why: 'it is put into exports whose origin is not seen' });
}

/** What a name is set to, and the places where that is not seen. */
interface SetTo {
  readonly values: readonly Node[];
  readonly unseen: readonly Node[];
}

const setBy = (targets: readonly Node[]): SetTo => ({
  values: targets.flatMap((target) => {
    const { parent, child } = context(target);
    return parent?.type === 'AssignmentExpression' && parent.left === child ? [parent.right] : [];
  }),
  unseen: targets.filter(isPatternTarget),
});

const setAsExports = (file: FlowFile): SetTo => setBy(file.scopes.globals.get('exports') ?? []);

/** `module.exports = x`, also by a variable that is the module; whoever else gets the module can set its exports. */
function setAsModuleExports(file: FlowFile): SetTo {
  const targets: Node[] = [];
  const unseen: Node[] = [];
  const open = [...(file.scopes.globals.get('module') ?? [])];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { parent, child } = context(chosen(node));
    if (parent?.type === 'MemberExpression' && parent.object === child) {
      const name = memberName(parent);
      if (name === 'exports') targets.push(parent);
      else if (name === null && (isPatternTarget(parent) || isAssigned(parent))) unseen.push(parent);
    } else if (parent?.type === 'VariableDeclarator' && parent.init === child && parent.id.type === 'Identifier') {
      const binding = file.scopes.bindingOf(parent.id);
      if (binding === null || file.scopes.isOpaque) unseen.push(parent);
      else open.push(...binding.reads);
    } else if (!isOnlyAsked(parent, child)) unseen.push(node);
  }
  const set = setBy(targets);
  return { values: set.values, unseen: [...unseen, ...set.unseen] };
}

/** The whole of `typeof module === 'object' && module`, and of `a || module`. */
function chosen(node: Node): Node {
  let whole = node;
  for (
    let { parent, child } = context(whole);
    parent?.type === 'LogicalExpression';
    { parent, child } = context(whole)
  ) {
    if (parent.operator === '&&' && parent.left === child) break;
    whole = parent;
  }
  return whole;
}

function isAssigned(member: Node): boolean {
  const { parent, child } = context(member);
  return parent?.type === 'AssignmentExpression' && parent.left === child;
}

/** It is compared, or looked whether it is there. */
const isOnlyAsked = (parent: Node | null, child: Node): boolean =>
  parent === null ||
  TESTING.includes(parent.type) ||
  (parent.type === 'LogicalExpression' && parent.left === child) ||
  (parent.type === 'ConditionalExpression' && parent.test === child);

const isCallable = (callable: Callable, tag: Tag): boolean =>
  callable === 'all' ||
  (callable !== 'none' &&
    (tag.path[0] === undefined || isElement(tag) || keysIn(tag.path[0]).some((name) => callable.includes(name))));

/** Whoever uses the library, or the platform that calls the handlers, may call what is exported. */
function open(flow: Flow, trace: Trace, file: FlowFile, tag: Tag): void {
  const node = file.tree.program;
  const isCalled = tag.path.length <= 1;
  if (isCalled) flow.call(trace, { file, node, how: 'entry', may: tag.may, receiver: null });
  else flow.lose(trace, { file, node, why: 'the program hands it out to whoever uses it' });
}

function imported(flow: Flow, trace: Trace, from: FlowFile, site: ImportSite, tag: Tag): void {
  if (site.opaque !== null) {
    // Nearly always it is: these are sites that could load any file.
    if (site.place !== undefined && trace.at.losses.has(site.place)) return;
    flow.lose(trace, lossAt(site, site.opaque));
    return;
  }
  const { file, node, may } = site;
  // An `import` of a CommonJS file reads every property that it gives a name to; `import()` waits for a namespace that has a `then`.
  const isRead = !from.isEsm && node.type !== 'CallExpression' && tag.path[1] === ACCESS;
  const isAwaited = node.type === 'ImportExpression' && tag.path.length === 1 && tag.path[0] === 'then';
  if (isRead || isAwaited) flow.call(trace, { file, node, how: 'access', may: tag.may || may, receiver: null });
  for (const seen of seenFrom(from, node, tag)) importedAs(flow, trace, file, node, may ? { ...seen, may } : seen);
}

/** There are many such sites, and to say that one is lost there takes no look at its node. */
const lossAt = (site: ImportSite, why: string): Loss => ({
  file: site.file,
  get node() {
    return site.node;
  },
  ...(site.place === undefined ? {} : { place: site.place }),
  why,
});

/**
 * `import` of a CommonJS file has it as `default` and its properties as names (nodejs.org/api/esm.html, "CommonJS namespaces"); `require` of an
 * ES module gives the namespace, or what it exports as `module.exports`. Compiled TypeScript mixes the two, so both are followed.
 */
function seenFrom(from: FlowFile, node: Node, tag: Tag): readonly Tag[] {
  if (from.isEsm) {
    return tag.path[0] === 'module.exports' || isElement(tag) ? [tag, inside(tag)] : [tag];
  }
  return node.type === 'CallExpression' ? [tag] : [tag, under('default', tag), under('module.exports', tag)];
}

function importedAs(flow: Flow, trace: Trace, file: FlowFile, node: Node, tag: Tag): void {
  switch (node.type) {
    case 'ImportDeclaration':
      for (const specifier of node.specifiers) bindSpecifier(flow, trace, file, specifier, tag);
      return;
    case 'ExportNamedDeclaration':
      for (const { local, exported: outer } of node.specifiers) {
        const name = nameOf(local);
        for (const next of name === null ? [] : through({ name }, tag))
          exported(flow, trace, file, under(nameOf(outer) ?? ANY, next));
      }
      return;
    case 'ExportAllDeclaration':
      if (node.exported !== null) exported(flow, trace, file, under(nameOf(node.exported) ?? ANY, tag));
      // A path that only may begin so is passed on.
      else if (tag.path[0] !== 'default') exported(flow, trace, file, tag);
      return;
    case 'ImportExpression':
      flow.push(trace, { kind: 'value', file, node, tag: under(PROMISED, tag) });
      return;
    case 'CallExpression':
    case 'NewExpression':
    case 'TSExternalModuleReference':
      flow.push(trace, { kind: 'value', file, node, tag });
      return;
    case 'TSImportEqualsDeclaration':
      bindLocal(flow, trace, file, node.id, [tag]);
      return;
    default:
      flow.lose(trace, { file, node, why: 'this place could load it, in a way that is not followed' });
  }
}

function bindSpecifier(flow: Flow, trace: Trace, file: FlowFile, specifier: Node, tag: Tag): void {
  switch (specifier.type) {
    case 'ImportNamespaceSpecifier':
      bindLocal(flow, trace, file, specifier.local, [tag]);
      return;
    case 'ImportDefaultSpecifier':
      bindLocal(flow, trace, file, specifier.local, through({ name: 'default' }, tag));
      return;
    case 'ImportSpecifier': {
      const name = nameOf(specifier.imported);
      bindLocal(flow, trace, file, specifier.local, name === null ? [] : through({ name }, tag));
      return;
    }
    default:
  }
}

function bindLocal(flow: Flow, trace: Trace, file: FlowFile, local: Node, tags: readonly Tag[]): void {
  const binding = file.scopes.bindingOf(local);
  if (binding !== null) for (const tag of tags) flow.push(trace, { kind: 'variable', file, node: binding, tag });
}
