/** The `triage.complete` control: scans the products as scan.dependencies does and asks whether each finding was decided on. */
import * as z from 'zod';
import { defineControl } from '../policy/control.ts';
import { scannedFacts, scanProducts } from '../scan/product-scan.actions.ts';
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
