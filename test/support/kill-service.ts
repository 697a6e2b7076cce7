/**
 * Kills `holdfast serve` while several machines report to it, again and again, and looks what became of what it acknowledged.
 *
 * A report is acknowledged with the entry of the log that holds it. After a restart every acknowledged report has to be there under that entry,
 * a report that is sent again because no answer came has to be stored once, and the log has to verify.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken } from '../../src/auth/token.actions.ts';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import { sha256 } from '../../src/lib/hash.ts';
import { days, formatInstant, plus, type Instant } from '../../src/lib/time.ts';
import type { LogTables } from '../../src/log/log-tables.ts';
import { openLog, signCheckpoint, type LogPlace } from '../../src/log/log.actions.ts';
import { verifyOpenLog } from '../../src/log/log-verify.actions.ts';
import { readLeaf } from '../../src/log/leaf.ts';
import { loadStates, loadTables } from '../../src/main.ts';
import type { PostgresPlace } from '../../src/platform/database-place.ts';
import { formatKek, newKek } from '../../src/platform/encryption-key.ts';
import { openKeyring } from '../../src/platform/keyring.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { completeSetUp, offerSetUp } from '../../src/auth/registration.actions.ts';
import type { PolicyTables } from '../../src/policy/policy-tables.ts';
import { AT_ONCE } from './evidence-log.ts';
import { newcomer, valueOf } from './people.ts';
import { temporaryFolder } from './repository.ts';
import { startService } from './service.ts';

const SENDERS = 5;

const POLICY = `# Policy

We scan what we use.[^scan]

[^scan]: Each day.

    \`\`\`yaml
    control: scan.dependencies
    \`\`\`
`;

/** A machine in which nothing could be measured; each report is another one because it is of another moment. */
const reportAt = (at: Instant): string =>
  canonicalJson({
    schema: 'holdfast.report/1',
    holdfast: '0.0.0',
    policy: { name: 'SECURITY-POLICY.md', sha256: sha256(POLICY) },
    product: null,
    checkout: null,
    measuredAt: formatInstant(at),
    controls: [{ control: 'scan.dependencies', params: {}, failed: { code: 'INDEX_NOT_FOUND', message: 'no index' } }],
  });

export interface KillOrder {
  readonly kills: number;
  /** `HOLDFAST_DATABASE_URL` and the key for it; empty for SQLite. */
  readonly env: Readonly<Record<string, string>>;
}

export interface KillOutcome {
  readonly acknowledged: number;
  /** Reports that were stored, though their answer never came. */
  readonly unanswered: number;
  readonly entries: number;
}

/** For a process: the database, and a key, as several processes could not agree on one that they make. */
export const postgresSettings = ({ host, user, database }: PostgresPlace): Readonly<Record<string, string>> => ({
  HOLDFAST_DATABASE_URL: `postgres://${user ?? ''}@${encodeURIComponent(host)}/${database}`,
  HOLDFAST_KEK: formatKek(newKek(systemRandom)).trim(),
});

/** @throws AssertionError when something that was acknowledged is gone, or stored twice */
export async function killService({ kills, env }: KillOrder): Promise<KillOutcome> {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'SECURITY-POLICY.md'), POLICY);
  const place = { cwd, data: join(cwd, 'data'), env, migrations: await loadTables(), random: systemRandom };
  const token = await prepare(place);
  const acknowledged = new Map<string, number>();
  const sent = new Set<string>();
  let next = Date.now() - 1_000_000_000;
  for (let round = 0; round < kills; round++) {
    const service = await startService({ cwd, data: place.data, env });
    const send = (body: string) => post(service.origin, token, body);
    // What got no answer before, and something that did: both have to be there once.
    const open = [...sent].filter((body) => !acknowledged.has(body)).slice(-2);
    for (const body of [...open, ...[...acknowledged.keys()].slice(-1)]) {
      const answer = await send(body);
      assert.ok(answer !== null, 'a service that was not killed answers');
      assert.equal(acknowledged.get(body) ?? answer.index, answer.index, 'the same report has the same entry');
      acknowledged.set(body, answer.index);
    }
    const enough = acknowledged.size + 1 + (round % 7);
    let killed = false;
    const sender = async (): Promise<void> => {
      while (!killed) {
        const body = reportAt((next += 1_000) as Instant);
        sent.add(body);
        const answer = await send(body);
        if (answer !== null) acknowledged.set(body, answer.index);
        if (acknowledged.size >= enough && !killed) {
          killed = true;
          await service.stop('SIGKILL');
        }
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, sender));
  }
  return settle(place, acknowledged, sent);
}

/** Makes the database with an owner, and a token that may report. */
async function prepare(place: LogPlace): Promise<string> {
  const now = Date.now() as Instant;
  const log = await openLog(place, now);
  const keys = await openKeyring({ env: place.env, folder: log.folder }, log.db, log.random);
  const world = { log, keys, random: log.random };
  const { person } = valueOf(await completeSetUp(world, newcomer((await offerSetUp(world, now)) ?? '', 'Ada'), now));
  const creator = { id: person, roles: ['owner'] as const };
  const expiresAt = plus(now, days(30));
  const { text } = valueOf(
    await createToken(world, { label: 'pipeline', scopes: ['policy.report'], expiresAt, creator }, now),
  );
  await log.db.close();
  return text;
}

/** @returns `null` where the connection ended before an answer came */
async function post(origin: string, token: string, body: string): Promise<{ readonly index: number } | null> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${origin}/api/v1/reports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    });
    text = await answer.text();
  } catch {
    return null;
  }
  assert.ok(answer.ok, `${answer.status} ${text}`);
  const { entry } = JSON.parse(text) as { entry: { index: number } };
  return entry;
}

async function settle(
  place: LogPlace,
  acknowledged: ReadonlyMap<string, number>,
  sent: ReadonlySet<string>,
): Promise<KillOutcome> {
  const log = await openLog(place, Date.now() as Instant);
  try {
    const rows = await log.db.tables<PolicyTables>().selectFrom('policy_report').select(['digest', 'idx']).execute();
    const stored = new Map(rows.map(({ digest, idx }) => [digest, idx]));
    for (const [body, index] of acknowledged) assert.equal(stored.get(sha256(body)), index, `report of entry ${index}`);
    const leaves = await log.db.tables<LogTables>().selectFrom('log_entry').select('leaf').execute();
    const reported = leaves.filter(({ leaf }) => valueOf(readLeaf(leaf)).type === 'policy.reported');
    assert.equal(reported.length, stored.size, 'one entry for each report');
    await signCheckpoint(log, Date.now() as Instant, AT_ONCE);
    const { findings } = await verifyOpenLog(log, await loadStates(), { vkey: null, history: [] });
    assert.deepEqual(findings, []);
    const unanswered = [...sent].filter((body) => !acknowledged.has(body) && stored.has(sha256(body))).length;
    return { acknowledged: acknowledged.size, unanswered, entries: leaves.length };
  } finally {
    await log.db.close();
  }
}
