/**
 * `holdfast init`, step by step: look around, settle every answer, compose both files, write them.
 *
 * What is proposed and what is accepted is init-answers.ts; the words for people are init.text.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import {
  checkAnswer,
  matters,
  propose,
  TOPICS,
  type Answer,
  type Answers,
  type Known,
  type Proposal,
  type Surroundings,
  type Topic,
} from './init-answers.ts';
import { factsText } from './init-facts.text.ts';
import { policyText } from './init-policy.text.ts';
import { isHosting, productsAmong, type Hosting, type InitProduct } from './init-products.ts';
import { absoluteFolder, readSurroundings, takenAmong, writeFiles } from './init-surroundings.client.ts';

const POLICY_FILE = 'SECURITY-POLICY.md';
const FACTS_FILE = 'holdfast.yaml';

/** Asks one thing; the text as typed, or `null` when the person has left. */
export type AskTopic = (topic: Topic, suggestion: string | null, problem: string | null) => Promise<string | null>;

export interface InitOrder {
  readonly cwd: string;
  readonly folder: string;
  /** Checked already (`checkAnswer`). */
  readonly given: Known;
  readonly overwrite: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: Instant;
  /** `null` where nobody can be asked. */
  readonly ask: AskTopic | null;
}

export interface InitReport {
  readonly folder: string;
  readonly written: readonly string[];
  readonly answers: Answers;
  /** Where each answer came from; a topic without an answer is absent. */
  readonly known: Known;
  readonly foldersLeftOut: boolean;
}

/** Nothing was written: a file is in the way and `overwrite` was not said, or the questions were left. */
export type InitRefusal =
  | { readonly code: 'FILE_EXISTS'; readonly folder: string; readonly files: readonly string[] }
  | { readonly code: 'left'; readonly folder: string };

/** @throws FILE_UNWRITABLE, and then neither file has changed. */
export async function initPolicy(order: InitOrder): Promise<Result<InitReport, InitRefusal>> {
  const folder = absoluteFolder(order.cwd, order.folder);
  // Looked at before any question is asked: nobody should answer six of them for nothing.
  const taken = takenAmong(folder, [POLICY_FILE, FACTS_FILE]);
  if (taken.length > 0 && !order.overwrite) return no({ code: 'FILE_EXISTS', folder, files: taken });

  const around = await readSurroundings(folder, order.env);
  const products = productsAmong(around.folders, around.folderName);
  const known = await settle(around, products, order);
  if (known === null) return no({ code: 'left', folder });
  const answers = compose(around, products, known);
  writeFiles(folder, [
    { name: POLICY_FILE, text: policyText(answers, order.now) },
    { name: FACTS_FILE, text: factsText(answers, order.now) },
  ]);
  return ok({ folder, written: [POLICY_FILE, FACTS_FILE], answers, known, foldersLeftOut: around.foldersLeftOut });
}

/** `null` when the person left before the last question. */
async function settle(
  around: Surroundings,
  products: readonly InitProduct[],
  { given, ask }: InitOrder,
): Promise<Known | null> {
  const known = new Map<Topic, Answer>();
  for (const topic of TOPICS) {
    const stated = given.get(topic);
    if (stated !== undefined) {
      known.set(topic, stated);
      continue;
    }
    if (!matters(topic, known, products)) continue;
    const proposal = propose(topic, around, known);
    const answer =
      ask === null || proposal?.strength === 'sure' ? assume(proposal) : await askFor(topic, proposal, ask);
    if (answer === 'left') return null;
    if (answer !== null) known.set(topic, answer);
  }
  return known;
}

function assume(proposal: Proposal | null): Answer | null {
  if (proposal === null || proposal.strength === 'confirm') return null;
  const { value, from, strength } = proposal;
  return { value, from: strength === 'sure' ? from : `assumed from the ${from}` };
}

/** After this many unusable answers a topic stays open: it can be filled in in the file, with its explanation beside it. */
const TRIES = 3;

/** An empty answer takes the suggestion, or leaves the topic open where there is none. */
async function askFor(topic: Topic, suggestion: Proposal | null, ask: AskTopic): Promise<Answer | null | 'left'> {
  let problem: string | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const text = await ask(topic, suggestion?.value ?? null, problem);
    if (text === null) return 'left';
    const checked = checkAnswer(topic, text.trim() === '' ? (suggestion?.value ?? '') : text);
    if (checked.ok) return { value: checked.value, from: YOURS };
    if (text.trim() === '') return null;
    problem = checked.error;
  }
  return null;
}

function compose(around: Surroundings, found: readonly InitProduct[], known: Known): Answers {
  const value = (topic: Topic): string | null => known.get(topic)?.value ?? null;
  const hosting = hostingOf(value('hosting'));
  // Said on the command line, it holds for all; asked for, it fills what no descriptor shows. Asking happens only then.
  const overrides = known.get('hosting')?.from === GIVEN;
  const products = found.map((product) => ({
    ...product,
    hosting: overrides ? hosting : (product.hosting ?? hosting),
  }));
  const { userName, userEmail, branch } = around.git;
  return {
    name: value('name') ?? 'Our company',
    timezone: value('timezone'),
    country: value('country'),
    state: value('state'),
    contact: value('contact'),
    hosting,
    products,
    branch: branch ?? 'main',
    person: userName === null ? null : { name: userName.slice(0, 500), email: userEmail },
  };
}

/** The origin of what was given on the command line, and of what was answered. */
export const GIVEN = 'given';
const YOURS = 'your answer';

const hostingOf = (text: string | null): Hosting | null => (text !== null && isHosting(text) ? text : null);
