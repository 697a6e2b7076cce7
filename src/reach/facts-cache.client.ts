/**
 * Facts by the hash of the text that they were read off, in one SQLite file: what was parsed once is not parsed again. Beside them lie the
 * judgements on a whole program (kept-judgements.ts).
 *
 * The key holds everything that they depend on, the version of the analysis among it, so an answer is never old. The file is a
 * cache and nothing else: where it cannot be opened, read or written, all is done again and nobody is told.
 */
import { mkdirSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface FactsCache {
  /** The JSON under the key; `null` where it is not known. */
  readonly find: (key: string) => string | null;
  readonly keep: (entries: ReadonlyMap<string, string>) => void;
  readonly close: () => void;
}

const NOTHING: FactsCache = { find: () => null, keep: () => undefined, close: () => undefined };

/** Beyond it the cache begins anew: simpler than forgetting what was not used, and cheaper than to keep book of it. */
const LARGEST_CACHE_BYTES = 512 * 1024 * 1024;
/** Another process writes for milliseconds; waiting longer than this would cost more than parsing. */
const BUSY_TIMEOUT_MS = 2_000;

/** @param path `null` for no cache at all. */
export function openFactsCache(path: string | null): FactsCache {
  if (path === null) return NOTHING;
  try {
    return open(path);
  } catch {
    // Damaged, or of another program: it is only a cache.
    try {
      for (const ending of ['', '-wal', '-shm']) rmSync(`${path}${ending}`, { force: true });
      return open(path);
    } catch {
      return NOTHING;
    }
  }
}

function open(path: string): FactsCache {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LARGEST_CACHE_BYTES) rmSync(path, { force: true });
  const db = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  // A cache may lose its last writes with the power: `synchronous=OFF` in WAL mode cannot damage what was checkpointed before.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;');
  // The keys come in no order: apart from the texts, which are appended, they make a small tree.
  db.exec(
    'DROP TABLE IF EXISTS facts; CREATE TABLE IF NOT EXISTS texts (key TEXT NOT NULL UNIQUE, json TEXT NOT NULL)',
  );
  const select = db.prepare('SELECT json FROM texts WHERE key = ?');
  const insert = db.prepare('INSERT OR REPLACE INTO texts (key, json) VALUES (?, ?)');
  return {
    find: (key) => {
      try {
        const json = select.get(key)?.['json'];
        return typeof json === 'string' ? json : null;
      } catch {
        // What could not be read is extracted.
        return null;
      }
    },
    keep: (entries) => {
      if (entries.size === 0) return;
      try {
        db.exec('BEGIN IMMEDIATE');
        for (const [key, json] of entries) insert.run(key, json);
        db.exec('COMMIT');
      } catch {
        if (db.isTransaction) db.exec('ROLLBACK');
      }
    },
    close: () => db.close(),
  };
}
