/** The `scan.dependencies` control: scans every product that holdfast.yaml names (or the whole folder) and judges the result. */
import * as z from 'zod';
import { isOpen } from '../triage/decision.ts';
import { defineControl, type GatherContext } from '../policy/control.ts';
import { amount, listOf, text } from '../policy/fact-shapes.ts';
import { judgeDependencies, type DependencyFacts } from './dependencies.ts';
import { SCANNED_SHAPE } from './scanned-shape.ts';
import { scannedFacts, scanProducts } from './product-scan.actions.ts';
import { stands, THRESHOLDS } from './scan-report.ts';
import { namedFinding } from './scan.text.ts';

const params = z.strictObject({
  failOn: z.enum(THRESHOLDS).default('low'),
  maxDataAgeDays: z.int().min(1).max(365).default(7),
  /** Ids from holdfast.yaml; absent: all products. */
  products: z.array(z.string()).min(1).max(1_000).optional(),
});
type Params = z.infer<typeof params>;

/** Evidence names at most this many findings; the count beside them is exact. */
const NAMED = 5;

export const scanDependencies = defineControl<Params, DependencyFacts>({
  id: 'scan.dependencies',
  title: 'Every product is scanned for known vulnerabilities with fresh data',
  where: 'repo',
  params,
  facts: z.object({ ...SCANNED_SHAPE, standing: amount, worst: listOf(text), below: amount, closed: amount }),
  factsLast: ({ maxDataAgeDays }) => maxDataAgeDays,
  gather: gatherDependencies,
  judge: judgeDependencies,
});

async function gatherDependencies(context: GatherContext, { failOn, products }: Params): Promise<DependencyFacts> {
  const report = await scanProducts(context, products);
  const open = report.findings.filter(isOpen);
  const standing = open.filter((finding) => stands(finding, failOn));
  return {
    ...scannedFacts(report, context.now),
    standing: standing.length,
    worst: standing.slice(0, NAMED).map(namedFinding),
    below: open.length - standing.length,
    closed: report.findings.length - open.length,
  };
}
