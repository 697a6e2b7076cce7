/**
 * The tables of the database: numbered steps, forwards only, each taken once.
 *
 * A step is SQL text that both engines read, with types of our own (`COLUMN_TYPES`); so it has a digest that is the same
 * in the source and in the bundle, and a step that was edited after it ran is found. Each feature has its own list,
 * the composition root puts them in order. Backups replay the steps (backup.ts).
 */
import assert from 'node:assert/strict';
import { sql } from 'kysely';
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import type { Instant } from '../lib/time.ts';
import type { Db, Queries, Tx } from './db.ts';
import { STEPS_TABLE, type EngineName } from './engine.ts';

export interface Migration {
  /** What it brings, for people: `entries and checkpoints`. */
  readonly name: string;
  /**
   * One SQL statement each, in the subset of both engines, its types written as `:text`. A table that is
   * referred to is made before the one that refers to it; a reference to the own table is `deferrable initially deferred`.
   */
  readonly statements: readonly string[];
}

/** The steps of one feature; a step's number is its place, from 1. What was released is never edited, moved or removed. */
export interface MigrationList {
  readonly feature: string;
  readonly migrations: readonly Migration[];
}

/** A step that was taken. */
export interface TakenStep {
  readonly feature: string;
  readonly number: number;
  readonly name: string;
  readonly digest: string;
}

interface Tables {
  readonly [STEPS_TABLE]: TakenStep & { readonly applied_at: number };
}

/**
 * The types of columns. Text sorts by bytes on both, whatever language PostgreSQL was set up in: the order of pages must
 * not depend on the server, and an index must not break when its system's language data change.
 */
const COLUMN_TYPES: Readonly<Record<string, Readonly<Record<EngineName, string>>>> = {
  text: { sqlite: 'text', postgres: 'text collate "C"' },
  /** Up to 2^53. */
  integer: { sqlite: 'integer', postgres: 'bigint' },
  /** Milliseconds since 1970. */
  instant: { sqlite: 'integer', postgres: 'bigint' },
  /** 0 or 1. */
  flag: { sqlite: 'integer', postgres: 'smallint' },
  json: { sqlite: 'text', postgres: 'text collate "C"' },
  bytes: { sqlite: 'blob', postgres: 'bytea' },
};

const RECORD =
  `create table if not exists ${STEPS_TABLE} (feature :text not null, number :integer not null, ` +
  'name :text not null, digest :text not null, applied_at :instant not null, primary key (feature, number))';

/**
 * Brings the database to what this program needs.
 *
 * Several processes may do it at once: one takes the steps, the others wait and find them taken. All steps of a run are taken
 * or none. Give it a database that was opened with patience (`waitMs`, `statementMs`) where tables are large.
 *
 * @returns how many steps were taken
 * @throws DB_NEWER, DB_ALTERED, DB_FOREIGN, each before anything is changed
 */
export async function migrate(db: Db, lists: readonly MigrationList[], now: Instant): Promise<number> {
  if (stepsAhead(await takenSteps(db), lists).length === 0) return 0;
  return db.transaction(async (tx) => {
    const taken = await takenSteps(tx);
    const ahead = stepsAhead(taken, lists);
    if (taken.length === 0) await refuseForeignTables(tx, lists);
    await takeSteps(tx, ahead, now);
    return ahead.length;
  });
}

/** In a stable order; empty for a database without our tables. */
export async function takenSteps(queries: Queries): Promise<readonly TakenStep[]> {
  if (!(await tablesAmong(queries, [STEPS_TABLE])).includes(STEPS_TABLE)) return [];
  return queries
    .tables<Tables>()
    .selectFrom(STEPS_TABLE)
    .select(['feature', 'number', 'name', 'digest'])
    .orderBy('feature')
    .orderBy('number')
    .execute();
}

/** A step of the program, as it is recorded when it is taken. */
export interface Step extends TakenStep {
  readonly statements: readonly string[];
}

/**
 * The steps of `lists` that are not among `taken`, in the order in which they are to be taken.
 *
 * @throws DB_NEWER, DB_ALTERED
 */
export function stepsAhead(taken: readonly TakenStep[], lists: readonly MigrationList[]): readonly Step[] {
  const steps = new Map(lists.flatMap(stepsOf).map((step) => [keyOf(step), step]));
  assert(steps.size === lists.flatMap(({ migrations }) => migrations).length, 'two lists for one feature');
  for (const { feature, number, name, digest } of taken) {
    const step = steps.get(keyOf({ feature, number }));
    if (step === undefined) {
      throw new HoldfastError(
        'DB_NEWER',
        `the database has step ${number} of ${feature} (${name}), which is unknown here`,
        {
          hint: 'Nothing was touched. Update Holdfast to the version that wrote it, or a later one.',
        },
      );
    }
    if (step.digest !== digest) throw altered(`step ${number} of ${feature} (${name}) is not the one that was taken`);
    steps.delete(keyOf(step));
  }
  const gap = [...steps.values()].find(({ feature, number }) =>
    taken.some((step) => step.feature === feature && step.number > number),
  );
  if (gap !== undefined) throw altered(`step ${gap.number} of ${gap.feature} (${gap.name}) was passed over`);
  return [...steps.values()];
}

/** Takes `steps` and records them. */
export async function takeSteps(tx: Tx, steps: readonly Step[], now: Instant): Promise<void> {
  await execute(tx, RECORD);
  for (const { feature, number, name, digest, statements } of steps) {
    for (const statement of statements) await execute(tx, statement);
    const record = { feature, number, name, digest, applied_at: now };
    await tx.tables<Tables>().insertInto(STEPS_TABLE).values(record).execute();
  }
}

/**
 * The tables that `steps` leave behind, in the order in which they were made: those that are referred to come first.
 *
 * Read from the steps and not from the database, where PostgreSQL may keep tables of others beside ours.
 */
export function tablesOf(steps: readonly Pick<Step, 'statements'>[]): readonly string[] {
  const tables = new Set<string>();
  for (const statement of steps.flatMap(({ statements }) => statements)) {
    const [, made] = /^create table (\w+)/.exec(statement) ?? [];
    const [, dropped] = /^drop table (\w+)/.exec(statement) ?? [];
    assert(!/^alter table \w+ rename to/.test(statement), 'a table is not renamed: make a new one');
    if (made !== undefined) tables.add(made);
    if (dropped !== undefined) tables.delete(dropped);
  }
  return [...tables];
}

/** Which of `names` are tables here. */
export async function tablesAmong(queries: Queries, names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const list = sql.join(names);
  const query =
    queries.engine === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'table' and name in (${list})`
      : sql<{ name: string }>`select table_name as name from information_schema.tables
          where table_schema = current_schema() and table_name in (${list})`;
  return (await query.execute(queries.tables())).rows.map(({ name }) => name);
}

const stepsOf = ({ feature, migrations }: MigrationList): readonly Step[] =>
  migrations.map(({ name, statements }, index) => ({
    feature,
    number: index + 1,
    name,
    digest: sha256(JSON.stringify(statements)),
    statements,
  }));

const keyOf = ({ feature, number }: Pick<TakenStep, 'feature' | 'number'>): string => `${feature} ${number}`;

async function refuseForeignTables(tx: Tx, lists: readonly MigrationList[]): Promise<void> {
  const [foreign] = await tablesAmong(tx, tablesOf(lists.flatMap(stepsOf)));
  if (foreign === undefined) return;
  throw new HoldfastError('DB_FOREIGN', `the database has a table ${foreign} that Holdfast did not make`, {
    hint: 'Nothing was touched. Name an empty database, or another file.',
  });
}

const altered = (what: string): HoldfastError =>
  new HoldfastError('DB_ALTERED', `the database was made by other steps than these: ${what}`, {
    hint: 'Nothing was touched. Use the version that made it, or restore a backup into a new database.',
  });

async function execute(tx: Tx, statement: string): Promise<void> {
  await sql.raw(forEngine(statement, tx.engine)).execute(tx.tables());
}

/** SQLite checks the types of columns in `strict` tables only (https://www.sqlite.org/stricttables.html). */
function forEngine(statement: string, engine: EngineName): string {
  const typed = statement.replaceAll(/:([a-z]+)/g, (_, name: string) => {
    const type = Object.hasOwn(COLUMN_TYPES, name) ? COLUMN_TYPES[name] : undefined;
    assert(type !== undefined, `:${name} is no type of a column`);
    return type[engine];
  });
  return engine === 'sqlite' && statement.startsWith('create table ') ? `${typed} strict` : typed;
}
