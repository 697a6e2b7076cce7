/**
 * The scan that controls judge: every product that holdfast.yaml names (or the whole folder), with the decisions of the
 * policy's folder. What both controls measure is `ScanFacts`; scan.dependencies and triage.complete add their own.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { GatherContext } from '../policy/control.ts';
import type { ScannedFacts } from './dependencies.ts';
import { scanPaths } from './scan.actions.ts';
import { transitiveUnknown, type ScanReport } from './scan-report.ts';
import { errorLine } from './scan.text.ts';

/** @param products Ids from holdfast.yaml; `undefined`: all. @throws FACTS_INVALID for an id that it does not have, and as scanPaths */
export async function scanProducts(
  context: GatherContext,
  products: readonly string[] | undefined,
): Promise<ScanReport> {
  return await scanPaths({
    paths: productPaths(context, products),
    cwd: context.root,
    ignore: context.facts.ignore,
    database: context.database,
    env: context.env,
    prod: false,
    decisions: { root: context.root, now: context.now },
    ...(context.onProgress === undefined ? {} : { onProgress: context.onProgress }),
  });
}

export function scannedFacts(
  { database, inputs, decisions, notes, errors }: ScanReport,
  at: GatherContext['now'],
): ScannedFacts {
  const { built, dataAsOf, advisories, digest } = database;
  return {
    at,
    database: { built, dataAsOf, advisories, digest },
    inputs: inputs.map(({ path, kind, components, digest: digestOf }) => ({
      path,
      kind,
      components,
      digest: digestOf(),
    })),
    decisions: decisions === null ? null : { ...decisions },
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
