/**
 * The words around the fields of a notice, in English. `{key}` stands for the content of that field. The German twin is
 * notice-de.text.ts; a test holds that both know the same kinds and fields.
 */
import type { NoticeKind } from './notice-kinds.ts';
import type { NoticeText } from './notice-text.ts';

const platformStage = (what: string): NoticeText => ({
  subject: what,
  opening: ['We report the following under Article 14 of Regulation (EU) 2024/2847.'],
  closing: [],
});

export const ENGLISH: Readonly<Record<NoticeKind, NoticeText>> = {
  'gdpr-33-3': {
    subject: 'Notification of a personal data breach under Article 33 GDPR',
    opening: ['As controller we notify you of the following personal data breach.'],
    closing: ['Information that is not yet known follows without undue further delay, Article 33(4) GDPR.'],
  },
  'hbdi-form': {
    subject: 'Contents for the notification form of the authority',
    opening: ['These are the answers for the form. Compare the questions with the current form before filling it in.'],
    closing: [],
  },
  'gdpr-33-2-notice': {
    subject: 'Personal data breach affecting {customerInstance}',
    opening: [
      'We process personal data for you. We tell you, under Article 33(2) GDPR, of a breach that affects it.',
      'What our contract with you provides beyond this message remains as agreed.',
    ],
    closing: ['You decide about notifying the authority and the people affected. We supply whatever you need for it.'],
  },
  'gdpr-34-2': {
    subject: 'Your personal data was affected by a security incident',
    opening: ['We write to you because a security incident at our company has affected your personal data.'],
    closing: ['This message concerns this incident only.'],
  },
  'gdpr-33-5-register': {
    subject: 'Entry under Article 33(5) GDPR',
    opening: [],
    closing: [],
  },
  'cra-early-warning-vulnerability': platformStage('Early warning of an actively exploited vulnerability'),
  'cra-notification-vulnerability': platformStage('Notification of an actively exploited vulnerability'),
  'cra-final-vulnerability': platformStage('Final report on an actively exploited vulnerability'),
  'cra-early-warning-incident': platformStage('Early warning of a severe incident'),
  'cra-notification-incident': platformStage('Notification of a severe incident'),
  'cra-final-incident': platformStage('Final report on a severe incident'),
  'cra-14-8-user-information': {
    subject: 'Security information for users of our product',
    opening: ['We inform you of a security matter in a product of ours that you use.'],
    closing: [],
  },
  'srp-early-warning-vulnerability': platformStage('CRA platform, early warning: exploited vulnerability'),
  'srp-notification-vulnerability': platformStage('CRA platform, notification: exploited vulnerability'),
  'srp-final-vulnerability': platformStage('CRA platform, final report: exploited vulnerability'),
  'srp-early-warning-incident': platformStage('CRA platform, early warning: severe incident'),
  'srp-notification-incident': platformStage('CRA platform, notification: severe incident'),
  'srp-final-incident': platformStage('CRA platform, final report: severe incident'),
  'atlassian-incident': {
    subject: 'Security incident in a Marketplace app',
    opening: ['We report a security incident that concerns one of our Marketplace apps.'],
    closing: ['We keep this ticket up to date until the incident is resolved.'],
  },
  'atlassian-vulnerability': {
    subject: 'Vulnerability in {app}',
    opening: ['We report a confirmed vulnerability in one of our Marketplace apps.'],
    closing: [],
  },
  'customer-notice': {
    subject: 'Security incident: {headline}',
    opening: ['We write to you directly because you use the app concerned.'],
    closing: [],
  },
  'release-note-security': {
    subject: 'Security fix in version {version}',
    opening: ['This version closes a security flaw.'],
    closing: [],
  },
  'csaf-security-advisory': {
    subject: 'Checklist for the security advisory',
    opening: [],
    closing: [],
  },
  'report-intake-public': {
    subject: 'Report of a security incident or vulnerability',
    opening: [],
    closing: [],
  },
};
