/**
 * What stands in the notices that no law fixes: to Atlassian, to customers, into release notes, into a CSAF advisory,
 * and into the form by which anybody reports to us.
 *
 * Source: Atlassian app security incident management guidelines (eight items); CSAF 2.0, profile 4; ISO/IEC 29147.
 */
import { field } from './notice-field.ts';
import type { NoticeSet } from './notice.ts';

const ATLASSIAN: readonly NoticeSet[] = [
  {
    kind: 'atlassian-incident',
    title: { en: 'Security incident report to Atlassian', de: 'Meldung eines Sicherheitsvorfalls an Atlassian' },
    basis: 'Atlassian app security incident management guidelines',
    to: 'atlassian',
    legalMinimum: false,
    fields: [
      field('category', 'yes', 'Kind of incident, scope, how long present', 'Art des Vorfalls, Umfang, seit wann'),
      field('impact', 'yes', 'Users and installations affected', 'Betroffene Nutzer und Installationen'),
      field('dataTypes', 'yes', 'Types of data', 'Arten von Daten'),
      field('timeline', 'yes', 'Timeline', 'Zeitlicher Ablauf'),
      field('containment', 'yes', 'Containment', 'Eindämmung'),
      field('rootCause', 'if-known', 'Root cause', 'Ursache'),
      field('remediation', 'yes', 'Remediation', 'Behebung'),
      field('contact', 'yes', 'Contact', 'Ansprechpartner'),
    ],
    delivery: [
      'P1 ticket in the developer support portal, within 24 hours of becoming aware.',
      'An update every six hours until it is resolved (one source).',
    ],
  },
  {
    kind: 'atlassian-vulnerability',
    title: { en: 'Vulnerability report to Atlassian', de: 'Meldung einer Schwachstelle an Atlassian' },
    basis: 'practice of AMS tickets',
    to: 'atlassian',
    legalMinimum: false,
    fields: [
      field('app', 'yes', 'App key and hosting', 'App-Schlüssel und Hosting'),
      field('summary', 'yes', 'What is wrong', 'Worum es geht'),
      field('cvss', 'yes', 'CVSS vector and score', 'CVSS-Vektor und Wert'),
      field('cwe', 'recommended', 'CWE', 'CWE'),
      field('affectedVersions', 'yes', 'Affected versions', 'Betroffene Versionen'),
      field('exploited', 'yes', 'Any sign of use', 'Anzeichen einer Ausnutzung'),
      field('fixPlan', 'yes', 'Fix and date', 'Behebung und Termin'),
      field('reporter', 'if-applicable', 'Found by', 'Gefunden von'),
    ],
    delivery: ['As a ticket in AMS.'],
  },
];

const OWN: readonly NoticeSet[] = [
  {
    kind: 'customer-notice',
    title: { en: 'Notice to customers', de: 'Mitteilung an Kunden' },
    basis: 'own policy; serves cases without personal data too',
    to: 'customers',
    legalMinimum: false,
    fields: [
      field('headline', 'yes', 'What happened, in one sentence', 'Was geschehen ist, in einem Satz'),
      field('affected', 'yes', 'Are you affected, and how we know', 'Sind Sie betroffen, und woher wir das wissen'),
      field('data', 'yes', 'Which data', 'Welche Daten'),
      field('period', 'if-known', 'From when to when', 'Von wann bis wann'),
      field(
        'fixed',
        'yes',
        'What we did, and since when it is fixed',
        'Was wir getan haben, und seit wann es behoben ist',
      ),
      field('actions', 'yes', 'What you should do now', 'Was Sie jetzt tun sollten'),
      field('contact', 'yes', 'Whom to ask', 'Wen Sie fragen können'),
      field('next', 'yes', 'Next update', 'Nächste Nachricht'),
      field(
        'roleHint',
        'if-applicable',
        'Your own duties as controller',
        'Ihre eigenen Pflichten als Verantwortlicher',
      ),
    ],
    delivery: ['Send it to each customer by itself, and keep the answer of each mail server.'],
  },
  {
    kind: 'release-note-security',
    title: { en: 'Security release note', de: 'Sicherheitshinweis in den Release Notes' },
    basis: 'own policy, the choice within one account',
    to: 'customers',
    legalMinimum: false,
    fields: [
      field('version', 'yes', 'Fixed version', 'Behoben in Version'),
      field('summary', 'yes', 'What could happen', 'Was möglich war'),
      field('severity', 'yes', 'Severity', 'Schweregrad'),
      field('actions', 'yes', 'What to do', 'Was zu tun ist'),
      field('credit', 'if-applicable', 'Credit', 'Dank'),
    ],
    delivery: ['Record who chose release notes over direct contact, and why.'],
  },
];

const csaf = (path: string, en: string, de: string) => field(path, 'yes', en, de, { ref: path });

const PUBLIC: readonly NoticeSet[] = [
  {
    kind: 'csaf-security-advisory',
    title: { en: 'CSAF security advisory', de: 'CSAF-Sicherheitshinweis' },
    basis: 'CSAF 2.0, profile 4 (security advisory)',
    to: 'public',
    legalMinimum: false,
    fields: [
      csaf('/document/category', 'Category: csaf_security_advisory', 'Kategorie: csaf_security_advisory'),
      csaf('/document/csaf_version', 'Version of CSAF', 'CSAF-Version'),
      csaf('/document/publisher/category', 'Category of the publisher', 'Kategorie des Herausgebers'),
      csaf('/document/publisher/name', 'Publisher', 'Herausgeber'),
      csaf('/document/publisher/namespace', 'Namespace of the publisher', 'Namensraum des Herausgebers'),
      csaf('/document/title', 'Title', 'Titel'),
      csaf('/document/tracking/current_release_date', 'Date of this version', 'Datum dieser Fassung'),
      csaf('/document/tracking/id', 'Id of the advisory', 'Kennung des Hinweises'),
      csaf('/document/tracking/initial_release_date', 'Date of the first version', 'Datum der ersten Fassung'),
      csaf('/document/tracking/revision_history', 'History of versions', 'Verlauf der Fassungen'),
      csaf('/document/tracking/status', 'Status', 'Status'),
      csaf('/document/tracking/version', 'Version of the advisory', 'Version des Hinweises'),
      csaf('/product_tree', 'Products', 'Produkte'),
      csaf('/vulnerabilities', 'Vulnerabilities', 'Schwachstellen'),
      csaf('/vulnerabilities[]/notes', 'A note for each vulnerability', 'Beschreibung je Schwachstelle'),
      csaf(
        '/vulnerabilities[]/product_status',
        'Product status for each vulnerability',
        'Produktstatus je Schwachstelle',
      ),
    ],
    delivery: [
      'Published under the well-known path and in the feed; the JSON is made from the record, this is its checklist.',
    ],
  },
  {
    kind: 'report-intake-public',
    title: { en: 'Report to us', de: 'Meldung an uns' },
    basis: 'own policy ("report an incident"), ISO/IEC 29147',
    to: 'ourselves',
    legalMinimum: false,
    fields: [
      field('what', 'yes', 'What did you see', 'Was haben Sie gesehen'),
      field('where', 'yes', 'App, address, version', 'App, Adresse, Version'),
      field('when', 'recommended', 'When', 'Wann'),
      field('steps', 'recommended', 'Steps to repeat it', 'Schritte zum Nachstellen'),
      field(
        'dataSeen',
        'yes',
        'Did you see data of others (do not send it)',
        'Haben Sie Daten anderer gesehen (nicht mitsenden)',
      ),
      field('contact', 'recommended', 'How to reach you', 'Wie wir Sie erreichen'),
      field('credit', 'recommended', 'Name for the credit', 'Name für den Dank'),
      field('consent', 'yes', 'Privacy note read', 'Datenschutzhinweis gelesen'),
    ],
    delivery: [],
  },
];

export const OTHER_NOTICES: readonly NoticeSet[] = [...ATLASSIAN, ...OWN, ...PUBLIC];
