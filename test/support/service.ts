/** The service as a process of its own, on a free port of this machine and with a data folder of the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { after } from 'node:test';
import { ROOT } from './canary.ts';
import { cleanEnv } from './repository.ts';

export interface RunningService {
  /** `http://localhost:40123` */
  readonly origin: string;
  readonly pid: number;
  /** The first thing of that form that it writes to stdout, or wrote before. */
  readonly hear: (pattern: RegExp) => Promise<string>;
  /** Everything it wrote to stderr so far. */
  readonly errors: () => string;
  /** Asks it to end, and gives its exit code; `null` when it was killed. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

interface ServicePlace {
  /** The folder of the policy. */
  readonly cwd: string;
  readonly data: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
}

/** Starts `holdfast serve` from dist/ and waits until it serves. Ended with the test or the tests of the file, if it is not ended before. */
export async function startService(place: ServicePlace): Promise<RunningService> {
  const service = await spawnService(place);
  after(() => service.stop('SIGKILL'));
  return service;
}

/** The same outside of tests: whoever starts it stops it. */
export async function spawnService(place: ServicePlace): Promise<RunningService> {
  const bin = join(ROOT, 'bin', 'holdfast.cjs');
  const child = spawn(process.execPath, [bin, 'serve', '--data', place.data, ...(place.args ?? [])], {
    cwd: place.cwd,
    env: { ...cleanEnv, HOLDFAST_PORT: '0', ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = exitOf(child);
  const hear = listener(child.stdout);
  const served = await Promise.race([hear(/ serves at \S+/), ended.then(() => null)]);
  if (served === null || child.pid === undefined) throw new Error(`the service did not start: ${errors}`);
  return {
    origin: served.slice(' serves at '.length),
    pid: child.pid,
    hear,
    errors: () => errors,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

function listener(output: Readable): RunningService['hear'] {
  const said: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: output }).on('line', (line) => {
    said.push(line);
    for (const look of waiting) look();
  });
  return (pattern) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = (): void => {
      const [found] = pattern.exec(said.join('\n')) ?? [];
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    return promise;
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', (code) => resolve(code));
  return promise;
}
