/** The table of the values that entries commit to. Queries are personal.store.ts; commitments are commitment.ts. */
export const LOG_PERSONAL_TABLES = {
  feature: 'log-personal',
  migrations: [
    {
      name: 'values behind commitments',
      statements: [
        // `sealed`: value and r of the commitment, under the key of the person (platform/personal-data.ts).
        'create table log_personal (commitment :text primary key, subject :text not null, sealed :text not null)',
        'create index log_personal_subject on log_personal (subject)',
      ],
    },
  ],
} as const;

export interface PersonalTables {
  log_personal: { commitment: string; subject: string; sealed: string };
}
