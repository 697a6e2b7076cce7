/** A plain reading of bun.lock, slow and short, that shares nothing with src/inventory. For files of the corpus only. */
type Table = Record<string, string>;
interface Info {
  dependencies?: Table;
  devDependencies?: Table;
  optionalDependencies?: Table;
  peerDependencies?: Table;
}
interface Document {
  workspaces: Record<string, Info & { name: string }>;
  packages: Record<string, [string, string?, Info?]>;
}

export interface BunReference {
  /** `name@version` of everything that is no workspace. */
  readonly packages: ReadonlySet<string>;
  /** Keys of what production needs and must have. */
  readonly production: ReadonlySet<string>;
  /** `key → key` of packages; a workspace by the key it stands under. */
  readonly edges: ReadonlySet<string>;
}

export function readBunPlainly(text: string): BunReference {
  // A JSON string has no unescaped quote in it, so what stands between two of them is left as it is.
  const json = text.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, '$1');
  const { workspaces, packages } = JSON.parse(json) as Document;
  const find = (from: string, name: string): string | undefined => {
    const parts = from === '' ? [] : (from.match(/(?:@[^/]+\/)?[^/]+/g) ?? []);
    for (let length = parts.length; length >= 0; length -= 1) {
      const key = [...parts.slice(0, length), name].join('/');
      if (key in packages) return key;
    }
    return undefined;
  };
  const found = (from: string, ...tables: (Table | undefined)[]): string[] =>
    tables.flatMap((table) => Object.keys(table ?? {})).flatMap((name) => find(from, name) ?? []);
  const isWorkspace = (key: string): boolean => packages[key]?.[0].includes('@workspace:') === true;
  const keys = Object.keys(packages).filter((key) => !isWorkspace(key));
  const infoOf = (key: string): Info => packages[key]?.[2] ?? {};
  const edges = keys.flatMap((from) => {
    const { dependencies, optionalDependencies, peerDependencies } = infoOf(from);
    return found(from, dependencies, optionalDependencies, peerDependencies)
      .filter((to) => to !== from)
      .map((to) => `${from} → ${to}`);
  });
  const reached = new Set(
    Object.entries(workspaces).flatMap(([folder, { name, dependencies, peerDependencies }]) =>
      found(folder === '' ? '' : name, dependencies, peerDependencies).filter((key) => !isWorkspace(key)),
    ),
  );
  for (const key of reached) {
    const { dependencies, peerDependencies, ...rest } = infoOf(key);
    const optional = (rest as { optionalPeers?: string[] }).optionalPeers ?? [];
    const firm = Object.fromEntries(
      Object.entries(peerDependencies ?? {}).filter(([name]) => !optional.includes(name)),
    );
    for (const to of found(key, dependencies, firm)) if (!isWorkspace(to)) reached.add(to);
  }
  return { packages: new Set(keys.map((key) => packages[key]?.[0] ?? '')), production: reached, edges: new Set(edges) };
}
