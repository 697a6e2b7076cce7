/**
 * From where `db sync` takes its data: what was asked for now, else the environment, else what the index remembers of its last
 * sync, else OSV's own bucket. The two daily feeds are joined only where someone asked for them.
 *
 * Only texts are chosen here; whether they are acceptable addresses, platform/web-address.ts says.
 */
import type { SyncState } from './index-layout.ts';
import { ECOSYSTEMS, OSV_BASE } from './osv-bucket.ts';

/** CISA's catalogue of known exploited vulnerabilities, https://www.cisa.gov/known-exploited-vulnerabilities-catalog. */
const KEV_URL = 'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json';
/** FIRST's exploit predictions, one file a day, https://www.first.org/epss/data_stats. */
const EPSS_URL = 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz';

export interface SyncFlags {
  readonly from: string | null;
  /** Empty: not given. */
  readonly ecosystems: readonly string[];
  /** `true`: asked for without saying from where. */
  readonly kev: string | true | null;
  readonly epss: string | true | null;
}

/** A text and who said it, for the message when it is no good. */
export interface Chosen {
  readonly text: string;
  readonly by:
    | '--from'
    | '--kev'
    | '--epss'
    | 'HOLDFAST_OSV_URL'
    | 'HOLDFAST_KEV_URL'
    | 'HOLDFAST_EPSS_URL'
    | 'last sync'
    | 'default';
}

export interface SyncSettings {
  readonly base: Chosen;
  readonly ecosystems: readonly string[];
  readonly kev: Chosen | null;
  readonly epss: Chosen | null;
}

type Env = Readonly<Record<string, string | undefined>>;

/** @param remembered What the index says of its last sync; `null` when it has never been synced. */
export function chooseSettings(flags: SyncFlags, env: Env, remembered: SyncState | null): SyncSettings {
  const base: Chosen =
    flags.from !== null
      ? { text: flags.from, by: '--from' }
      : (named(env, 'HOLDFAST_OSV_URL') ??
        (remembered === null ? { text: OSV_BASE, by: 'default' } : { text: remembered.base, by: 'last sync' }));
  const known = Object.keys(remembered?.cursors ?? {});
  const ecosystems = flags.ecosystems.length > 0 ? flags.ecosystems : known.length > 0 ? known : ECOSYSTEMS;
  return {
    base,
    ecosystems: [...new Set(ecosystems)],
    kev: chooseFeed('--kev', flags.kev, named(env, 'HOLDFAST_KEV_URL'), remembered?.kev?.url, KEV_URL),
    epss: chooseFeed('--epss', flags.epss, named(env, 'HOLDFAST_EPSS_URL'), remembered?.epss?.url, EPSS_URL),
  };
}

function chooseFeed(
  flag: '--kev' | '--epss',
  asked: string | true | null,
  env: Chosen | null,
  remembered: string | undefined,
  standard: string,
): Chosen | null {
  if (typeof asked === 'string') return { text: asked, by: flag };
  if (env !== null) return env;
  // The name of a file says nothing about where it lay: a file is read again only when it is named again.
  if (remembered !== undefined && !isFileName(remembered)) return { text: remembered, by: 'last sync' };
  return asked === true ? { text: standard, by: 'default' } : null;
}

function named(env: Env, name: 'HOLDFAST_OSV_URL' | 'HOLDFAST_KEV_URL' | 'HOLDFAST_EPSS_URL'): Chosen | null {
  const text = env[name];
  return text === undefined || text === '' ? null : { text, by: name };
}

/** How a feed that came from a file is remembered: an index travels, and no one's folders travel with it. */
export const fileAddress = (name: string): string => `file:${name}`;
const isFileName = (address: string): boolean => address.startsWith('file:');
