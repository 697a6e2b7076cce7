/**
 * One violation for each rule of the house, and a tree without any. Read by ../architecture.test.ts.
 *
 * `gives` is what oxlint has to say about the file, all of it: the rule, and the words by which a person knows what to do.
 */
interface Planted {
  readonly path: string;
  readonly text: string;
  readonly gives: string;
}

const IMPORT = 'no-restricted-imports';
const GLOBAL = 'no-restricted-globals';
const PROPERTY = 'no-restricted-properties';

const PURE_IO = `${IMPORT}: Pure code does no IO. Do it in a .store or .client file and pass the data in.`;
const PURE = `${IMPORT}: Pure code imports only pure code.`;
const STORE_IO = `${IMPORT}: A store speaks SQL through platform/db.ts and touches nothing else.`;
const STORE = `${IMPORT}: A store imports pure code and platform/ only.`;
const CLIENT = `${IMPORT}: A client speaks to one outside system; it imports pure code, platform/ and node:* only.`;
const ACTION_IO = `${IMPORT}: An action orchestrates; IO stands in a .store or .client file.`;
const CONTROL_IO = `${IMPORT}: A control measures through its feature's clients and actions.`;
const OTHER = `${IMPORT}: Another feature is its pure files and its .actions.ts.`;
const ENTRY = `${IMPORT}: Only main.ts calls an entry point.`;
const ENTRY_IO = `${IMPORT}: An entry point parses, calls one action and renders; IO stands in a .client file or platform/.`;
const ENTRY_OTHER = `${IMPORT}: An entry point calls its own feature; another feature is its pure files.`;
const SCRIPT = `${IMPORT}: A page's script imports pure code only.`;
const PLATFORM = `${IMPORT}: platform/ knows no feature.`;
const LIB = `${IMPORT}: lib/ imports nothing of ours.`;

const imports = (path: string, specifier: string, gives: string): Planted => ({
  path: `src/alpha/${path}`,
  text: `import * as it from '${specifier}';\nexport const kept: unknown = it;\n`,
  gives,
});

const holds = (path: string, text: string, gives: string): Planted => ({
  path: `src/alpha/${path}`,
  text: `${text}\n`,
  gives,
});

const ROLES_OF_PURE = [
  './own.store.ts',
  './own.client.ts',
  './own.actions.ts',
  './own.control.ts',
  './own.page.tsx',
  './own.routes.ts',
  './own.cli.ts',
  './own.jobs.ts',
  './own.browser.ts',
  '../beta/beta.client.ts',
  '../platform/door.ts',
  '../web/layout.tsx',
  '../main.ts',
];

const pure: readonly Planted[] = [
  imports('pure-node.ts', 'node:fs', PURE_IO),
  imports('pure-crypto.ts', 'node:crypto', PURE_IO),
  ...ROLES_OF_PURE.map((specifier, at) => imports(`pure-role-${at}.ts`, specifier, PURE)),
  holds('pure-dynamic.ts', "export const later = (): Promise<unknown> => import('./own.client.ts');", PURE),
  holds('pure-passes-on.ts', "export { ask } from './own.client.ts';", PURE),
  holds('pure-type.ts', "import type { Ask } from './own.client.ts';\nexport type Kept = Ask;", PURE),
  holds(
    'pure-date.ts',
    'export const at = (): number => Date.now();',
    `${PROPERTY}: Take \`now: Instant\` as an argument.`,
  ),
  holds(
    'pure-temporal.ts',
    'export const at = (): unknown => Temporal.Now.instant();',
    `${PROPERTY}: Take \`now: Instant\` as an argument.`,
  ),
  holds(
    'pure-random.ts',
    'export const dice = (): number => Math.random();',
    `${PROPERTY}: Take the random value as an argument.`,
  ),
  ...['fetch', 'process', 'Buffer', 'setTimeout', 'setInterval', 'setImmediate', 'performance'].map((name) =>
    holds(
      `pure-global-${name.toLowerCase()}.ts`,
      `export const taken: unknown = ${name};`,
      `${GLOBAL}: Unexpected use of '${name}'`,
    ),
  ),
];

/** One file of `role` for each specifier, so that no pattern of the settings can go without a plant that notices. */
const forbids = (role: string, gives: string, specifiers: readonly string[]): readonly Planted[] =>
  specifiers.map((specifier) => imports(`${nameOf(specifier)}.${role}`, specifier, gives));

/** `../beta/beta.store.ts` → `beta-beta-store-ts`: a file name that says what is imported. */
const nameOf = (specifier: string): string => specifier.replace(/^[./]+/, '').replaceAll(/[^a-z]+/g, '-');

const OTHER_IO = ['../beta/beta.store.ts', '../beta/beta.client.ts'];
const ENTRIES = [
  './own.page.tsx',
  './own.routes.ts',
  './own.cli.ts',
  './own.jobs.ts',
  './own.browser.ts',
  '../main.ts',
];
const ABOVE = ['./own.control.ts', ...ENTRIES, '../web/layout.ts'];
const OTHER_BOUND = [...OTHER_IO, '../beta/beta.actions.ts', '../beta/beta.control.ts', '../beta/beta.page.tsx'];

const clock = (path: string): Planted =>
  holds(path, 'export const at = (): number => Date.now();', `${PROPERTY}: Take \`now: Instant\` as an argument.`);
const reads = (path: string): Planted =>
  holds(path, 'export const folder: unknown = process;', `${GLOBAL}: Unexpected use of 'process'`);

const roles: readonly Planted[] = [
  ...forbids('store.ts', STORE_IO, ['node:fs']),
  ...forbids('store.ts', STORE, [...OTHER_IO, './own.client.ts', './own.actions.ts', ...ABOVE]),
  clock('clock.store.ts'),
  reads('process.store.ts'),

  ...forbids('client.ts', CLIENT, [...OTHER_IO, '../beta/beta.actions.ts', './own.actions.ts', ...ABOVE]),
  clock('clock.client.ts'),

  ...forbids('actions.ts', ACTION_IO, ['node:fs']),
  ...forbids('actions.ts', OTHER, OTHER_IO),
  ...forbids('actions.ts', ENTRY, ABOVE),
  clock('clock.actions.ts'),
  reads('process.actions.ts'),
  holds('dynamic.actions.ts', "export const later = (): Promise<unknown> => import('../beta/beta.client.ts');", OTHER),

  ...forbids('control.ts', CONTROL_IO, ['node:fs']),
  ...forbids('control.ts', OTHER, OTHER_IO),
  ...forbids('control.ts', ENTRY, ['../beta/beta.control.ts', ...ABOVE]),
  clock('clock.control.ts'),
  reads('process.control.ts'),

  ...['cli.ts', 'routes.ts', 'jobs.ts', 'page.tsx'].flatMap((role) => [
    ...forbids(role, ENTRY_IO, ['node:fs']),
    ...forbids(role, ENTRY_OTHER, OTHER_BOUND),
    ...forbids(role, ENTRY, [
      '../beta/beta.cli.ts',
      '../beta/beta.routes.ts',
      '../beta/beta.jobs.ts',
      './own.browser.ts',
      '../main.ts',
    ]),
    clock(`clock.${role}`),
    reads(`process.${role}`),
  ]),

  ...forbids('browser.ts', SCRIPT, [
    'node:fs',
    ...ROLES_OF_PURE.filter((specifier) => specifier !== './own.browser.ts'),
    '../beta/beta.browser.ts',
  ]),
  clock('clock.browser.ts'),
  reads('process.browser.ts'),
  holds('fetch.browser.ts', "export const asked: unknown = fetch('/');", `${GLOBAL}: Unexpected use of 'fetch'`),

  { ...imports('', '../beta/beta.ts', LIB), path: 'src/lib/feature.ts' },
  { ...imports('', '../platform/door.ts', LIB), path: 'src/lib/platform.ts' },
  { ...imports('', 'node:fs', `${IMPORT}: lib/ is pure.`), path: 'src/lib/files.ts' },
  { ...imports('', 'node:crypto', `${IMPORT}: lib/ is pure.`), path: 'src/lib/crypto.ts' },
  { ...imports('', '../beta/beta.ts', PLATFORM), path: 'src/platform/feature.ts' },
  { ...imports('', '../beta/beta.actions.ts', PLATFORM), path: 'src/platform/action.ts' },
  { ...imports('', '../main.ts', PLATFORM), path: 'src/platform/main.ts' },
];

const lines = (count: number, line: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => line(at)).join('\n');

const general: readonly Planted[] = [
  holds('default.ts', 'const it = 1;\nexport default it;', 'no-default-export: Prefer named exports'),
  holds(
    'any.ts',
    'export const open = (it: any): unknown => it;',
    'no-explicit-any: Unexpected `any`. Specify a different type.',
  ),
  holds(
    'non-null.ts',
    'export const sure = (it: string | null): string => it!;',
    'no-non-null-assertion: Forbidden non-null assertion.',
  ),
  holds(
    'promise.ts',
    'const go = async (): Promise<number> => 1;\nexport function start(): void {\n  go();\n}',
    'no-floating-promises: Promises must be awaited',
  ),
  holds(
    'switch.ts',
    "export function word(it: 'a' | 'b'): string {\n  switch (it) {\n    case 'a':\n      return 'A';\n  }\n  return '';\n}",
    'switch-exhaustiveness-check: Switch is not exhaustive',
  ),
  holds(
    'cycle-a.ts',
    "import { b } from './cycle-b.ts';\nexport const a = (): unknown => b;",
    'no-cycle: Dependency cycle detected',
  ),
  holds(
    'cycle-b.ts',
    "import { a } from './cycle-a.ts';\nexport const b = (): unknown => a;",
    'no-cycle: Dependency cycle detected',
  ),
  holds('console.ts', "export const talk = (): void => console.log('x');", 'no-console: Unexpected console statement.'),
  holds(
    'loose.ts',
    'export const same = (a: unknown, b: unknown): boolean => a == b;',
    'eqeqeq: Expected === and instead saw ==',
  ),
  holds(
    'each.ts',
    'export const walk = (all: string[], to: (one: string) => void): void => all.forEach((one) => to(one));',
    'no-array-for-each: Do not use `Array#forEach`',
  ),
  holds(
    'bare.client.ts',
    "import { readFileSync } from 'fs';\nexport const read: unknown = readFileSync;",
    'prefer-node-protocol: Prefer using the `node:` protocol',
  ),
  holds(
    'type-import.ts',
    "import { Own } from './own.ts';\nexport const own = (it: Own): Own => it;",
    'consistent-type-imports',
  ),
  holds(
    'long.ts',
    lines(401, (at) => `export const n${at} = ${at};`),
    'max-lines: File has too many lines (401).',
  ),
  holds(
    'tall.ts',
    `export function tall(): number {\n  let sum = 0;\n${lines(60, (at) => `  sum += ${at};`)}\n  return sum;\n}`,
    'max-lines-per-function: The function `tall` has too many lines (64). Maximum allowed is 60.',
  ),
];

export const PLANTED: readonly Planted[] = [...pure, ...roles, ...general];

const give = (name: string): string => `export const ${name} = (): number => 1;\n`;

/** What the violations import, and every right that a role has: nothing here is a violation. */
export const CLEAN: Readonly<Record<string, string>> = {
  'src/main.ts':
    "export const main = async (): Promise<unknown> => import('./alpha/own.cli.ts');\nexport const time = (): number => Date.now();\n",
  'src/lib/result.ts': give('ok'),
  'src/lib/uses.ts': "import { ok } from './result.ts';\nexport const used = (): number => ok();\n",
  'src/platform/door.ts':
    "import { readFileSync } from 'node:fs';\nimport { ok } from '../lib/result.ts';\nexport const door = (): unknown => [readFileSync, ok, Date.now(), process.pid];\n",
  'src/web/layout.ts': give('layout'),
  'src/web/layout.tsx': give('layout'),
  'src/web/paths.ts': give('paths'),
  'src/alpha/own.ts':
    "import { ok } from '../lib/result.ts';\nimport { beta } from '../beta/beta.ts';\nimport { paths } from '../web/paths.ts';\nexport interface Own {\n  readonly it: number;\n}\nexport const own = (): Own => ({ it: ok() + beta() + paths() });\n",
  'src/alpha/own.store.ts':
    "import { door } from '../platform/door.ts';\nimport { own } from './own.ts';\nexport const store = (): unknown => [door, own];\n",
  'src/alpha/own.client.ts':
    "import { readFileSync } from 'node:fs';\nimport { door } from '../platform/door.ts';\nimport { own } from './own.ts';\nexport type Ask = number;\nexport const ask = (): unknown => [readFileSync, door, own, process.pid];\n",
  'src/alpha/own.actions.ts':
    "import { betaAction } from '../beta/beta.actions.ts';\nimport { door } from '../platform/door.ts';\nimport { ask } from './own.client.ts';\nimport { store } from './own.store.ts';\nexport const action = (): unknown => [betaAction, door, ask, store];\n",
  'src/alpha/own.control.ts':
    "import { betaAction } from '../beta/beta.actions.ts';\nimport { door } from '../platform/door.ts';\nimport { action } from './own.actions.ts';\nimport { ask } from './own.client.ts';\nexport const control = (): unknown => [betaAction, door, action, ask];\n",
  'src/alpha/own.cli.ts':
    "import { beta } from '../beta/beta.ts';\nimport { door } from '../platform/door.ts';\nimport { action } from './own.actions.ts';\nexport const cli = (): unknown => [beta, door, action];\n",
  'src/alpha/own.routes.ts': give('routes'),
  'src/alpha/own.jobs.ts': give('jobs'),
  'src/alpha/own.page.tsx': give('page'),
  'src/alpha/own.browser.ts':
    "import { own } from './own.ts';\nfor (const form of document.forms) form.dataset['own'] = `${own().it}`;\n",
  'src/beta/beta.ts': give('beta'),
  'src/beta/beta.store.ts': give('betaStore'),
  'src/beta/beta.client.ts': give('betaClient'),
  'src/beta/beta.actions.ts': give('betaAction'),
  'src/beta/beta.control.ts': give('betaControl'),
  'src/beta/beta.cli.ts': give('betaCli'),
};
