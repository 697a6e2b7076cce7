/**
 * The door to whoever called us: arguments' environment, the two output streams, the clock, colours.
 *
 * Results go to `out`, talk and progress to `err`. Commands take a `Terminal` instead of reading `process`, so a test
 * can run one with captured output at any moment and width.
 */
import { stripVTControlCharacters, styleText } from 'node:util';
import type { Instant } from '../lib/time.ts';

export type Style = Parameters<typeof styleText>[0];
/** Colours `text` where the stream is a terminal that wants colour; else returns it as it is. */
export type Paint = (style: Style, text: string) => string;

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

/**
 * Text from a file we did not write, made safe to print: escape sequences and control characters cannot move the
 * cursor, recolour a verdict or forge a line.
 */
export const printable = (text: string): string => stripVTControlCharacters(text).replace(UNPRINTABLE, '\ufffd');

/** C0 and C1 controls, line and paragraph separators, and the bidirectional controls of Unicode TR9. */
// oxlint-disable-next-line no-control-regex -- control characters are what is removed
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
