/** "Did you mean": the known word that a mistyped one is nearest to. */

/** The nearest candidate within a third of the word's length (at least one slip), or `null`. Cost: length × length × candidates. */
export function nearestWord(word: string, candidates: readonly string[]): string | null {
  if (word.length > 60) return null;
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: { readonly word: string; readonly slips: number } | null = null;
  for (const candidate of candidates) {
    const slips = distance(word.toLowerCase(), candidate.toLowerCase());
    if (slips <= allowed && (best === null || slips < best.slips)) best = { word: candidate, slips };
  }
  return best?.word ?? null;
}

/** Optimal string alignment: insert, delete, replace, swap two neighbours. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const same = one[i - 1] === other[j - 1] ? 0 : 1;
      let slips = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + same);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped) slips = Math.min(slips, (before[j - 2] ?? 0) + 1);
      row.push(slips);
    }
    before = previous;
    previous = row;
  }
  return previous[other.length] ?? 0;
}
