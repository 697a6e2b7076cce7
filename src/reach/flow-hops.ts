/** The steps of a way from an entry down to a function: flow-search.ts finds it from below, flow-live.ts from above. */
import type { Body } from './flow-body.ts';
import type { Site } from './flow-file.ts';
import type { Call, ImportSite } from './flow-trace.ts';

/** One step of a path: `site` lies in `body`, and makes `runs` run. */
export interface Hop {
  readonly body: Body;
  readonly runs: Body | null;
  readonly site: Site | null;
  /** `null` where it is certain. */
  readonly doubt: string | null;
}

export const callDoubt = ({ may }: Call): string | null => (may ? 'it could be this function that is called' : null);

export const importDoubt = ({ may, opaque }: ImportSite): string | null =>
  opaque ?? (may ? 'it could load the file' : null);

export const hasDoubt = (path: readonly Hop[]): boolean => path.some(({ doubt }) => doubt !== null);
