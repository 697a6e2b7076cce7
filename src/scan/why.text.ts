/** What `holdfast why` says to people. */
import type { Paint } from '../lib/paint.ts';
import { count, printable } from '../lib/text.ts';
import type { WhyAnswer, WhyFix, WhyPlace } from './why.actions.ts';
