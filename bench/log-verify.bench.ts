/**
 * How long it takes to verify an exported log of a million entries, and to prove one of them.
 *
 * Decisions: may an auditor verify the whole log each time, instead of keeping state between visits? Yes while a million entries
 * take at most 15 s. May a page compute a proof for each request, without a cache? Yes while one takes at most 20 ms.
 * Needs dist/ (`npm run prepare`) and 400 MB of temporary space. Run: `node bench/log-verify.bench.ts [ENTRIES]`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { utf8 } from '../src/lib/bytes.ts';
import type { Instant } from '../src/lib/time.ts';
import { formatCheckpoint } from '../src/log/checkpoint.ts';
import { packFiles } from '../src/log/export-pack.ts';
import { encodeLeaf } from '../src/log/leaf.ts';
import { CompactRange, hashLeaf, isConsistent, isIncluded } from '../src/log/merkle.ts';
import { formatNote, type SignerKey, signNote, verifierOf } from '../src/log/note.ts';
import { proveConsistency, proveInclusion } from '../src/log/proof.ts';
import { tilePath } from '../src/log/tile.ts';
import { machine, median } from './support.ts';

const SIZE = Number(process.argv[2] ?? 1_000_000);
const START = Date.parse('2026-01-01T00:00:00Z');
const SIGNER: SignerKey = { name: 'log.bench.example', seed: new Uint8Array(32).fill(1) };
const PROOFS = 200;
const VERIFICATIONS = 3;

const seconds = (begin: number): number => (performance.now() - begin) / 1_000;

function* entries(): Generator<Uint8Array> {
  for (let index = 0; index < SIZE; index += 1) {
    const leaf = encodeLeaf({
      v: 1,
      org: 'bench',
      at: (START + index * 1_000) as Instant,
      type: 'finding.decided',
      actor: `staff-${index % 9}`,
      subject: `finding:GHSA-${index.toString(36).padStart(12, '0')}`,
      data: { decision: 'not_affected', reason: 'the vulnerable function is not called' },
      pd: [],
      state: index.toString(16).padStart(64, '0'),
    });
    if (!leaf.ok) throw new Error(leaf.error);
    yield leaf.value;
  }
}

const root = mkdtempSync(join(tmpdir(), 'holdfast-log-bench-'));
try {
  console.log(machine());
  const all = [...entries()];
  const bytes = all.reduce((sum, { length }) => sum + length, 0);

  let begin = performance.now();
  const range = new CompactRange();
  for (const entry of all) range.append(hashLeaf(entry));
  const appended = seconds(begin);
  console.log(
    `append: ${SIZE} entries of ${Math.round(bytes / SIZE)} bytes in ${appended.toFixed(2)} s, ${Math.round(SIZE / appended)} per s`,
  );

  begin = performance.now();
  const text = formatCheckpoint({ origin: SIGNER.name, size: SIZE, root: range.root(), extensions: [] });
  const note = formatNote({ text, signatures: [signNote(text, SIGNER)] });
  const program = readFileSync(join(import.meta.dirname, '..', 'dist', 'verify.mjs'));
  const input = { entries: all, note, key: verifierOf(SIGNER), history: [], program, exportedAt: START as Instant };
  for await (const { path, bytes: content } of packFiles(input)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  console.log(`export: ${seconds(begin).toFixed(2)} s with writing`);

  for (let run = 0; run < VERIFICATIONS; run += 1) {
    begin = performance.now();
    const { status, stderr } = spawnSync('/usr/bin/env', [
      'time',
      '-f',
      'RSS=%M',
      process.execPath,
      join(root, 'verify.mjs'),
      root,
    ]);
    const took = seconds(begin);
    const rss = Number(/RSS=(\d+)/.exec(stderr.toString())?.[1] ?? 0) / 1_024;
    console.log(`verify.mjs: exit ${status}, ${took.toFixed(2)} s, ${Math.round(rss)} MB resident`);
  }

  const readTile = async (level: number, index: number, width: number): Promise<Uint8Array> =>
    readFileSync(join(root, 'log', tilePath({ level, index, width })));
  const inclusion: number[] = [];
  const consistency: number[] = [];
  for (let at = 0; at < PROOFS; at += 1) {
    const index = Math.floor((SIZE / PROOFS) * at);
    begin = performance.now();
    const proof = await proveInclusion(index, SIZE, readTile);
    inclusion.push(performance.now() - begin);
    if (!isIncluded({ leafHash: hashLeaf(all[index] ?? utf8('')), index, size: SIZE, root: range.root(), proof }))
      throw new Error(`entry ${index} was not proved`);
    begin = performance.now();
    const path = await proveConsistency(index, SIZE, readTile);
    consistency.push(performance.now() - begin);
    const old = new CompactRange();
    if (at < 3) {
      for (const entry of all.slice(0, index)) old.append(hashLeaf(entry));
      if (!isConsistent({ oldSize: index, oldRoot: old.root(), newSize: SIZE, newRoot: range.root(), proof: path }))
        throw new Error(`size ${index} was not proved`);
    }
  }
  const worst = (times: readonly number[]): string => Math.max(...times).toFixed(1);
  console.log(`proof of inclusion from files: median ${median(inclusion).toFixed(2)} ms, worst ${worst(inclusion)}`);
  console.log(
    `proof of consistency from files: median ${median(consistency).toFixed(2)} ms, worst ${worst(consistency)}`,
  );
} finally {
  rmSync(root, { recursive: true });
}
