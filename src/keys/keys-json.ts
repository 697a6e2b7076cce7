/** `holdfast keys status|rotate --json`: the view for machines (docs/formats/keys.schema.json). */
import type { JsonObject } from '../lib/json.ts';
import type { KeysStatus } from './keys-status.ts';

/** @param rewrapped By this run; `null` where none was asked for. */
export const keysJson = (status: KeysStatus, rewrapped: number | null): JsonObject => ({
  schema: 'holdfast.keys/1',
  source: status.source,
  current: status.current,
  previous: [...status.previous],
  rotating: status.rotating,
  wrapped: [...status.wrapped].map(([key, people]) => ({ key, people })),
  erased: status.erased,
  rewrapped,
});
