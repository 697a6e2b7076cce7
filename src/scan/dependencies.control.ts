/** The `scan.dependencies` control: scans every product that holdfast.yaml names (or the whole folder) and judges the result. */
import * as z from 'zod';
import { HoldfastError } from '../lib/errors.ts';
import { defineControl, type GatherContext } from '../policy/control.ts';
import { judgeDependencies, type DependencyFacts } from './dependencies.ts';
import { scanPaths } from './scan.actions.ts';
import { reaches, THRESHOLDS, transitiveUnknown } from './scan-report.ts';
import { errorLine } from './scan.text.ts';

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
  gather: gatherDependencies,
  judge: judgeDependencies,
});

async function gatherDependencies(context: GatherContext, { failOn, products }: Params): Promise<DependencyFacts> {
  const { database, inputs, findings, notes, errors } = await scanPaths({
    paths: productPaths(context, products),
    cwd: context.root,
    ignore: context.facts.ignore,
    database: context.database,
    env: context.env,
    prod: false,
  });
  const standing = findings.filter((finding) => reaches(finding, failOn));
  const { built, dataAsOf, advisories, digest } = database;
  return {
    at: context.now,
    database: { built, dataAsOf, advisories, digest },
    inputs: inputs.map(({ path, kind, components, digest: digestOf }) => ({
      path,
      kind,
      components,
      digest: digestOf(),
    })),
    standing: standing.length,
    worst: standing.slice(0, NAMED).map(({ id, name, version }) => `${id} in ${name}@${version}`),
    below: findings.length - standing.length,
    unread: errors.map(errorLine),
    transitiveUnknown: transitiveUnknown(inputs),
    notes,
  };
}

function productPaths({ facts }: GatherContext, wanted: readonly string[] | undefined): readonly string[] {
  if (wanted === undefined) return facts.products.length === 0 ? ['.'] : facts.products.map(({ path }) => path);
  return wanted.map((id) => {
    const product = facts.products.find((candidate) => candidate.id === id);
    if (product !== undefined) return product.path;
    throw new HoldfastError(
      'FACTS_INVALID',
      `the policy names the product "${id}", which holdfast.yaml does not have`,
      {
        hint: `Products there: ${facts.products.map((each) => each.id).join(', ') || 'none'}.`,
      },
    );
  });
}
