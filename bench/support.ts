/** What every benchmark here needs: the machine in one line, fresh processes in turns, medians with their raw values. */
import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

export const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;

export interface Variant {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Exit codes that mean the work was done; findings make some tools exit 1. */
  readonly done: readonly number[];
}

export interface Measured {
  readonly name: string;
  readonly ms: readonly number[];
  readonly rssMb: number;
}

/** Runs every variant in a fresh process per round, in alternating order, so that a busy moment hits all of them alike. */
export function measure(variants: readonly Variant[], rounds: number): readonly Measured[] {
  const ms = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  const rss = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const variant of round % 2 === 0 ? variants : variants.toReversed()) {
      const begin = performance.now();
      const { status, stderr } = spawnSync('/usr/bin/env', ['time', '-f', 'RSS=%M', variant.command, ...variant.args], {
        cwd: variant.cwd,
        env: { ...process.env, ...variant.env },
        stdio: ['ignore', 'ignore', 'pipe'],
        maxBuffer: 64 << 20,
      });
      const took = performance.now() - begin;
      if (status === null || !variant.done.includes(status))
        throw new Error(`${variant.name} exited ${status}: ${stderr.toString().slice(-500)}`);
      ms.get(variant.name)?.push(took);
      rss.set(
        variant.name,
        Math.max(rss.get(variant.name) ?? 0, Number(/RSS=(\d+)/.exec(stderr.toString())?.[1] ?? 0) / 1_024),
      );
    }
  }
  return variants.map(({ name }) => ({ name, ms: ms.get(name) ?? [], rssMb: Math.round(rss.get(name) ?? 0) }));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function report(results: readonly Measured[], baseline: string): void {
  const base = median(results.find(({ name }) => name === baseline)?.ms ?? []);
  for (const { name, ms, rssMb } of results) {
    const raw = ms.map((value) => value.toFixed(0)).join(' ');
    console.log(
      `${name.padEnd(28)} median ${median(ms).toFixed(1).padStart(8)} ms  min ${Math.min(...ms).toFixed(1)}  × ${(median(ms) / base).toFixed(2)}  ${rssMb} MB  [${raw}]`,
    );
  }
}
