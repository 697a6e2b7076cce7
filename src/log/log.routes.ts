/**
 * The addresses of the log: checkpoints and the key for everybody, entries and C2SP tiles (https://c2sp.org/tlog-tiles) for people who
 * may read the log, and the same tiles below `/api/v1` for tokens: a route has one access, and machines bring no session.
 */
import type { Context } from 'hono';
import { parseDay, type Instant } from '../lib/time.ts';
import { jsonAnswer, pageAnswer } from '../platform/http-answer.ts';
import { documentText } from '../web/layout.tsx';
import { publicRoute, type PersonViewer, type Route, type Scene, staffRoute, tokenRoute } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import { formatHistory } from './held-checkpoint.ts';
import { isSubject, isType } from './leaf.ts';
import { EntryPage } from './log-entry.page.tsx';
import { entryBundle, viewEntry } from './log-entry.actions.ts';
import { listPage } from './log-listing.actions.ts';
import { checkpointHistory, newestPublished, readTileFile } from './log-serve.actions.ts';
import { logState } from './log-state.actions.ts';
import type { ReadStates } from './log-verify.actions.ts';
import { LogPage, type LogFilter, MOST_SUBJECT } from './log.page.tsx';
import type { OpenLog } from './log.actions.ts';
import { readVerifyProgram } from './pack-write.client.ts';

export interface LogWorld {
  readonly log: OpenLog;
  readonly shell: Shell;
  /** The rows that entries speak of, of every feature. */
  readonly states: readonly ReadStates[];
}

export const logRoutes = (world: LogWorld): readonly Route[] => [
  ...publicRoutes(world),
  staffRoute('log.read', 'GET', '/log', (c, scene) => listAnswer(c, scene, world)),
  staffRoute('log.read', 'GET', '/log/entries/:index', (c, scene) => entryAnswer(c, scene, world)),
  staffRoute('log.read', 'GET', '/log/entries/:index/proof.json', (c) => bundleAnswer(c, world)),
  staffRoute('log.read', 'GET', '/log/verify.mjs', () => programAnswer()),
  staffRoute('log.read', 'GET', '/log/checkpoint', () => checkpointAnswer(world, PRIVATE)),
  staffRoute('log.read', 'GET', '/log/tile/*', (c) => tileAnswer(c, '/log/', world)),
  tokenRoute('log.read', 'GET', '/api/v1/log/checkpoint', () => checkpointAnswer(world, PRIVATE)),
  tokenRoute('log.read', 'GET', '/api/v1/log/tile/*', (c) => tileAnswer(c, '/api/v1/log/', world)),
  tokenRoute('log.read', 'GET', '/api/v1/log/entries/:index/proof', (c) => bundleAnswer(c, world)),
];

const publicRoutes = (world: LogWorld): readonly Route[] => [
  publicRoute('GET', '/.well-known/holdfast/checkpoint', () => checkpointAnswer(world, SHARED)),
  publicRoute('GET', '/.well-known/holdfast/checkpoints', (c) => historyAnswer(c, world)),
  publicRoute('GET', '/.well-known/holdfast/log.vkey', async () => {
    const published = await newestPublished(world.log.db);
    return published === null ? nothing(NOT_SIGNED) : textAnswer(`${published.vkey}\n`, SHARED);
  }),
];

/** Checkpoints follow growth within a minute, so nobody may keep one for longer and call it the newest. */
const SHARED = 'public, max-age=60';
const PRIVATE = 'private, max-age=10';
/** What was signed never changes: RFC 8246. Private, because commitments are for auditors, not for caches that others share. */
const FOR_EVER = 'private, max-age=31536000, immutable';
const NOT_SIGNED = 'no checkpoint was signed yet';

const textAnswer = (text: string, cache: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(text, { headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': cache, ...headers } });

const nothing = (why: string): Response =>
  new Response(`${why}\n`, {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
  });

async function checkpointAnswer({ log }: LogWorld, cache: string): Promise<Response> {
  const published = await newestPublished(log.db);
  return published === null ? nothing(NOT_SIGNED) : textAnswer(published.note, cache);
}

/** A note has about 250 bytes. */
const HISTORY_PAGE = 200;

/** Lines of a history file, which `verify.mjs --history` reads as they are. Without times: our clock is no witness. */
async function historyAnswer(c: Context, { log }: LogWorld): Promise<Response> {
  const below = readNumber(c.req.query('below'));
  const number = readNumber(c.req.query('log'));
  if (below === undefined || number === undefined) return nothing('no such page');
  const page = await checkpointHistory(log.db, { log: number, below: below ?? Number.MAX_SAFE_INTEGER }, HISTORY_PAGE);
  if (page === null) return nothing(NOT_SIGNED);
  const of = number === null ? '' : `&log=${number}`;
  // RFC 8288
  const next =
    page.next === null ? {} : { link: `</.well-known/holdfast/checkpoints?below=${page.next}${of}>; rel="next"` };
  const text = formatHistory(page.notes.map((note) => ({ note, seenAt: null })));
  return textAnswer(text, SHARED, { ...next, 'content-type': 'application/x-ndjson; charset=utf-8' });
}

/** `null` where there is none, `undefined` for what is no number. */
function readNumber(text: string | undefined): number | null | undefined {
  if (text === undefined || text === '') return null;
  return /^(?:0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

async function tileAnswer(c: Context, prefix: string, { log }: LogWorld): Promise<Response> {
  // As it was sent: a second spelling of a path is no tile.
  const path = new URL(c.req.url).pathname;
  const tile = await readTileFile(log.db, path.startsWith(prefix) ? path.slice(prefix.length) : '');
  if (tile === null) return nothing('no such tile in the signed log');
  return new Response(new Uint8Array(tile), {
    headers: { 'content-type': 'application/octet-stream', 'cache-control': FOR_EVER },
  });
}

const programAnswer = (): Response =>
  new Response(new Uint8Array(readVerifyProgram()), {
    headers: {
      'content-type': 'text/javascript; charset=utf-8',
      'content-disposition': 'attachment; filename="verify.mjs"',
      'cache-control': 'private, max-age=300',
    },
  });

async function bundleAnswer(c: Context, { log }: LogWorld): Promise<Response> {
  const index = readNumber(c.req.param('index'));
  const bundle = typeof index === 'number' ? await entryBundle(log.db, index) : null;
  if (bundle === null) return nothing('no such entry in the signed log');
  const answer = jsonAnswer(bundle);
  answer.headers.set('content-disposition', `attachment; filename="entry-${index}.proof.json"`);
  return answer;
}

async function entryAnswer(c: Context, { viewer, now }: Scene<PersonViewer>, world: LogWorld): Promise<Response> {
  const index = readNumber(c.req.param('index'));
  const view = typeof index === 'number' ? await viewEntry(world.log.db, index, world.states) : null;
  if (view === null) return c.notFound();
  return pageAnswer(documentText(EntryPage({ shell: world.shell, viewer, now, view })));
}

const PAGE = 50;

async function listAnswer(
  c: Context,
  { viewer, now }: Scene<PersonViewer>,
  { log, shell }: LogWorld,
): Promise<Response> {
  const filter: LogFilter = {
    type: (c.req.query('type') ?? '').slice(0, MOST_TYPE),
    subject: (c.req.query('subject') ?? '').trim().slice(0, MOST_SUBJECT),
    day: (c.req.query('day') ?? '').slice(0, MOST_DAY),
  };
  const { type, subject, during, errors } = readFilter(filter, shell.zone);
  const before = readNumber(c.req.query('before')) ?? null;
  const [state, list] = await Promise.all([
    logState(log, now),
    listPage(log.db, { type, subject, during, before, most: PAGE }),
  ]);
  const page = LogPage({ shell, viewer, now, state, list, filter, errors, isLater: before !== null });
  return pageAnswer(documentText(page), { status: errors.size === 0 ? 200 : 422 });
}

const MOST_TYPE = 64;
const MOST_DAY = 20;

/** What cannot stand in any entry is an error at its field, and no question for the database. */
function readFilter({ type, subject, day }: LogFilter, zone: string) {
  const during = day === '' ? null : dayIn(day, zone);
  const errors = new Map<string, string>();
  if (type !== '' && !isType(type)) errors.set('type', 'No entry can be of this kind. Choose one of the list.');
  if (subject !== '' && !isSubject(subject))
    errors.set('subject', 'No entry can be about this. Write it as in the list: policy:SECURITY-POLICY.md');
  if (day !== '' && during === null) errors.set('day', 'This is no day of the calendar. Write it as 2026-11-24.');
  const use = (name: string, text: string): string | null => (text === '' || errors.has(name) ? null : text);
  return { type: use('type', type), subject: use('subject', subject), during, errors };
}

/** From its first moment to that of the next day; a day with a change of summer time has 23 or 25 hours. */
function dayIn(day: string, zone: string): { readonly from: Instant; readonly to: Instant } | null {
  if (parseDay(day) === null) return null;
  const begin = Temporal.PlainDate.from(day);
  const at = (date: Temporal.PlainDate): Instant => date.toZonedDateTime(zone).epochMilliseconds as Instant;
  return { from: at(begin), to: at(begin.add({ days: 1 })) };
}
