/** What lies in a folder, for those who go through many. */
import { readdirSync } from 'node:fs';

/** Nothing where the folder cannot be read. */
export function entriesOf(folder: string): ReturnType<typeof list> {
  try {
    return list(folder);
  } catch {
    return [];
  }
}

const list = (folder: string) => readdirSync(folder, { withFileTypes: true });
