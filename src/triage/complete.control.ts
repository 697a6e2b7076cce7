/** The `triage.complete` control: scans the products as scan.dependencies does and asks whether each finding was decided on. */
import * as z from 'zod';
import { defineControl } from '../policy/control.ts';
import { amount, day, listOf, text } from '../policy/fact-shapes.ts';
import { timezone } from '../policy/facts.ts';
import { scannedFacts, scanProducts } from '../scan/product-scan.actions.ts';
import { SCANNED_SHAPE } from '../scan/scanned-shape.ts';
import { THRESHOLDS } from '../scan/scan-report.ts';
import { judgeTriage, triageFacts, type TriageFacts } from './complete.ts';
import { todayBy } from './decisions.actions.ts';

const params = z.strictObject({
  /** Findings below it need no decision. */
  failOn: z.enum(THRESHOLDS).default('low'),
  maxDataAgeDays: z.int().min(1).max(365).default(7),
  /** Decisions that end so soon are named while there is time to look at them again. */
  warnDays: z.int().min(0).max(365).default(14),
  /** Ids from holdfast.yaml; absent: all products. */
  products: z.array(z.string()).min(1).max(1_000).optional(),
});

export const triageComplete = defineControl<z.infer<typeof params>, TriageFacts>({
  id: 'triage.complete',
  title: 'No finding is without a decision that has an owner, a reason and an end',
  where: 'repo',
  params,
  facts: z.object({
    ...SCANNED_SHAPE,
    zone: timezone,
    total: amount,
    lacking: amount,
    lackingNamed: listOf(text),
    closed: amount,
    planned: amount,
    // Reports of a Holdfast that knew no proofs say nothing of them.
    proven: amount.default(0),
    unproven: amount.default(0),
    ending: listOf(z.object({ finding: text, expires: day, place: text })),
  }),
  factsLast: ({ maxDataAgeDays }) => maxDataAgeDays,
  gather: async (context, { failOn, products }) => {
    const report = await scanProducts(context, products);
    return {
      ...scannedFacts(report, context.now),
      zone: todayBy(context.facts, context.now).zone,
      ...triageFacts(report.findings, failOn),
    };
  },
  judge: judgeTriage,
});
