/** The words about passkeys: what the browser's script says while it asks, and why an answer was refused. */
import type { PasskeyChangeRefusal, PasskeyRefusal } from './passkey.ts';

export interface Obstacle {
  /** What is so. */
  readonly title: string;
  /** What to do. */
  readonly next: string;
}

/** Names are those of passkey.browser.ts. */
export const scriptWords = {
  waiting: 'Your browser asks for the passkey now.',
  dismissed: 'Nothing was confirmed: the question was closed, or it took too long. Press the button to be asked again.',
  known: 'This device has a passkey for you here already. Use that one, or another device.',
  address: 'The browser makes passkeys for another address than this one. Open the page at the address of the service.',
  failed: 'The browser could not ask for a passkey. Try again, or use another browser.',
  unsupported: 'This browser cannot use passkeys. Open this page in another one; every browser since 2023 can.',
} as const;

export function refusedPasskey(refusal: PasskeyRefusal): Obstacle {
  switch (refusal.code) {
    case 'unreadable':
      return { title: 'No passkey came with the form.', next: 'Press the button, and answer what the browser asks.' };
    case 'challenge-over':
      return {
        title: 'This page was open for more than five minutes, or it was sent twice.',
        next: 'Press the button again: the page is a new one.',
      };
    case 'attested':
      return {
        title: 'The passkey came with certificates of its maker, which nobody asked for.',
        next: 'Let the browser leave them out, or use another passkey.',
      };
    case 'not-verified':
      return {
        title: 'The answer of the passkey could not be verified, so it counts for nothing.',
        next: 'It has to ask for a PIN, a finger or a face, and to be used at this address. Try again, or use another one.',
      };
    case 'counter':
      return {
        title: 'This passkey counted its uses backwards, so there may be a copy of it.',
        next: 'Use another passkey or a recovery code, then remove this one under your account.',
      };
    case 'unknown-passkey':
      return {
        title: 'Nobody here has this passkey.',
        next: 'It was removed, or its owner’s access ended. Use another one, or ask an owner for an invitation.',
      };
    case 'too-many':
      return {
        title: 'You have twenty passkeys, which is as many as there can be.',
        next: 'Remove one that you no longer use.',
      };
    case 'known-passkey':
      return { title: 'Somebody has this passkey already.', next: 'Use another device, or sign in with it.' };
  }
}

export function refusedChange({ code }: PasskeyChangeRefusal): Obstacle {
  return code === 'last-way-in'
    ? {
        title: 'This is your only passkey, and you have no recovery code left.',
        next: 'Add another passkey, or make new recovery codes first: without either you could never come in again.',
      }
    : { title: 'There is no such passkey.', next: 'It was removed before. Your account shows those that there are.' };
}
