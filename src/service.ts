/**
 * The composition root of the service, beside main.ts: puts the routes, jobs and schedules of all features together, starts them and ends
 * them in order. Nothing is decided here.
 */
import { hostname } from 'node:os';
import { EXIT, type ExitCode } from './lib/exit.ts';
import type { Instant, Millis } from './lib/time.ts';
import { openLog, type OpenLog } from './log/log.actions.ts';
import { startBackground, type Background, type Trouble } from './platform/background.ts';
import { listen, type Fetch } from './platform/http-server.ts';
import { processTimers } from './platform/http.ts';
import { isReachable } from './platform/db.ts';
import type { MigrationList } from './platform/migrations.ts';
import { ownPackage } from './platform/package-root.ts';
import { systemRandom } from './platform/random.ts';
import { forgetDoneJobs, type Schedule } from './platform/schedules.ts';
import type { JobHandlers } from './platform/job-worker.ts';
import { readServiceSettings, type ServiceSettings } from './platform/service-settings.ts';
import { shutdownRequested } from './platform/shutdown.ts';
import type { Terminal } from './platform/terminal.ts';
import type { Control } from './policy/control.ts';
import { createApplication, type Asking, type Identified } from './web/application.routes.ts';
import { assetRoutes } from './web/assets.routes.ts';
import { operationsRoutes } from './web/operations.routes.ts';
import { probeRoutes } from './web/probes.routes.ts';
import type { Shell } from './web/shell.ts';
import { addressOf, type ServiceAddress } from './web/request-guard.ts';
import type { Route } from './web/route.ts';
import type { ServeOrder } from './web/serve.cli.ts';
import { eventLine, eventWords, type Report } from './web/service-log.ts';

/** What main.ts knows and the service shares with the commands. */
export interface Shared {
  readonly controls: readonly Control[];
  readonly migrations: readonly MigrationList[];
}

/** What the features of one process are made from. */
export interface World {
  readonly order: ServeOrder;
  readonly log: OpenLog;
  readonly terminal: Terminal;
  readonly address: ServiceAddress;
  readonly report: Report;
  readonly shared: Shared;
}

export interface Features {
  readonly routes: readonly Route[];
  readonly identify: (asking: Asking) => Promise<Identified>;
  readonly schedules: readonly Schedule[];
  readonly handlers: JobHandlers;
}

/** Longer than any page takes; a manager of services waits at least ten seconds before it kills. */
const GRACE_MS = 5_000 as Millis;

/** @throws SETTING_INVALID, LISTENER_…, DB_…, LOG_…, KEY_… */
export async function runService(order: ServeOrder, terminal: Terminal, shared: Shared): Promise<ExitCode> {
  const ended = shutdownRequested();
  const { env, now } = terminal;
  const settings = readServiceSettings(env);
  const report = reporter(terminal);
  const { migrations } = shared;
  const log = await openLog({ cwd: terminal.cwd, data: order.data, env, migrations, random: systemRandom }, now());
  try {
    // The address is known when the port is, and the features when the address is: until then requests wait here.
    const { promise: ready, resolve } = Promise.withResolvers<Fetch>();
    const server = await listen(settings, async (request, peer) => (await ready)(request, peer));
    const address = addressOf(settings.url ?? new URL(`http://localhost:${server.port}`));
    const features = compose({ order, log, terminal, address, report, shared });
    resolve(application(features, settings, address, terminal, report));
    terminal.out(`Holdfast ${ownPackage().version} serves at ${address.origin}\n`);
    report({ level: 'info', event: 'started', version: ownPackage().version, jobs: order.jobs });
    const background = order.jobs ? begin(features, log, now, report) : null;
    await ended;
    report({ level: 'info', event: 'stopping' });
    await Promise.all([server.close(GRACE_MS), background?.stop(GRACE_MS)]);
  } finally {
    await log.db.close();
  }
  return EXIT.kept;
}

/** Every feature of the service; tests ask it for the list of all routes. */
export function compose({ log, terminal }: World): Features {
  const { now } = terminal;
  const { version } = ownPackage();
  const shell: Shell = { organisation: null, zone: 'UTC', logPosition: () => null };
  const schedules = [forgetDoneJobs(log.db, now)];
  return {
    routes: [
      ...assetRoutes(),
      ...probeRoutes([{ name: 'database', isReady: () => isReachable(log.db) }]),
      ...operationsRoutes({ log, schedules, shell, version }),
    ],
    identify: () => Promise.resolve({ viewer: null, cookie: null }),
    schedules,
    handlers: new Map(),
  };
}

function application(
  { routes, identify }: Features,
  settings: ServiceSettings,
  address: ServiceAddress,
  { now }: Terminal,
  report: Report,
): Fetch {
  return createApplication({
    routes,
    address,
    trusts: settings.proxy?.trusts ?? null,
    speaksTls: settings.tls !== null,
    identify,
    now,
    clock: () => performance.now(),
    random: systemRandom,
    report,
  });
}

function begin({ schedules, handlers }: Features, { db }: OpenLog, now: () => Instant, report: Report): Background {
  return startBackground({
    db,
    now,
    timers: processTimers,
    name: `${hostname()}:${process.pid}`,
    schedules,
    handlers,
    report: (trouble) => report(eventOf(trouble)),
  });
}

const eventOf = ({ event, job, message }: Trouble) =>
  ({ level: event === 'job-failed' ? 'warning' : 'error', event, job, message }) as const;

/** A person at the terminal hears of trouble; whoever collects lines gets each event. */
function reporter({ err, errIsTty, now }: Terminal): Report {
  return (event) => {
    if (!errIsTty) err(eventLine(event, now()));
    else if (event.level !== 'info') err(eventWords(event));
  };
}
