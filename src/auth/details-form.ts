/** What people say about themselves, when they come and when they change it. */
import { z } from 'zod';
import { line } from '../web/read-form.ts';

/** RFC 5321 §4.5.3.1.3 has room for 254 characters between the angle brackets. */
const LONGEST_ADDRESS = 254;

export const DetailsForm = z.object({
  name: line('Your name', 100),
  /** Whether it takes mail only a mail can tell. `null`: none. */
  email: z
    .string()
    .default('')
    .transform((text) => text.trim())
    .pipe(
      z
        .string()
        .max(LONGEST_ADDRESS, 'The address is too long to be one. Type it again.')
        .pipe(
          z.union([z.literal(''), z.email('This is no e-mail address. Type one like ada@beispiel.example, or none.')]),
        ),
    )
    .transform((text) => (text === '' ? null : text)),
});

export type Details = z.infer<typeof DetailsForm>;
