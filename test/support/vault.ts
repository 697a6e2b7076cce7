/** A log, keys and personal data in a database of a test: what a feature with people in it has. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TestEngine } from './engines.ts';
import { hour } from './evidence-log.ts';
import { EPOCH, type Instant } from '../../src/lib/time.ts';
import { ERASURE_TABLES } from '../../src/keys/erasure-tables.ts';
import { erasureStates } from '../../src/keys/erasure.store.ts';
import { LOG_TABLES } from '../../src/log/log-tables.ts';
import { appendEntry, recordInLog, type OpenLog } from '../../src/log/log.actions.ts';
import type { PersonalDatum } from '../../src/log/leaf.ts';
import { verifyOpenLog } from '../../src/log/log-verify.actions.ts';
import { LOG_PERSONAL_TABLES } from '../../src/log/personal-tables.ts';
import { commitPersonal, erasePersonal } from '../../src/log/personal.actions.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { openDatabase, type Db } from '../../src/platform/db.ts';
import { newKek } from '../../src/platform/encryption-key.ts';
import { openKeyring } from '../../src/platform/keyring.ts';
import { migrate } from '../../src/platform/migrations.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { SUBJECT_KEYS } from '../../src/platform/subject-keys.ts';
import type { Keyring } from '../../src/platform/wrapped-key.ts';

export const VAULT_TABLES = [LOG_TABLES, SUBJECT_KEYS, LOG_PERSONAL_TABLES, ERASURE_TABLES];
export const VAULT_VALUES = [erasePersonal];
const VAULT_STATES = [erasureStates];

export interface Vault {
  readonly log: OpenLog;
  readonly keys: Keyring;
}

export const newFolder = (): string => {
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder, { mode: 0o700 });
  return folder;
};

export async function openVault(engine: TestEngine, place?: DatabasePlace): Promise<Vault> {
  return vaultOf(await engine.open(place), newFolder());
}

/** A database with its tables, a folder and a key. */
export async function vaultOf(db: Db, folder: string): Promise<Vault> {
  await migrate(db, VAULT_TABLES, EPOCH);
  return { log: { db, folder, random: systemRandom }, keys: { current: newKek(systemRandom), previous: [] } };
}

/** What the service does in the data folder of a test, with the keys that are there. */
export async function inFolder<T>(folder: string, work: (vault: Vault) => Promise<T>): Promise<T> {
  const db = await openDatabase({ engine: 'sqlite', path: join(folder, 'holdfast.db') });
  try {
    const keys = await openKeyring({ env: {}, folder }, db, systemRandom);
    return await work({ log: { db, folder, random: systemRandom }, keys });
  } finally {
    await db.close();
  }
}

/** An entry that commits to a name. */
export async function recordName(
  { log, keys }: Vault,
  subject: string,
  value: string,
  now: Instant = hour(0),
): Promise<PersonalDatum> {
  return recordInLog(log, async (tx) => {
    const datum = await commitPersonal(tx, keys, log.random, { subject, field: 'name', value });
    const entry = {
      type: 'person.joined',
      actor: null,
      subject: `person:${subject}`,
      data: {},
      pd: [datum],
      state: null,
    };
    await appendEntry(tx, entry, now);
    return datum;
  });
}

/** The codes of what `log verify` finds; none: verified. */
export async function vaultFindings({ log }: Vault): Promise<readonly string[]> {
  const { findings, sums, size } = await verifyOpenLog(log, VAULT_STATES, { vkey: null, history: [] });
  return findings.length === 0 && sums.entries !== size ? ['NOT ALL READ'] : findings.map(({ code }) => code);
}
