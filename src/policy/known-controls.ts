/**
 * The controls that a policy may name. Those of the README status table are known before they are built, so that a policy can be
 * written once: its sentences stay unbound until their control exists. Anything else is a mistake of the author.
 */
export const KNOWN_CONTROLS: readonly string[] = [
  'release.review',
  'release.gate',
  'access.review',
  'release.history',
  'posture.ssh',
  'posture.tls',
  'posture.cleartext',
  'posture.hosting',
  'posture.at-rest',
  'posture.disk',
  'posture.backup',
  'intake.open',
  'notice.platform',
  'notice.authority',
  'notice.customers',
  'notice.same-account',
  'pentest.cadence',
  'scan.dependencies',
  'triage.complete',
  'incident.critical',
  'incident.lessons',
  'log.intact',
  'manual',
];
