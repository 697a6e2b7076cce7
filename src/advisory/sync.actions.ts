/**
 * `db sync`: brings the index at a place up to what an OSV bucket holds now.
 *
 * Everything is fetched and judged before anything is replaced, and replaced in one step: a run that fails leaves the
 * old index, and an index never mixes what one run got with what it failed to get. What to fetch is decided by sync-plan.ts, asked for by
 * osv-bucket.client.ts; sync-full.actions.ts and sync-delta.actions.ts are the two ways.
 */
import { HoldfastError } from '../lib/errors.ts';
import type { HttpClient } from '../platform/http.ts';
import { publicUrl, readSourceUrl } from '../platform/web-address.ts';
import { needsRebuild, type IndexHeader } from './index-layout.ts';
import { IndexReader } from './index-reader.client.ts';
import { isEcosystem } from './osv-bucket.ts';
import { openHttp, OsvBucket } from './osv-bucket.client.ts';
import { readFeeds, type Feeds } from './sync-feeds.actions.ts';
import { syncChanges } from './sync-delta.actions.ts';
import { enterSyncFolder, type SyncFolder } from './sync-folder.client.ts';
import { syncEverything } from './sync-full.actions.ts';
import { clockWarnings, planSync, type FullReason, type Standing } from './sync-plan.ts';
import type { SyncReport } from './sync-report.ts';
import { instantOrNull, type Synced, type SyncRun, type SyncWorld } from './sync-run.actions.ts';
import { chooseSettings, type Chosen, type SyncFlags } from './sync-settings.ts';

export interface SyncRequest {
  readonly path: string;
  readonly flags: SyncFlags;
  readonly full: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * @throws SYNC_UNREACHABLE, SYNC_CORRUPT, SYNC_REFUSED, SYNC_BUSY, INDEX_FOREIGN, INDEX_NEWER, FILE_UNWRITABLE, USAGE; the index that
 *   stood at the place still stands then.
 */
export async function syncIndex(request: SyncRequest, world: SyncWorld): Promise<SyncReport> {
  const http = openHttp({ env: request.env, timers: world.timers, userAgent: world.userAgent });
  try {
    const folder = enterSyncFolder(request.path, world.now());
    try {
      return await syncAlone(request, world, http, folder);
    } finally {
      folder.leave();
    }
  } finally {
    http.close();
  }
}

async function syncAlone(
  request: SyncRequest,
  world: SyncWorld,
  http: HttpClient,
  folder: SyncFolder,
): Promise<SyncReport> {
  const { path, full } = request;
  const { standing, header: before } = lookAt(path);
  const settings = chooseSettings(request.flags, request.env, before?.sync ?? null);
  const url = acceptBase(settings.base);
  const base = publicUrl(url).replace(/\/+$/, '');
  const { ecosystems } = settings;
  for (const name of ecosystems) checkEcosystem(name);
  const now = world.now();
  const last = before?.sync ?? null;
  const feeds = (): Promise<Feeds> => readFeeds(http, settings, last, world.now());
  const run: SyncRun = { path, bucket: new OsvBucket(http, url), base, ecosystems, folder, world, feeds, before };

  const plan = planSync({ base, ecosystems, full }, standing, now);
  let why: FullReason | null = plan.mode === 'full' ? plan.why : null;
  let synced: Synced | null = null;
  if (plan.mode === 'delta') {
    const outcome = await syncChanges(run, plan.last);
    if (typeof outcome === 'string') why = outcome;
    else synced = outcome;
  }
  synced ??= await syncEverything(run);
  return {
    path,
    mode: why === null ? 'delta' : 'full',
    why,
    base,
    ecosystems: synced.ecosystems,
    changes: synced.changes,
    before,
    kev: synced.feeds.kev.report,
    epss: synced.feeds.epss.report,
    header: synced.header,
    bytes: synced.bytes,
    skipped: synced.skipped,
    warnings: clockWarnings(now, instantOrNull(synced.header.dataAsOf), instantOrNull(before?.built ?? null)),
  };
}

/** What an index that cannot be read means depends on why: a foreign or newer file is nobody's to overwrite. */
function lookAt(path: string): { readonly standing: Standing; readonly header: IndexHeader | null } {
  try {
    const index = new IndexReader(path);
    index.close();
    const { header } = index;
    return { standing: { state: 'sound', sync: header.sync, muchDead: needsRebuild(header) }, header };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    if (error.code === 'INDEX_NOT_FOUND') return { standing: { state: 'missing' }, header: null };
    if (error.code !== 'INDEX_OLDER' && error.code !== 'INDEX_DAMAGED') throw error;
    return { standing: { state: 'unreadable' }, header: null };
  }
}

function acceptBase({ text, by }: Chosen): URL {
  const url = readSourceUrl(text);
  if (url.ok) return url.value;
  // The text is not repeated: it may hold a password.
  throw new HoldfastError('SYNC_REFUSED', `the address of the OSV data (${by}) is not accepted: ${url.error}`, {
    hint: 'Nothing was fetched. Name an https: address, or a mirror on this machine: holdfast db sync --from https://osv.example',
  });
}

function checkEcosystem(name: string): void {
  if (isEcosystem(name)) return;
  throw new HoldfastError('USAGE', `"${name}" is no ecosystem of OSV`, {
    hint: 'Their names are those of https://osv-vulnerabilities.storage.googleapis.com/ecosystems.txt, such as npm or Maven.',
  });
}
