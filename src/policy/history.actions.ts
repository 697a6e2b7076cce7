/** Making the days of a policy anew from the log: for an installation that recorded before there were days, and after a repair. */
import { fromUtf8 } from '../lib/bytes.ts';
import { isObject, stringOr, arrayOr } from '../lib/json.ts';
import { formatDay, parseDay, parseInstant } from '../lib/time.ts';
import type { OpenLog } from '../log/log.actions.ts';
import { walkLog, type WalkedEntry } from '../log/log-walk.actions.ts';
import { VERDICT_ORDER, worstVerdict, type StatementVerdict } from './evaluate.ts';
import { deleteDays, storeDay } from './policy.store.ts';
import { EVALUATED } from './record.actions.ts';

/**
 * @param subject Of the entries that count: `policy:SECURITY-POLICY.md`.
 * @returns how many evaluations were found
 * @throws LOG_DAMAGED where entries are missing
 */
export async function rebuildDays({ db }: OpenLog, subject: string): Promise<number> {
  const days = new Map<string, Map<string, StatementVerdict>>();
  let found = 0;
  await db.snapshot(async (queries) => {
    for await (const entry of walkLog(queries)) {
      if (entry.leaf.type !== EVALUATED || entry.leaf.subject !== subject) continue;
      found += 1;
      const day = dayOf(entry);
      if (day === null) continue;
      const worst = days.get(day) ?? new Map<string, StatementVerdict>();
      days.set(day, worst);
      for (const { id, verdict } of await statementsOf(entry)) {
        const before = worst.get(id);
        worst.set(id, before === undefined ? verdict : worstVerdict([before, verdict]));
      }
    }
  });
  await db.transaction(async (tx) => {
    await deleteDays(tx, subject);
    for (const [day, worst] of days) {
      const statements = [...worst].map(([statement, verdict]) => ({ statement, verdict }));
      await storeDay(tx, subject, day, statements);
    }
  });
  return found;
}

/** Entries of before there were days say when only; their day is the one in UTC. */
function dayOf({ leaf }: WalkedEntry): string | null {
  const { day, evaluatedAt } = leaf.data;
  if (typeof day === 'string' && parseDay(day) !== null) return day;
  const at = parseInstant(stringOr(evaluatedAt, ''));
  return at === null ? null : formatDay(at);
}

interface StatementVerdictOf {
  readonly id: string;
  readonly verdict: StatementVerdict;
}

/** Of a long policy they stand in the evidence alone. Sentences that nothing checks have no history. */
async function statementsOf(entry: WalkedEntry): Promise<readonly StatementVerdictOf[]> {
  const listed = entry.leaf.data['statements'];
  const all = Array.isArray(listed) ? (listed as readonly unknown[]) : arrayOr((await evidenceOf(entry))['statements']);
  return all.flatMap((statement): readonly StatementVerdictOf[] => {
    if (!isObject(statement) || arrayOr(statement['controls']).length === 0) return [];
    const { id } = statement;
    const verdict = VERDICT_ORDER.find((name) => name === statement['verdict']);
    return typeof id === 'string' && verdict !== undefined ? [{ id, verdict }] : [];
  });
}

async function evidenceOf({ readEvidence }: WalkedEntry): Promise<Readonly<Record<string, unknown>>> {
  const bytes = await readEvidence();
  const text = bytes === null ? null : fromUtf8(bytes);
  const value: unknown = text === null ? null : JSON.parse(text);
  return isObject(value) ? value : {};
}
