/** The shape of `GateFacts` (gate.ts), for facts that arrive in a report. */
import * as z from 'zod';
import { amount, instant, listOf, text } from '../policy/fact-shapes.ts';

const files = z.object({ total: amount, listed: listOf(text) });
const named = z.object({ ref: text, commit: text });
const failure = { code: text, message: text, hint: text };

export const TREE_SHAPE = z.union([
  z.object({ state: z.literal('unreadable'), ...failure }),
  z.object({ state: z.enum(['no-repository', 'no-commit', 'no-work-tree']) }),
  z.object({
    state: z.literal('read'),
    base: named.nullable(),
    head: named,
    checkedOut: text,
    changed: files,
    unwatched: files,
    changedMeanwhile: z.boolean(),
    branch: z.object({ name: text, holdsHead: z.enum(['yes', 'no', 'unsure', 'no-branch']) }).nullable(),
  }),
]);

export const SCAN_SHAPE = z.union([
  z.object({ state: z.literal('failed'), ...failure }),
  z.object({
    state: z.literal('scanned'),
    advisories: amount,
    dataAsOf: instant.nullable(),
    inputs: amount,
    withoutInput: files,
    unread: files,
    transitiveUnknown: files,
    findings: z.object({
      malware: amount,
      critical: amount,
      high: amount,
      medium: amount,
      low: amount,
      none: amount,
      unscored: amount,
    }),
    closed: amount,
    // Reports of a Holdfast that knew no proofs say nothing of them.
    decidedOpen: z.object({ planned: amount, expired: amount, unapproved: amount, unproven: amount.default(0) }),
    decisions: z.enum(['none', 'committed', 'uncommitted', 'unread']),
  }),
]);
