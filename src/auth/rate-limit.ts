/**
 * How often somebody may try: a bucket for each client that fills up again by itself, and a wait that grows for an account.
 *
 * Three things are deliberately absent. There is no bucket for everybody together: whoever empties it locks everybody out. There is no lock of an account:
 * whoever knows a name could lock it. And nothing is stored: addresses are personal data, so they are keys of a table in
 * memory, behind an HMAC whose key dies with the process (client-key.ts).
 *
 * Each process counts for itself: with `n` processes behind one address a client has up to `n` times as many attempts. What does not depend on
 * counting holds across processes: codes and links are good once, which the database decides.
 */
import { between, plus, type Instant, type Millis } from '../lib/time.ts';

export interface BucketSettings {
  /** So many at once. */
  readonly burst: number;
  /** Then one in this time. */
  readonly everyMs: Millis;
  /** Clients that are remembered; beyond it the one that was forgotten first may try anew. Bounds the memory. */
  readonly most: number;
}

/**
 * A leaky bucket in the form of a theoretical arrival time (ITU-T I.371, the generic cell rate algorithm): one number a client, and
 * a client that waited long enough is as if it had never been there.
 */
export class Buckets {
  readonly #settings: BucketSettings;
  readonly #arrivals = new Map<string, Instant>();

  constructor(settings: BucketSettings) {
    this.#settings = settings;
  }

  /** Counts an attempt. @returns how long to wait instead; 0: go ahead */
  take(client: string, now: Instant): Millis {
    const { burst, everyMs } = this.#settings;
    const due = this.#arrivals.get(client) ?? now;
    const arrival = due > now ? due : now;
    const allowedAt = plus(arrival, (-(burst - 1) * everyMs) as Millis);
    if (allowedAt > now) return between(now, allowedAt);
    this.#remember(client, plus(arrival, everyMs), now);
    return 0 as Millis;
  }

  get size(): number {
    return this.#arrivals.size;
  }

  #remember(client: string, arrival: Instant, now: Instant): void {
    // Set anew, it stands last: the first ones are those that were quiet for longest.
    this.#arrivals.delete(client);
    this.#arrivals.set(client, arrival);
    for (const [key, due] of this.#arrivals) {
      if (due > now && this.#arrivals.size <= this.#settings.most) break;
      if (key === client) break;
      this.#arrivals.delete(key);
    }
  }
}

/** A wrong code for an account makes the next answer about it wait: longer each time, never for ever, and nobody is refused for it. */
export class SlowDown {
  readonly #failures = new Map<string, { readonly count: number; readonly at: Instant }>();

  /** How long to wait before an attempt is looked at. */
  waitMs(account: string, now: Instant): Millis {
    const failure = this.#failures.get(account);
    if (failure === undefined || between(failure.at, now) >= FORGET_MS) return 0 as Millis;
    return Math.min(FIRST_WAIT_MS * 2 ** (failure.count - 1), LONGEST_WAIT_MS) as Millis;
  }

  failed(account: string, now: Instant): void {
    const count = this.waitMs(account, now) === 0 ? 0 : (this.#failures.get(account)?.count ?? 0);
    this.#failures.delete(account);
    this.#failures.set(account, { count: Math.min(count + 1, 32), at: now });
    for (const key of this.#failures.keys()) {
      if (this.#failures.size <= MOST_ACCOUNTS) break;
      this.#failures.delete(key);
    }
  }

  succeeded(account: string): void {
    this.#failures.delete(account);
  }
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 8_000;
const FORGET_MS = 900_000;
const MOST_ACCOUNTS = 10_000;
