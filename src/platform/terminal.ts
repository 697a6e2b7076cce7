/**
 * The door to whoever called us: environment, the two output streams, the clock, colours.
 *
 * Results go to `out`, talk and progress to `err`. Commands take a `Terminal` instead of reading `process`, so a test
 * can run one with captured output at any moment and width.
 */
import { fstatSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import { isObject } from '../lib/json.ts';
import type { Paint } from '../lib/paint.ts';
import type { Instant } from '../lib/time.ts';

export interface Terminal {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Instant;
  /** Writes a result; adds no newline. */
  readonly out: (text: string) => void;
  /** Writes talk or progress; adds no newline. */
  readonly err: (text: string) => void;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  /** Characters per line of a terminal; 100 when the output is not one. */
  readonly columns: number;
  readonly paintOut: Paint;
  readonly paintErr: Paint;
}

const STDOUT = 1;
const STDERR = 2;
const COLUMNS_WITHOUT_TTY = 100;

/**
 * The process's own terminal.
 *
 * Writes go to the descriptors themselves: `process.stdout` would load Node's stream library, which costs 5 ms of a
 * scan's 55, and is asked only when there is a terminal at the other end.
 */
export function processTerminal(): Terminal {
  const outIsTty = isCharacterDevice(STDOUT) && process.stdout.isTTY === true;
  const errIsTty = isCharacterDevice(STDERR) && process.stderr.isTTY === true;
  return {
    cwd: process.cwd(),
    env: process.env,
    now: () => Date.now() as Instant,
    out: writer(STDOUT),
    err: writer(STDERR),
    outIsTty,
    errIsTty,
    columns: outIsTty ? process.stdout.columns : COLUMNS_WITHOUT_TTY,
    paintOut: painter(outIsTty),
    paintErr: painter(errIsTty),
  };
}

/** NO_COLOR and FORCE_COLOR as https://no-color.org and https://force-color.org say: each counts when it is not empty. */
function painter(isTty: boolean): Paint {
  const { NO_COLOR: none, FORCE_COLOR: forced } = process.env;
  const coloured = (none ?? '') === '' && (isTty || ((forced ?? '') !== '' && forced !== '0'));
  return coloured ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return false;
  }
}

/** Writes everything or, when the reader has gone away (`holdfast scan | head`), nothing more: that is no failure of ours. */
function writer(descriptor: number): (text: string) => void {
  let gone = false;
  return (text) => {
    let rest: Uint8Array = Buffer.from(text);
    while (rest.length > 0 && !gone) {
      try {
        rest = rest.subarray(writeSync(descriptor, rest));
      } catch (error) {
        const code = isObject(error) ? error['code'] : null;
        if (code === 'EPIPE') gone = true;
        else if (code === 'EAGAIN') pause();
        else throw error;
      }
    }
  };
}

/** A full pipe that does not block: give its reader a moment. */
const pause = (): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
