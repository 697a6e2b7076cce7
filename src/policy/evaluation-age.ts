/** How old the latest evaluation may be. */
import { hours, type Millis } from '../lib/time.ts';

/** It is due every day; the rest is room for a restart and for tries that failed. Beyond it every page says so. */
export const EVALUATION_LASTS: Millis = hours(30);
