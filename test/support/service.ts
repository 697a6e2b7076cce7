/** The service as a process of its own, on a free port of this machine and with a data folder of the test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';
import { ROOT } from './canary.ts';
import { cleanEnv } from './repository.ts';

export interface RunningService {
  /** `http://localhost:40123` */
  readonly origin: string;
  readonly pid: number;
  /** What it wrote to stdout until it served, line by line. */
  readonly said: readonly string[];
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

/** Starts `holdfast serve` from dist/ and waits until it serves. Ended with the tests of the file, if it is not ended before. */
export async function startService(place: ServicePlace): Promise<RunningService> {
  const bin = join(ROOT, 'bin', 'holdfast.cjs');
  const child = spawn(process.execPath, [bin, 'serve', '--data', place.data, ...(place.args ?? [])], {
    cwd: place.cwd,
    env: { ...cleanEnv, HOLDFAST_PORT: '0', ...place.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  after(() => child.kill('SIGKILL'));
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const ended = exitOf(child);
  const said: string[] = [];
  const { promise: serves, resolve } = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    said.push(line);
    const origin = / serves at (\S+)/.exec(line)?.[1];
    if (origin !== undefined) resolve(origin);
  });
  const origin = await Promise.race([serves, ended.then(() => null)]);
  if (origin === null || child.pid === undefined) throw new Error(`the service did not start: ${errors}`);
  return {
    origin,
    pid: child.pid,
    said,
    errors: () => errors,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return ended;
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('exit', (code) => resolve(code));
  return promise;
}
