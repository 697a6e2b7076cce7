/**
 * Kills processes while they write, and looks afterwards whether everything that was acknowledged is there.
 *
 * SIGKILL ends a process and leaves the operating system running, so this tests that nothing is acknowledged from memory
 * and that no transaction is half there; a power cut is what the sync before each acknowledgement is for.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import type { Db } from '../../src/platform/db.ts';
import { balanceOf, ledger } from './ledger.ts';

const PROGRAM = join(import.meta.dirname, 'storage-writer.ts');

interface Writer {
  readonly name: string;
  /** Resolves with the last number that was acknowledged, when the process is gone. */
  readonly gone: Promise<number>;
  readonly kill: () => void;
}

/** @param enough how many acknowledgements to wait for */
async function startWriter(place: DatabasePlace, name: string, enough: number): Promise<Writer> {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(place), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const begun = Promise.withResolvers<void>();
  child.stdout.setEncoding('latin1').on('data', (more: string) => {
    text += more;
    if (text.split('\n').length > enough) begun.resolve();
  });
  const gone = once(child, 'close').then(() => {
    begun.reject(new Error(`writer ${name} ended early`));
    // A line that was cut off was not acknowledged.
    return Number(text.split('\n').at(-2) ?? 0);
  });
  await begun.promise;
  return { name, gone, kill: () => void child.kill('SIGKILL') };
}

/**
 * Starts `count` writers on one database and kills them all.
 *
 * @param also something to kill instead of the writers, who then end by themselves
 * @returns how many changes were acknowledged
 */
export async function killWriters(
  db: Db,
  place: DatabasePlace,
  { count, round, also }: { readonly count: number; readonly round: number; readonly also?: () => Promise<void> },
): Promise<number> {
  const names = Array.from({ length: count }, (_, at) => `writer ${round}/${at}`);
  const writers = await Promise.all(names.map((name, at) => startWriter(place, name, 1 + ((round + at) % 7))));
  if (also === undefined) for (const { kill } of writers) kill();
  else await also();
  let acknowledged = 0;
  for (const { name, gone } of writers) {
    const last = await gone;
    await assertStored(db, name, last);
    acknowledged += last;
  }
  return acknowledged;
}

async function assertStored(db: Db, name: string, acknowledged: number): Promise<void> {
  const entries = await ledger(db)
    .selectFrom('entry')
    .select('number')
    .where('account_id', '=', name)
    .orderBy('number')
    .execute();
  const numbers = entries.map(({ number }) => number);
  assert.ok(numbers.length >= acknowledged, `${name}: ${acknowledged} acknowledged, ${numbers.length} stored`);
  assert.ok(numbers.length <= acknowledged + 1, `${name}: ${acknowledged} acknowledged, ${numbers.length} stored`);
  assert.deepEqual(
    numbers,
    numbers.map((_, at) => at + 1),
    `${name}: no gap`,
  );
  assert.equal(await balanceOf(db, name), numbers.length, `${name}: the balance agrees with the entries`);
}
