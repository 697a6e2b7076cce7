/** `holdfast log … --json`: the views for machines (docs/formats/log-*.schema.json). */
import { base64, fromUtf8 } from '../lib/bytes.ts';
import type { JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Anchored, Exported, ListedEntry } from './log.text.ts';
import type { Hash } from './merkle.ts';
import { foundJson } from './reopened.ts';
import type { DatabaseReport } from './verify-database.ts';
import type { LogReport } from './verify-log.ts';

/** @param database What a database shows besides; `null` for an export, which ends at its checkpoint and holds one log alone. */
export const verifyJson = (
  report: LogReport,
  database: Pick<DatabaseReport, 'size' | 'states' | 'earlier'> | null,
): JsonObject => ({
  schema: 'holdfast.log-verify/1',
  verdict: report.broken > 0 ? 'broken' : report.unread > 0 ? 'incomplete' : 'verified',
  key: report.key === null ? null : report.key.vkey,
  checkpoint: report.checkpoint === null ? null : { ...report.checkpoint },
  size: database?.size ?? null,
  states: database?.states ?? null,
  previous: database === null ? previousOf(report) : database.earlier.map((each) => ({ ...each })),
  sums: {
    ...report.sums,
    firstAt: report.sums.firstAt === null ? null : formatInstant(report.sums.firstAt),
    lastAt: report.sums.lastAt === null ? null : formatInstant(report.sums.lastAt),
  },
  broken: report.broken,
  unread: report.unread,
  findings: report.findings.map((finding) => ({ ...finding })),
});

/** Named by the first entry, and not there to be read. */
const previousOf = ({ follows }: LogReport): readonly JsonObject[] =>
  follows === null ? [] : [{ ...foundJson(follows), entries: null, signed: null, olderCheckpoints: null }];

export const checkpointJson = (note: string, { origin, size, root }: Checkpoint): JsonObject => ({
  schema: 'holdfast.log-checkpoint/1',
  origin,
  size,
  root: base64(root),
  note,
});

export const proofJson = (index: number, leaf: Uint8Array, proof: readonly Hash[], note: string): JsonObject => ({
  schema: 'holdfast.log-proof/1',
  index,
  leaf: fromUtf8(leaf) ?? '',
  proof: proof.map(base64),
  checkpoint: note,
});

export const listJson = (entries: readonly ListedEntry[]): JsonObject => ({
  schema: 'holdfast.log-list/1',
  entries: entries.map((entry) => ({ ...entry })),
});

export const exportJson = (folder: string, { files, vkey, signed, evidence }: Exported): JsonObject => ({
  schema: 'holdfast.log-export/1',
  folder,
  files,
  origin: signed.checkpoint.origin,
  size: signed.checkpoint.size,
  vkey,
  evidence: evidence === null ? null : { ...evidence },
});

export const anchorJson = (anchored: Anchored): JsonObject => ({ schema: 'holdfast.log-anchor/1', ...anchored });
