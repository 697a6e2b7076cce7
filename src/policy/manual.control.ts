/**
 * The `manual` control: a named person attests a statement that nothing can measure, from a day until a day.
 *
 * There is no measurement here, so it never says `kept`: in date it is `manual`, afterwards `stale`.
 */
import * as z from 'zod';
import { printable } from '../lib/text.ts';
import { dayIn } from '../lib/time.ts';
import { defineControl, type Verdict } from './control.ts';
import { day } from './fact-shapes.ts';
import { timezone } from './facts.ts';

type ManualParams = z.infer<typeof params>;
type ManualFacts = { readonly timezone: string };

const words = z.string().trim().min(1);

const params = z
  .strictObject({
    /** Who attests it: a name that readers of the policy can ask for. */
    by: words.max(200),
    on: day,
    /** The last day on which the attestation counts. */
    until: day,
    note: words.max(1_000).optional(),
  })
  // Days of the form YYYY-MM-DD sort as text.
  .refine(({ on, until }) => until >= on, { path: ['until'], message: 'write a day that is not before `on`' });

export const manual = defineControl<ManualParams, ManualFacts>({
  id: 'manual',
  title: 'A named person attests it, until a date',
  // The attestation stands in the document, and the service has that.
  where: 'service',
  params,
  facts: z.object({ timezone }),
  gather: async ({ facts }) => ({ timezone: facts.organisation?.timezone ?? 'UTC' }),
  judge: (attested, { timezone }, now) => judgeOn(dayIn(now, timezone), attested),
});

/** @param today The day in the organisation's zone, as YYYY-MM-DD. */
function judgeOn(today: string, { by, on, until, note }: ManualParams): Verdict {
  const evidence = { by, on, until, ...(note === undefined ? {} : { note }) };
  // Nothing was measured, so there is no moment of measurement; the days stand in the evidence.
  const answer = (verdict: Verdict['verdict'], summary: string): Verdict => ({
    verdict,
    summary: printable(summary),
    measuredAt: null,
    evidence,
  });
  if (on > today)
    return answer('unknown', `The attestation by ${by} is dated ${on}, which is still to come. Correct \`on\`.`);
  if (until < today)
    return answer(
      'stale',
      `Attested by ${by} on ${on}, until ${until}: that day has passed. Have it looked at again, then set \`on\` and \`until\`.`,
    );
  return answer('manual', `Attested by ${by} on ${on}, until ${until}.${note === undefined ? '' : ` ${note}`}`);
}
