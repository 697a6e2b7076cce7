/** What the first owner does next about people. The home page shows it until it is done. */
import type { FirstStep } from '../today/need.ts';
import type { AuthWorld } from './auth.actions.ts';
import { listPeople } from './people.actions.ts';

/** One person alone is locked out with one lost device, and approves their own work. */
export const inviteStep = (world: AuthWorld): FirstStep => ({
  title: 'Invite a second person',
  words:
    'Whoever loses their only device needs somebody else to let them in again, and what two people have to agree on needs two.',
  command: null,
  link: { text: 'Invite somebody', href: '/people/invite' },
  isDone: async () => (await listPeople(world)).filter(({ access }) => access === 'active').length > 1,
});
