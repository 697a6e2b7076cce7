/** One line of progress on a terminal's error stream; silent everywhere else, and gone when the work is done. */
import { shorten } from '../lib/text.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  readonly show: (text: string) => void;
  readonly clear: () => void;
}

const ERASE_LINE = '\r\x1b[2K';

export function createProgress(terminal: Pick<Terminal, 'err' | 'errIsTty' | 'columns'>): Progress {
  if (!terminal.errIsTty) return { show: () => undefined, clear: () => undefined };
  let shown = false;
  return {
    show: (text) => {
      shown = true;
      terminal.err(`${ERASE_LINE}${shorten(text, terminal.columns - 1)}`);
    },
    clear: () => {
      if (shown) terminal.err(ERASE_LINE);
      shown = false;
    },
  };
}
