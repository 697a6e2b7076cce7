/**
 * When is an organisation "aware" of a personal data breach? The moment starts the 72 hours, so it is explained where it
 * is asked, and never guessed: people name what happened, this file says which of it is awareness, and why.
 *
 * Source: EDPB Guidelines 9/2022 (v2.0, 28 March 2023), the section on "aware" and its examples.
 */
import type { Instant } from '../lib/time.ts';

/** Shown wherever somebody enters the moment of awareness. */
export const AWARE_MEANS =
  'Aware means: reasonably certain that a security incident has compromised personal data. ' +
  'A short, prompt investigation may come first. Clear evidence from outside counts when it is read; ' +
  'the loss of an unencrypted device when the loss is noticed; as controller, in principle when the processor told us.';

/**
 * What people can say happened. `suspicion`: an alert, a claim, a demand for ransom without proof · `investigating` ·
 * `evidence-received`: proof arrives from outside, unread · `evidence-read` · `confirmed`: our own check shows the
 * compromise · `loss-noticed`: an unencrypted carrier is gone · `told-by-processor` · `ruled-out`: complete logs show no
 * access · `cannot-tell`: the evidence does not reach far enough · `vulnerability-only`: a flaw, nobody used it.
 */
export type SignKind =
  | 'suspicion'
  | 'investigating'
  | 'evidence-received'
  | 'evidence-read'
  | 'confirmed'
  | 'loss-noticed'
  | 'told-by-processor'
  | 'ruled-out'
  | 'cannot-tell'
  | 'vulnerability-only'
  | 'cause-found';

interface Sign {
  readonly kind: SignKind;
  readonly at: Instant;
}

interface Awareness<S extends Sign> {
  /** The sign that made us aware; `null` when none did. */
  readonly by: S | null;
  readonly why: string;
  /** An earlier moment that a cautious reader would start from; `null` when there is none. */
  readonly cautious: S | null;
}

const MAKES_AWARE: Readonly<Partial<Record<SignKind, string>>> = {
  'evidence-read': 'Evidence from outside left no doubt once it was read; the cause need not be known.',
  confirmed: 'Our own check made it reasonably certain; until then a short investigation was allowed.',
  'loss-noticed': 'With an unencrypted carrier the loss itself is the breach: aware when it was noticed.',
  'told-by-processor': 'A controller is in principle aware once its processor has told it.',
};

/** The first sign, in order of time, that makes an organisation aware. */
export function awarenessFrom<S extends Sign>(signs: readonly S[]): Awareness<S> {
  const inOrder = [...signs].sort((one, other) => one.at - other.at);
  const by = inOrder.find((sign) => MAKES_AWARE[sign.kind] !== undefined) ?? null;
  const unread = inOrder.find((sign) => sign.kind === 'evidence-received') ?? null;
  if (by !== null) {
    const cautious = unread !== null && unread.at < by.at ? unread : null;
    return { by, why: MAKES_AWARE[by.kind] ?? '', cautious };
  }
  const kinds = inOrder.map((sign) => sign.kind);
  if (kinds.includes('cannot-tell')) {
    return {
      by: null,
      why: 'No reasonable certainty of a breach: write the assessment down and open it again on new evidence.',
      cautious: unread,
    };
  }
  const settled = kinds.includes('ruled-out') || kinds.includes('vulnerability-only');
  return {
    by: null,
    why: settled
      ? 'Nothing was compromised: there is nothing to notify under Art. 33; record the finding.'
      : 'A suspicion is not awareness yet: investigate promptly and write down when and what.',
    cautious: unread,
  };
}
