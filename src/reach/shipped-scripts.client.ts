/** The product's own scripts that the program does not load: what it serves to browsers, and what was built and lies there. */
import { join } from 'node:path';
import { entriesOf } from '../platform/folder-entries.ts';
import { readLimited } from '../platform/read-limited.ts';
import { bundleMarks } from './bundle-marks.ts';
import { LARGEST_BYTES, MOST_CHARS, MOST_FOLDERS, NOT_SHIPPED } from './own-folders.ts';
import type { ShippedScript, ShippedScripts } from './not-shipped.ts';

const SCRIPT = /\.(?:[cm]?js|jsx|html?)$/;

/** @param isKnown Files that are left out, because they were read as part of the program. */
export function shippedScripts(root: string, isKnown: (path: string) => boolean): ShippedScripts {
  const scripts: ShippedScript[] = [];
  const open = [root];
  let chars = 0;
  let seen = 0;
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if ((seen += 1) > MOST_FOLDERS || chars > MOST_CHARS) return { scripts, isWhole: false };
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_SHIPPED.has(entry.name)) open.push(path);
      if (!entry.isFile() || !SCRIPT.test(entry.name) || isKnown(path)) continue;
      const bytes = readLimited(path, LARGEST_BYTES);
      if (!(bytes instanceof Uint8Array)) return { scripts, isWhole: false };
      const text = new TextDecoder().decode(bytes);
      chars += text.length;
      scripts.push({ path, marks: bundleMarks(text), text });
    }
  }
  return { scripts, isWhole: true };
}
