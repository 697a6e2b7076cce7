/**
 * Finds the file that a request means, as Node 26 finds it: oxc-resolver with Node's conditions. Requests of TypeScript are looked up
 * as the tools that run it do as well (`paths` of tsconfig.json, `./x.js` for `x.ts`).
 *
 * Answers are real paths: links are followed, as Node does without `--preserve-symlinks`.
 */
import { realpathSync, statSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, extname, isAbsolute, resolve as joined } from 'node:path';
import { type NapiResolveOptions, ResolverFactory } from 'oxc-resolver';

/** Node's own conditions (Node documentation, "Packages: Conditional exports"), for evidence. `module` and `browser` are never among them. */
export const CONDITIONS = {
  require: ['node', 'require', 'module-sync', 'node-addons', 'default'],
  import: ['node', 'import', 'module-sync', 'node-addons', 'default'],
} as const;

export type Resolution =
  | { readonly found: readonly string[] }
  /** A part of Node. */
  | { readonly builtin: string }
  /** Nothing is there. */
  | { readonly missing: string };

export interface Resolver {
  /**
   * @param from The file that asks, absolute. It need not exist.
   * @param manner How it asks; `both` where a compiler decides (TypeScript's `import` becomes a `require` in CommonJS).
   */
  readonly resolve: (from: string, request: string, manner: 'require' | 'import' | 'both') => Resolution;
}

const NODE_EXTENSIONS = ['.js', '.json', '.node'];
const TYPESCRIPT_EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', ...NODE_EXTENSIONS];

const EXTENSION_ALIAS: NonNullable<NapiResolveOptions['extensionAlias']> = {
  '.js': ['.js', '.ts', '.tsx'],
  '.jsx': ['.jsx', '.tsx'],
  '.mjs': ['.mjs', '.mts'],
  '.cjs': ['.cjs', '.cts'],
};

/** @param extra Lists of further conditions (`node --conditions`): what is found with any of them, or without, counts. */
export function createResolver(extra: readonly (readonly string[])[] = []): Resolver {
  const plain = [[], ...extra].map(createPlainResolver);
  const resolve: Resolver['resolve'] = (from, request, manner) => {
    const [first = { missing: 'not found' }, ...others] = plain.map((each) => each(from, request, manner));
    const all = [first, ...others].flatMap((answer) => ('found' in answer ? answer.found : []));
    return others.length === 0 || all.length === 0 ? first : { found: [...new Set(all)] };
  };
  const known = new Map<string, Resolution>();
  return {
    resolve: (from, request, manner) => {
      // Files of one folder find the same, if they are all TypeScript or all not.
      const key = `${manner} ${isTypeScript(from)} ${dirname(from)}\0${request}`;
      let answer = known.get(key);
      if (answer === undefined) known.set(key, (answer = resolve(from, request, manner)));
      return answer;
    },
  };
}

function createPlainResolver(extra: readonly string[]): Resolver['resolve'] {
  const forRequire = options([...extra, ...CONDITIONS.require]);
  const forImport = options([...extra, ...CONDITIONS.import]);
  const plain = new ResolverFactory(forRequire);
  const node = { require: plain, import: plain.cloneWithOptions(forImport) };
  const typed = { extensions: TYPESCRIPT_EXTENSIONS, extensionAlias: EXTENSION_ALIAS, tsconfig: 'auto' as const };
  const typescript = {
    require: plain.cloneWithOptions({ ...forRequire, ...typed }),
    import: plain.cloneWithOptions({ ...forImport, ...typed }),
  };
  return (from, asked, manner) => {
    if (isBuiltin(asked)) return { builtin: asked };
    const request = asFolder(asked);
    const manners = manner === 'both' ? (['require', 'import'] as const) : [manner];
    const found = new Set<string>();
    let missing = 'not found';
    for (const each of manners) {
      const marked = each === 'require' ? withMark(from, request) : null;
      if (marked !== null) found.add(marked);
      const attempts = [node[each].sync(dirname(from), request)];
      if (isTypeScript(from)) attempts.push(typescript[each].resolveFileSync(from, request));
      for (const { path, error } of marked === null ? attempts : []) {
        if (path !== undefined) found.add(each === 'require' && !path.includes('?') ? path : withoutQuery(path));
        else missing = error ?? missing;
      }
    }
    return found.size > 0 ? { found: [...found] } : { missing };
  };
}

const options = (conditionNames: readonly string[]): NapiResolveOptions => ({
  conditionNames: [...conditionNames],
  extensions: NODE_EXTENSIONS,
  mainFields: ['main'],
  // NODE_PATH of the machine that analyses says nothing about the one that runs.
  nodePath: false,
  symlinks: true,
});

/** What ends in a dot or two is a folder, also where a file of that name lies beside it (`trailingSlash` in lib/internal/modules/cjs/loader.js of Node). */
const asFolder = (request: string): string => (/(?:^|\/)\.\.?$/.test(request) ? `${request}/` : request);

/** `require('./a?b')` asks for a file with that name; for the resolver what stands behind the mark is a query, as it is for `import`. */
function withMark(from: string, request: string): string | null {
  if (!request.includes('?') || !/^\.{0,2}\//.test(request)) return null;
  const path = joined(dirname(from), request);
  const found = ['', ...NODE_EXTENSIONS].find(
    (extension) => statSync(`${path}${extension}`, { throwIfNoEntry: false })?.isFile() === true,
  );
  return found === undefined ? null : realPath(`${path}${found}`);
}

export const isTypeScript = (path: string): boolean => /^\.[cm]?tsx?$/.test(extname(path));

/** `import './x.js?v=1'` is the same file, loaded once more. */
const withoutQuery = (path: string): string => path.replace(/[?#].*$/, '');

/** The path without links; the path itself where it leads nowhere. */
export function realPath(path: string): string {
  if (!isAbsolute(path)) return path;
  try {
    // The system's own call: one for a path, not one for each of its folders.
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** The same for one look at a program, of which most files are found from several others: each path is asked for once. */
export function createRealPath(): (path: string) => string {
  const known = new Map<string, string>();
  return (path) => {
    let real = known.get(path);
    if (real === undefined) known.set(path, (real = realPath(path)));
    return real;
  };
}
