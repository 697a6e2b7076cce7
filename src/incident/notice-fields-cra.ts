/**
 * What stands in the reports under Art. 14 CRA: the contents that the Regulation names, stage by stage.
 * The fields of the platform's form are in notice-fields-srp.ts.
 *
 * Source: Regulation (EU) 2024/2847, Art. 14(2), 14(4), 14(8).
 */
import { field } from './notice-field.ts';
import type { NoticeSet } from './notice.ts';

const PLATFORM = ['Enter it on the Single Reporting Platform, in English; keep the receipt and its time as proof.'];

const measuresTaken = field('measuresTaken', 'if-applicable', 'Measures taken', 'Ergriffene Maßnahmen');
const userMeasures = field('userMeasures', 'if-applicable', 'Measures users can take', 'Maßnahmen für Nutzer');
const sensitivity = field(
  'sensitivity',
  'if-applicable',
  'How sensitive the information is',
  'Wie sensibel die Angaben sind',
);
const memberStates = field(
  'memberStates',
  'if-applicable',
  'Member States where the product is available',
  'Mitgliedstaaten, in denen das Produkt angeboten wird',
);

const report = { to: 'cra-srp', legalMinimum: true, delivery: PLATFORM } as const;

export const CRA_NOTICES: readonly NoticeSet[] = [
  {
    ...report,
    kind: 'cra-early-warning-vulnerability',
    title: { en: 'Early warning: exploited vulnerability', de: 'Frühwarnung: ausgenutzte Schwachstelle' },
    basis: 'CRA 14(2)(a)',
    fields: [memberStates],
  },
  {
    ...report,
    kind: 'cra-notification-vulnerability',
    title: { en: 'Notification: exploited vulnerability', de: 'Meldung: ausgenutzte Schwachstelle' },
    basis: 'CRA 14(2)(b)',
    fields: [
      field('productInfo', 'if-known', 'General information on the product', 'Allgemeine Angaben zum Produkt'),
      field('exploitNature', 'yes', 'General nature of the exploit', 'Allgemeine Art der Ausnutzung'),
      field('vulnerabilityNature', 'yes', 'General nature of the vulnerability', 'Allgemeine Art der Schwachstelle'),
      measuresTaken,
      userMeasures,
      sensitivity,
    ],
  },
  {
    ...report,
    kind: 'cra-final-vulnerability',
    title: { en: 'Final report: exploited vulnerability', de: 'Abschlussbericht: ausgenutzte Schwachstelle' },
    basis: 'CRA 14(2)(c)',
    fields: [
      field('description', 'yes', 'Vulnerability, severity and impact', 'Schwachstelle, Schwere und Auswirkung'),
      field('maliciousActor', 'if-known', 'Malicious actor', 'Böswilliger Akteur'),
      field('securityUpdate', 'yes', 'Security update or other measure', 'Sicherheitsupdate oder andere Maßnahme'),
    ],
  },
  {
    ...report,
    kind: 'cra-early-warning-incident',
    title: { en: 'Early warning: severe incident', de: 'Frühwarnung: schwerwiegender Vorfall' },
    basis: 'CRA 14(4)(a)',
    fields: [
      field(
        'suspectedMalicious',
        'yes',
        'Unlawful or malicious acts suspected',
        'Rechtswidrige oder böswillige Handlung vermutet',
      ),
      memberStates,
    ],
  },
  {
    ...report,
    kind: 'cra-notification-incident',
    title: { en: 'Notification: severe incident', de: 'Meldung: schwerwiegender Vorfall' },
    basis: 'CRA 14(4)(b)',
    fields: [
      field('nature', 'if-known', 'Nature of the incident', 'Art des Vorfalls'),
      field('initialAssessment', 'yes', 'First assessment', 'Erste Bewertung'),
      measuresTaken,
      userMeasures,
      sensitivity,
    ],
  },
  {
    ...report,
    kind: 'cra-final-incident',
    title: { en: 'Final report: severe incident', de: 'Abschlussbericht: schwerwiegender Vorfall' },
    basis: 'CRA 14(4)(c)',
    fields: [
      field('description', 'yes', 'Incident, severity and impact', 'Vorfall, Schwere und Auswirkung'),
      field('rootCause', 'yes', 'Threat or likely root cause', 'Bedrohung oder wahrscheinliche Ursache'),
      field('mitigation', 'yes', 'Measures applied and going on', 'Getroffene und laufende Maßnahmen'),
    ],
  },
  {
    kind: 'cra-14-8-user-information',
    title: { en: 'Information for users of the product', de: 'Information für Nutzer des Produkts' },
    basis: 'CRA 14(8)',
    to: 'customers',
    legalMinimum: true,
    fields: [
      field('what', 'yes', 'The vulnerability or incident', 'Die Schwachstelle oder der Vorfall'),
      field('userMeasures', 'if-applicable', 'What users can do', 'Was Nutzer tun können'),
      field(
        'machineReadable',
        'if-applicable',
        'Machine-readable version (CSAF, VEX)',
        'Maschinenlesbare Fassung (CSAF, VEX)',
      ),
    ],
    delivery: ['To all affected users, and where appropriate as CSAF or VEX.'],
  },
];
