/** Randomness for keys and names, from the operating system. Code that needs some gets it as an argument. */
import { randomBytes } from 'node:crypto';

export type Random = (bytes: number) => Uint8Array;

export const systemRandom: Random = (bytes) => Uint8Array.from(randomBytes(bytes));
