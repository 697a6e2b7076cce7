/** The shape of `ScannedFacts` (dependencies.ts), for controls that judge a scan. Apart, because a scan itself loads no zod. */
import * as z from 'zod';
import { amount, instant, listOf, text } from '../policy/fact-shapes.ts';

export const SCANNED_SHAPE = {
  at: instant,
  database: z.object({ built: instant, dataAsOf: instant.nullable(), advisories: amount, digest: text }),
  inputs: listOf(z.object({ path: text, kind: text, components: amount, digest: text })),
  decisions: z.object({ state: z.enum(['read', 'invalid']), digest: text.nullable() }).nullable(),
  unread: listOf(text),
  transitiveUnknown: listOf(text),
  notes: listOf(text),
} as const;
