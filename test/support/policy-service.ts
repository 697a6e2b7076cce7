/** The policy of a small house in the service: a document, its holdfast.yaml, a control that needs a checkout, a real database and log. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { utf8 } from '../../src/lib/bytes.ts';
import { canonicalJson } from '../../src/lib/canonical-json.ts';
import type { Json, JsonObject } from '../../src/lib/json.ts';
import { formatInstant, type Instant } from '../../src/lib/time.ts';
import { LOG_TABLES } from '../../src/log/log-tables.ts';
import { JOBS } from '../../src/platform/jobs-table.ts';
import { migrate } from '../../src/platform/migrations.ts';
import type { DatabasePlace } from '../../src/platform/database-place.ts';
import { defineControl, type Control } from '../../src/policy/control.ts';
import { instant, text } from '../../src/policy/fact-shapes.ts';
import { manual } from '../../src/policy/manual.control.ts';
import { POLICY_TABLES } from '../../src/policy/policy-tables.ts';
import { readReport, type ReadReport } from '../../src/policy/report.ts';
import { policyWorld, type PolicyWorld } from '../../src/policy/world.actions.ts';
import { temporaryFolder, type TestEngine } from './engines.ts';
import { hour } from './evidence-log.ts';

/** Reads a file of the checkout: how many changes nobody reviewed. */
const reviews: Control = defineControl({
  id: 'release.review',
  title: 'Every change is reviewed',
  where: 'repo',
  params: z.strictObject({ most: z.int().default(0) }),
  facts: z.object({ at: instant, unreviewed: z.int().min(0), authors: z.array(text) }),
  shared: (facts) => ({ ...facts, authors: [] }),
  factsLast: () => 3,
  gather: async ({ root, now }) => ({
    at: now,
    unreviewed: Number(readFileSync(join(root, 'unreviewed'), 'utf8')),
    authors: ['Ada Example'],
  }),
  judge: ({ most }, { at, unreviewed, authors }) => ({
    verdict: unreviewed <= most ? 'kept' : 'broken',
    summary: `${unreviewed} changes without a review, at most ${most}.`,
    measuredAt: at,
    evidence: { unreviewed, authors },
  }),
});

export const CONTROLS: readonly Control[] = [reviews, manual];

const note = (label: string, ...yaml: readonly string[]): string =>
  `[^${label}]: Said in words.\n\n    \`\`\`yaml\n${yaml.map((line) => `    ${line}\n`).join('')}    \`\`\`\n`;

export const POLICY = `# What we promise

Every change is reviewed by a second person.[^review] Laptops are encrypted.[^laptops] We care.

${note('review', 'control: release.review')}
${note('laptops', 'control: manual', 'by: Ada Example', 'on: 2026-10-01', 'until: 2027-03-31')}`;

const FACTS = `organisation:
  name: Beispiel Apps GmbH
  timezone: Europe/Berlin
products:
  - id: planner
  - id: timesheets
recipients:
  - id: security
    kind: team
    address: security@beispiel.example
`;

let drawn = 0;
const counting = (bytes: number): Uint8Array => {
  drawn += 1;
  return new Uint8Array(bytes).fill(drawn % 251);
};

const TABLES = [LOG_TABLES, POLICY_TABLES, JOBS];

export interface House {
  readonly world: PolicyWorld;
  /** The folder of the policy. */
  readonly root: string;
  readonly write: (name: string, text: string) => void;
}

/** @param files Beside the document and holdfast.yaml, or in their place. */
export async function openHouse(
  engine: TestEngine,
  files: Readonly<Record<string, string>> = {},
  place?: DatabasePlace,
): Promise<House> {
  const db = await engine.open(place);
  await migrate(db, TABLES, hour(0));
  const root = temporaryFolder();
  const folder = join(root, 'data');
  mkdirSync(folder, { mode: 0o700 });
  const write = (name: string, content: string): void => writeFileSync(join(root, name), content);
  const all = { 'SECURITY-POLICY.md': POLICY, 'holdfast.yaml': FACTS, ...files };
  for (const [name, content] of Object.entries(all)) write(name, content);
  const world = policyWorld({
    log: { db, folder, random: counting },
    cwd: root,
    path: '.',
    data: 'data',
    controls: CONTROLS,
    database: null,
    version: '1.2.3',
    env: {},
  });
  return { world, root, write };
}

/** The JSON of a report with one control, as CI would send it. */
export const reportJson = (measuredAt: Instant, changes: JsonObject = {}, unreviewed: Json = 0): JsonObject => ({
  schema: 'holdfast.report/1',
  holdfast: '1.2.3',
  policy: { name: 'SECURITY-POLICY.md', sha256: 'd'.repeat(64) },
  product: null,
  checkout: { commit: 'c'.repeat(40), branch: 'main' },
  measuredAt: formatInstant(measuredAt),
  controls: [{ control: 'release.review', params: { most: 0 }, facts: { at: measuredAt, unreviewed, authors: [] } }],
  ...changes,
});

export function readSound(json: JsonObject): ReadReport {
  const read = readReport(utf8(canonicalJson(json)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}
