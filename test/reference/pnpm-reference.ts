/** A plain reading of pnpm-lock.yaml, slow and short, that shares nothing with src/inventory. For files of the corpus only. */
import { parse } from 'yaml';

type Table = Record<string, string | { version: string }>;
interface Entry {
  dependencies?: Table;
  optionalDependencies?: Table;
  devDependencies?: Table;
}
interface Document extends Entry {
  lockfileVersion: string;
  importers?: Record<string, Entry>;
  packages: Record<string, Entry>;
  snapshots?: Record<string, Entry>;
}

export interface PnpmReference {
  /** `name@version` of everything that does not come from a folder. */
  readonly packages: ReadonlySet<string>;
  /** `name@version`, of what production needs and must have. */
  readonly production: ReadonlySet<string>;
  /** `key → key` of packages. */
  readonly edges: ReadonlySet<string>;
}

const PATTERNS: Record<string, RegExp> = {
  5: /^\/((?:@[^/]+\/)?[^/]+)\/([^_]+)/,
  6: /^\/((?:@[^/]+\/)?[^@/]+)@([^(]+)/,
  9: /^((?:@[^/]+\/)?[^@/]+)@([^(]+)/,
};

export function readPnpmPlainly(text: string): PnpmReference {
  const document = parse(text, { schema: 'failsafe', uniqueKeys: false }) as Document;
  const pattern = PATTERNS[document.lockfileVersion[0] ?? ''];
  const installed = document.snapshots ?? document.packages;
  const nameOf = (key: string): string => pattern?.exec(key)?.slice(1, 3).join('@') ?? key;
  const keyOf = (name: string, value: string | { version: string }): string => {
    const version = typeof value === 'string' ? value : value.version;
    return (
      [`/${name}/${version}`, `/${name}@${version}`, `${name}@${version}`].find((key) => key in installed) ?? version
    );
  };
  const keysIn = (table: Table = {}): string[] => Object.entries(table).map(([name, value]) => keyOf(name, value));
  const edges = Object.entries(installed).flatMap(([from, { dependencies, optionalDependencies }]) =>
    [...keysIn(dependencies), ...keysIn(optionalDependencies)].map((to) => `${from} → ${to}`),
  );
  const reached = new Set(
    Object.values(document.importers ?? { '.': document }).flatMap((importer) => keysIn(importer.dependencies)),
  );
  for (const key of reached) for (const to of keysIn(installed[key]?.dependencies)) reached.add(to);
  return {
    packages: new Set(
      Object.keys(installed)
        .filter((key) => !key.includes('@file:'))
        .map(nameOf),
    ),
    production: new Set([...reached].filter((key) => key in installed).map(nameOf)),
    edges: new Set(edges),
  };
}
