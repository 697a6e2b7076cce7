/**
 * The text of holdfast.decisions.yaml (YAML or JSON) → decisions, or everything that is wrong with it, each with its place.
 *
 * Strict, because what cannot be read here would close findings by accident: an unknown key, a day that does not exist or
 * a decision without an end is refused, and then none of the file's decisions counts. What a decision does to a finding is
 * apply-decisions.ts; fetching the text is decisions-file.client.ts.
 */
import * as z from 'zod';
import { parsePurl } from '../inventory/purl.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { parseDay } from '../lib/time.ts';
import { inOrder, quoted, readBySchema, type FileProblem, type FileReading } from '../lib/yaml-schema.ts';
import {
  DECISION_STATES,
  DECISIONS_FILE,
  VEX_JUSTIFICATIONS,
  type Decision,
  type DecisionState,
  type VexJustification,
} from './decision.ts';

/** Some 2,500 decisions; read in under a second (decisions-file.test.ts). */
export const MAX_DECISIONS_CHARS = 1_048_576;

/** A decision is looked at again at least once a year: our own rule, written in docs/guide/decisions.md. */
const LONGEST_YEARS = 1;

const words = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .transform((text) => text.replace(/\s+/g, ' '));
const day = z.string().refine((value) => parseDay(value) !== null, 'write a day that exists, as YYYY-MM-DD');
const advisoryId = z
  .string()
  .max(100)
  .regex(/^[A-Za-z][A-Za-z0-9]*-[0-9A-Za-z][0-9A-Za-z:._-]*$/, 'write the id of an advisory, e.g. CVE-2021-23337');
const purl = z
  .string()
  .max(500)
  .refine(
    (text) => parsePurl(text) !== null,
    'write a package URL, with or without a version, e.g. pkg:npm/lodash or pkg:maven/org.example/shop@1.0',
  );
const glob = z
  .string()
  .min(1)
  .max(500)
  .refine(
    (text) => !text.startsWith('!') && text.trim() !== '' && !text.startsWith('#'),
    'write a pattern for paths of inputs from the folder of this file on, without `!`, e.g. apps/web/**',
  );

const decision = z.strictObject({
  id: advisoryId,
  aliases: z.array(advisoryId).max(100).default([]),
  package: purl,
  paths: z.array(glob).max(100).default([]),
  decision: z.enum(DECISION_STATES),
  justification: z.enum(VEX_JUSTIFICATIONS).optional(),
  owner: words(200),
  reason: words(2_000),
  decided: day,
  expires: day,
  approvedBy: words(200).optional(),
  evidence: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'write the digest of the proof as sha256: and 64 hex digits')
    .optional(),
  /** What `holdfast reach --json` wrote; checked again with every scan. */
  proof: z
    .string()
    .min(1)
    .max(500)
    .refine(isBelow, 'write the path of a file below the folder of this file, with `/`, e.g. proofs/lodash.json')
    .optional(),
});

/** No way out of the folder: what a decision rests on is part of the release. */
function isBelow(path: string): boolean {
  return !/^([/\\]|[A-Za-z]:)|\\|\0/.test(path) && !path.split('/').some((part) => part === '..' || part === '');
}

const decisionsSchema = z.strictObject({
  decisions: z.array(decision).max(10_000).default([]),
  /** What `holdfast decide --import` found elsewhere: nobody has decided it yet. */
  proposals: z.array(z.unknown()).max(10_000).default([]),
});

type Written = z.infer<typeof decision>;
type Reading = FileReading<z.infer<typeof decisionsSchema>>;

/** @param today The day in the organisation's zone, `YYYY-MM-DD`. */
export function readDecisions(text: string, today: string): Result<readonly Decision[], readonly FileProblem[]> {
  const read = readBySchema({ file: DECISIONS_FILE, text, maxChars: MAX_DECISIONS_CHARS }, decisionsSchema);
  if (!read.ok) return read;
  const { decisions } = read.value.value;
  const problems = [
    ...proposalProblems(read.value),
    ...decisions.flatMap((written, index) => [
      ...dayProblems(written, index, { reading: read.value, today }),
      ...justificationProblems(written, index, read.value),
      ...proofProblems(written, index, read.value),
    ]),
    ...twinProblems(read.value),
  ];
  if (problems.length > 0) return no(inOrder(problems));
  return ok(decisions.map((written, index) => decisionOf(written, read.value.placeOf(['decisions', index]).line)));
}

function decisionOf(written: Written, line: number): Decision {
  const { id, aliases, paths, owner, reason, decided, expires } = written;
  const scope = parsePurl(written.package);
  if (scope === null) throw new TypeError('the schema let something pass that is no package URL');
  const { type, namespace, name, version } = scope;
  return {
    id,
    aliases,
    package: { purl: written.package, type, namespace, name, version: version === '' ? null : version },
    paths,
    state: written.decision,
    justification: written.justification ?? IMPLIED[written.decision],
    owner,
    reason,
    decided,
    expires,
    approvedBy: written.approvedBy ?? null,
    evidence: written.evidence === undefined ? null : { digest: written.evidence, file: written.proof ?? null },
    place: `${DECISIONS_FILE}:${line}`,
  };
}

/**
 * What a decision says in VEX words when it does not say so itself. `not_affected` has to say it: the reader of a VEX document
 * is told nothing else (OpenVEX specification 0.2.0, "Status Justifications").
 */
const IMPLIED: Readonly<Record<DecisionState, VexJustification | null>> = {
  upgrade: null,
  accepted: null,
  not_affected: null,
  mitigated: 'inline_mitigations_already_exist',
  wrong_match: 'component_not_present',
};

const ALLOWED: Readonly<Record<DecisionState, readonly VexJustification[]>> = {
  upgrade: [],
  accepted: [],
  not_affected: VEX_JUSTIFICATIONS,
  mitigated: ['inline_mitigations_already_exist'],
  wrong_match: ['component_not_present', 'vulnerable_code_not_present'],
};

function proposalProblems({ value, placeOf }: Reading): readonly FileProblem[] {
  if (value.proposals.length === 0) return [];
  const hint = 'Complete each, move it under `decisions:` without its `from:` and `open:` lines, and delete the rest.';
  return [{ ...placeOf(['proposals']), message: 'proposals are no decisions, and stand beside them here', hint }];
}

function dayProblems(
  { decided, expires }: Written,
  index: number,
  { reading, today }: { readonly reading: Reading; readonly today: string },
): readonly FileProblem[] {
  const problem = (key: 'decided' | 'expires', message: string, hint: string): readonly FileProblem[] => [
    { ...reading.placeOf(['decisions', index, key]), message: `decisions[${index}].${key} ${message}`, hint },
  ];
  // Days of the form YYYY-MM-DD sort as text.
  if (decided > today) return problem('decided', `is ${decided}, which is still to come`, `Today is ${today}.`);
  if (expires < decided)
    return problem('expires', `is before the day it was decided`, `Write a day from ${decided} on.`);
  const last = lastDay(decided);
  if (expires > last)
    return problem('expires', 'is more than a year after the day it was decided', `Write ${last} or a day before it.`);
  return [];
}

/** The latest end of a decision of that day. */
export const lastDay = (decided: string): string =>
  Temporal.PlainDate.from(decided).add({ years: LONGEST_YEARS }).toString();

function justificationProblems(written: Written, index: number, { placeOf }: Reading): readonly FileProblem[] {
  const { decision: state, justification } = written;
  const allowed = ALLOWED[state];
  const problem = (message: string, hint: string): readonly FileProblem[] => [
    {
      ...placeOf(['decisions', index, 'justification']),
      message: `decisions[${index}].justification ${message}`,
      hint,
    },
  ];
  if (justification === undefined) {
    if (state !== 'not_affected') return [];
    return problem('is missing', `Say why the product is not affected: one of ${allowed.join(', ')}.`);
  }
  if (allowed.includes(justification)) return [];
  if (allowed.length === 0)
    return problem(`has no place beside ${state}`, 'Leave it out: the vulnerable code is there and can be reached.');
  return problem(`cannot be ${quoted(justification)} beside ${state}`, `Write one of ${allowed.join(', ')}.`);
}

/** A proof shows that code is not run; it says nothing about a risk that is taken, and it has to be the one that was decided on. */
function proofProblems(
  { decision: state, proof, evidence }: Written,
  index: number,
  { placeOf }: Reading,
): readonly FileProblem[] {
  if (proof === undefined) return [];
  const problem = (message: string, hint: string): readonly FileProblem[] => [
    { ...placeOf(['decisions', index, 'proof']), message: `decisions[${index}].proof ${message}`, hint },
  ];
  if (state !== 'not_affected')
    return problem(`has no place beside ${state}`, 'Only not_affected is what a proof can show; leave it out.');
  if (evidence === undefined)
    return problem('stands without its digest', 'Run `holdfast decide --renew`, which writes `evidence:` beside it.');
  return [];
}

/** Two answers of one day to one question: nobody could say which of them holds. */
function twinProblems({ value, placeOf }: Reading): readonly FileProblem[] {
  const first = new Map<string, { readonly index: number; readonly essence: string }>();
  return value.decisions.flatMap((written, index) => {
    const scope = JSON.stringify([written.package, [...written.paths].sort(), written.decided]);
    const essence = JSON.stringify([written.decision, written.justification, written.expires, written.approvedBy]);
    const problems: FileProblem[] = [];
    for (const id of new Set([written.id, ...written.aliases].map((each) => each.toUpperCase()))) {
      const key = `${id}\0${scope}`;
      const twin = first.get(key);
      if (twin === undefined) first.set(key, { index, essence });
      else if (twin.essence !== essence && problems.length === 0) {
        const line = placeOf(['decisions', twin.index]).line;
        problems.push({
          ...placeOf(['decisions', index]),
          message: `decisions[${index}] contradicts line ${line}: the same advisory, package, paths and day`,
          hint: 'Keep the one that holds.',
        });
      }
    }
    return problems;
  });
}
