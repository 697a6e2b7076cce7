/** Comparing what must not be guessed byte by byte, from how long it took. */
import { timingSafeEqual } from 'node:crypto';

export const equalInTime = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && timingSafeEqual(a, b);
