/**
 * The tables of the log. Queries are log.store.ts; what the log is, docs/formats/log.md.
 *
 * A database may hold several logs one after another: a log that was rolled back is never signed again, a new one with a new origin
 * follows it (`reopenLog` in log.actions.ts). The one with the highest number is the one that grows.
 *
 * Every 256th entry completes a hash of the first level of tiles, and so on above: those hashes are rows, so a tile is 256 of
 * them and a partial tile needs no case of its own. Level 0 is computed from the entries.
 */
export const LOG_TABLES = {
  feature: 'log',
  migrations: [
    {
      name: 'entries, hashes, checkpoints and evidence',
      statements: [
        // `nodes`: the compact range of merkle.ts, 32 bytes for each bit that is set in `size`.
        'create table log_head (log :integer primary key, origin :text not null unique, size :integer not null, ' +
          'nodes :bytes not null, last_at :instant)',
        'create table log_entry (log :integer not null references log_head (log), idx :integer not null, ' +
          'leaf :bytes not null, primary key (log, idx))',
        'create table log_hash (log :integer not null references log_head (log), level :integer not null, ' +
          'idx :integer not null, hash :bytes not null, primary key (log, level, idx))',
        'create table log_checkpoint (log :integer not null references log_head (log), size :integer not null, ' +
          'note :text not null, signed_at :instant not null, primary key (log, size))',
        // What is too large for an entry; the entry has its digest.
        'create table log_evidence (sha256 :text primary key, body :bytes not null)',
      ],
    },
    {
      name: 'a list to look entries up in, the public key, and what stops the log',
      statements: [
        // Made of the leaves, so that pages find entries by kind and subject; what an entry says is read from its leaf.
        'create table log_listing (log :integer not null references log_head (log), idx :integer not null, ' +
          'type :text not null, subject :text, at :instant not null, primary key (log, idx))',
        'create index log_listing_type on log_listing (log, type, idx)',
        'create index log_listing_subject on log_listing (log, subject, idx)',
        'create index log_listing_both on log_listing (log, type, subject, idx)',
        // For processes that have no data folder of the log.
        'create table log_vkey (log :integer primary key references log_head (log), vkey :text not null)',
        // Why a process that may sign does not go on: a row for each of them.
        'create table log_stop (holder :text primary key, code :text not null, message :text not null, ' +
          'hint :text not null, since :instant not null, told_at :instant not null)',
      ],
    },
  ],
} as const;

export interface LogTables {
  log_head: { log: number; origin: string; size: number; nodes: Uint8Array; last_at: number | null };
  log_entry: { log: number; idx: number; leaf: Uint8Array };
  log_hash: { log: number; level: number; idx: number; hash: Uint8Array };
  log_checkpoint: { log: number; size: number; note: string; signed_at: number };
  log_evidence: { sha256: string; body: Uint8Array };
  log_listing: { log: number; idx: number; type: string; subject: string | null; at: number };
  log_vkey: { log: number; vkey: string };
  log_stop: { holder: string; code: string; message: string; hint: string; since: number; told_at: number };
}
