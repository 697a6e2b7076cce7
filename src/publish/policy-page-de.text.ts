/** Die Wörter um ein Regelwerk, auf Deutsch. The English twin is policy-page-en.text.ts. */
import type { StripState } from '../web/strip-history.ts';
import type { PolicyPageText } from './policy-page-text.ts';

/** `18.231` */
const number = (value: number): string => value.toString().replace(/\B(?=(\d{3})+$)/g, '.');

const statements = (amount: number): string => (amount === 1 ? '1 Zusage ist' : `${number(amount)} Zusagen sind`);

const VERDICTS: PolicyPageText['verdict'] = {
  kept: 'eingehalten',
  broken: 'nicht eingehalten',
  stale: 'veraltet',
  unknown: 'nicht messbar',
  manual: 'bestätigt',
  'no-case': 'noch kein Fall',
  unbound: 'ungeprüft',
};

function dayState(state: StripState | null): string {
  return state === null ? 'nicht aufgezeichnet' : VERDICTS[state];
}

export const GERMAN: PolicyPageText = {
  skip: 'Zum Inhalt',
  lede: 'Das sind unsere Sicherheitszusagen. Neben jedem Satz steht, was gemessen wurde und wann. Was nicht eingehalten ist, steht hier wie alles andere, und ein Satz, den nichts prüft, sagt das auch.',
  description: (owner) => `Was ${owner} zur Sicherheit zusagt, Satz für Satz, mit dem, was gemessen wurde.`,
  headline: (kept, all) => `${number(kept)} von ${all === 1 ? '1 Zusage' : `${number(all)} Zusagen`} eingehalten`,
  measured: 'Gemessen',
  frozen: 'Diese Seite ändert sich nicht von selbst: Über die Zeit danach sagt sie nichts.',
  live: 'Gemessen wird jeden Tag neu, und immer wenn Neues gemeldet wird. Diese Seite zeigt die letzte Prüfung.',
  old: 'Seitdem wurde nichts geprüft, obwohl es jeden Tag fällig ist. Was hier steht, sagt nichts über heute.',
  unreadable: [
    'Das Dokument oder die Angaben dazu sind nicht lesbar, seit',
    'Was hier steht, wurde vorher gemessen und sagt nichts über die Zeit danach.',
  ],
  recorded: (origin, entry) => `Diese Prüfung ist Eintrag ${number(entry)} des Nachweisprotokolls ${origin}.`,
  checkpoint: 'Der unterschriebene Stand des Protokolls',
  staff: 'Für das Team',
  verdict: VERDICTS,
  meaning: {
    kept: 'gemessen, und es stimmt',
    broken: 'gemessen, und es stimmt nicht',
    stale: 'Nachweis zu alt',
    unknown: 'ließ sich nicht messen',
    manual: 'von einer Person bestätigt',
    'no-case': 'bisher nichts zu beurteilen',
    unbound: 'von nichts geprüft',
  },
  trouble: {
    broken: (amount) => `${statements(amount)} nicht eingehalten`,
    unknown: (amount) => `${statements(amount)} nicht messbar`,
    stale: (amount) => `${statements(amount)} veraltet`,
  },
  troubleNext: 'Was wir darüber wissen, steht jeweils daneben:',
  how: 'Wie das geprüft wird',
  note: (at) => `Anmerkung ${at}: wie das geprüft wird`,
  uncheckedSentence: 'Diesen Satz prüft nichts.',
  notBuilt: (control) => `Diesen Satz prüft noch nichts: Die Prüfung ${control} gibt es noch nicht.`,
  noExplanation: 'Das Dokument sagt nicht, wie.',
  notMeasured: 'Nicht gemessen.',
  measuredOnce: 'Einmal gemessen, am',
  historyBegins: 'Der Verlauf beginnt mit aufgezeichneten Prüfungen.',
  withheld: (names) => `Auch gemessen, hier nicht gezeigt: ${names.join(', ')}`,
  asJson: 'Dasselbe als JSON',
  empty: {
    why: 'Das Dokument hat keinen Satz. Es gibt nichts einzuhalten, und nichts wurde gemessen.',
    next: 'Den ersten Satz schreiben und neu veröffentlichen.',
  },
  legend: {
    title: 'Wie diese Seite zu lesen ist',
    worst:
      'Prüfen mehrere Prüfungen einen Satz, gilt das schlechteste Ergebnis. Nicht messbar und veraltet zählen als nicht eingehalten; was eine Person bestätigt und was noch keinen Fall hatte, zählt nie als eingehalten.',
    unbound:
      'Ungeprüft heißt, dass nichts den Satz prüft. Er kann stimmen; diese Seite behauptet es nicht. Englisch ist, was das Programm selbst geschrieben hat.',
    source: 'SHA-256 des Dokuments:',
  },
  effective: 'Gültig seit',
  version: 'Fassung',
  timesAre: (zone) => `Zeiten in ${zone}.`,
  writtenBy: (version) => `Geschrieben von Holdfast ${version}.`,
  notFound: {
    title: 'Unter dieser Adresse ist nichts',
    words: 'Die Seite wurde verschoben, oder die Adresse ist nicht vollständig.',
    link: 'Zu den Sicherheitszusagen',
  },
  strip: {
    span: 'Letztes Jahr: ',
    sum: (state, amount) => `${dayState(state)} an ${amount === 1 ? '1 Tag' : `${number(amount)} Tagen`}`,
    state: dayState,
    table: {
      summary: 'Der Streifen als Tabelle',
      from: 'Von',
      to: 'Bis',
      state: 'Zustand',
      earlier: (rows) => `${number(rows)} frühere Zeilen stehen in policy.json.`,
    },
    until: 'heute',
  },
  done: 'erledigt:',
  open: 'offen:',
};
