/**
 * The `release.gate` control: the same measurement and the same decision as `holdfast gate`, for the policy. It covers the
 * findings and the decisions on them only, and its summary says so whatever the verdict is.
 */
import * as z from 'zod';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { Json } from '../lib/json.ts';
import { count, number, printable } from '../lib/text.ts';
import { formatDay, formatInstant, type Instant } from '../lib/time.ts';
import { defineControl, type GatherContext, type Verdict, type VerdictName } from '../policy/control.ts';
import { instant } from '../policy/fact-shapes.ts';
import { stands, THRESHOLDS, type ScanReport, type Threshold } from '../scan/scan-report.ts';
import { branchName } from './control-params.ts';
import { runGate } from './gate.actions.ts';
import { CHECKED, decideGate, NOT_CHECKED, type GateDecision, type GateFacts } from './gate.ts';
import { SCAN_SHAPE, TREE_SHAPE } from './gate-shape.ts';
import { shortId } from './git-format.ts';

const params = z.strictObject({
  /** Releases come from here; absent: from any branch. */
  branch: branchName.optional(),
  failOn: z.enum(THRESHOLDS).default('low'),
  maxDataAgeDays: z.int().min(1).max(365).default(7),
});
type Params = z.infer<typeof params>;

/** What the judge decides on, and what is only shown. */
type Facts = GateFacts & { readonly at: Instant; readonly shown: { readonly [key: string]: Json } };

export const releaseGate = defineControl<Params, Facts>({
  id: 'release.gate',
  title: 'No release goes out with a finding that stands against it',
  where: 'repo',
  params,
  facts: z.object({ at: instant, tree: TREE_SHAPE, scan: SCAN_SHAPE, shown: z.record(z.string(), z.json()) }),
  factsLast: ({ maxDataAgeDays }) => maxDataAgeDays,
  gather: gatherGate,
  judge: judgeGate,
});

async function gatherGate(context: GatherContext, { branch, failOn, maxDataAgeDays }: Params): Promise<Facts> {
  const { tree, scan, scanned } = await runGate({
    folder: context.root,
    products: context.facts.products.map((product) => product.path),
    ignore: context.facts.ignore,
    base: null,
    head: context.release,
    branch: branch ?? null,
    failOn,
    maxDataAgeDays,
    database: context.database,
    prod: false,
    env: context.env,
    now: context.now,
    ...(context.onProgress === undefined ? {} : { onProgress: context.onProgress }),
  });
  return { at: context.now, tree, scan: scanned, shown: scan === null ? {} : shownOf(scan, failOn) };
}

/** Lists in the evidence hold at most this many; counts beside them are exact. */
const LISTED_LIMIT = 50;

function shownOf(
  { database, inputs, findings, decisions }: ScanReport,
  failOn: Threshold,
): { readonly [key: string]: Json } {
  const blocking = findings.filter((finding) => stands(finding, failOn));
  const digests = inputs.map(({ path, digest }) => [path, digest()]);
  return {
    inputDigest: sha256(
      canonicalJson({ index: database.digest, inputs: digests, decisions: decisions?.digest ?? null }),
    ),
    decisions: decisions === null ? null : { ...decisions },
    index: {
      digest: database.digest,
      built: formatInstant(database.built),
      dataAsOf: database.dataAsOf === null ? null : formatInstant(database.dataAsOf),
      advisories: database.advisories,
    },
    packages: inputs.reduce((sum, { components }) => sum + components, 0),
    inputs: inputs
      .slice(0, LISTED_LIMIT)
      .map(({ path, kind, components, digest }) => ({ path, kind, components, digest: digest() })),
    blocking: blocking.length,
    blockingListed: blocking.slice(0, LISTED_LIMIT).map(({ id, name, version, severity, malware, kev, fixed }) => ({
      id,
      name,
      version,
      severity,
      malware,
      kev,
      fixed: fixed[0] ?? null,
    })),
  };
}

function judgeGate(rules: Params, { at, shown, ...facts }: Facts, now: Instant): Verdict {
  const decision = decideGate(rules, facts, now);
  const words = decision.verdict === 'passed' ? passedWords(rules, facts, shown) : reasonWords(decision);
  return {
    verdict: verdictOf(decision),
    summary: printable(`${words} Reviews and signatures are not checked yet.`),
    measuredAt: at,
    evidence: { ...facts, ...shown, reasons: decision.reasons, checked: CHECKED, notChecked: NOT_CHECKED },
  };
}

/** `stale` where old data is all that is wrong: the measurement exists, and time has passed it by. */
function verdictOf({ verdict, reasons }: GateDecision): VerdictName {
  if (verdict === 'passed') return 'kept';
  if (verdict === 'blocked') return 'broken';
  return reasons.every((reason) => reason.code === 'data-stale') ? 'stale' : 'unknown';
}

function passedWords({ failOn }: Params, { tree, scan }: GateFacts, shown: Facts['shown']): string {
  if (tree.state !== 'read' || scan.state !== 'scanned' || scan.dataAsOf === null) {
    throw new TypeError('a gate passed without a measurement');
  }
  const packages = typeof shown['packages'] === 'number' ? ` with ${number(shown['packages'])} packages` : '';
  const closed = scan.closed > 0 ? ` (${number(scan.closed)} closed by decisions)` : '';
  return `No open finding at ${failOn} or above${closed} in ${count(scan.inputs, 'input')}${packages} of ${shortId(tree.head.commit)}, against advisory data of ${formatDay(scan.dataAsOf)}.`;
}

/** The first three reasons, and the next step of the first: of several, it is the one that weighs most. */
function reasonWords({ reasons }: GateDecision): string {
  const shown = reasons.slice(0, 3).map((reason) => reason.text);
  const left = reasons.length - shown.length;
  return [...shown, ...(left > 0 ? [`And ${count(left, 'more reason')}.`] : []), reasons[0]?.next ?? ''].join(' ');
}
