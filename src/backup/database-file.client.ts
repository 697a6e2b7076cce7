/** The file of an embedded database, as a restore finds it: there before, or made by it and taken away again when it fails. */
import { existsSync, rmSync } from 'node:fs';
import type { DatabasePlace } from '../platform/database-place.ts';

/** SQLite keeps its log and the index of it beside the file (https://www.sqlite.org/walformat.html). */
const FILES = ['', '-wal', '-shm'];

/** @returns what takes away the files that were not there before; a PostgreSQL has none */
export function rememberFiles(place: DatabasePlace): () => void {
  if (place.engine === 'postgres') return () => undefined;
  const absent = FILES.map((suffix) => `${place.path}${suffix}`).filter((path) => !existsSync(path));
  return () => {
    for (const path of absent) rmSync(path, { force: true });
  };
}
