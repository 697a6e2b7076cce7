/** How the sentences of this feature list things. */
import { number } from '../lib/text.ts';

/** The first three of `items`, and how many of `total` are left out: `a, b, c and 4 more`. */
export function firstFew(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, 3);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${number(left)} more` : shown.join(', ');
}
