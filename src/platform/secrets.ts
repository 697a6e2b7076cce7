/**
 * Where the KEK comes from: a file, a systemd credential or a variable, whichever is set first in this order.
 *
 *     HOLDFAST_KEK_FILE        a path                                   the previous one, while a rotation
 *     HOLDFAST_KEK_CREDENTIAL  a name in CREDENTIALS_DIRECTORY          runs: HOLDFAST_PREVIOUS_KEK_FILE and
 *     HOLDFAST_KEK             the key itself, in base64                so on, in the same order
 *
 * What is set decides alone: when its key is missing or wrong, no other is tried, because data encrypted under an unexpected key is lost
 * with that key. All three hold the same text, the base64 of 32 bytes. A string cannot be zeroed, so that text stays in memory until the
 * garbage collector has it; the bytes are zeroed. The rules for files are key-file.ts, the keys themselves encryption-key.ts.
 */
import { join } from 'node:path';
import { HoldfastError } from '../lib/errors.ts';
import { parseKek, type Kek, type KekFlaw } from './encryption-key.ts';
import { CREDENTIAL_MODES, readKeyFile } from './key-file.ts';
import type { Keyring } from './wrapped-key.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const CURRENT = 'HOLDFAST_KEK';
const PREVIOUS = 'HOLDFAST_PREVIOUS_KEK';

const NEW_KEY =
  'For a service without data, make a key: (umask 077; openssl rand -base64 32 > kek), and name it with HOLDFAST_KEK_FILE.';

/**
 * Reads the current KEK, and the previous one where a setting names it.
 *
 * @throws KEY_MISSING, KEY_EXPOSED, KEY_WRONG, FILE_UNREADABLE; none repeats a key, a path or a name
 */
export function readKeyring(env: Environment): Keyring {
  const current = readKek(CURRENT, env);
  const previous = readKek(PREVIOUS, env);
  if (current === null) {
    throw new HoldfastError('KEY_MISSING', 'no key is set for the data of the service', {
      hint: `Set HOLDFAST_KEK_FILE, HOLDFAST_KEK_CREDENTIAL or HOLDFAST_KEK. ${NEW_KEY}`,
    });
  }
  if (previous?.id === current.id) {
    throw new HoldfastError('KEY_WRONG', `the previous key and the current one are the same (${current.id})`, {
      hint: `Name the key that was used until now with ${PREVIOUS}_FILE, or remove that setting when every key is wrapped again.`,
    });
  }
  return { current, previous: previous === null ? [] : [previous] };
}

/** Whether any setting names a key, rightly or not: then the settings alone decide. */
export const namesKek = (env: Environment): boolean =>
  [CURRENT, PREVIOUS].some((name) => ['', '_FILE', '_CREDENTIAL'].some((form) => env[`${name}${form}`] !== undefined));

/** `null` where nothing of this setting is set. */
function readKek(setting: string, env: Environment): Kek | null {
  const path = valueOf(env, `${setting}_FILE`);
  if (path !== null) {
    const what = `the key file that ${setting}_FILE names`;
    return kekOf(readKeyFile(path, what), what);
  }
  const credential = valueOf(env, `${setting}_CREDENTIAL`);
  if (credential !== null) return readCredential(credential, `${setting}_CREDENTIAL`, env);
  const text = valueOf(env, setting);
  return text === null ? null : kekOf(text, setting);
}

/** systemd.exec(5), `LoadCredential=`: a file of that name in the folder that `CREDENTIALS_DIRECTORY` names. */
function readCredential(name: string, setting: string, env: Environment): Kek {
  const folder = env['CREDENTIALS_DIRECTORY'] ?? '';
  if (folder === '') {
    throw new HoldfastError('KEY_MISSING', `${setting} is set, but systemd gave this process no credentials`, {
      hint: 'Add LoadCredentialEncrypted= to the unit of the service, or name a file with HOLDFAST_KEK_FILE.',
    });
  }
  if (/[/\0]/.test(name) || name === '.' || name === '..') {
    throw new HoldfastError('KEY_MISSING', `${setting} does not hold the name of a credential`, {
      hint: 'Write the name that stands in LoadCredential= before the colon, without a path.',
    });
  }
  const what = `the credential that ${setting} names`;
  return kekOf(readKeyFile(join(folder, name), what, CREDENTIAL_MODES), what);
}

/** A setting that is there and empty is a mistake, and no reason to look elsewhere. */
function valueOf(env: Environment, setting: string): string | null {
  const value = Object.hasOwn(env, setting) ? env[setting] : undefined;
  if (value !== '') return value ?? null;
  throw new HoldfastError('KEY_MISSING', `${setting} is set, but empty`, {
    hint: `Give it a value, or remove it. ${NEW_KEY}`,
  });
}

/** @param what The place of the text, for people. @throws KEY_MISSING, KEY_WRONG */
export function kekOf(text: string, what: string): Kek {
  const kek = parseKek(text);
  if (kek.ok) return kek.value;
  if (text.trim() === '')
    throw new HoldfastError('KEY_MISSING', `${what} is empty`, { hint: 'Restore the key from the recovery file.' });
  throw new HoldfastError('KEY_WRONG', `${what} holds no key: ${FLAWS[kek.error]}`, { hint: NEW_KEY });
}

const FLAWS: Readonly<Record<KekFlaw, string>> = {
  'not-base64-of-32-bytes': 'it is not the base64 of 32 bytes, 44 characters and nothing else',
  placeholder: 'all its bytes are the same, so it is a placeholder',
};
