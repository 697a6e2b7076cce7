/**
 * May this release go out? The decision of `holdfast gate` and of the `release.gate` control (P20: "no deployment
 * until resolved"). Pure: gate.actions.ts measures, gate.text.ts and gate-json.ts tell.
 *
 * This is the findings part, with the decisions on them. That every change was reviewed and that the release is signed is not
 * looked at yet; `NOT_CHECKED` says so in every output.
 *
 * A release passes when everything was measured and nothing blocks; there is no other way. What blocks beats what could not
 * be measured, because it is known: more measuring cannot turn it into a pass.
 */
import type { Severity } from '../advisory/advisory.ts';
import { atLeast } from '../advisory/severity.ts';
import { count, firstFew, number } from '../lib/text.ts';
import { between, days, formatDay, plus, type Instant } from '../lib/time.ts';
import type { Threshold } from '../scan/scan-report.ts';
import type { OpenReason } from '../triage/decision.ts';
import { shortId } from './git-format.ts';

export const CHECKED = ['findings', 'decisions'] as const;
export const NOT_CHECKED = ['review', 'attestation'] as const;

export type GateVerdict = 'passed' | 'blocked' | 'incomplete';

type ReasonCode =
  | 'findings'
  | 'off-branch'
  | 'branch-unknown'
  | 'repository-unreadable'
  | 'no-repository'
  | 'no-commit'
  | 'no-work-tree'
  | 'other-commit'
  | 'uncommitted-changes'
  | 'unwatched-files'
  | 'changed-meanwhile'
  | 'not-scanned'
  | 'no-input'
  | 'unread-input'
  | 'transitive-unknown'
  | 'decisions-unread'
  | 'decisions-uncommitted'
  | 'empty-index'
  | 'data-age-unknown'
  | 'data-stale'
  | 'data-from-future';

export type GateReason = {
  readonly effect: 'blocks' | 'incomplete';
  readonly code: ReasonCode;
  /** What is so, as a sentence. */
  readonly text: string;
  /** What to do next, as a sentence. */
  readonly next: string;
};

export interface GateDecision {
  readonly verdict: GateVerdict;
  /** What blocks first. Empty exactly when the verdict is `passed`. */
  readonly reasons: readonly GateReason[];
}

/** Findings by what decides: malicious code apart, everything else by severity. */
export type FindingSums = { readonly [key in Severity | 'malware']: number };

export type NamedRef = { readonly ref: string; readonly commit: string };

type FileList = { readonly total: number; readonly listed: readonly string[] };

/** What Git says about the tree that was measured. */
export type TreeFacts =
  | { readonly state: 'unreadable'; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly state: 'no-repository' | 'no-commit' | 'no-work-tree' }
  | {
      readonly state: 'read';
      /** The release before; `null` where there is none. */
      readonly base: NamedRef | null;
      readonly head: NamedRef;
      readonly checkedOut: string;
      /** Tracked files that differ from the commit that is checked out. */
      readonly changed: FileList;
      /** Tracked files that Git was told not to look at. */
      readonly unwatched: FileList;
      /** The answers before and after the scan differ. */
      readonly changedMeanwhile: boolean;
      /** `unsure`: not found on it, in a clone that lacks part of the history. */
      readonly branch: { readonly name: string; readonly holdsHead: 'yes' | 'no' | 'unsure' | 'no-branch' } | null;
    };

/** What the scan says. */
export type ScanFacts =
  | { readonly state: 'failed'; readonly code: string; readonly message: string; readonly hint: string }
  | {
      readonly state: 'scanned';
      readonly advisories: number;
      readonly dataAsOf: Instant | null;
      readonly inputs: number;
      /** Folders of products in which nothing can be read. */
      readonly withoutInput: FileList;
      readonly unread: FileList;
      /** Inputs that name only what the product asks for, where no other input names what that brings along. */
      readonly transitiveUnknown: FileList;
      /** Findings that no decision closes. */
      readonly findings: FindingSums;
      /** How many findings at any severity a decision closes. */
      readonly closed: number;
      /** Open findings that have a decision, by why it does not close them. */
      readonly decidedOpen: { readonly [key in OpenReason]: number };
      readonly decisions: DecisionsState;
    };

/** `unread`: they have mistakes or cannot be read, so none counts. `uncommitted`: the release's commit does not hold them. */
export type DecisionsState = 'none' | 'committed' | 'uncommitted' | 'unread';

export type GateFacts = { readonly tree: TreeFacts; readonly scan: ScanFacts };

export interface GateRules {
  readonly failOn: Threshold;
  /** Advisory data older than this many days cannot pass a release. */
  readonly maxDataAgeDays: number;
}

/** A clock may run ahead of the source's by this much before "newer than now" means that one of them is wrong. */
const CLOCK_TOLERANCE = days(1);

export function decideGate(rules: GateRules, facts: GateFacts, now: Instant): GateDecision {
  const all = [...scanReasons(rules, facts.scan, now), ...treeReasons(facts.tree)];
  const reasons = [...all.filter((r) => r.effect === 'blocks'), ...all.filter((r) => r.effect === 'incomplete')];
  const worst = reasons[0];
  if (worst === undefined) return { verdict: 'passed', reasons };
  return { verdict: worst.effect === 'blocks' ? 'blocked' : 'incomplete', reasons };
}

const KINDS = ['malware', 'critical', 'high', 'medium', 'low', 'none', 'unscored'] as const;

/** Malware blocks at every threshold; so does what nobody has rated. */
const kindBlocks = (kind: (typeof KINDS)[number], failOn: Threshold): boolean =>
  kind === 'malware' || atLeast(kind, failOn);

export const blockingFindings = (sums: FindingSums, failOn: Threshold): number =>
  KINDS.reduce((sum, kind) => (kindBlocks(kind, failOn) ? sum + sums[kind] : sum), 0);

export function sumFindings(
  findings: readonly { readonly malware: boolean; readonly severity: Severity }[],
): FindingSums {
  const of = (severity: Severity): number =>
    findings.filter((finding) => !finding.malware && finding.severity === severity).length;
  return {
    malware: findings.filter((finding) => finding.malware).length,
    critical: of('critical'),
    high: of('high'),
    medium: of('medium'),
    low: of('low'),
    none: of('none'),
    unscored: of('unscored'),
  };
}

/** `1 malware, 2 critical, 1 unscored`, or only what blocks at a threshold; empty when there is none. */
export const sumsInWords = (sums: FindingSums, failOn: Threshold | null = null): string =>
  KINDS.filter((kind) => sums[kind] > 0 && (failOn === null || kindBlocks(kind, failOn)))
    .map((kind) => `${number(sums[kind])} ${kind}`)
    .join(', ');

const blocks = (code: ReasonCode, text: string, next: string): GateReason => ({ effect: 'blocks', code, text, next });
const incomplete = (code: ReasonCode, text: string, next: string): GateReason => ({
  effect: 'incomplete',
  code,
  text,
  next,
});

function scanReasons(rules: GateRules, scan: ScanFacts, now: Instant): readonly GateReason[] {
  if (scan.state === 'failed') {
    return [incomplete('not-scanned', `Nothing was scanned: ${scan.message} [${scan.code}].`, scan.hint)];
  }
  const reasons = dataReasons(rules, scan, now);
  const blocking = blockingFindings(scan.findings, rules.failOn);
  if (scan.decisions === 'unread') {
    // Not 'findings': which of them are closed is exactly what could not be read.
    const stand = blocking > 0 ? `, and ${count(blocking, 'finding')} at ${rules.failOn} or above may be open` : '';
    const next = 'Correct what is listed under "not read", then run the gate again.';
    reasons.push(incomplete('decisions-unread', `The decisions on findings could not be read${stand}.`, next));
  } else if (blocking > 0) {
    const text = `${count(blocking, 'open finding')} at ${rules.failOn} or above: ${sumsInWords(scan.findings, rules.failOn)}${decidedWords(scan.decidedOpen)}.`;
    const renew = scan.decidedOpen.unproven > 0 ? ' Renew the proofs that do not hold: `holdfast decide --renew`.' : '';
    const next = `Upgrade as listed, or decide on each with \`holdfast decide\`, then run the gate again.${renew}`;
    reasons.push(blocks('findings', text, next));
  }
  if (scan.decisions === 'uncommitted') {
    const next =
      'Commit holdfast.decisions.yaml and its proofs, so that the release shows who decided, then run the gate again.';
    reasons.push(
      incomplete(
        'decisions-uncommitted',
        'The decisions on findings, or proofs on which they rest, are in no commit.',
        next,
      ),
    );
  }
  if (scan.withoutInput.total > 0 || (scan.inputs === 0 && scan.unread.total === 0)) {
    const folders = scan.withoutInput.listed.filter((folder) => folder !== '.');
    const where = folders.length > 0 ? ` in ${firstFew(folders, scan.withoutInput.total)}` : ' here';
    reasons.push(
      incomplete(
        'no-input',
        `There is no lockfile and no SBOM to read${where}.`,
        "Commit the lockfile, or name each product's folder under `products:` in holdfast.yaml.",
      ),
    );
  }
  if (scan.unread.total > 0) {
    const which = firstFew(scan.unread.listed, scan.unread.total);
    reasons.push(
      incomplete(
        'unread-input',
        `${count(scan.unread.total, 'input')} could not be read: ${which}.`,
        'Repair what is named, or list it under `ignore:` in holdfast.yaml where it is not part of the release.',
      ),
    );
  }
  if (scan.transitiveUnknown.total > 0) reasons.push(transitiveReason(scan.transitiveUnknown));
  return reasons;
}

function transitiveReason({ total, listed }: FileList): GateReason {
  return incomplete(
    'transitive-unknown',
    `${count(total, 'input')} ${total === 1 ? 'names' : 'name'} only what is asked for, not what that brings along: ${firstFew(listed, total)}.`,
    'Write an SBOM with the build, such as with the CycloneDX Maven plugin (`mvn org.cyclonedx:cyclonedx-maven-plugin:makeAggregateBom`), keep it beside the POM and run the gate again.',
  );
}

/** `; decided on, but still open: 1 expired, 2 planned` (over all severities). */
function decidedWords(open: { readonly [key in OpenReason]: number }): string {
  const parts = (['unproven', 'expired', 'unapproved', 'planned'] as const)
    .filter((reason) => open[reason] > 0)
    .map((reason) => `${number(open[reason])} ${reason}`);
  return parts.length === 0 ? '' : `; decided on, but still open: ${parts.join(', ')}`;
}

function dataReasons(
  { maxDataAgeDays }: GateRules,
  scan: Extract<ScanFacts, { state: 'scanned' }>,
  now: Instant,
): GateReason[] {
  const refresh = 'Bring the index up to date with `holdfast db sync`.';
  if (scan.advisories === 0) return [incomplete('empty-index', 'The advisory index holds no advisory.', refresh)];
  if (scan.dataAsOf === null) {
    return [incomplete('data-age-unknown', 'The advisory data does not say how old it is.', refresh)];
  }
  const day = formatDay(scan.dataAsOf);
  if (scan.dataAsOf > plus(now, CLOCK_TOLERANCE)) {
    const text = `The advisory data is of ${day}, and the clock here says ${formatDay(now)}.`;
    return [incomplete('data-from-future', text, 'Set the clock of this machine, then run the gate again.')];
  }
  const age = between(scan.dataAsOf, now);
  if (age <= days(maxDataAgeDays)) return [];
  const text = `The advisory data is of ${day}, ${count(Math.floor(age / days(1)), 'day')} old; ${number(maxDataAgeDays)} are allowed.`;
  return [incomplete('data-stale', text, refresh)];
}

function treeReasons(tree: TreeFacts): readonly GateReason[] {
  const checkout = 'Run the gate in the checkout that is released.';
  switch (tree.state) {
    case 'unreadable':
      return [incomplete('repository-unreadable', `${capitalised(tree.message)} [${tree.code}].`, tree.hint)];
    case 'no-repository':
      return [
        incomplete('no-repository', 'No Git repository is here, so no commit names what was measured.', checkout),
      ];
    case 'no-commit':
      return [incomplete('no-commit', 'The repository has no commit, so nothing is released from it.', checkout)];
    case 'no-work-tree':
      return [
        incomplete('no-work-tree', 'This is no work tree of the repository, so nothing ties it to a commit.', checkout),
      ];
    case 'read':
      return [...identityReasons(tree), ...branchReasons(tree)];
  }
}

type ReadTree = Extract<TreeFacts, { state: 'read' }>;

/** The measured tree must be the released one. */
function identityReasons({ head, checkedOut, changed, unwatched, changedMeanwhile }: ReadTree): readonly GateReason[] {
  const reasons: GateReason[] = [];
  if (head.commit !== checkedOut) {
    const text = `${head.ref} is ${shortId(head.commit)}, but ${shortId(checkedOut)} is checked out: what was measured is not what is released.`;
    reasons.push(
      incomplete('other-commit', text, `Run \`git checkout --detach ${head.commit}\`, then the gate again.`),
    );
  }
  if (changed.total > 0) {
    const text = `${count(changed.total, 'tracked file')} ${changed.total === 1 ? 'differs' : 'differ'} from the commit: ${firstFew(changed.listed, changed.total)}.`;
    reasons.push(incomplete('uncommitted-changes', text, 'Commit or undo the changes, then run the gate again.'));
  }
  if (unwatched.total > 0) {
    const text = `Git was told not to look at ${count(unwatched.total, 'tracked file')}: ${firstFew(unwatched.listed, unwatched.total)}.`;
    const next =
      'Undo it with `git update-index --no-assume-unchanged --no-skip-worktree FILE`, or check out the whole tree.';
    reasons.push(incomplete('unwatched-files', text, next));
  }
  if (changedMeanwhile) {
    const text = 'The work tree changed while it was measured.';
    reasons.push(incomplete('changed-meanwhile', text, 'Let nothing else write here, then run the gate again.'));
  }
  return reasons;
}

function branchReasons({ head, branch }: ReadTree): readonly GateReason[] {
  if (branch === null || branch.holdsHead === 'yes') return [];
  const { name } = branch;
  switch (branch.holdsHead) {
    case 'no':
      return [
        blocks(
          'off-branch',
          `${shortId(head.commit)} is not on ${name}.`,
          `Merge it into ${name}, or release from there.`,
        ),
      ];
    case 'no-branch':
      return [
        incomplete(
          'branch-unknown',
          `There is neither origin/${name} nor ${name} here.`,
          'Fetch the branch, or correct its name in the policy.',
        ),
      ];
    case 'unsure':
      return [
        incomplete(
          'branch-unknown',
          `Whether ${shortId(head.commit)} is on ${name} cannot be seen: this clone is shallow.`,
          'Run `git fetch --unshallow`; in CI, fetch the whole history.',
        ),
      ];
  }
}

const capitalised = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
