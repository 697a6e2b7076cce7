/**
 * The composition root of the service, beside main.ts: puts the routes, jobs and schedules of all features together, starts them and ends
 * them in order. Nothing is decided here.
 */
import { hostname } from 'node:os';
import { EXIT, type ExitCode } from './lib/exit.ts';
import type { Instant, Millis } from './lib/time.ts';
import type { HoldfastError } from './lib/errors.ts';
import { LogMemory } from './log/log-memory.actions.ts';
import { isRecording } from './log/log-state.actions.ts';
import type { ReadStates } from './log/log-verify.actions.ts';
import { LogWatch } from './log/log-watch.jobs.ts';
import { openLog, type OpenLog } from './log/log.actions.ts';
import { logRoutes } from './log/log.routes.ts';
import { logSchedules, LogSigner } from './log/signing.jobs.ts';
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
  readonly states: readonly ReadStates[];
}

/** What the features of one process are made from. */
export interface World {
  readonly order: ServeOrder;
  readonly log: OpenLog;
  readonly watch: LogWatch;
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
  const opened = await openLog({ cwd: terminal.cwd, data: order.data, env, migrations, random: systemRandom }, now());
  const log = { ...opened, memory: new LogMemory(order.jobs) };
  const watch = new LogWatch({ log, now, timers: processTimers });
  try {
    // The address is known when the port is, and the features when the address is: until then requests wait here.
    const { promise: ready, resolve } = Promise.withResolvers<Fetch>();
    const server = await listen(settings, async (request, peer) => (await ready)(request, peer));
    const address = addressOf(settings.url ?? new URL(`http://localhost:${server.port}`));
    const features = compose({ order, log, watch, terminal, address, report, shared });
    resolve(application(features, settings, address, terminal, report));
    terminal.out(`Holdfast ${ownPackage().version} serves at ${address.origin}\n`);
    report({ level: 'info', event: 'started', version: ownPackage().version, jobs: order.jobs });
    const background = order.jobs ? begin(features, log, now, report) : null;
    const signer = order.jobs
      ? new LogSigner({ log, now, timers: processTimers, report: logReporter(report) }, NAME)
      : null;
    watch.start();
    signer?.start();
    await ended;
    report({ level: 'info', event: 'stopping' });
    await Promise.all([server.close(GRACE_MS), background?.stop(GRACE_MS), watch.stop()]);
    // Nothing is recorded any more: what is unsigned can be signed.
    await signer?.stop();
  } finally {
    await log.db.close();
  }
  return EXIT.kept;
}

/** Every feature of the service; tests ask it for the list of all routes. */
export function compose({ log, watch, terminal, shared }: World): Features {
  const { now } = terminal;
  const { version } = ownPackage();
  const shell: Shell = { organisation: null, zone: 'UTC', logPosition: () => watch.position('UTC') };
  const schedules = [forgetDoneJobs(log.db, now), ...logSchedules(log, now)];
  return {
    routes: [
      ...assetRoutes(),
      ...probeRoutes([
        { name: 'database', isReady: () => isReachable(log.db) },
        { name: 'log', isReady: () => isRecording(log, now()) },
      ]),
      ...logRoutes({ log, shell, states: shared.states }),
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

/** Which process this is, for people. */
const NAME = `${hostname()}:${process.pid}`;

const logReporter =
  (report: Report) =>
  (error: HoldfastError | null): void =>
    report(
      error === null
        ? { level: 'info', event: 'log-goes-on' }
        : { level: 'error', event: 'log-stopped', code: error.code, message: error.message },
    );

function begin({ schedules, handlers }: Features, { db }: OpenLog, now: () => Instant, report: Report): Background {
  return startBackground({
    db,
    now,
    timers: processTimers,
    name: NAME,
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
