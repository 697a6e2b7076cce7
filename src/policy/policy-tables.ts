/** The tables of policies: recorded evaluations, reports, the days of a year. Queries are policy.store.ts and report.store.ts. */
export const POLICY_TABLES = {
  feature: 'policy',
  migrations: [
    {
      name: 'the latest recorded evaluation',
      statements: [
        // `origin` and `idx`: the entry of the log that recorded it; `holdfast log verify` compares the two.
        'create table policy_evaluation (subject :text primary key, origin :text not null, idx :integer not null, body :json not null)',
      ],
    },
    {
      name: 'reports, the days of each statement, what was read',
      statements: [
        // Every report that was taken, by the digest of its JSON: what arrives twice is answered twice, and recorded once.
        'create table policy_report (digest :text primary key, origin :text not null, idx :integer not null, ' +
          'received_at :instant not null, answer :json not null)',
        // The newest of each product. `product` is empty for the whole house; `body` has what the entry calls its state.
        'create table policy_source (product :text primary key, origin :text not null, idx :integer not null, body :json not null)',
        // The worst verdict of a day, in the zone of the organisation. A day without an evaluation has no row.
        'create table policy_day (subject :text not null, statement :text not null, day :text not null, ' +
          'verdict :text not null, primary key (subject, statement, day))',
        'create index policy_day_by_day on policy_day (subject, day)',
        // The document and holdfast.yaml as they were evaluated.
        'create table policy_text (sha256 :text primary key, body :bytes not null)',
        // Why no evaluation can be made at the moment. Gone with the next one.
        'create table policy_obstacle (subject :text primary key, since :instant not null, code :text not null, body :json not null)',
      ],
    },
  ],
} as const;

export interface PolicyTables {
  policy_evaluation: { subject: string; origin: string; idx: number; body: string };
  policy_report: { digest: string; origin: string; idx: number; received_at: number; answer: string };
  policy_source: { product: string; origin: string; idx: number; body: string };
  policy_day: { subject: string; statement: string; day: string; verdict: string };
  policy_text: { sha256: string; body: Uint8Array };
  policy_obstacle: { subject: string; since: number; code: string; body: string };
}
