/**
 * Which findings are asked about in which folder: the folder of a lockfile is a product of its own, with its own entries and its own
 * `node_modules`, and says nothing about the one beside it. Pure.
 */
import type { Finding } from '../scan/finding.ts';
import type { ScanInput } from '../scan/scan-report.ts';

/** What fills the folder of a lockfile, by its kind; other kinds of input hold no code. */
const INSTALLS: ReadonlyMap<string, string> = new Map([
  ['package-lock-v1', 'npm ci'],
  ['package-lock-v2', 'npm ci'],
  ['package-lock-v3', 'npm ci'],
  ['npm-shrinkwrap', 'npm ci'],
  ['yarn-classic', 'yarn install --frozen-lockfile'],
  ['yarn-berry', 'yarn install --immutable'],
  ['pnpm-lock', 'pnpm install --frozen-lockfile'],
  ['bun-lock', 'bun install --frozen-lockfile'],
]);

/** One of the lockfiles that npm, Yarn, pnpm and Bun write. */
export interface ProductInput {
  /** As the scan names it. */
  readonly path: string;
  /** Of the lockfile, as the scan names it; `.` for where the scan was started. */
  readonly folder: string;
  readonly install: string;
}

export const productInputs = (inputs: readonly Pick<ScanInput, 'path' | 'kind'>[]): readonly ProductInput[] =>
  inputs.flatMap(({ path, kind }) => {
    const install = INSTALLS.get(kind);
    return install === undefined ? [] : [{ path, folder: inputFolder(path), install }];
  });

/** @param path Of an input, with `/`. */
export function inputFolder(path: string): string {
  const end = path.lastIndexOf('/');
  return end < 0 ? '.' : end === 0 ? '/' : path.slice(0, end);
}

/** Code of npm packages that is there because it was asked for; malicious code has run when it was installed, whatever calls it. */
export const canBeUnused = ({ ecosystem, malware }: Pick<Finding, 'ecosystem' | 'malware'>): boolean =>
  ecosystem === 'npm' && !malware;
