/**
 * The texts that lie beside the program's code: templates, pages, JSON. A function may be made of them while the program runs; what is asked here is
 * whether one of them could lead it to a module (program-texts.ts).
 */
import { join } from 'node:path';
import { entriesOf } from '../platform/folder-entries.ts';
import { readLimited } from '../platform/read-limited.ts';
import { LARGEST_BYTES, MOST_CHARS, MOST_FOLDERS, NOT_SHIPPED } from './own-folders.ts';
import { reachesFurther } from './program-texts.ts';

/** Programs, which are read as such where they are loaded, and what is no text. */
const NO_TEXT =
  /\.(?:[cm]?[jt]sx?|node|map|png|jpe?g|gif|webp|ico|avif|mp[34]|webm|woff2?|ttf|otf|eot|pdf|zip|t?gz|wasm|sqlite|db)$/i;
/** They name packages, one of which is called process, and nobody makes a program of them; what the program loads of them counts all the same. */
const MANIFEST = /^(?:package\.json|npm-shrinkwrap\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/;

/** In an installed package: what people read there, and what is about it. */
const ABOUT = /^\.|^[A-Z]+$|\.(?:md|markdown|rst|ya?ml|json|lock|flow|css|s[ac]ss|less|svg|patch)$/i;

/**
 * @param packages Folders of installed packages that the program has files of.
 * @param data Files that the program loads and that are no programs.
 * @returns True also where not all of them could be read.
 */
export function anyTextReachesFurther(root: string, packages: readonly string[], data: readonly string[]): boolean {
  let chars = 0;
  const leads = (path: string): boolean => {
    if (NO_TEXT.test(path)) return false;
    const bytes = readLimited(path, LARGEST_BYTES);
    if (!(bytes instanceof Uint8Array)) return !bytes.absent;
    const text = new TextDecoder().decode(bytes);
    chars += text.length;
    return chars > MOST_CHARS || textsIn(path, text).some(reachesFurther);
  };
  if (data.some(leads)) return true;
  const open = [{ folder: root, isOwn: true }, ...packages.map((folder) => ({ folder, isOwn: false }))];
  let seen = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder, isOwn } = next;
    if ((seen += 1) > MOST_FOLDERS) return true;
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_SHIPPED.has(entry.name)) open.push({ folder: path, isOwn });
      // What a link leads to may lie anywhere, and is not looked for.
      else if (isOwn && entry.isSymbolicLink()) return true;
      else if (entry.isFile() && !(isOwn ? MANIFEST : ABOUT).test(entry.name) && leads(path)) return true;
    }
  }
  return false;
}

/** The texts and names in JSON, where escapes are read; else the text as it is. */
function textsIn(path: string, text: string): readonly string[] {
  if (!path.endsWith('.json')) return [text];
  const texts: string[] = [];
  try {
    JSON.parse(text, (key, value: unknown) => {
      texts.push(key);
      if (typeof value === 'string') texts.push(value);
      return null;
    });
    return texts;
  } catch {
    return [text];
  }
}
