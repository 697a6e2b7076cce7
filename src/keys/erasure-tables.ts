/** The table of who was erased. Queries are erasure.store.ts; the keys themselves are platform/subject-keys.ts. */
export const ERASURE_TABLES = {
  feature: 'erasure',
  migrations: [
    {
      name: 'who was erased',
      statements: [
        // `origin` and `idx`: the entry of the log that recorded it; `holdfast log verify` compares the two.
        'create table erasure (subject :text primary key, origin :text not null, idx :integer not null, body :json not null)',
      ],
    },
  ],
} as const;

export interface ErasureTables {
  erasure: { subject: string; origin: string; idx: number; body: string };
}
