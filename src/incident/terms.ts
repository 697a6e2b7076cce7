/** Words that several rules use, each defined once, as conditions. */
import type { CaseFacts } from './case-facts.ts';
import type { Condition } from './condition.ts';

const CLOUD_APPS = [
  'forge-runs-on-atlassian',
  'forge-remote',
  'connect-cloud',
] as const satisfies CaseFacts['product'][];

export const isCloudApp: Condition = { fact: 'product', is: CLOUD_APPS };
export const isDataCenter: Condition = { fact: 'product', is: ['data-center'] };
export const isApp: Condition = { fact: 'product', is: [...CLOUD_APPS, 'data-center'] };

export const isProcessor: Condition = { fact: 'role', is: ['processor', 'both'] };
export const isController: Condition = { fact: 'role', is: ['controller', 'both'] };

/** Unknown counts as yes: whoever cannot rule personal data out treats it as such. */
export const personalData: Condition = { fact: 'personalData', is: ['yes', 'unknown'] };
export const noPersonalData: Condition = { fact: 'personalData', is: ['no'] };

export const breached: Condition = { fact: 'breach', is: ['yes'] };
export const breachOpen: Condition = { fact: 'breach', is: ['unknown'] };
export const brieflyUnavailable: Condition = { fact: 'breach', is: ['availability-temporary'] };

export const unreadable: Condition = { fact: 'encryptedKeySafe', is: [true] };
export const readable: Condition = { fact: 'encryptedKeySafe', is: [false] };
/** Encrypted with a safe key and still available: nothing was lost that anybody can use or misses. */
export const unreadableAndAvailable: Condition = { all: [unreadable, { not: { effects: ['A'] } }] };
export const seenOrChanged: Condition = { effects: ['C', 'I'] };

export const isCraProduct: Condition = { fact: 'craProduct', is: [true] };
export const vulnerabilityConfirmed: Condition = { fact: 'vulnConfirmed', is: [true] };
