/** The tables of recorded evaluations. Queries are policy.store.ts. */
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
  ],
} as const;

export interface PolicyTables {
  policy_evaluation: { subject: string; origin: string; idx: number; body: string };
}
