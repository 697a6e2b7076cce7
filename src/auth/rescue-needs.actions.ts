/** What of people needs a look today: that an owner was let in from the machine of the service, or may be now (rescue.ts). */
import { whenMinute } from '../lib/when-words.ts';
import type { Need, NeedSource } from '../today/need.ts';
import type { AuthWorld } from './auth.actions.ts';
import { rescuesToLookAt, type ShownRescue } from './rescue.actions.ts';

const PAGE = '/people';

/** @param zone Of the organisation, when it is asked for. */
export const rescueNeeds = (world: AuthWorld, zone: () => string): NeedSource => ({
  title: 'People',
  all: { text: 'People', href: PAGE },
  read: async (now) => (await rescuesToLookAt(world, now)).map((rescue) => needOf(rescue, zone())),
});

/** Without a name and without the reason: the home page is for everybody, and they are for those who may see people. */
const needOf = ({ createdAt, expiresAt, settledAt }: ShownRescue, zone: string): Need =>
  settledAt === null
    ? {
        state: 'soon',
        word: 'open',
        about: 'A link that makes a new owner was made on the machine',
        href: PAGE,
        detail: `Made ${whenMinute(createdAt, zone)}, good until ${whenMinute(expiresAt, zone)}, by \`holdfast people rescue\`.`,
        next: { text: 'See why it was made', href: PAGE },
      }
    : {
        state: 'unknown',
        word: 'to look at',
        about: 'An owner was let in from the machine',
        href: PAGE,
        detail: `On ${whenMinute(settledAt, zone)}, by a link of \`holdfast people rescue\`. It is said here for thirty days.`,
        next: { text: 'See who it is and why', href: PAGE },
      };
