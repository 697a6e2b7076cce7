/** The service, killed while machines report to it. Five hundred times are bench/kill-service.bench.ts. */
import { describe, it } from 'node:test';
import { NO_POSTGRES, sharedPostgres } from '../support/engines.ts';
import { killService, postgresSettings } from '../support/kill-service.ts';

const KILLS = 4;

describe('a service that is killed while machines report to it', () => {
  const title = 'has what it acknowledged, stores once what is sent again, and its log verifies';

  it(`${title}: SQLite`, { timeout: 120_000 }, async () => {
    await killService({ kills: KILLS, env: {} });
  });

  it(`${title}: PostgreSQL`, { timeout: 120_000, skip: NO_POSTGRES }, async () => {
    await killService({ kills: KILLS, env: postgresSettings(await (await sharedPostgres()).createDatabase()) });
  });
});
