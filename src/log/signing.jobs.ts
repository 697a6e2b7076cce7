/**
 * Signing while the service runs: of all processes that have the key, the holder of a lease signs what grew, at most once a minute;
 * the others take its checkpoints over into their folders, so that each of them is a witness of the others (ADR 0009).
 *
 * A log that was rolled back stops recording everywhere, and is said again and again; no process ends because of it. What signing is
 * stands in log.actions.ts, how the log stands now in log-state.actions.ts.
 */
import { HoldfastError } from '../lib/errors.ts';
import { days, hours, type Instant, type Millis } from '../lib/time.ts';
import { Alarm } from '../platform/alarm.ts';
import type { Tx } from '../platform/db.ts';
import type { Timers } from '../platform/http.ts';
import { isHeld, type Lease, prolongLease, releaseLease, takeLease } from '../platform/leases.ts';
import type { Schedule } from '../platform/schedules.ts';
import { hasCheckpointFile } from './data-folder.client.ts';
import { fillListing } from './log-listing.actions.ts';
import type { Signed } from './log-guard.actions.ts';
import { clearStops, readStop, writeStop } from './log-service.store.ts';
import { type OpenLog, signCheckpoint } from './log.actions.ts';
import { recordHeartbeat } from './heartbeat.actions.ts';

export interface SigningWorld {
  readonly log: OpenLog;
  readonly now: () => Instant;
  readonly timers: Timers;
  /** Called when something else is wrong than before, and with `null` when nothing is any more. */
  readonly report: (error: HoldfastError | null) => void;
}

export interface SigningSettings {
  /** Who dies holding the lease is followed after this time. */
  readonly leaseMs: Millis;
  /** How often a process looks: so old may be what a folder holds of the checkpoints that others sign. */
  readonly tickMs: Millis;
  /** However fast the log grows. */
  readonly atMostEvery: Millis;
}

const SIGNING_DEFAULTS: SigningSettings = {
  leaseMs: 30_000 as Millis,
  tickMs: 10_000 as Millis,
  atMostEvery: 60_000 as Millis,
};

const LEASE = 'signing';
const AT_ONCE = 0 as Millis;
/** A process that stopped says so at each tick; what was not said for this long came from one that is gone. */
const STOP_KEPT_MS = 300_000;
const FILL_PAUSE_MS = 20;

export class LogSigner {
  readonly #world: SigningWorld;
  readonly #holder: string;
  readonly #settings: SigningSettings;
  readonly #alarm: Alarm;
  readonly #fillAlarm: Alarm;
  #lease: Lease | null = null;
  #stopping = false;
  #wrong: string | null = null;
  #loops: readonly Promise<void>[] = [];

  /** @param holder Which process this is, for people; unlike any other. */
  constructor(world: SigningWorld, holder: string, settings: Partial<SigningSettings> = {}) {
    this.#world = world;
    this.#holder = holder;
    this.#settings = { ...SIGNING_DEFAULTS, ...settings };
    this.#alarm = new Alarm(world.timers);
    this.#fillAlarm = new Alarm(world.timers);
  }

  start(): void {
    if (this.#loops.length === 0) this.#loops = [this.#tickAndWait(), this.#fill()];
  }

  /** Signs what is unsigned, if signing is this process's turn, and lets another one have it. Call it when nothing is recorded any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#alarm.ring();
    this.#fillAlarm.ring();
    await Promise.all(this.#loops);
    await this.#turn(AT_ONCE);
    await this.#release();
  }

  /** Signs, or takes over what another process signed. @returns The newest checkpoint; `null` where there is none, or something is wrong. */
  tick(): Promise<Signed | null> {
    return this.#turn(this.#settings.atMostEvery);
  }

  async #turn(atMostEvery: Millis): Promise<Signed | null> {
    const { log, now } = this.#world;
    try {
      this.#lease = await this.#lead();
      const lease = this.#lease;
      const mayLead = async (tx: Tx): Promise<boolean> => lease !== null && (await isHeld(tx, lease));
      const signed = await signCheckpoint(log, now(), atMostEvery, mayLead);
      if ((await readStop(log.db)) !== null) await this.#clear();
      this.#say(null);
      return signed;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      await this.#fail(error);
      return null;
    }
  }

  async #fail(error: HoldfastError): Promise<void> {
    const { log, now } = this.#world;
    this.#say(error);
    try {
      // A key that is missing here may be there elsewhere; a log that is not what was signed is so for everybody.
      // And a folder without a checkpoint shows nothing about the log: a machine that was added wrongly stops nobody else.
      if (STOPS_ALL.has(error.code) && hasCheckpointFile(log.folder))
        await log.db.transaction((tx) => writeStop(tx, this.#holder, error, now()));
      await this.#release();
    } catch (second) {
      // The database does not answer: that was said, or the next turn says it.
      if (!(second instanceof HoldfastError)) throw second;
    }
  }

  #say(error: HoldfastError | null): void {
    const words = error === null ? null : `${error.code} ${error.message}`;
    if (words !== this.#wrong) this.#world.report(error);
    this.#wrong = words;
  }

  async #clear(): Promise<void> {
    const { log, now } = this.#world;
    await log.db.transaction((tx) => clearStops(tx, this.#holder, (now() - STOP_KEPT_MS) as Instant));
  }

  async #lead(): Promise<Lease | null> {
    const { log, now } = this.#world;
    const { leaseMs } = this.#settings;
    if (this.#lease !== null && (await prolongLease(log.db, this.#lease, leaseMs, now()))) return this.#lease;
    const taken = await takeLease(log.db, { name: LEASE, holder: this.#holder, leaseMs }, now());
    return taken.ok ? taken.value : null;
  }

  async #release(): Promise<void> {
    const lease = this.#lease;
    this.#lease = null;
    if (lease === null) return;
    try {
      await releaseLease(this.#world.log.db, lease);
    } catch (error) {
      // It runs out by itself.
      if (!(error instanceof HoldfastError)) throw error;
    }
  }

  async #tickAndWait(): Promise<void> {
    while (!this.#stopping) {
      await this.tick();
      await this.#alarm.pause(this.#settings.tickMs);
    }
  }

  /** Entries of the time before there was a list get into it a piece at a time, so that nobody waits long. */
  async #fill(): Promise<void> {
    try {
      while (!this.#stopping && (await fillListing(this.#world.log.db))) await this.#fillAlarm.pause(FILL_PAUSE_MS);
    } catch (error) {
      // The next start goes on where this one ended; until then pages say which entries are not in the list.
      if (!(error instanceof HoldfastError)) throw error;
      this.#say(error);
    }
  }
}

const STOPS_ALL: ReadonlySet<string> = new Set(['LOG_ROLLED_BACK', 'LOG_DAMAGED']);

/**
 * A daily entry that says nothing but that the log was alive: checkpoints have no time, so the times between which a checkpoint
 * was signed come from entries.
 */
export const logSchedules = (log: OpenLog, now: () => Instant): readonly Schedule[] => [
  {
    name: 'log.heartbeat',
    recurrence: { kind: 'every', ms: days(1) },
    allowanceMs: (days(1) + hours(2)) as Millis,
    attempts: 20,
    handler: { limitMs: 30_000 as Millis, run: async (job) => void (await recordHeartbeat(log, job.id, now())) },
  },
];
