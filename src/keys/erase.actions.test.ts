import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { forEachEngine, temporaryFolder } from '../../test/support/engines.ts';
import { AT_ONCE, hour } from '../../test/support/evidence-log.ts';
import { assertRefused } from '../../test/support/refusal.ts';
import {
  openVault,
  recordName,
  VAULT_TABLES,
  VAULT_VALUES,
  vaultFindings,
  type Vault,
} from '../../test/support/vault.ts';
import { exportLog } from '../log/log-export.actions.ts';
import { verifyPack } from '../log/log-verify.actions.ts';
import { openLog, reopenLog, signCheckpoint } from '../log/log.actions.ts';
import type { PersonalTables } from '../log/personal-tables.ts';
import { revealPersonal } from '../log/personal.actions.ts';
import { backupTo, restoreFrom } from '../platform/backup.ts';
import { newKek } from '../platform/encryption-key.ts';
import { sealText } from '../platform/personal-data.ts';
import { systemRandom } from '../platform/random.ts';
import { erasedSubjects, storedSubjectKeys } from '../platform/subject-keys.ts';
import { erasePerson, replayErasures } from './erase.actions.ts';

const erase = ({ log }: Vault, subject: string, now = hour(5)) =>
  erasePerson(log, VAULT_VALUES, { subject, actor: 'p-0' }, now);
const replay = ({ log }: Vault, now = hour(9)) => replayErasures(log, VAULT_VALUES, now);
const sign = ({ log }: Vault, now = hour(8)) => signCheckpoint(log, now, AT_ONCE);

const listOf = ({ log: { folder } }: Vault): string =>
  existsSync(join(folder, 'erasures')) ? readFileSync(join(folder, 'erasures'), 'utf8') : '';

const LINE_1 = '{"at":"2026-11-24T14:00:00Z","subject":"p-1"}\n';

forEachEngine((engine) => {
  describe('erasing a person', () => {
    it('takes what was stored about them, leaves the others, and the log verifies as before', async () => {
      const vault = await openVault(engine);
      const ada = await recordName(vault, 'p-1', 'Ada');
      const bo = await recordName(vault, 'p-2', 'Bo');
      await sign(vault, hour(1));
      assert.deepEqual(await vaultFindings(vault), []);
      assert.deepEqual(await erase(vault, 'p-1'), { ok: true, value: { entry: 2 } });
      await sign(vault);
      assert.deepEqual(await vaultFindings(vault), []);
      assert.deepEqual(await revealPersonal(vault.log.db, vault.keys, [ada, bo]), [null, 'Bo']);
      assert.deepEqual(
        (await storedSubjectKeys(vault.log.db)).map(({ place }) => place.row),
        ['p-2'],
      );
      const values = vault.log.db.tables<PersonalTables>().selectFrom('log_personal').select('subject');
      assert.deepEqual(await values.execute(), [{ subject: 'p-2' }]);
    });

    it('is on the list outside of the database, which is for its owner only and names nobody', async () => {
      const vault = await openVault(engine);
      await recordName(vault, 'p-1', 'Ada');
      await erase(vault, 'p-1');
      assert.equal(listOf(vault), LINE_1);
      assert.equal(statSync(join(vault.log.folder, 'erasures')).mode & 0o777, 0o600);
    });

    it('is refused for who is not known, and for who was erased before', async () => {
      const vault = await openVault(engine);
      await recordName(vault, 'p-1', 'Ada');
      assert.deepEqual(await erase(vault, 'p-9'), { ok: false, error: { code: 'nobody-known' } });
      await erase(vault, 'p-1');
      assert.deepEqual(await erase(vault, 'p-1', hour(6)), { ok: false, error: { code: 'erased-before' } });
      assert.equal(listOf(vault), LINE_1);
    });

    it('is undone as a whole when it cannot be recorded', async () => {
      const vault = await openVault(engine);
      const ada = await recordName(vault, 'p-1', 'Ada');
      await sign(vault);
      rmSync(join(vault.log.folder, 'log.key'));
      await assertRefused(erase(vault, 'p-1'), 'LOG_KEY_MISSING');
      assert.deepEqual(await revealPersonal(vault.log.db, vault.keys, [ada]), ['Ada']);
      assert.equal(listOf(vault), '');
    });
  });

  describe('a database from before an erasure', () => {
    /** A vault with Ada and Bo, its backup, and then Ada is erased. */
    async function withOldBackup() {
      const vault = await openVault(engine);
      const ada = await recordName(vault, 'p-1', 'Ada');
      await recordName(vault, 'p-2', 'Bo');
      await sign(vault);
      const file = join(mkdtempSync(join(temporaryFolder(), 'backup-')), 'old');
      await backupTo(vault.log.db, VAULT_TABLES, file, hour(4));
      await erase(vault, 'p-1');
      await sign(vault);
      const db = await engine.open();
      await restoreFrom(db, VAULT_TABLES, file, hour(8));
      return { ada, restored: { ...vault, log: { ...vault.log, db } } };
    }

    it('is erased again before it serves, although its log cannot be written', async () => {
      const { ada, restored } = await withOldBackup();
      assert.deepEqual(await revealPersonal(restored.log.db, restored.keys, [ada]), ['Ada'], 'the backup had it');
      assert.deepEqual(await replay(restored), { erased: 1, recorded: 0, unrecorded: 1 });
      assert.deepEqual(await revealPersonal(restored.log.db, restored.keys, [ada]), [null]);
      await assertRefused(
        restored.log.db.transaction((tx) =>
          sealText(tx, restored.keys, systemRandom, { subject: 'p-1', table: 't', column: 'c', row: 'r' }, 'Ada'),
        ),
        'SUBJECT_ERASED',
      );
    });

    it('records the erasure in the log that follows, once', async () => {
      const { restored } = await withOldBackup();
      await replay(restored);
      await reopenLog(restored.log, 'The disk failed.', hour(9));
      assert.deepEqual(await replay(restored), { erased: 0, recorded: 1, unrecorded: 0 });
      assert.deepEqual(await replay(restored), { erased: 0, recorded: 0, unrecorded: 0 });
      await sign(restored, hour(10));
      assert.deepEqual(await vaultFindings(restored), []);
    });

    it('is recorded again in a log that follows because the key was lost', async () => {
      const vault = await openVault(engine);
      await recordName(vault, 'p-1', 'Ada');
      await erase(vault, 'p-1');
      await sign(vault);
      rmSync(join(vault.log.folder, 'log.key'));
      await reopenLog(vault.log, 'The key is lost.', hour(9));
      assert.deepEqual(await vaultFindings(vault), []);
      assert.deepEqual(await replay(vault), { erased: 0, recorded: 1, unrecorded: 0 });
      await sign(vault, hour(10));
      assert.deepEqual(await vaultFindings(vault), []);
    });

    it('is not started with a list that nobody can read', async () => {
      const { restored } = await withOldBackup();
      appendFileSync(join(restored.log.folder, 'erasures'), '{"subject":"p-2"}\n');
      const refused = await assertRefused(replay(restored), 'ERASURES_DAMAGED');
      assert.match(refused.message, /^line 2 of /);
      assert.deepEqual(await erasedSubjects(restored.log.db), []);
    });
  });

  describe('the list of who was erased', () => {
    it('is written at the next start where it could not be written at once', async () => {
      const vault = await openVault(engine);
      await recordName(vault, 'p-1', 'Ada');
      await erase(vault, 'p-1');
      rmSync(join(vault.log.folder, 'erasures'));
      assert.deepEqual(await replay(vault), { erased: 0, recorded: 0, unrecorded: 0 });
      assert.equal(listOf(vault), LINE_1);
    });

    it('goes on behind its last whole line when a write was cut off', async () => {
      const vault = await openVault(engine);
      await recordName(vault, 'p-1', 'Ada');
      await recordName(vault, 'p-2', 'Bo');
      await erase(vault, 'p-1');
      writeFileSync(join(vault.log.folder, 'erasures'), `${LINE_1}{"at":"2026-11-24T1`);
      await erase(vault, 'p-2', hour(6));
      assert.equal(listOf(vault), `${LINE_1}{"at":"2026-11-24T15:00:00Z","subject":"p-2"}\n`);
    });

    it('begins no log where nobody was ever erased', async () => {
      const vault = await openVault(engine);
      assert.deepEqual(await replay(vault), { erased: 0, recorded: 0, unrecorded: 0 });
      assert.equal(existsSync(join(vault.log.folder, 'log.key')), false);
    });
  });
});

describe('an exported pack', () => {
  it('verifies before and after an erasure, and never held the name', async () => {
    const cwd = temporaryFolder();
    const place = { cwd, data: 'data', env: {}, migrations: VAULT_TABLES, random: systemRandom };
    const log = await openLog(place, hour(0));
    const vault: Vault = { log, keys: { current: newKek(systemRandom), previous: [] } };
    try {
      await recordName(vault, 'p-1', 'Ada Beispiel');
      await exportLog(place, { to: 'before', withEvidence: false }, hour(1));
      await erase(vault, 'p-1');
      await exportLog(place, { to: 'after', withEvidence: false }, hour(6));
    } finally {
      await log.db.close();
    }
    for (const [pack, entries] of [
      ['before', 1],
      ['after', 2],
    ] as const) {
      const report = await verifyPack(cwd, pack, { vkey: null, history: [] });
      assert.deepEqual([report?.broken, report?.unread, report?.sums.entries], [0, 0, entries], pack);
      assert.doesNotMatch(readFileSync(join(cwd, pack, 'log/tile/entries/000.p', `${entries}`), 'latin1'), /Ada/);
    }
    const kept = await verifyPack(cwd, 'after', { vkey: null, history: [join(cwd, 'before', 'log', 'checkpoint')] });
    assert.deepEqual([kept?.broken, kept?.unread], [0, 0]);
  });
});
