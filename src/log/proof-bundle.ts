/**
 * One entry with everything that proves it, as one JSON file: the bytes of the entry, a C2SP tlog-proof with the signed checkpoint, the
 * key. verify.mjs verifies it as it verifies an export; other tools take the `tlogProof` out.
 *
 * ```
 * {"schema":"holdfast.log-proof-bundle/1","origin":"holdfast/1f0c6a2b","index":17,"leaf":"{…}","tlogProof":"c2sp.org/…","checkpoint":"…","vkey":"…"}
 * ```
 */
import { base64, fromUtf8, utf8 } from '../lib/bytes.ts';
import { isObject, type JsonObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Checkpoint, parseCheckpoint } from './checkpoint.ts';
import { anchorsOf, type HeldCheckpoint } from './held-checkpoint.ts';
import { readLeaf } from './leaf.ts';
import { Findings, type LogFinding } from './log-finding.ts';
import { type Hash, hashLeaf, isIncluded } from './merkle.ts';
import { formatVerifierKey, parseNote, parseVerifierKey, type VerifierKey, verifyNote } from './note.ts';
import { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.ts';

const BUNDLE_SCHEMA = 'holdfast.log-proof-bundle/1';
/** A leaf of 65,535 bytes, escaped, and two notes. */
export const MOST_BUNDLE_TEXT_BYTES = 1_000_000;

export interface BundleInput {
  readonly origin: string;
  readonly index: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Hash[];
  readonly note: string;
  readonly vkey: string;
}

export const proofBundle = ({ origin, index, leaf, proof, note, vkey }: BundleInput): JsonObject => ({
  schema: BUNDLE_SCHEMA,
  origin,
  index,
  // Leaves are UTF-8 by their format; what is none proves nothing, and the verifier says so.
  leaf: fromUtf8(leaf) ?? '',
  tlogProof: formatTlogProof(index, proof, note),
  checkpoint: note,
  vkey,
});

export interface BundleReport {
  readonly key: { readonly vkey: string; readonly cameWithPack: boolean } | null;
  /** `null` where it is not proven. */
  readonly entry: {
    readonly origin: string;
    readonly index: number;
    readonly size: number;
    readonly leaf: string;
  } | null;
  readonly olderCheckpoints: number;
  readonly findings: readonly LogFinding[];
  readonly broken: number;
  readonly unread: number;
}

/**
 * Verifies one entry from its bundle alone.
 *
 * Of checkpoints that somebody kept only those of the same size say something: comparing others needs the log, or a proof that is
 * not in the bundle.
 *
 * @param given The key that the reader got on another way; `null`: the one in the bundle is believed.
 */
export function verifyBundle(
  bytes: Uint8Array,
  given: VerifierKey | null,
  held: readonly HeldCheckpoint[],
): BundleReport {
  const findings = new Findings();
  const read = parseBundle(bytes);
  const key = read.ok ? keyOf(read.value.vkey, given, findings) : null;
  if (!read.ok) findings.add('broken', 'proof-malformed', WHERE, `the bundle ${read.error}`);
  const entry = read.ok && key !== null ? proven(read.value, key, findings) : null;
  let compared = 0;
  if (entry !== null && key !== null) compared = compareHeld(entry.checkpoint, key, held, findings);
  return {
    key: key === null ? null : { vkey: formatVerifierKey(key), cameWithPack: given === null },
    entry: entry === null ? null : entry.shown,
    olderCheckpoints: compared,
    findings: findings.listed,
    broken: findings.broken,
    unread: findings.unread,
  };
}

const WHERE = 'the bundle';

interface Bundle {
  readonly index: number;
  readonly leaf: string;
  readonly proof: TlogProof;
  readonly vkey: string;
}

function parseBundle(bytes: Uint8Array): Result<Bundle, string> {
  const text = bytes.length > MOST_BUNDLE_TEXT_BYTES ? null : fromUtf8(bytes);
  const value = text === null ? null : parsed(text);
  if (!isObject(value) || value['schema'] !== BUNDLE_SCHEMA) return no(`is not a JSON object of ${BUNDLE_SCHEMA}`);
  const { origin, index, leaf, tlogProof, checkpoint, vkey } = value;
  if (typeof leaf !== 'string' || typeof tlogProof !== 'string' || typeof vkey !== 'string')
    return no('lacks the entry, the proof or the key');
  const proof = parseTlogProof(tlogProof);
  if (!proof.ok) return no(`has a proof that ${proof.error}`);
  // Members that say the same must not say two things: people read one and programs the other.
  if (
    proof.value.index !== index ||
    proof.value.note !== checkpoint ||
    !proof.value.note.startsWith(`${String(origin)}\n`)
  )
    return no('says one thing in its proof and another beside it');
  return ok({ index: proof.value.index, leaf, proof: proof.value, vkey });
}

/** Whether a file wants to be such a bundle, of whatever version: another file was named by mistake. */
export function isProofBundle(bytes: Uint8Array): boolean {
  const text = bytes.length > MOST_BUNDLE_TEXT_BYTES ? null : fromUtf8(bytes);
  const value = text === null ? null : parsed(text);
  return isObject(value) && /^holdfast\.log-proof-bundle\/\d+$/.test(String(value['schema']));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function keyOf(vkey: string, given: VerifierKey | null, findings: Findings): VerifierKey | null {
  const own = parseVerifierKey(vkey);
  if (!own.ok) findings.add('broken', 'key-malformed', WHERE, `the key ${own.error}`);
  else if (given !== null && formatVerifierKey(given) !== vkey)
    findings.add('broken', 'key-differs', WHERE, 'the key in the bundle is not the one that you gave');
  return given ?? (own.ok ? own.value : null);
}

function proven({ index, leaf, proof: { proof, note: text } }: Bundle, key: VerifierKey, findings: Findings) {
  const note = parseNote(utf8(text));
  const checkpoint = note.ok ? parseCheckpoint(note.value.text) : note;
  if (!note.ok || !checkpoint.ok) {
    findings.add('broken', 'checkpoint-malformed', WHERE, `the checkpoint ${checkpoint.ok ? '' : checkpoint.error}`);
    return null;
  }
  const verdict = verifyNote(note.value, key);
  const { origin, size, root } = checkpoint.value;
  if (verdict !== 'signed')
    findings.add(
      'broken',
      verdict === 'wrong' ? 'signature-wrong' : 'signature-missing',
      WHERE,
      verdict === 'wrong' ? 'the signature does not fit the text' : `no signature is by the key of "${key.name}"`,
    );
  else if (origin !== key.name)
    findings.add(
      'broken',
      'origin-differs',
      WHERE,
      `the checkpoint is of "${origin}", the key is that of "${key.name}"`,
    );
  else if (!isIncluded({ leafHash: hashLeaf(utf8(leaf)), index, size, root, proof }))
    findings.add('broken', 'root-differs', `entry ${index}`, 'the entry does not stand in the log that was signed');
  else {
    const fault = readLeaf(utf8(leaf));
    if (!fault.ok) findings.add('broken', 'entry-malformed', `entry ${index}`, `the entry ${fault.error}`);
    return { checkpoint: checkpoint.value, shown: { origin, index, size, leaf } };
  }
  return null;
}

function compareHeld(
  checkpoint: Checkpoint,
  key: VerifierKey,
  held: readonly HeldCheckpoint[],
  findings: Findings,
): number {
  let compared = 0;
  // A larger one breaks nothing here: a bundle is as old as it is.
  const endless = { ...checkpoint, size: Number.MAX_SAFE_INTEGER };
  for (const { where, checkpoint: kept } of anchorsOf(held, endless, key, findings)) {
    if (kept.size !== checkpoint.size) {
      const words = `the checkpoint is of ${kept.size} entries and the bundle of ${checkpoint.size}: verify an export to compare the two`;
      findings.add('unread', 'history-other-size', where, words);
    } else if (base64(kept.root) !== base64(checkpoint.root))
      findings.add('broken', 'rewritten', where, 'two different logs of this size were signed');
    else compared += 1;
  }
  return compared;
}
