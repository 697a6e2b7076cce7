/** The whole service in this process, without a listener: every route of the composition root, asked as a viewer of the test's choice. */
import { join } from 'node:path';
import { loadControls, loadTables } from '../../src/main.ts';
import { compose, type Features } from '../../src/service.ts';
import { EPOCH, type Instant } from '../../src/lib/time.ts';
import { openLog, type OpenLog } from '../../src/log/log.actions.ts';
import { openKeyring } from '../../src/platform/keyring.ts';
import type { Fetch } from '../../src/platform/http-server.ts';
import type { Keyring } from '../../src/platform/wrapped-key.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { createApplication } from '../../src/web/application.routes.ts';
import { addressOf } from '../../src/web/request-guard.ts';
import type { Viewer } from '../../src/web/route.ts';
import type { ServiceEvent } from '../../src/web/service-log.ts';
import { cleanEnv, temporaryFolder } from './repository.ts';

export interface ComposedService {
  readonly features: Features;
  readonly log: OpenLog;
  readonly keys: Keyring;
  readonly origin: string;
  readonly events: ServiceEvent[];
  /** Sends a request as `viewer`, or as whoever its own cookie or token says where that is `undefined`. */
  readonly ask: (request: Request, viewer?: Viewer | null) => Promise<Response>;
  readonly close: () => Promise<void>;
}

const ORIGIN = 'http://localhost:8710';

/** @param cwd The folder of the policy. */
export async function composedService(cwd: string, now: () => Instant): Promise<ComposedService> {
  const migrations = await loadTables();
  const data = join(temporaryFolder(), 'data');
  const log = await openLog({ cwd, data, env: cleanEnv, migrations, random: systemRandom }, now());
  const keys = await openKeyring({ env: cleanEnv, folder: log.folder }, log.db, log.random);
  const address = addressOf(new URL(ORIGIN));
  const events: ServiceEvent[] = [];
  const report = (event: ServiceEvent): void => void events.push(event);
  const terminal = quietTerminal(cwd, now);
  const order = { path: '.', data, jobs: false, database: null };
  const shared = { controls: await loadControls(), migrations, erasers: [], states: [] };
  const features = compose({ order, log, keys, terminal, address, report, shared });
  const application = (viewer: Viewer | null | undefined): Fetch =>
    createApplication({
      routes: features.routes,
      address,
      trusts: null,
      speaksTls: false,
      identify: viewer === undefined ? features.identify : () => Promise.resolve({ viewer, cookie: null }),
      now,
      clock: () => EPOCH,
      random: systemRandom,
      report,
    });
  return {
    features,
    log,
    keys,
    origin: ORIGIN,
    events,
    ask: async (request, viewer) => application(viewer)(request, { address: '127.0.0.1' }),
    close: () => log.db.close(),
  };
}

const quietTerminal = (cwd: string, now: () => Instant) => ({
  cwd,
  env: cleanEnv,
  now,
  out: () => undefined,
  err: () => undefined,
  outIsTty: false,
  errIsTty: false,
  columns: 100,
  paintOut: (_: unknown, text: string) => text,
  paintErr: (_: unknown, text: string) => text,
});
