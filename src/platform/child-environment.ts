/**
 * What programs that we start may know of our environment: everything but the settings that hold a secret or lead to one.
 *
 * A variable is inherited by everything that a child starts in its turn, and shown to the user's other processes (proc(5),
 * `/proc/pid/environ`); no release script and no Git filter needs the key of the service. Every `spawn` and `execFile` of ours asks here.
 */

/** Compared in capitals: Windows takes names in any. */
const WITHHELD = [
  // The keys of the data, themselves or where they are (secrets.ts).
  /^HOLDFAST_(?:PREVIOUS_)?KEK(?:_FILE|_CREDENTIAL)?$/,
  // systemd.exec(5): the folder of the credentials of this unit.
  /^CREDENTIALS_DIRECTORY$/,
  // The passphrase of a recovery file, the private key of the listener, tokens and passwords of whatever kind.
  /^HOLDFAST_(?:.*_)?(?:PASSPHRASE|PASSWORD|SECRET|TOKEN|KEY)(?:_FILE)?$/,
  // A password may stand in it.
  /^HOLDFAST_DATABASE_URL$/,
];

export type Environment = Readonly<Record<string, string | undefined>>;

export const childEnvironment = (env: Environment): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !WITHHELD.some((held) => held.test(name.toUpperCase()))));
