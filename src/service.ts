/**
 * The composition root of the service, beside main.ts: puts the routes, jobs and schedules of all features together, starts them and ends
 * them in order. Nothing is decided here.
 */
import { hostname } from 'node:os';
import { accountRoutes } from './auth/account.routes.ts';
import type { AuthWorld } from './auth/auth.actions.ts';
import { inviteStep } from './auth/first-steps.actions.ts';
import { identify } from './auth/identify.actions.ts';
import { joinRoutes } from './auth/join.routes.ts';
import { relyingParty, type RelyingParty } from './auth/passkey.ts';
import { passkeyRoutes } from './auth/passkeys.routes.ts';
import { peopleRoutes } from './auth/people.routes.ts';
import { newRecoveryLimits } from './auth/recovery.actions.ts';
import { offerSetUp } from './auth/registration.actions.ts';
import { rescueNeeds } from './auth/rescue-needs.actions.ts';
import { signInRoutes } from './auth/sign-in.routes.ts';
import { tokenRoutes } from './auth/tokens.routes.ts';
import { HoldfastError } from './lib/errors.ts';
import { EXIT, type ExitCode } from './lib/exit.ts';
import type { Instant, Millis } from './lib/time.ts';
import { recoveryStep } from './keys/first-step.ts';
import { replayErasures, type EraseValues, type Replayed } from './keys/erase.actions.ts';
import { logNeeds } from './log/log-needs.actions.ts';
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
import { openKeyring } from './platform/keyring.ts';
import type { Keyring } from './platform/wrapped-key.ts';
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
import { policyNeeds, quietWords, reportingStep } from './policy/needs.actions.ts';
import { evaluateOnStart, policySchedule } from './policy/policy.jobs.ts';
import { policyRoutes } from './policy/policy.routes.ts';
import { reportRoutes } from './policy/report.routes.ts';
import { namesOf, standingReader } from './policy/standing.actions.ts';
import { policyWorld } from './policy/world.actions.ts';
import { publicRoutes } from './publish/public.routes.ts';
import { serviceNeeds } from './today/service-needs.actions.ts';
import { todayRoutes } from './today/today.routes.ts';
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
  readonly erasers: readonly EraseValues[];
}

/** What the features of one process are made from. */
export interface World {
  readonly order: ServeOrder;
  readonly log: OpenLog;
  readonly keys: Keyring;
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
  /** What the foot of each page says of the log. */
  readonly watch: LogWatch;
  /** Before the first page. @param jobs Whether this process runs them. */
  readonly begin: (jobs: boolean) => Promise<void>;
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
  try {
    const keys = await openKeyring({ env, folder: log.folder }, log.db, log.random);
    sayErasures(await replayErasures(log, shared.erasers, now()), report);
    // The address is known when the port is, and the features when the address is: until then requests wait here.
    const { promise: ready, resolve } = Promise.withResolvers<Fetch>();
    const server = await listen(settings, async (request, peer) => (await ready)(request, peer));
    try {
      const address = addressOf(settings.url ?? new URL(`http://localhost:${server.port}`));
      const features = compose({ order, log, keys, terminal, address, report, shared });
      resolve(application(features, settings, address, terminal, report));
      terminal.out(`Holdfast ${ownPackage().version} serves at ${address.origin}\n`);
      await unlessStopped(report, () => sayHowToBegin({ log, keys, random: log.random }, address, terminal));
      report({ level: 'info', event: 'started', version: ownPackage().version, jobs: order.jobs });
      await unlessStopped(report, () => features.begin(order.jobs));
      const background = order.jobs ? begin(features, log, now, report) : null;
      const signer = order.jobs ? signerOf(log, now, report) : null;
      features.watch.start();
      signer?.start();
      await ended;
      report({ level: 'info', event: 'stopping' });
      await Promise.all([server.close(GRACE_MS), background?.stop(GRACE_MS), features.watch.stop()]);
      // Nothing is recorded any more, so what is unsigned can be signed.
      await signer?.stop();
    } catch (error) {
      // What listens would keep a process alive that has nothing to answer with.
      await server.close(0 as Millis);
      throw error;
    }
  } finally {
    await log.db.close();
  }
  return EXIT.kept;
}

/** Of a start on a database from before an erasure; silent on all others. */
function sayErasures({ erased, recorded, unrecorded }: Replayed, report: Report): void {
  if (erased + recorded + unrecorded === 0) return;
  const level = unrecorded > 0 ? 'warning' : 'info';
  report({ level, event: 'erasures-replayed', erased, recorded, unrecorded });
}

/** Every feature of the service; tests ask it for the list of all routes. */
export function compose(parts: World): Features {
  const { order, log, terminal, address, shared } = parts;
  const { now, cwd, env } = terminal;
  const { version } = ownPackage();
  const { path, data, database } = order;
  const world = policyWorld({ log, cwd, path, data, database, env, version, controls: shared.controls });
  const reader = standingReader(world);
  const watch = new LogWatch({ log, now, timers: processTimers });
  const shell: Shell = {
    get organisation() {
      return namesOf(reader).organisation;
    },
    get zone() {
      return namesOf(reader).zone;
    },
    logPosition: () => watch.position(namesOf(reader).zone),
  };
  const schedules = [forgetDoneJobs(log.db, now), policySchedule(world, now), ...logSchedules(log, now)];
  return {
    routes: [
      ...assetRoutes(),
      ...probeRoutes([
        { name: 'database', isReady: () => isReachable(log.db) },
        { name: 'log', isReady: () => isRecording(log, now()) },
      ]),
      ...logRoutes({ log, shell, states: shared.states }),
      ...doorRoutes(parts, shell),
      ...publicRoutes({ reader, root: world.place.root, url: address.isSecure ? `${address.origin}/` : null }),
      ...todayRoutes({
        sources: [
          logNeeds(log),
          policyNeeds(reader),
          rescueNeeds({ log, keys: parts.keys, random: log.random }, () => shell.zone),
          serviceNeeds(log.db, () => schedules),
        ],
        steps: [
          reportingStep(world, address.origin),
          inviteStep({ log, keys: parts.keys, random: log.random }),
          recoveryStep,
        ],
        quiet: () => quietWords(reader),
        shell,
      }),
      ...policyRoutes({ world, reader, shell }),
      // A worker of this process looks every second.
      ...reportRoutes(world, () => undefined),
      ...operationsRoutes({ log, schedules, shell, version }),
    ],
    identify: identifyIn(parts),
    schedules,
    handlers: new Map(),
    watch,
    begin: async (jobs) => {
      await reader.latest();
      if (jobs) await evaluateOnStart(world, now());
    },
  };
}

/** People: how they come in, who they are, what they may. */
function doorRoutes({ log, keys, address, report }: World, shell: Shell): readonly Route[] {
  const { random } = log;
  const door = {
    log,
    keys,
    random,
    shell,
    report,
    origin: address.origin,
    cookies: { secure: address.isSecure },
    rp: relyingPartyAt(address, shell),
  };
  return [
    ...joinRoutes(door),
    ...signInRoutes({ ...door, limits: newRecoveryLimits(), timers: processTimers, clientSecret: random(32) }),
    ...accountRoutes(door),
    ...passkeyRoutes(door),
    ...peopleRoutes(door),
    ...tokenRoutes(door),
  ];
}

function relyingPartyAt({ origin }: ServiceAddress, shell: Shell): RelyingParty {
  const rp = relyingParty(origin, 'Holdfast');
  if (rp !== null)
    return {
      ...rp,
      // Known once the policy was read.
      get name() {
        return shell.organisation ?? rp.name;
      },
    };
  throw new HoldfastError('SETTING_INVALID', 'HOLDFAST_URL names an IP address, and passkeys are bound to a name', {
    hint: 'Give it the name of the service, e.g. https://holdfast.example, or http://localhost on this machine.',
  });
}

function identifyIn({ log, keys, address }: World): Features['identify'] {
  const world = { log, keys, random: log.random };
  const cookies = { secure: address.isSecure };
  return ({ headers, now }) =>
    identify(world, { cookie: headers.get('cookie'), authorization: headers.get('authorization') }, cookies, now);
}

/** While nobody owns the service, a link makes the first owner. It goes to the terminal alone, never into a line that is collected. */
async function sayHowToBegin(auth: AuthWorld, { origin }: ServiceAddress, { out, now }: Terminal): Promise<void> {
  const link = await offerSetUp(auth, now());
  if (link !== null)
    out(`Nobody owns this service yet. Open this link, once, to become its first owner:\n  ${origin}/set-up/${link}\n`);
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

/** A log that has stopped refuses what is recorded at the start; pages say so and serve what there is, instead of ending again and again. */
async function unlessStopped(report: Report, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof HoldfastError) || !error.code.startsWith('LOG_')) throw error;
    report({ level: 'error', event: 'not-recorded', code: error.code, message: error.message });
  }
}

/** Which process this is, for people. */
const NAME = `${hostname()}:${process.pid}`;

const signerOf = (log: OpenLog, now: () => Instant, report: Report): LogSigner =>
  new LogSigner(
    {
      log,
      now,
      timers: processTimers,
      report: (error) =>
        report(
          error === null
            ? { level: 'info', event: 'log-goes-on' }
            : { level: 'error', event: 'log-stopped', code: error.code, message: error.message },
        ),
    },
    NAME,
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
