/**
 * Runs tests of stores on both engines: `forEachEngine((engine) => it(…, async () => { const db = await engine.open(); … }))`.
 *
 * What is proven on one engine only is proven for half of the users, so a missing PostgreSQL is a failure in CI and a loud
 * skip elsewhere.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { openDatabase, type DatabaseSettings, type Db } from '../../src/platform/db.ts';
import type { EngineName } from '../../src/platform/engine.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from './postgres-server.ts';

export interface TestEngine {
  readonly name: EngineName;
  /** A new empty database. */
  readonly place: () => Promise<DatabasePlace>;
  /** Opens a database, a new one unless it is named, and closes it after the suite. */
  readonly open: (place?: DatabasePlace, settings?: Partial<DatabaseSettings>) => Promise<Db>;
}

export const NO_POSTGRES =
  POSTGRES_PROGRAMS === null ? 'NOT TESTED on PostgreSQL: this machine has no initdb and postgres' : false;

export function forEachEngine(suite: (engine: TestEngine) => void): void {
  describe('on SQLite', () => suite(testEngine('sqlite', sqlitePlaces())));
  if (NO_POSTGRES !== false && process.env['CI'] === 'true') throw new Error(NO_POSTGRES);
  describe('on PostgreSQL', { skip: NO_POSTGRES }, () => {
    suite(testEngine('postgres', async () => (await sharedPostgres()).createDatabase()));
  });
}

/** For what asks stores that are tested on both: pages, words. */
export const sqliteAlone = (): TestEngine => testEngine('sqlite', sqlitePlaces());

let shared: Promise<PostgresServer> | null = null;

/** The server of this test process: started when it is first asked for, and gone with the last test. */
export function sharedPostgres(): Promise<PostgresServer> {
  if (POSTGRES_PROGRAMS === null) throw new Error(`${NO_POSTGRES}`);
  shared ??= PostgresServer.create(POSTGRES_PROGRAMS);
  return shared;
}

after(async () => (await shared)?.remove());

/** A folder that goes with the suite. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function sqlitePlaces(): () => Promise<DatabasePlace> {
  const folder = temporaryFolder();
  let files = 0;
  return async () => ({ engine: 'sqlite', path: join(folder, `${++files}`, 'holdfast.sqlite') });
}

function testEngine(name: EngineName, place: () => Promise<DatabasePlace>): TestEngine {
  const open = opener();
  return { name, place, open: async (at, settings) => open(at ?? (await place()), settings) };
}

/** Opens databases and closes them after the suite, also when a test fails: an open connection would keep the process. */
export function opener(): typeof openDatabase {
  const opened: Db[] = [];
  after(async () => {
    await Promise.all(opened.map((db) => db.close()));
  });
  return async (place, settings) => {
    const db = await openDatabase(place, settings);
    opened.push(db);
    return db;
  };
}
