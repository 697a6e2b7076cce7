/** Asking a person at a terminal. Nobody is asked where nobody can answer: in CI, in a pipe, in a test of a command. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Terminal } from './terminal.ts';

export interface Asker {
  /** The answer as typed, without its line break; `null` when there is no further input (Ctrl-D). */
  readonly ask: (question: string) => Promise<string | null>;
  readonly close: () => void;
}

/** `null` unless both the questions and the answers pass through a terminal. */
export function openAsker({ errIsTty }: Pick<Terminal, 'errIsTty'>): Asker | null {
  if (!errIsTty || process.stdin.isTTY !== true) return null;
  return askThrough(process.stdin, process.stderr, () => process.kill(process.pid, 'SIGINT'));
}

/** @param onInterrupt Ctrl-C, which a terminal in raw mode hands over as a key instead of a signal. */
export function askThrough(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  onInterrupt: () => void,
): Asker {
  const reader = createInterface({ input, output });
  // Lines that arrive before their question (a pasted block) wait for it.
  const lines: string[] = [];
  let waiting: ((line: string | null) => void) | null = null;
  let ended = false;
  const answer = (line: string | null): void => {
    const receive = waiting;
    waiting = null;
    if (receive !== null) receive(line);
    else if (line !== null) lines.push(line);
  };
  reader.on('line', answer);
  reader.on('close', () => {
    ended = true;
    // What comes next starts on a line of its own, not behind the open question.
    if (waiting !== null) output.write('\n');
    answer(null);
  });
  reader.on('SIGINT', () => {
    reader.close();
    onInterrupt();
  });
  return {
    ask: (question) => {
      const ready = lines.shift();
      if (ready !== undefined || ended) return Promise.resolve(ready ?? null);
      reader.setPrompt(question);
      reader.prompt();
      return new Promise((receive) => {
        waiting = receive;
      });
    },
    close: () => reader.close(),
  };
}

/**
 * Asks for what nobody else may see: nothing of the answer is shown, and it stays in no history.
 *
 * @returns `null` when there is no further input; where nobody can be asked, `undefined`
 */
export async function askSecretly(
  { errIsTty }: Pick<Terminal, 'errIsTty'>,
  question: string,
): Promise<string | null | undefined> {
  if (!errIsTty || process.stdin.isTTY !== true) return undefined;
  return askUnseen(process.stdin, process.stderr, question, () => process.kill(process.pid, 'SIGINT'));
}

/** @param onInterrupt As with `askThrough`. */
export async function askUnseen(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  onInterrupt: () => void,
): Promise<string | null> {
  output.write(question);
  // As a terminal, readline takes the keys before the terminal shows them, and shows them where we say: nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  try {
    return await new Promise((receive) => {
      reader.on('line', receive);
      reader.on('close', () => receive(null));
      reader.on('SIGINT', () => {
        reader.close();
        onInterrupt();
      });
    });
  } finally {
    reader.close();
    output.write('\n');
  }
}
