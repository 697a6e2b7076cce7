/** How the keys of an installation stand. Finding it out is keys.actions.ts; saying it keys.text.ts and keys-json.ts. */

export interface KeysStatus {
  /** Whether settings name the keys, or they lie in the data folder. */
  readonly source: 'settings' | 'folder';
  /** By id; `null`: none was made yet. */
  readonly current: string | null;
  readonly previous: readonly string[];
  /** A rotation was begun and not ended. */
  readonly rotating: boolean;
  /** How many keys of people are wrapped under which key. */
  readonly wrapped: ReadonlyMap<string, number>;
  readonly erased: number;
}
