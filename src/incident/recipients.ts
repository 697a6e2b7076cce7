/**
 * Whom a notice goes to, and through which door. Two of the doors have no API: what leaves the house there is a checked
 * text that a person uploads, and the proof is the upload's time and the file's hash.
 */
import type { RecipientId, Seen } from './duty.ts';

export interface Recipient {
  readonly name: string;
  readonly short: string;
  readonly channel: 'form-then-upload' | 'web-form' | 'service-desk' | 'message' | 'publication';
  /** Where the channel is; `null` where it is the organisation's own (mail to customers). */
  readonly url: string | null;
  /** What has to be known before using it. */
  readonly rules: readonly string[];
  readonly seen: Seen;
}

export const RECIPIENTS: Readonly<Record<RecipientId, Recipient>> = {
  hbdi: {
    name: 'Der Hessische Beauftragte für Datenschutz und Informationsfreiheit',
    short: 'authority (HBDI)',
    channel: 'form-then-upload',
    url: 'https://datenschutz.hessen.de/service/meldungen-von-verletzungen-des-schutzes-personenbezogener-daten-durch-verantwortliche',
    rules: [
      'Competent for private controllers and processors established in Hesse; elsewhere the authority of that state.',
      'Take a fresh copy of the form for every report, in the version the page offers that day.',
      'Asking for the upload link does not keep the deadline; only the upload of the filled form does.',
      'The link works for a limited time.',
    ],
    seen: 'official',
  },
  'cra-srp': {
    name: 'CRA Single Reporting Platform: CERT-Bund at BSI as coordinator, and ENISA',
    short: 'CRA platform (SRP)',
    channel: 'web-form',
    url: 'https://portal.cra-srp.enisa.europa.eu',
    rules: [
      'Needs an EU Login with a second factor; that can be prepared before anything happens.',
      'Choose the coordinator of the Member State of main establishment: a wrong choice can void the notice.',
      'English only. If the platform is down, file when it is back; a call does not replace the filing.',
    ],
    seen: 'secondary',
  },
  'bsi-nis2': {
    name: 'BSI reporting office under section 32 BSIG',
    short: 'BSI (NIS2)',
    channel: 'web-form',
    url: null,
    rules: ['Only for important and particularly important entities.'],
    seen: 'secondary',
  },
  atlassian: {
    name: 'Atlassian, Marketplace / Ecosystem Security',
    short: 'Atlassian',
    channel: 'service-desk',
    url: 'https://ecosystem.atlassian.net/servicedesk/customer/portal/34',
    rules: ['The developer support form is the one path for incidents; vulnerabilities live as AMS tickets.'],
    seen: 'secondary',
  },
  customers: {
    name: 'the customers of the affected app (for their data: the controllers)',
    short: 'customers',
    channel: 'message',
    url: null,
    rules: [],
    seen: 'memory',
  },
  'data-subjects': {
    name: 'the people whose data is affected',
    short: 'people affected',
    channel: 'message',
    url: null,
    rules: ['A message of its own, not inside a newsletter; in the language of those addressed.'],
    seen: 'secondary',
  },
  public: {
    name: 'everybody',
    short: 'public',
    channel: 'publication',
    url: null,
    rules: [],
    seen: 'memory',
  },
};
