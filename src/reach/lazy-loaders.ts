/**
 * `const load = require('lazy-cache')(require)`: `require` is handed to a loader that waits, and the loader calls it with no name but those that
 * `load` is called with. Where those stand there as texts, the site that passes `require` on cannot name anything else.
 *
 * What a loader does is known of files that a person has read (as in reviewed-code.ts). The modules themselves stay edges of the closure
 * (`passedRequire` of site-targets.ts has every text of the file), and what is done with them is not followed. That one of them takes the loader for its
 * `this` (`load.name()`), and calls that with a name of its own, is assumed not to be.
 */
import type { Closure, DynamicSite } from './closure.ts';
import { NAMED_TO_LOADER } from './closure.text.ts';
import type { FlowFile } from './flow-file.ts';
import type { OpenFile } from './flow-world.ts';
import type { Binding } from './scopes.ts';
import { bare, context, memberName, parentOf, type Node } from './syntax.ts';

/**
 * Files whose export takes a function and gives one back: that one calls the function which was taken with its own first argument, at once or
 * later, and neither is handed to anybody else. Package, versions, SHA-256.
 */
const LOADERS: ReadonlyMap<string, string> = new Map([
  ['8c854f5a7a6f4e3eff2b65eca57debafc3aeebded51db679bbada7a1ab551b0a', 'lazy-cache 0.2.7'],
  ['8d51334337ee8a95ca75609561bb41948e816126e3c5c6b4b1491c7292de9099', 'lazy-cache 1.0.3, 1.0.4'],
  ['3ff18e96b683d8dfa4e7b884f4f49fc411ab6c2eb69b13cafbaa285429b28965', 'import-lazy 2.1.0'],
  ['dd15a6648f6f52de9618cf0da7da101de1d8befa6d991be4e2b1726687d2e3a2', 'import-lazy 3.1.0'],
  ['96d075c18760b05e1dfa93fa4afa36287887d5b099114d6782f67cb08789309c', 'import-lazy 4.0.0'],
]);

/** The closure with a bound for each site that hands `require` to such a loader and names all that it loads. */
export function boundLazyLoaders(closure: Closure, open: OpenFile, builtins: ReadonlySet<string>): Closure {
  let isChanged = false;
  const sites = closure.sites.map((site): DynamicSite => {
    if (site.form !== 'require-value' || site.bound.kind !== 'anything' || !namesAll(site, { closure, open, builtins }))
      return site;
    isChanged = true;
    const files = closure.edges.filter(({ from, start, form }) => {
      return from === site.file && start === site.start && form === site.form;
    });
    return {
      ...site,
      bound: { kind: 'files', files: files.map(({ to }) => to), says: NAMED_TO_LOADER, assumes: null },
    };
  });
  return isChanged ? { ...closure, sites } : closure;
}

interface Program {
  readonly closure: Closure;
  readonly open: OpenFile;
  /** The names of Node's own modules, without `node:`. */
  readonly builtins: ReadonlySet<string>;
}

function namesAll(site: DynamicSite, { closure, open, builtins }: Program): boolean {
  // Most programs have no such loader, and then no file has to be parsed to know it.
  if (!closure.edges.some(({ from, to }) => from === site.file && LOADERS.has(closure.files.get(to)?.hash ?? '')))
    return false;
  const file = open(site.file);
  if (file === null || file.isEsm || file.scopes.isOpaque) return false;
  // Of more texts the closure has only the first ones (file-facts.ts).
  const names: ReadonlySet<string> = new Set(closure.files.get(site.file)?.facts?.names);
  const isNamed: IsNamed = ({ arguments: [name] }) =>
    name?.type === 'Literal' &&
    typeof name.value === 'string' &&
    names.has(name.value) &&
    // What is done with a part of Node that loads code would not be seen (builtin-uses.ts).
    !builtins.has(name.value.replace(/^node:/, ''));
  const use = file.tree.nodes.find(
    (node) => node.type === 'Identifier' && node.start === site.start && node.end === site.end,
  );
  const { parent: call, child } = use === undefined ? { parent: null, child: null } : context(use);
  if (call?.type !== 'CallExpression' || call.arguments.length !== 1 || call.arguments[0] !== child) return false;
  const asked = loaderAsked(bare(call.callee), file);
  if (asked === null || !isLoader(asked, file, closure)) return false;
  const { parent: declarator, child: made } = context(call);
  if (declarator?.type === 'CallExpression' && declarator.callee === made) return isNamed(declarator);
  if (declarator?.type !== 'VariableDeclarator' || declarator.init !== made) return false;
  const binding = declarator.id.type === 'Identifier' ? file.scopes.bindingOf(declarator.id) : null;
  if (binding === null || binding.writes.length > 0 || binding.declarations.length > 1) return false;
  const uses = binding.reads.map((read) => useOf(read, file, isNamed));
  if (uses.includes('other') || (uses.includes('require') && !isRequireNamed(file, isNamed))) return false;
  return !uses.includes('exported') || (hasNoOtherExport(file) && isOnlyAskedForMembers(site.file, closure, open));
}

/** Whether the first argument of a call is a text of the file, so that the closure has what it leads to. */
type IsNamed = (call: Node & { type: 'CallExpression' }) => boolean;

/** The `require('lazy-cache')` that a callee is, or that a variable holds and nothing else. */
function loaderAsked(callee: Node, file: FlowFile): Node | null {
  if (callee.type === 'CallExpression') return callee;
  const binding = callee.type === 'Identifier' ? file.scopes.bindingOf(callee) : null;
  const [declaration, ...others] = binding?.declarations ?? [];
  const declarator = declaration === undefined ? undefined : parentOf(declaration);
  if (binding === null || others.length > 0 || binding.writes.length > 0) return null;
  if (declarator?.type !== 'VariableDeclarator' || declarator.id !== declaration || declarator.init === null)
    return null;
  const value = bare(declarator.init);
  return value.type === 'CallExpression' ? value : null;
}

/** Whether a call loads such a file, and can load no other. */
function isLoader(call: Node, file: FlowFile, { edges, files }: Closure): boolean {
  const found = edges.filter(({ from, start }) => from === file.path && start === call.start);
  return (
    found.length > 0 &&
    found.every(({ form, certainty, to }) => {
      return form === 'require' && certainty === 'named' && LOADERS.has(files.get(to)?.hash ?? '');
    })
  );
}

/** Every function has these: by them it is called with what does not stand in the call. */
const OF_FUNCTIONS: ReadonlySet<string> = new Set(['call', 'apply', 'bind', 'constructor', 'valueOf', '__proto__']);

/** What one read of the loader's variable does: nothing that could name a module unseen, or it makes it the export. */
function useOf(read: Node, file: FlowFile, isNamed: IsNamed): 'harmless' | 'require' | 'exported' | 'other' {
  const { parent, child } = context(read);
  switch (parent?.type) {
    case 'CallExpression':
      return parent.callee === child && isNamed(parent) ? 'harmless' : 'other';
    case 'MemberExpression':
      return isPlainMember(parent, child) ? 'harmless' : 'other';
    case 'AssignmentExpression': {
      if (parent.right !== child || context(parent).parent?.type !== 'ExpressionStatement') return 'other';
      const left = bare(parent.left);
      if (isFree(left, 'require', file)) return 'require';
      const isExport = left.type === 'MemberExpression' && memberName(left) === 'exports';
      return isExport && isFree(bare(left.object), 'module', file) ? 'exported' : 'other';
    }
    default:
      return 'other';
  }
}

/** `require = load`: then its calls may be calls of the loader. Whoever gets it as a value gets it by a site of its own. */
const isRequireNamed = ({ scopes }: FlowFile, isNamed: IsNamed): boolean =>
  (scopes.globals.get('require') ?? []).every((read) => {
    const { parent, child } = context(read);
    return parent?.type !== 'CallExpression' || parent.callee !== child || isNamed(parent);
  });

const isFree = (node: Node, name: string, { scopes }: FlowFile): boolean =>
  node.type === 'Identifier' && node.name === name && scopes.bindingOf(node) === null;

const isPlainMember = (member: Node, object: Node): boolean => {
  const name = memberName(member);
  return member.type === 'MemberExpression' && member.object === object && name !== null && !OF_FUNCTIONS.has(name);
};

/** `module` is named once, where the loader becomes the export. */
const hasNoOtherExport = ({ scopes }: FlowFile): boolean =>
  scopes.globals.get('module')?.length === 1 && !scopes.globals.has('exports');

/** Whether everybody who loads the file takes members of what it exports and does not call it. */
function isOnlyAskedForMembers(path: string, { edges }: Closure, open: OpenFile): boolean {
  return edges.every(({ from, to, form, start, certainty }) => {
    if (to !== path) return true;
    const file = from === null ? null : open(from);
    if (file === null || form !== 'require' || certainty !== 'named' || file.scopes.isOpaque) return false;
    // `require('x')()` begins there as well.
    const call = file.tree.nodes.find(
      (node) => node.type === 'CallExpression' && node.start === start && isFree(bare(node.callee), 'require', file),
    );
    if (call === undefined) return false;
    const { parent, child } = context(call);
    if (parent?.type === 'ExpressionStatement' || (parent !== null && isPlainMember(parent, child))) return true;
    if (parent?.type !== 'VariableDeclarator' || parent.init !== child || parent.id.type !== 'Identifier') return false;
    const binding: Binding | null = file.scopes.bindingOf(parent.id);
    return binding !== null && !file.isEsm && binding.reads.every((read) => isMemberRead(read));
  });
}

const isMemberRead = (read: Node): boolean => {
  const { parent, child } = context(read);
  return parent !== null && isPlainMember(parent, child);
};
