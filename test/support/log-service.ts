/** The addresses of the log in an application of their own, asked as somebody. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { OpenLog } from '../../src/log/log.actions.ts';
import { logRoutes } from '../../src/log/log.routes.ts';
import type { Instant } from '../../src/lib/time.ts';
import { evaluationStates } from '../../src/policy/policy.store.ts';
import { assetRoutes } from '../../src/web/assets.routes.ts';
import { createApplication } from '../../src/web/application.routes.ts';
import { addressOf } from '../../src/web/request-guard.ts';
import type { Viewer } from '../../src/web/route.ts';

export const AUDITOR: Viewer = {
  kind: 'person',
  person: 'p-1',
  name: 'Toni Beispiel',
  roles: ['auditor'],
  session: 's-1',
  authenticatedAt: 0 as Instant,
};
export const TOKEN: Viewer = { kind: 'token', token: 't-1', scopes: ['log.read'] };
const VIEWERS: ReadonlyMap<string, Viewer> = new Map<string, Viewer>([
  ['auditor', AUDITOR],
  ['token', TOKEN],
]);
const ORIGIN = 'http://localhost:8710';

export type Get = (path: string, viewer?: Viewer | null) => Promise<Response>;

export function logService(log: OpenLog, now: () => Instant, failures: string[] = []): Get {
  const application = createApplication({
    routes: [
      ...assetRoutes(),
      ...logRoutes({
        log,
        shell: { organisation: 'Beispiel Apps GmbH', zone: 'Europe/Berlin', logPosition: () => null },
        states: [evaluationStates],
      }),
    ],
    address: addressOf(new URL(ORIGIN)),
    trusts: null,
    speaksTls: false,
    identify: ({ headers }) =>
      Promise.resolve({ viewer: VIEWERS.get(headers.get('x-viewer') ?? '') ?? null, cookie: null }),
    now,
    clock: () => 0,
    random: (bytes) => new Uint8Array(bytes),
    report: (event) => {
      if (event.level === 'error') failures.push(JSON.stringify(event));
    },
  });
  return async (path, viewer = null) => {
    const name = [...VIEWERS].find(([, each]) => each === viewer)?.[0] ?? '';
    const headers = { host: 'localhost:8710', 'x-viewer': name };
    return application(new Request(`${ORIGIN}${path}`, { headers }), { address: '127.0.0.1' });
  };
}

/** The same on loopback, for a browser or another program; `x-viewer` names who asks. Closed by the caller. */
export async function listening(get: Get): Promise<{ readonly origin: string; readonly server: Server }> {
  const server = createServer((request, response) => {
    const viewer = VIEWERS.get(String(request.headers['x-viewer'] ?? '')) ?? null;
    void get(request.url ?? '', viewer).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return { origin: `http://127.0.0.1:${port}`, server };
}
