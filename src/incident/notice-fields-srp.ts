/**
 * The form of the CRA Single Reporting Platform: 39 fields, each with what it is at each of the three stages.
 *
 * Source: ENISA SRP Glossary 1.3 of 10 September 2026, read in a copy. Version 1.1 of 5 September numbered the fields
 * otherwise and had one less: compare with the current glossary before relying on a number.
 */
import { field } from './notice-field.ts';
import type { Need, NoticeSet } from './notice.ts';

/** `R` required, `A` required if available, `O` optional, `C` carried forward, `S` from the registration, `-` not asked. */
type Code = 'R' | 'A' | 'O' | 'C' | 'S' | '-';

interface FormField {
  readonly no: string;
  readonly key: string;
  readonly track: 'both' | 'vulnerability' | 'incident';
  /** Early warning, notification, final report. */
  readonly stages: `${Code}${Code}${Code}`;
  readonly maxLength: number | null;
  readonly en: string;
  readonly de: string;
}

// prettier-ignore
const FORM: readonly FormField[] = [
  {
    no: '1',
    key: 'notificationType',
    track: 'both',
    stages: 'RCC',
    maxLength: null,
    en: 'Kind of notification',
    de: 'Art der Meldung',
  },
  { no: '2', key: 'title', track: 'both', stages: 'RCC', maxLength: 255, en: 'Title', de: 'Titel' },
  { no: '3', key: 'summary', track: 'both', stages: 'RCC', maxLength: 4000, en: 'Summary', de: 'Zusammenfassung' },
  {
    no: '4',
    key: 'manufacturerName',
    track: 'both',
    stages: 'SCC',
    maxLength: null,
    en: 'Manufacturer',
    de: 'Hersteller',
  },
  {
    no: '5',
    key: 'memberStatesAvailable',
    track: 'both',
    stages: 'RCC',
    maxLength: null,
    en: 'Member States where it is available',
    de: 'Mitgliedstaaten mit Angebot',
  },
  { no: '6', key: 'productName', track: 'both', stages: 'RCC', maxLength: 255, en: 'Product', de: 'Produkt' },
  { no: '7', key: 'productVersion', track: 'both', stages: 'RCC', maxLength: 255, en: 'Version', de: 'Version' },
  {
    no: '8',
    key: 'productType',
    track: 'both',
    stages: 'OCC',
    maxLength: null,
    en: 'Type of product',
    de: 'Produktart',
  },
  {
    no: '9',
    key: 'productClass',
    track: 'both',
    stages: 'OCC',
    maxLength: null,
    en: 'Class of product',
    de: 'Produktklasse',
  },
  {
    no: '10',
    key: 'productCategory',
    track: 'both',
    stages: 'OCC',
    maxLength: null,
    en: 'Category of product',
    de: 'Produktkategorie',
  },
  {
    no: '11',
    key: 'endOfSupport',
    track: 'both',
    stages: 'OCC',
    maxLength: null,
    en: 'End of support',
    de: 'Ende der Unterstützung',
  },
  { no: '12', key: 'componentName', track: 'both', stages: 'OCC', maxLength: 255, en: 'Component', de: 'Komponente' },
  {
    no: '13',
    key: 'mitigationExpectedShortly',
    track: 'both',
    stages: 'OCC',
    maxLength: null,
    en: 'Mitigation expected shortly',
    de: 'Abhilfe in Kürze erwartet',
  },
  {
    no: '14',
    key: 'userActionReducingImpact',
    track: 'both',
    stages: 'OCC',
    maxLength: 4000,
    en: 'What users can do at once',
    de: 'Sofortmaßnahmen für Nutzer',
  },
  {
    no: '15',
    key: 'sensitivity',
    track: 'both',
    stages: 'OOC',
    maxLength: 255,
    en: 'How sensitive the information is',
    de: 'Wie sensibel die Angaben sind',
  },
  {
    no: '16',
    key: 'measuresTaken',
    track: 'both',
    stages: 'OOR',
    maxLength: 2000,
    en: 'Measures taken',
    de: 'Ergriffene Maßnahmen',
  },
  {
    no: '17',
    key: 'userMeasures',
    track: 'both',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Measures users can take',
    de: 'Maßnahmen für Nutzer',
  },
  {
    no: '18',
    key: 'attackVector',
    track: 'both',
    stages: '-OO',
    maxLength: 255,
    en: 'Attack vector',
    de: 'Angriffsweg',
  },
  { no: 'v19', key: 'cveId', track: 'vulnerability', stages: 'OCC', maxLength: 255, en: 'CVE', de: 'CVE' },
  { no: 'v20', key: 'euvdId', track: 'vulnerability', stages: 'OCC', maxLength: 255, en: 'EUVD', de: 'EUVD' },
  {
    no: 'v21',
    key: 'vulnerabilityGeneralInfo',
    track: 'vulnerability',
    stages: 'ORC',
    maxLength: 4000,
    en: 'General nature of vulnerability and exploit',
    de: 'Allgemeine Art von Schwachstelle und Ausnutzung',
  },
  {
    no: 'v22',
    key: 'measureAvailableDate',
    track: 'vulnerability',
    stages: 'OOR',
    maxLength: null,
    en: 'Measure available since',
    de: 'Maßnahme verfügbar seit',
  },
  {
    no: 'v23',
    key: 'securityUpdateDetails',
    track: 'vulnerability',
    stages: 'OOR',
    maxLength: 2000,
    en: 'Security update',
    de: 'Sicherheitsupdate',
  },
  {
    no: 'v24',
    key: 'severityDescription',
    track: 'vulnerability',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Severity',
    de: 'Schwere',
  },
  {
    no: 'v25',
    key: 'impactDescription',
    track: 'vulnerability',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Impact',
    de: 'Auswirkung',
  },
  {
    no: 'v26',
    key: 'awareAt',
    track: 'vulnerability',
    stages: 'RCC',
    maxLength: null,
    en: 'Aware since',
    de: 'Bekannt seit',
  },
  {
    no: 'v27',
    key: 'maliciousActor',
    track: 'vulnerability',
    stages: 'OOA',
    maxLength: 100,
    en: 'Malicious actor',
    de: 'Böswilliger Akteur',
  },
  {
    no: 'v28',
    key: 'particularExceptionalCircumstances',
    track: 'vulnerability',
    stages: '-O-',
    maxLength: null,
    en: 'Particular exceptional circumstances',
    de: 'Besondere außergewöhnliche Umstände',
  },
  {
    no: 'v29',
    key: 'pecReason',
    track: 'vulnerability',
    stages: '-O-',
    maxLength: null,
    en: 'Reason for them',
    de: 'Begründung dafür',
  },
  {
    no: 'v30',
    key: 'furtherInformation',
    track: 'vulnerability',
    stages: 'OOC',
    maxLength: 800,
    en: 'Further information',
    de: 'Weitere Angaben',
  },
  {
    no: 'i31',
    key: 'suspectedMalicious',
    track: 'incident',
    stages: 'RCC',
    maxLength: null,
    en: 'Unlawful or malicious acts suspected',
    de: 'Rechtswidrige oder böswillige Handlung vermutet',
  },
  {
    no: 'i32',
    key: 'incidentGeneralInfo',
    track: 'incident',
    stages: 'ORC',
    maxLength: 4000,
    en: 'General nature of the incident',
    de: 'Allgemeine Art des Vorfalls',
  },
  {
    no: 'i33',
    key: 'mitigationMeasures',
    track: 'incident',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Mitigation applied and going on',
    de: 'Getroffene und laufende Abhilfe',
  },
  {
    no: 'i34',
    key: 'severityDescription',
    track: 'incident',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Severity',
    de: 'Schwere',
  },
  {
    no: 'i35',
    key: 'impactDescription',
    track: 'incident',
    stages: 'OOR',
    maxLength: 4000,
    en: 'Impact',
    de: 'Auswirkung',
  },
  {
    no: 'i36',
    key: 'threatOrRootCause',
    track: 'incident',
    stages: 'OOR',
    maxLength: 255,
    en: 'Threat or root cause',
    de: 'Bedrohung oder Ursache',
  },
  {
    no: 'i37',
    key: 'awareAt',
    track: 'incident',
    stages: 'RRC',
    maxLength: null,
    en: 'Aware since',
    de: 'Bekannt seit',
  },
  {
    no: 'i38',
    key: 'occurredAt',
    track: 'incident',
    stages: 'ORO',
    maxLength: null,
    en: 'Occurred',
    de: 'Eingetreten am',
  },
  {
    no: 'i39',
    key: 'initialAssessment',
    track: 'incident',
    stages: 'ORC',
    maxLength: 4000,
    en: 'First assessment',
    de: 'Erste Bewertung',
  },
];

const NEED: Readonly<Record<Exclude<Code, '-'>, Need>> = {
  R: 'yes',
  A: 'if-known',
  O: 'optional',
  C: 'carried',
  S: 'carried',
};

const STAGES = [
  { name: 'early-warning', article: 'a', en: 'early warning', de: 'Frühwarnung' },
  { name: 'notification', article: 'b', en: 'notification', de: 'Meldung' },
  { name: 'final', article: 'c', en: 'final report', de: 'Abschlussbericht' },
] as const;
const TRACKS = [
  { name: 'vulnerability', article: '14(2)', en: 'exploited vulnerability', de: 'ausgenutzte Schwachstelle' },
  { name: 'incident', article: '14(4)', en: 'severe incident', de: 'schwerwiegender Vorfall' },
] as const;

const isCode = (code: string | undefined): code is Code => code !== undefined && 'RAOCS-'.includes(code);

/** The form as it stands at one stage of one track: six sets. */
export const SRP_FORMS: readonly NoticeSet[] = TRACKS.flatMap((track) =>
  STAGES.map((stage, position) => ({
    kind: `srp-${stage.name}-${track.name}` as const,
    title: { en: `CRA platform, ${stage.en}: ${track.en}`, de: `CRA-Plattform, ${stage.de}: ${track.de}` },
    basis: `CRA ${track.article}(${stage.article}); ENISA SRP Glossary 1.3`,
    to: 'cra-srp' as const,
    legalMinimum: false,
    fields: FORM.filter((line) => line.track === 'both' || line.track === track.name).flatMap((line) => {
      const code = line.stages[position];
      if (!isCode(code) || code === '-') return [];
      return [field(line.key, NEED[code], line.en, line.de, { ref: line.no, maxLength: line.maxLength })];
    }),
    delivery: [
      'The platform takes English only.',
      'The form asked for the moment of awareness under another name, or not at all, at its launch: keep your own proof.',
    ],
  })),
);
