/** Every route of the service, as src/service.ts puts them together, over the database of a test. */
import type { AuthWorld } from '../../src/auth/auth.actions.ts';
import type { Terminal } from '../../src/platform/terminal.ts';
import type { Paint } from '../../src/lib/paint.ts';
import { compose } from '../../src/service.ts';
import { addressOf } from '../../src/web/request-guard.ts';
import type { Route } from '../../src/web/route.ts';
import { ORIGIN } from './application.ts';
import { minute } from './people.ts';

export function routesOfService({ log, keys }: AuthWorld): readonly Route[] {
  const plain: Paint = (_, text) => text;
  const terminal: Terminal = {
    cwd: log.folder,
    env: {},
    now: () => minute(2),
    out: () => undefined,
    err: () => undefined,
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    paintOut: plain,
    paintErr: plain,
  };
  const order = { path: '.', data: log.folder, jobs: false, database: null };
  const shared = { controls: [], migrations: [], erasers: [], states: [] };
  return compose({ order, log, keys, terminal, address: addressOf(new URL(ORIGIN)), report: () => undefined, shared })
    .routes;
}
