/**
 * What balancers and managers of services ask: is the process alive, may it get requests. Nothing that a stranger could use is in the answers.
 */
import { jsonAnswer } from '../platform/http-answer.ts';
import { publicRoute, type Route } from './route.ts';

export interface ReadyCheck {
  /** `database`, `log` */
  readonly name: string;
  /** Never throws; `false` takes the process out of the rotation. */
  readonly isReady: () => Promise<boolean>;
}

export const probeRoutes = (checks: readonly ReadyCheck[]): readonly Route[] => [
  publicRoute('GET', '/healthz', () => jsonAnswer({ schema: 'holdfast.health/1', state: 'alive' })),
  publicRoute('GET', '/readyz', async () => {
    const results = await Promise.all(checks.map(async ({ name, isReady }) => [name, await isReady()] as const));
    const isReady = results.every(([, ready]) => ready);
    const named = Object.fromEntries(results.map(([name, ready]) => [name, ready ? 'ready' : 'not ready']));
    return jsonAnswer(
      { schema: 'holdfast.ready/1', state: isReady ? 'ready' : 'not ready', checks: named },
      { status: isReady ? 200 : 503 },
    );
  }),
];
