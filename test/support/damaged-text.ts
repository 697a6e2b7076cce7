/** Texts with pieces lost, repeated, swapped or replaced, as bad merges, cut-off downloads and hostile people make them. */
import fc from 'fast-check';

export interface Damage {
  /** Where, as fractions of the text, so that one damage fits any text. */
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly how: 'delete' | 'duplicate' | 'swap' | 'replace' | 'cut' | 'delete-line' | 'duplicate-line';
  readonly with: string;
}

const fraction = fc.double({ min: 0, max: 1, noNaN: true });

export const damage = (pieces: readonly string[]): fc.Arbitrary<Damage> =>
  fc.record({
    from: fraction,
    to: fraction,
    length: fc.integer({ min: 1, max: 60 }),
    how: fc.constantFrom('delete', 'duplicate', 'swap', 'replace', 'cut', 'delete-line', 'duplicate-line'),
    with: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 8 })),
  });

export const damaged = (text: string, damages: readonly Damage[]): string => damages.reduce(damageOnce, text);

function damageOnce(text: string, { from, to, length, how, with: piece }: Damage): string {
  const at = Math.floor(from * text.length);
  const other = Math.floor(to * text.length);
  const slice = text.slice(at, at + length);
  const lines = text.split('\n');
  const line = Math.floor(from * lines.length);
  switch (how) {
    case 'delete':
      return text.slice(0, at) + text.slice(at + length);
    case 'duplicate':
      return text.slice(0, other) + slice + text.slice(other);
    case 'swap': {
      const [first, second] = at < other ? [at, other] : [other, at];
      const a = text.slice(first, Math.min(first + length, second));
      const b = text.slice(second, second + length);
      return text.slice(0, first) + b + text.slice(first + a.length, second) + a + text.slice(second + b.length);
    }
    case 'replace':
      return text.slice(0, at) + piece + text.slice(at + length);
    case 'cut':
      return text.slice(0, at);
    case 'delete-line':
      return lines.toSpliced(line, 1).join('\n');
    case 'duplicate-line':
      return lines.toSpliced(Math.floor(to * lines.length), 0, lines[line] ?? '').join('\n');
  }
}
