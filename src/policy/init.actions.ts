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
  type Surroundings,
  type Topic,
} from './init-answers.ts';
import { factsText } from './init-facts.text.ts';
import { policyText } from './init-policy.text.ts';
import { isHosting, productsAmong, type Hosting, type InitProduct } from './init-products.ts';
import { absoluteFolder, readSurroundings, takenAmong, writeFiles } from './init-surroundings.client.ts';

export const POLICY_FILE = 'SECURITY-POLICY.md';
export const FACTS_FILE = 'holdfast.yaml';

/** Asks one thing; the text as typed, or `null` when nobody answers any more. */
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

/** Both files would have to be new, or `overwrite` said. */
export interface InitRefusal {
  readonly code: 'FILE_EXISTS';
  readonly folder: string;
  readonly files: readonly string[];
}

/** @throws FILE_UNWRITABLE, and then neither file has changed. */
export async function initPolicy(order: InitOrder): Promise<Result<InitReport, InitRefusal>> {
  const folder = absoluteFolder(order.cwd, order.folder);
  // Looked at before any question is asked: nobody should answer six of them for nothing.
  const taken = takenAmong(folder, [POLICY_FILE, FACTS_FILE]);
  if (taken.length > 0 && !order.overwrite) return no({ code: 'FILE_EXISTS', folder, files: taken });

  const around = await readSurroundings(folder, order.env);
  const products = productsAmong(around.folders, around.folderName);
  const known = await settle(around, products, order);
  const answers = compose(around, products, known);
  writeFiles(folder, [
    { name: POLICY_FILE, text: policyText(answers, order.now) },
    { name: FACTS_FILE, text: factsText(answers, order.now) },
  ]);
  return ok({ folder, written: [POLICY_FILE, FACTS_FILE], answers, known, foldersLeftOut: around.foldersLeftOut });
}

async function settle(
  around: Surroundings,
  products: readonly InitProduct[],
  { given, ask }: InitOrder,
): Promise<Known> {
  const known = new Map<Topic, Answer>();
  for (const topic of TOPICS) {
    const stated = given.get(topic);
    if (stated !== undefined) {
      known.set(topic, stated);
      continue;
    }
    if (!matters(topic, known, products)) continue;
    const proposal = propose(topic, around, known);
    const answer = ask === null || proposal?.sure === true ? proposal : await askFor(topic, proposal, ask);
    if (answer !== null) known.set(topic, { value: answer.value, from: answer.from });
  }
  return known;
}

/** After this many unusable answers a topic stays open: it can be filled in in the file, with its explanation beside it. */
const TRIES = 3;

/** An empty answer takes the suggestion, or leaves the topic open where there is none. */
async function askFor(topic: Topic, suggestion: Answer | null, ask: AskTopic): Promise<Answer | null> {
  let problem: string | null = null;
  for (let tries = 0; tries < TRIES; tries++) {
    const text = await ask(topic, suggestion?.value ?? null, problem);
    if (text === null || text.trim() === '') return suggestion;
    const checked = checkAnswer(topic, text);
    if (checked.ok) return { value: checked.value, from: 'your answer' };
    problem = checked.error;
  }
  return suggestion;
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

/** The origin of what was given on the command line. */
export const GIVEN = 'given';

const hostingOf = (text: string | null): Hosting | null => (text !== null && isHosting(text) ? text : null);
