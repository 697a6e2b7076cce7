/**
 * Evaluates a policy here and now: reads the document and its facts, asks each control once, puts the verdicts together.
 *
 * The decisions are evaluate.ts; reading is read-policy.ts and facts-file.ts; `holdfast check` is check.cli.ts.
 */
import { formatPlace, HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject, type Json } from '../lib/json.ts';
import { nearestWord } from '../lib/spelling.ts';
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import type { BoundControl, Control, GatherContext, Verdict } from './control.ts';
import type { PolicyDocument } from './document.ts';
import {
  countVerdicts,
  evaluateStatement,
  notMeasured,
  type Evaluation,
  type Gathered,
  type PolicyTexts,
} from './evaluate.ts';
import { factsIn } from './facts.actions.ts';
import type { Facts } from './facts.ts';
import { readFactsFile, readPolicyFile } from './policy-file.client.ts';
import { mistakesIn } from './problem.ts';
import { readPolicy } from './read-policy.ts';
import type { Statement } from './statement.ts';

export interface PolicyRequest {
  /** A folder or a document, as the user named it. */
  readonly path: string;
  readonly cwd: string;
  readonly controls: readonly Control[];
  /** The id of a statement or of a control; `null` for the whole policy. */
  readonly only: string | null;
  /** `--db`; `null` for the usual order of places. */
  readonly database: string | null;
  /** The release under judgement; `null` means HEAD. */
  readonly release: string | null;
  /** `--data`: the folder of the evidence log, seen from `cwd`. Absent: `data` beside the document. */
  readonly data?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Instant;
  readonly onProgress?: (line: string) => void;
  /** Verdicts that come from elsewhere, for controls that cannot be asked here; `null`: ask it. */
  readonly answered?: (control: BoundControl, read: ReadForPolicy) => Verdict | null;
}

/** What was read before any control is asked. */
export interface ReadForPolicy {
  readonly facts: Facts;
  readonly texts: PolicyTexts;
}

/** Probes wait for the network, git for the disk: a few at a time, so that neither is flooded. */
const AT_A_TIME = 4;

/**
 * A control whose measurement fails makes its statements `unknown`, with what went wrong; the others are still measured.
 *
 * @throws POLICY_NOT_FOUND, POLICY_TOO_LARGE, POLICY_INVALID, FACTS_INVALID, FILE_UNREADABLE; USAGE when `only` names
 *   nothing in the document.
 */
export async function evaluateDocument(request: PolicyRequest): Promise<Evaluation> {
  const { shown, root, text } = await readPolicyFile(request.cwd, request.path);
  const document = documentIn(text, shown, request.controls);
  const factsText = await readFactsFile(root);
  const facts = factsIn(factsText);
  const chosen = choose(document.statements, request.only);
  const { database, release, env, now, cwd, data } = request;
  const context = {
    root,
    facts,
    database,
    release,
    env,
    now,
    ...(data === undefined ? {} : { log: { cwd, data } }),
    ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
  };
  const texts = { document: text, facts: factsText };
  const given = new Map(boundOf(chosen).map((bound) => [bound, request.answered?.(bound, { facts, texts }) ?? null]));
  const toAsk = [...given].flatMap(([bound, verdict]) => (verdict === null ? [bound] : []));
  const asked = await askAll(toAsk, context, request.onProgress);
  const statements = chosen.map((statement) =>
    evaluateStatement(statement, (bound) => {
      const verdict = given.get(bound) ?? asked.get(bound)?.verdict;
      if (verdict === undefined) throw new Error(`control ${bound.id} was not asked`);
      return verdict;
    }),
  );
  const { title } = document;
  const report = { policy: shown, title, evaluatedAt: now, statements, counts: countVerdicts(statements) };
  const gathered = [...asked.values()].map((each) => each.gathered);
  return { report, document, digest: sha256(text), texts, facts, gathered, root };
}

/**
 * @param shown How a person would name the document.
 * @throws POLICY_INVALID with every mistake
 */
export function documentIn(text: string, shown: string, controls: readonly Control[]): PolicyDocument {
  const read = readPolicy(text, controls.map(bindOnce));
  if (!read.ok) throw mistakesIn('POLICY_INVALID', shown, read.error);
  return read.value;
}

/** The same control with the same parameters becomes one bound control, however many footnotes name it. */
function bindOnce(control: Control): Control {
  const known = new Map<string, ReturnType<Control['bind']>>();
  return {
    ...control,
    bind: (params) => {
      // Entries sorted by key: the order in which a footnote lists them means nothing.
      const key = JSON.stringify(isObject(params) ? Object.entries(params).toSorted(byKey) : params);
      const bound = known.get(key) ?? control.bind(params);
      known.set(key, bound);
      return bound;
    },
  };
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const boundOf = (statements: readonly Statement[]): readonly BoundControl[] => [
  ...new Set(statements.flatMap(({ bindings }) => bindings.flatMap(({ bound }) => (bound === null ? [] : [bound])))),
];

function choose(statements: readonly Statement[], only: string | null): readonly Statement[] {
  if (only === null) return statements;
  const chosen = statements.filter(
    ({ id, bindings }) => id === only || bindings.some(({ control }) => control === only),
  );
  if (chosen.length > 0) return chosen;
  const ids = [...new Set(statements.flatMap(({ id, bindings }) => (bindings.length > 0 ? [id] : [])))];
  const controls = [...new Set(statements.flatMap(({ bindings }) => bindings.map(({ control }) => control)))];
  const near = nearestWord(only, [...ids, ...controls]);
  const known = `Statements: ${ids.join(', ') || 'none is bound'}. Controls: ${controls.join(', ') || 'none'}.`;
  throw new HoldfastError('USAGE', `no statement or control "${printable(only.slice(0, 60))}" in this policy`, {
    hint: `${near === null ? '' : `Did you mean ${near}? `}${known}`,
  });
}

async function askAll(
  controls: readonly BoundControl[],
  context: GatherContext,
  onProgress: PolicyRequest['onProgress'],
): Promise<ReadonlyMap<BoundControl, Asked>> {
  const verdicts = new Map<BoundControl, Asked>();
  // One iterator shared by the lanes hands out each control once.
  const queue = controls.values();
  const lane = async (): Promise<void> => {
    for (const control of queue) {
      onProgress?.(`measuring ${control.id} (${verdicts.size} of ${controls.length} done)`);
      verdicts.set(control, await ask(control, context));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return verdicts;
}

interface Asked {
  readonly gathered: Gathered;
  readonly verdict: Verdict;
}

/** Only a failing world makes `unknown`; a defect of a control must not look like one. */
async function ask(control: BoundControl, context: GatherContext): Promise<Asked> {
  let facts: Json;
  try {
    facts = await control.gather(context);
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    const { at, hint, code } = thrown;
    const message = printable(`${at === null ? '' : `${formatPlace(at)}: `}${thrown.message}. ${hint}`);
    return { gathered: { control, failed: { code, message } }, verdict: notMeasured(message, code) };
  }
  return { gathered: { control, facts }, verdict: control.judge(facts, context.now) };
}
