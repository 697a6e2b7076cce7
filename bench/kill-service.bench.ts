/**
 * Kills `holdfast serve` five hundred times on each engine while five machines report to it.
 *
 * Decision: may a machine forget a report when it has its answer? Only while nothing that was acknowledged is ever gone or stored twice.
 * Needs dist/ (`npm run prepare`). Run: `node --import ./scripts/tsx-hook.mjs bench/kill-service.bench.ts [KILLS]`.
 */
import { killService, postgresSettings } from '../test/support/kill-service.ts';
import { POSTGRES_PROGRAMS, PostgresServer } from '../test/support/postgres-server.ts';
import { machine } from './support.ts';

const KILLS = Number(process.argv[2] ?? 500);

async function run(name: string, env: Readonly<Record<string, string>>): Promise<void> {
  const { acknowledged, unanswered, entries } = await killService({ kills: KILLS, env });
  console.log(
    `${name}: ${KILLS} kills; ${acknowledged} reports acknowledged, 0 lost, 0 twice; ${unanswered} stored without an answer; ${entries} entries, verified`,
  );
}

console.log(machine());
await run('SQLite', {});
if (POSTGRES_PROGRAMS === null) console.log('no PostgreSQL on this machine: not measured');
else {
  const server = await PostgresServer.create(POSTGRES_PROGRAMS);
  await run('PostgreSQL', postgresSettings(await server.createDatabase()));
  await server.remove();
}
