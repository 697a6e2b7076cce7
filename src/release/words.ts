/** How the sentences of this feature count and list things. */

const numbers = new Intl.NumberFormat('en-US');

/** `1 commit`, `18,231 commits`; `many` where adding an s is not enough. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${numbers.format(count)} ${count === 1 ? one : many}`;

/** The first three of `items`, and how many of `total` are left out: `a, b, c and 4 more`. */
export function firstFew(items: readonly string[], total = items.length): string {
  const shown = items.slice(0, 3);
  const left = total - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${numbers.format(left)} more` : shown.join(', ');
}
