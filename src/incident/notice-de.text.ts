/**
 * Die Wörter um die Felder einer Mitteilung, auf Deutsch. The English twin is notice-en.text.ts.
 *
 * The CRA platform takes English only; its German texts are for reading inside the house.
 */
import type { NoticeKind } from './notice-kinds.ts';
import type { NoticeText } from './notice-text.ts';

const platformStage = (what: string): NoticeText => ({
  subject: what,
  opening: ['Wir melden nach Artikel 14 der Verordnung (EU) 2024/2847 Folgendes.'],
  closing: ['Interne Fassung: Die Plattform nimmt nur Englisch an.'],
});

export const GERMAN: Readonly<Record<NoticeKind, NoticeText>> = {
  'gdpr-33-3': {
    subject: 'Meldung einer Verletzung des Schutzes personenbezogener Daten nach Artikel 33 DSGVO',
    opening: ['Als Verantwortlicher melden wir Ihnen die folgende Verletzung des Schutzes personenbezogener Daten.'],
    closing: [
      'Noch nicht bekannte Angaben reichen wir ohne unangemessene weitere Verzögerung nach, Artikel 33 Absatz 4 DSGVO.',
    ],
  },
  'hbdi-form': {
    subject: 'Angaben für das Meldeformular der Aufsichtsbehörde',
    opening: [
      'Dies sind die Antworten für das Formular. Vor dem Ausfüllen mit den Fragen des aktuellen Formulars vergleichen.',
    ],
    closing: [],
  },
  'gdpr-33-2-notice': {
    subject: 'Verletzung des Schutzes personenbezogener Daten, betroffen: {customerInstance}',
    opening: [
      'Wir verarbeiten in Ihrem Auftrag personenbezogene Daten. Nach Artikel 33 Absatz 2 DSGVO teilen wir Ihnen eine Verletzung mit, die diese Daten betrifft.',
      'Was unser Vertrag mit Ihnen darüber hinaus vorsieht, gilt weiter.',
    ],
    closing: [
      'Über die Meldung an die Aufsichtsbehörde und die Benachrichtigung der Betroffenen entscheiden Sie. Was Sie dafür brauchen, liefern wir.',
    ],
  },
  'gdpr-34-2': {
    subject: 'Ihre personenbezogenen Daten waren von einem Sicherheitsvorfall betroffen',
    opening: ['Wir schreiben Ihnen, weil ein Sicherheitsvorfall bei uns Ihre personenbezogenen Daten betroffen hat.'],
    closing: ['Diese Nachricht betrifft allein diesen Vorfall.'],
  },
  'gdpr-33-5-register': {
    subject: 'Eintrag nach Artikel 33 Absatz 5 DSGVO',
    opening: [],
    closing: [],
  },
  'cra-early-warning-vulnerability': platformStage('Frühwarnung: aktiv ausgenutzte Schwachstelle'),
  'cra-notification-vulnerability': platformStage('Meldung: aktiv ausgenutzte Schwachstelle'),
  'cra-final-vulnerability': platformStage('Abschlussbericht: aktiv ausgenutzte Schwachstelle'),
  'cra-early-warning-incident': platformStage('Frühwarnung: schwerwiegender Vorfall'),
  'cra-notification-incident': platformStage('Meldung: schwerwiegender Vorfall'),
  'cra-final-incident': platformStage('Abschlussbericht: schwerwiegender Vorfall'),
  'cra-14-8-user-information': {
    subject: 'Sicherheitsinformation für Nutzer unseres Produkts',
    opening: ['Wir informieren Sie über einen Sicherheitssachverhalt in einem unserer Produkte, das Sie nutzen.'],
    closing: [],
  },
  'srp-early-warning-vulnerability': platformStage('CRA-Plattform, Frühwarnung: ausgenutzte Schwachstelle'),
  'srp-notification-vulnerability': platformStage('CRA-Plattform, Meldung: ausgenutzte Schwachstelle'),
  'srp-final-vulnerability': platformStage('CRA-Plattform, Abschlussbericht: ausgenutzte Schwachstelle'),
  'srp-early-warning-incident': platformStage('CRA-Plattform, Frühwarnung: schwerwiegender Vorfall'),
  'srp-notification-incident': platformStage('CRA-Plattform, Meldung: schwerwiegender Vorfall'),
  'srp-final-incident': platformStage('CRA-Plattform, Abschlussbericht: schwerwiegender Vorfall'),
  'atlassian-incident': {
    subject: 'Sicherheitsvorfall in einer Marketplace-App',
    opening: ['Wir melden einen Sicherheitsvorfall, der eine unserer Marketplace-Apps betrifft.'],
    closing: ['Wir halten dieses Ticket aktuell, bis der Vorfall behoben ist.'],
  },
  'atlassian-vulnerability': {
    subject: 'Schwachstelle in {app}',
    opening: ['Wir melden eine bestätigte Schwachstelle in einer unserer Marketplace-Apps.'],
    closing: [],
  },
  'customer-notice': {
    subject: 'Sicherheitsvorfall: {headline}',
    opening: ['Wir schreiben Ihnen direkt, weil Sie die betroffene App nutzen.'],
    closing: [],
  },
  'release-note-security': {
    subject: 'Sicherheitskorrektur in Version {version}',
    opening: ['Diese Version schließt eine Sicherheitslücke.'],
    closing: [],
  },
  'csaf-security-advisory': {
    subject: 'Prüfliste für den Sicherheitshinweis',
    opening: [],
    closing: [],
  },
  'report-intake-public': {
    subject: 'Meldung eines Sicherheitsvorfalls oder einer Schwachstelle',
    opening: [],
    closing: [],
  },
};
