/** `/service`: how the service itself stands. */
import { pageAnswer, seeOther } from '../platform/http-answer.ts';
import { readOperations, reviveDeadLetter, type OperationsWorld } from './operations.actions.ts';
import { operationsPage } from './operations.page.tsx';
import { staffRoute, type Route } from './route.ts';
import type { Shell } from './shell.ts';

interface World extends OperationsWorld {
  readonly shell: Shell;
  readonly version: string;
}

export const operationsRoutes = (world: World): readonly Route[] => [
  staffRoute('service.read', 'GET', '/service', async (c, { viewer, now }) => {
    const operations = await readOperations(world, now);
    const { shell, version } = world;
    return pageAnswer(operationsPage({ operations, shell, viewer, now, version, done: c.req.query('done') ?? null }));
  }),
  staffRoute('service.repair', 'POST', '/service/jobs/:job/revive', async (c, { viewer, now }) => {
    const text = c.req.param('job') ?? '';
    const isId = /^[1-9]\d{0,14}$/.test(text);
    const revived = isId && (await reviveDeadLetter(world, Number(text), viewer.person, now)).ok;
    return seeOther(`/service?done=${revived ? 'revived' : 'gone'}`);
  }),
];
