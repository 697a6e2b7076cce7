/** What `holdfast reach verify` says to people. */
import type { Paint } from '../lib/paint.ts';
import { count, printable } from '../lib/text.ts';
import type { VerifiedVerdict } from './evidence.ts';
import { symbolWords } from './symbols.ts';
import { VERDICT_WORDS } from './verdict.ts';

export function verificationText(verified: readonly VerifiedVerdict[], paint: Paint): string {
  const lines = verified.map(({ recorded: { symbol, verdict }, standing }) => {
    const what = printable(`${symbol.id}  ${symbolWords(symbol)}: ${VERDICT_WORDS[verdict]}`);
    switch (standing.kind) {
      case 'holds':
        return `${paint('green', 'holds')}  ${what}`;
      case 'lapsed':
        return `${paint('yellow', 'lapsed')}  ${what}. Changed: ${standing.changed.join(', ')}. Today it is ${VERDICT_WORDS[standing.now]}.`;
      case 'contradicted':
        return `${paint('red', 'wrong')}  ${what}. Nothing has changed, and the analysis says ${VERDICT_WORDS[standing.now]}.`;
    }
  });
  const holding = verified.filter(({ standing }) => standing.kind === 'holds').length;
  lines.push(
    `${count(verified.length, 'verdict')}: ${holding === verified.length ? 'every one holds' : `${holding} of them hold`}.`,
  );
  if (verified.some(({ standing }) => standing.kind === 'lapsed'))
    lines.push(
      'A lapsed one is neither right nor wrong. Make it anew: holdfast reach --json > FILE, or holdfast decide --renew',
    );
  return `${lines.join('\n')}\n`;
}
