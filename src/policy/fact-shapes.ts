/**
 * Pieces of the shapes that facts of controls have (`facts` in control.ts). The limits are for facts that arrive from elsewhere; what a
 * control gathers itself stays far below them.
 */
import * as z from 'zod';
import { parseDay, type Instant } from '../lib/time.ts';

/** 9999-12-31T23:59:59.999Z: the last moment that RFC 3339 can spell. */
const LAST_INSTANT = 253_402_300_799_999;

/** Milliseconds since 1970. */
export const instant = z
  .int()
  .min(0)
  .max(LAST_INSTANT)
  .transform((ms) => ms as Instant);

export const text = z.string().max(10_000);
export const amount = z.int().min(0);
export const day = z.string().refine((value) => parseDay(value) !== null, 'write a day that exists, as YYYY-MM-DD');

/** Not longer than any list that a report has room for. */
export const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(100_000);
