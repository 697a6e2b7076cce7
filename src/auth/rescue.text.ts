/** What `holdfast people rescue` says to people. */
import { whenMinute } from '../lib/when-words.ts';
import type { MadeRescue, RescueRefusal } from './rescue.ts';

/** @param isUrlSet Whether HOLDFAST_URL names the address in the link. */
export const rescueText = (link: string, { expiresAt, entry }: MadeRescue, isUrlSet: boolean): string =>
  [
    `Open this link, once, before ${whenMinute(expiresAt, 'UTC')}, to come in as a new owner:`,
    `  ${link}`,
    ...(isUrlSet
      ? []
      : ['  If the service has another address, put it in, or set HOLDFAST_URL as for `holdfast serve`.']),
    `Entry ${entry} of the log says that it was made, and why. Whoever signs in is told that an owner was let in.`,
    'Then, at /people, end the access of whoever has lost their keys: what they lost opens the service until then.',
    '',
  ].join('\n');

/** Continues "no link was made: …"; the second line is the next step. */
export function rescueRefusalText({ code }: RescueRefusal, data: string): string {
  switch (code) {
    case 'no-database':
      return (
        `there is no database in ${data}\n` +
        '  Name the data folder of the service with --data, or its PostgreSQL with HOLDFAST_DATABASE_URL.\n'
      );
    case 'no-owner':
      return (
        'nobody owns this service yet\n' +
        '  Start it: `holdfast serve` prints the link that makes the first owner, anew at each start.\n'
      );
  }
}
