/**
 * The `log.intact` control: the evidence log verifies now, with the rows that it speaks of and the checkpoint that lies outside of
 * the database.
 *
 * It does not look at checkpoints that others keep: `holdfast log verify --history FILE` does, and only they find a log that the
 * owner of the key wrote anew.
 */
import * as z from 'zod';
import { HoldfastError } from '../lib/errors.ts';
import type { MigrationList } from '../platform/migrations.ts';
import { systemRandom } from '../platform/random.ts';
import { type Control, defineControl, type GatherContext } from '../policy/control.ts';
import { amount, listOf, text } from '../policy/fact-shapes.ts';
import { type IntactFacts, judgeIntact } from './intact.ts';
import type { ReadStates } from './log-verify.actions.ts';

const params = z.strictObject({});

const facts = z.union([
  z.object({ found: z.literal(false) }),
  z.object({
    found: z.literal(true),
    origin: text.nullable(),
    entries: amount,
    size: amount,
    signed: amount,
    states: amount,
    earlier: amount,
    broken: amount,
    unread: amount,
    findings: listOf(z.object({ where: text, words: text, code: text })),
  }),
]);

export const logIntact = (migrations: readonly MigrationList[], states: readonly ReadStates[]): Control =>
  defineControl<z.infer<typeof params>, IntactFacts>({
    id: 'log.intact',
    title: 'The evidence log verifies, and the database is what it recorded',
    where: 'service',
    params,
    facts,
    gather: (context) => gatherIntact(context, migrations, states),
    judge: (_, facts, now) => judgeIntact(facts, now),
  });

async function gatherIntact(
  { root, env, log, now }: GatherContext,
  migrations: readonly MigrationList[],
  states: readonly ReadStates[],
): Promise<IntactFacts> {
  const place = { cwd: log?.cwd ?? root, data: log?.data ?? 'data', env, migrations, random: systemRandom };
  // Loads the database, which no other control needs.
  const { verifyPlace } = await import('./log-verify.actions.ts');
  try {
    const report = await verifyPlace(place, states, { vkey: null, history: [] }, now);
    if (report === null) return { found: false };
    const { broken, unread, size, checkpoint, sums } = report;
    return {
      found: true,
      origin: checkpoint?.origin ?? null,
      entries: sums.entries,
      size,
      signed: checkpoint?.size ?? 0,
      states: report.states,
      earlier: report.earlier.reduce((sum, { entries }) => sum + entries, 0),
      broken,
      unread,
      findings: report.findings.slice(0, NAMED).map(({ where, words, code }) => ({ where, words, code })),
    };
  } catch (error) {
    // A log that is gone while its checkpoint lies there was measured: it is not intact.
    if (!(error instanceof HoldfastError) || !NOT_INTACT.has(error.code)) throw error;
    return {
      found: true,
      origin: null,
      entries: 0,
      size: 0,
      signed: 0,
      states: 0,
      earlier: 0,
      broken: 1,
      unread: 0,
      findings: [{ where: 'the database', words: error.message, code: error.code }],
    };
  }
}

const NOT_INTACT: ReadonlySet<string> = new Set(['LOG_ROLLED_BACK', 'LOG_DAMAGED']);

/** The counts beside them are exact. */
const NAMED = 5;
