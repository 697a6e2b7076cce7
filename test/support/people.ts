/** A service with people in it, for tests: a database with a log, an owner who set it up, and whoever they invited. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AuthWorld } from '../../src/auth/auth.actions.ts';
import { authStates } from '../../src/auth/auth-states.store.ts';
import type { AuthTables } from '../../src/auth/auth-tables.ts';
import { invite } from '../../src/auth/invitation.actions.ts';
import type { Role } from '../../src/auth/permit.ts';
import {
  acceptInvitation,
  completeSetUp,
  offerSetUp,
  type NewPasskey,
  type Registered,
} from '../../src/auth/registration.actions.ts';
import type { Result } from '../../src/lib/result.ts';
import type { Instant } from '../../src/lib/time.ts';
import type { LogTables } from '../../src/log/log-tables.ts';
import { verifyOpenLog } from '../../src/log/log-verify.actions.ts';
import { signCheckpoint } from '../../src/log/log.actions.ts';
import { loadTables } from '../../src/main.ts';
import { readLeaf, type Leaf } from '../../src/log/leaf.ts';
import { newKek } from '../../src/platform/encryption-key.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { erasureStates } from '../../src/keys/erasure.store.ts';
import { AT_ONCE } from './evidence-log.ts';
import { opener, temporaryFolder, type TestEngine } from './engines.ts';
import { instant } from './test-clock.ts';

const START = instant('2026-11-25T09:00:00Z');
/** Minutes after the service was set up. */
export const minute = (n: number): Instant => (START + n * 60_000) as Instant;
export const hour = (n: number): Instant => minute(60 * n);
export const day = (n: number): Instant => hour(24 * n);

/** For tests of what stands upon stores that are tested on both engines. */
const openSqlite = opener();
export const SQLITE: TestEngine = {
  name: 'sqlite',
  place: async () => sqlitePlace(),
  open: async () => openSqlite(sqlitePlace()),
};
const sqlitePlace = () => ({ engine: 'sqlite', path: join(temporaryFolder(), 'holdfast.sqlite') }) as const;

export async function openAuth(engine: TestEngine): Promise<AuthWorld> {
  const db = await engine.open();
  // All of the program, so that every page can be asked.
  await migrate(db, await loadTables(), START);
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder, { mode: 0o700 });
  return {
    log: { db, folder, random: randomBytes },
    keys: { current: newKek(randomBytes), previous: [] },
    random: randomBytes,
  };
}

let made = 0;
/** One that nobody can sign with: the ceremonies are not what is tested with it. */
export function somePasskey(): NewPasskey {
  made += 1;
  return {
    credential: createHash('sha256').update(`credential ${made}`).digest('base64url'),
    publicKey: new Uint8Array(77).fill(made % 251),
    counter: 0,
    transports: ['internal'],
    backupEligible: true,
    backedUp: false,
    label: 'A laptop',
  };
}

export const newcomer = (link: string, name: string) => ({
  link,
  name,
  email: `${name.toLowerCase()}@beispiel.example`,
  passkey: somePasskey(),
  device: 'Firefox on Linux',
});

/** Ada, who set the service up. */
export async function setUp(world: AuthWorld): Promise<Registered> {
  const link = await offerSetUp(world, minute(0));
  assert.ok(link !== null);
  return valueOf(await completeSetUp(world, newcomer(link, 'Ada'), minute(0)));
}

/** Somebody with these roles, invited by `owner`. */
export async function letIn(
  world: AuthWorld,
  owner: string,
  roles: readonly Role[],
  name = 'Bo',
  now = minute(1),
): Promise<Registered> {
  const { secret } = valueOf(await invite(world, { name, roles, actor: owner }, now));
  return valueOf(await acceptInvitation(world, newcomer(secret, name), now));
}

export function valueOf<T>(result: Result<T, unknown>): T {
  assert.ok(result.ok, `refused: ${JSON.stringify(result)}`);
  return result.value;
}

/** Everything that the log says, oldest first. */
export async function leavesOf({ log }: AuthWorld): Promise<readonly Leaf[]> {
  const rows = await log.db.tables<LogTables>().selectFrom('log_entry').select('leaf').orderBy('idx').execute();
  return rows.map(({ leaf }) => valueOf(readLeaf(leaf)));
}

/** What a verification of the log and of all rows of people finds; none: verified. */
export async function findingsOf({ log }: AuthWorld, now: Instant): Promise<readonly string[]> {
  await signCheckpoint(log, now, AT_ONCE);
  const { findings } = await verifyOpenLog(log, [authStates, erasureStates], { vkey: null, history: [] });
  return findings.map(({ code, where }) => `${code} ${where}`);
}

/** Direct access, for attacks. */
export const rawAuth = ({ log }: AuthWorld) => log.db.tables<AuthTables>();
