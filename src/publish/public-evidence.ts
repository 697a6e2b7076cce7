/**
 * Which part of what a control measured may be shown to everybody. Pure.
 *
 * A list of what is shown, never of what is hidden: a control that is not named here shows its verdict and its sentence only. Names of
 * people in a Git history, subjects of commits, open questions and messages of the machine stay inside the house. Local paths
 * are taken out of every text, whoever wrote it.
 */
import type { Json, JsonObject } from '../lib/json.ts';
import { isObject } from '../lib/json.ts';
import { printable, shorten } from '../lib/text.ts';
import { formatInstant, type Instant } from '../lib/time.ts';

/** `instant`: milliseconds, shown as RFC 3339. An object names the keys that are shown, of an object or of each object in a list. */
type Shown = 'plain' | 'instant' | { readonly [key: string]: Shown };

const SCANNED = {
  at: 'instant',
  database: { built: 'instant', dataAsOf: 'instant', advisories: 'plain', digest: 'plain' },
  inputs: { path: 'plain', kind: 'plain', components: 'plain', digest: 'plain' },
  decisions: { state: 'plain', digest: 'plain' },
} as const satisfies Shown;

const SHOWN: ReadonlyMap<string, Shown> = new Map<string, Shown>([
  ['scan.dependencies', { ...SCANNED, standing: 'plain', worst: 'plain', below: 'plain', closed: 'plain' }],
  [
    'triage.complete',
    { ...SCANNED, total: 'plain', lacking: 'plain', closed: 'plain', proven: 'plain', planned: 'plain' },
  ],
  [
    'release.gate',
    {
      inputDigest: 'plain',
      index: { digest: 'plain', built: 'plain', dataAsOf: 'plain', advisories: 'plain' },
      packages: 'plain',
      inputs: { path: 'plain', kind: 'plain', components: 'plain', digest: 'plain' },
      blocking: 'plain',
      blockingListed: { id: 'plain', name: 'plain', version: 'plain', severity: 'plain', fixed: 'plain' },
      checked: 'plain',
      notChecked: 'plain',
    },
  ],
  [
    'release.history',
    {
      inputDigest: 'plain',
      release: { ref: 'plain', commit: 'plain', tags: 'plain' },
      branch: { name: 'plain', measured: 'plain', tip: 'plain' },
      previous: { tag: 'plain', commit: 'plain', at: 'instant' },
      tags: { pattern: 'plain', total: 'plain', annotated: 'plain', signed: 'plain', offBranch: 'plain' },
      commits: { total: 'plain', offBranch: 'plain' },
      notChecked: 'plain',
    },
  ],
  [
    'pentest.cadence',
    {
      today: 'plain',
      timezone: 'plain',
      everyMonths: 'plain',
      recorded: 'plain',
      newest: { date: 'plain', by: 'plain', openFindings: 'plain' },
    },
  ],
  // The policy itself names the person, so that readers can ask.
  ['manual', { by: 'plain', on: 'plain', until: 'plain', note: 'plain' }],
]);

/** Lists hold at most this many; how many more there are is said. */
const MOST_ITEMS = 50;
const MOST_CHARS = 500;

export interface PublicEvidence {
  readonly shown: JsonObject;
  /** Keys that were measured and are not shown, as `commits.listed`, in order. */
  readonly withheld: readonly string[];
}

export function publicEvidence(control: string, evidence: JsonObject, hide: (text: string) => string): PublicEvidence {
  const withheld = new Set<string>();
  const shown = select(evidence, SHOWN.get(control) ?? {}, { path: '', withheld, hide });
  return { shown: isJsonObject(shown) ? shown : {}, withheld: [...withheld].toSorted() };
}

interface Selection {
  /** `commits.` inside of `commits`. */
  readonly path: string;
  readonly withheld: Set<string>;
  readonly hide: (text: string) => string;
}

/** `undefined`: nothing of it is shown. */
function select(value: Json, shown: Shown, selection: Selection): Json | undefined {
  if (value === null) return null;
  if (isList(value)) {
    const items = value.slice(0, MOST_ITEMS).flatMap((item) => select(item, shown, selection) ?? []);
    const more = value.length - MOST_ITEMS;
    return more > 0 ? [...items, `and ${more} more`] : items;
  }
  if (isJsonObject(value)) return typeof shown === 'string' ? undefined : selectKeys(value, shown, selection);
  if (shown === 'instant') return typeof value === 'number' ? formatInstant(value as Instant) : undefined;
  if (shown !== 'plain') return undefined;
  return typeof value === 'string' ? shorten(printable(selection.hide(value)), MOST_CHARS) : value;
}

function selectKeys(value: JsonObject, shown: Exclude<Shown, string>, { path, ...rest }: Selection): JsonObject {
  const entries = Object.entries(value).flatMap(([key, item]): readonly [string, Json][] => {
    const chosen = Object.hasOwn(shown, key) ? shown[key] : undefined;
    const kept = chosen === undefined ? undefined : select(item, chosen, { path: `${path}${key}.`, ...rest });
    if (kept !== undefined) return [[key, kept]];
    rest.withheld.add(`${path}${key}`);
    return [];
  });
  return Object.fromEntries(entries);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);

/** What stands for a place on the machine that measured. */
const HIDDEN = '[local path]';

/** In quotation marks, as Node's own messages give them, a path may hold blanks; elsewhere it ends at one. */
const LOCAL_PATHS = [
  /(?<=(['"`]))(?:file:|~?\/|[A-Za-z]:[\\/]|\\\\)[^'"`\n]*(?=\1)/g,
  /(?<![\p{L}\p{N}_./:~\\-])(?:file:\/\/|~?\/(?=[^\s/])|[A-Za-z]:[\\/](?=[^\s])|\\\\(?=[^\s\\]))[^\s'"`<>|;,()[\]]*/gu,
];

/**
 * Takes places on this machine out of a text: the folder of the policy becomes the relative path that anybody may know, everything
 * else that looks like an absolute path is hidden. A web address stays.
 *
 * @param root Absolute: the folder of the policy.
 */
export function pathHider(root: string): (text: string) => string {
  const inside = [`${root}/`, `${root}\\`];
  return (text) => {
    const relative = inside.reduce((rest, prefix) => (root.length < 2 ? rest : rest.replaceAll(prefix, '')), text);
    return LOCAL_PATHS.reduce(
      // The full stop of a sentence that ends with a path belongs to the sentence.
      (rest, pattern) => rest.replace(pattern, (path) => `${HIDDEN}${/[.!?]$/.exec(path)?.[0] ?? ''}`),
      relative,
    );
  };
}
