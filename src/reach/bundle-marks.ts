/**
 * What a file says about packages whose code was put into it: the paths that bundlers leave in comments and module ids, and the
 * banners that licences ask for.
 *
 * For packages that are not installed where the program is looked at, and whose functions can therefore not be searched for
 * (code-copy.ts). It is read off the text, because comments are in no tree.
 */

export interface BundleMarks {
  /** Names of packages that a path in it lies in: `// node_modules/ms/index.js`, `"./node_modules/ms/index.js":`. */
  readonly packages: readonly string[];
  /** The first words of comments that bundlers keep: `/*! ms v2.0.0 | MIT`. */
  readonly banners: readonly string[];
}

const PATH = /node_modules\/(?:\.pnpm\/[\w.@+-]{1,200}\/node_modules\/)?((?:@[\w.-]{1,100}\/)?[\w.-]{1,100})\//g;
/** What begins with an exclamation mark is kept, and what names a licence (documentation of terser and esbuild, "legal comments"). */
const COMMENT = /\/\*(?:!|(?:(?!\*\/)[^]){0,200}?@(?:license|preserve|cc_on))/g;
const LONGEST_BANNER = 240;
const MOST = 500;

export function bundleMarks(source: string): BundleMarks {
  const packages = new Set<string>();
  for (const [, name] of source.matchAll(PATH)) {
    if (name !== undefined && packages.size < MOST) packages.add(name);
  }
  const banners: string[] = [];
  for (const { index } of source.matchAll(COMMENT)) {
    if (banners.length >= MOST) break;
    const end = source.indexOf('*/', index);
    banners.push(source.slice(index, Math.min(end < 0 ? source.length : end, index + LONGEST_BANNER)));
  }
  return { packages: [...packages], banners };
}

/** Whether a file says that code of a package is in it, or has a function that is called like the vulnerable one. */
export const bundleNamed = (
  marks: BundleMarks,
  names: readonly string[],
  symbol: { readonly package: string; readonly function: string | null },
): boolean =>
  saysToHold(marks, symbol.package) || (isTelling(symbol.function) && names.includes(lastOf(symbol.function)));

const lastOf = (name: string | null): string => name?.slice(name.lastIndexOf('.') + 1) ?? '';

/** Of several words, so that nobody else calls a function so: `configFromRFC2822`, not `parse` or `toString`. */
const isTelling = (name: string | null): boolean =>
  lastOf(name).length >= FEWEST_TELLING_CHARS && /[a-z][A-Z0-9_]/.test(lastOf(name));

const FEWEST_TELLING_CHARS = 11;

function saysToHold({ packages, banners }: BundleMarks, name: string): boolean {
  if (packages.includes(name)) return true;
  const wanted = name.toLowerCase();
  return banners.some((banner) => hasName(banner.toLowerCase(), wanted));
}

/** As a name of its own: not in the middle of a word, of a longer name or of an address. */
function hasName(banner: string, name: string): boolean {
  for (let at = banner.indexOf(name); at >= 0; at = banner.indexOf(name, at + 1)) {
    const before = banner.charAt(at - 1);
    const after = banner.slice(at + name.length, at + name.length + 2);
    if (!/[\w$@./-]/.test(before) && !/^(?:[\w$/-]|\.(?!js\b)\w)/.test(after)) return true;
  }
  return false;
}
