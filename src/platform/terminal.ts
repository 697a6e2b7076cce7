/**
 * The door to whoever called us: arguments' environment, the two output streams, the clock, colours.
 *
 * Results go to `out`, talk and progress to `err`. Commands take a `Terminal` instead of reading `process`, so a test
 * can run one with captured output at any moment and width.
 */
import { styleText } from 'node:util';
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

export function processTerminal(): Terminal {
  const painter =
    (stream: NodeJS.WriteStream): Paint =>
    (style, text) =>
      styleText(style, text, { stream });
  return {
    cwd: process.cwd(),
    env: process.env,
    now: () => Date.now() as Instant,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    outIsTty: process.stdout.isTTY === true,
    errIsTty: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 100,
    paintOut: painter(process.stdout),
    paintErr: painter(process.stderr),
  };
}
