/** What the first owner does next about the key of the data. The home page shows it as long as anything else is to be set up. */
import type { FirstStep } from '../today/need.ts';

export const recoveryStep: FirstStep = {
  title: 'Keep a recovery file of the key',
  words:
    'Without the key in the data folder nobody can read what is encrypted, also not from a backup. Run this where the service runs, and keep the file and its passphrase in two other places.',
  command: 'npx holdfast keys export holdfast-recovery.txt',
  link: null,
  // Where the file lies is not known to the service, and must not be.
  isDone: null,
};
