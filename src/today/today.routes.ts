/** `/today`: where everybody lands after signing in. */
import { pageAnswer } from '../platform/http-answer.ts';
import { staffRoute, type Route } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import { readToday, type TodayWorld } from './today.actions.ts';
import { todayPage } from './today.page.tsx';

interface World extends TodayWorld {
  readonly shell: Shell;
  /** One sentence about what is quiet; `null` while nothing is known. */
  readonly quiet: () => Promise<string | null>;
}

export const todayRoutes = (world: World): readonly Route[] => [
  staffRoute('policy.read', 'GET', '/today', async (c, { viewer, now }) => {
    const [today, quiet] = [await readToday(world, now), await world.quiet()];
    return pageAnswer(todayPage({ today, quiet, done: c.req.query('done') ?? null, shell: world.shell, viewer, now }));
  }),
];
