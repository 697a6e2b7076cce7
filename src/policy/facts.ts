/**
 * `holdfast.yaml`: the facts about an organisation that its policy speaks of. One schema for CLI and service.
 *
 * Reading the file with line and column is policy-file.client.ts and policy-yaml.ts; this file says what may stand in it. Strict:
 * an unknown key is refused, because a misspelt fact is a promise that nobody checks.
 */
import * as z from 'zod';
import { parseDay } from '../lib/time.ts';

const text = z.string().trim().min(1).max(500);
/** Of a product, a recipient: what other files and reports name it by. */
export const productId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, dot, dash or underscore');
const email = z.email();
const day = z.string().refine((value) => parseDay(value) !== null, 'write a day that exists, as YYYY-MM-DD');
/** ISO 3166-1 alpha-2. */
const country = z.string().regex(/^[A-Z]{2}$/, 'write the two-letter country code in capitals, e.g. DE');
/** The part of ISO 3166-2 after the country: `HE` for Hesse. */
const state = z.string().regex(/^[A-Z0-9]{1,3}$/, 'write the state code without the country, e.g. HE');
export const timezone = z.string().refine(isTimeZone, 'write an IANA time zone, e.g. Europe/Berlin');
/** A path inside the repository; a path that climbs out of it would scan what the policy does not speak of. */
const insidePath = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => !path.startsWith('/') && !/^[A-Za-z]:/.test(path) && !path.split(/[\\/]/).includes('..'), {
    message: 'write a path inside this repository, without ..',
  });

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

export const HOSTINGS = ['forge', 'connect', 'data-center', 'self-hosted', 'website'] as const;

const product = z.strictObject({
  id: productId,
  name: text.optional(),
  path: insidePath.default('.'),
  hosting: z.enum(HOSTINGS).optional(),
  /** Start files of the product, for reachability. */
  entries: z.array(insidePath).max(200).default([]),
});

const pentest = z.strictObject({
  date: day,
  by: text,
  scope: text.optional(),
  report: text.optional(),
  /** Findings of that test that nobody has decided on yet. */
  openFindings: z.int().min(0).max(100_000).default(0),
});

const person = z.strictObject({ name: text, email: email.optional(), roles: z.array(text).max(20).default([]) });

export const factsSchema = z.strictObject({
  organisation: z
    .strictObject({ name: text, country: country.optional(), state: state.optional(), timezone: timezone.optional() })
    .optional(),
  products: z.array(product).max(10_000).default([]),
  endpoints: z
    .array(z.strictObject({ url: z.url().max(2_000), product: productId.optional() }))
    .max(1_000)
    .default([]),
  servers: z
    .array(z.strictObject({ host: text, port: z.int().min(1).max(65_535).default(22), provider: text.optional() }))
    .max(1_000)
    .default([]),
  devices: z.strictObject({ reportEveryDays: z.int().min(1).max(365).default(30) }).optional(),
  recipients: z
    .array(z.strictObject({ id: productId, kind: text, address: text }))
    .max(1_000)
    .default([]),
  people: z.array(person).max(10_000).default([]),
  pentests: z.array(pentest).max(1_000).default([]),
  /** Globs (as in .gitignore, relative to this file) that scanning a folder skips. */
  ignore: z.array(z.string().min(1).max(500)).max(1_000).default([]),
});

export type Facts = z.infer<typeof factsSchema>;

/** What is known when there is no holdfast.yaml: nothing. */
export const NO_FACTS: Facts = factsSchema.parse({});
