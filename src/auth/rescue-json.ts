/** `holdfast people rescue --json`: the view for machines (docs/formats/people-rescue.schema.json). */
import type { JsonObject } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { MadeRescue } from './rescue.ts';

export const rescueJson = (link: string, { expiresAt, entry }: MadeRescue): JsonObject => ({
  schema: 'holdfast.people-rescue/1',
  link,
  expiresAt: formatInstant(expiresAt),
  entry,
});
