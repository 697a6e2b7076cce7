/**
 * A PostgreSQL of the tests' own: made in a temporary folder from the programs of this machine, started as an unprivileged
 * user, reached through a Unix socket only, and stopped when the test process ends, however it ends.
 *
 * fsync stays on, because what is tested is what survives. One server per test process, and a database per test.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { PostgresPlace } from '../../src/platform/database-place.ts';

const run = promisify(execFile);
const USER = 'holdfast';
const START_TIMEOUT_MS = 60_000;

/** The folder that holds initdb and postgres: Debian keeps them out of PATH. `null` where there are none. */
function findPrograms(): string | null {
  const packaged = globSync('/usr/lib/postgresql/*/bin').sort();
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...packaged];
  return (
    folders.findLast((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
  );
}

export const POSTGRES_PROGRAMS = findPrograms();

/** PostgreSQL refuses to run as root, so root becomes somebody else; everyone else stays who they are. */
function unprivileged(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('neither postgres nor nobody exists to run the server as');
  return { uid: Number(uid), gid: Number(gid) };
}

export class PostgresServer {
  readonly #programs: string;
  readonly #folder: string;
  readonly #identity: { readonly uid: number; readonly gid: number } | null;
  #process: ChildProcess | null = null;
  #databases = 0;

  private constructor(programs: string, folder: string) {
    this.#programs = programs;
    this.#folder = folder;
    this.#identity = unprivileged();
  }

  static async create(programs: string): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-pg-'));
    const server = new PostgresServer(programs, folder);
    if (server.#identity !== null) chownSync(folder, server.#identity.uid, server.#identity.gid);
    const data = ['-D', join(folder, 'data'), '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    await run(join(programs, 'initdb'), data, server.#options());
    await server.start();
    return server;
  }

  /** A new empty database. */
  async createDatabase(): Promise<PostgresPlace> {
    const name = `suite_${++this.#databases}_${randomBytes(3).toString('hex')}`;
    await this.query(`create database ${name}`);
    return this.place(name);
  }

  place(database: string): PostgresPlace {
    return { engine: 'postgres', host: this.#folder, port: 5432, user: USER, password: null, database, tls: null };
  }

  /** As an administrator who uses nothing of ours. */
  async query(sql: string, database = 'postgres'): Promise<readonly Record<string, unknown>[]> {
    const { host, port } = this.place(database);
    const client = new Client({ host, port, user: USER, database });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async start(): Promise<void> {
    // The shell reads our end of the pipe, which closes with us: so the server stops even when the tests are killed.
    const script = '"$@" & server=$!; read -r signal; kill -"${signal:-QUIT}" $server; wait $server';
    const args = ['-D', join(this.#folder, 'data'), '-k', this.#folder, '-c', 'listen_addresses='];
    // A hundred connections for the writers of the benchmarks and the tests that are to be killed.
    const command = [
      join(this.#programs, 'postgres'),
      ...args,
      '-c',
      'max_connections=100',
      '-c',
      'shared_buffers=64MB',
    ];
    this.#process = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
      ...this.#options(),
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await this.#answering();
  }

  /**
   * Ends every connection and the server (PostgreSQL documentation, "Shutting Down the Server").
   *
   * @param signal INT as an administrator would; QUIT at once, and the next start recovers from the log
   */
  async stop(signal: 'INT' | 'QUIT' = 'INT'): Promise<void> {
    const child = this.#process;
    if (child === null) return;
    this.#process = null;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end(`${signal}\n`);
    await ended;
  }

  /** Kills one of its processes, upon which PostgreSQL ends all others and recovers; resolves when it answers again. */
  async crash(): Promise<void> {
    const { host, port } = this.place('postgres');
    const witness = new Client({ host, port, user: USER, database: 'postgres' });
    witness.on('error', () => undefined);
    await witness.connect();
    const ended = new Promise<void>((resolve) => void witness.once('end', resolve));
    const query = "select pid from pg_stat_activity where application_name = 'holdfast' limit 1";
    const [row] = (await witness.query<{ readonly pid: number }>(query)).rows;
    if (row === undefined) throw new Error('nobody of ours is connected');
    process.kill(row.pid, 'SIGKILL');
    await ended;
    await this.#answering();
  }

  async remove(): Promise<void> {
    await this.stop('QUIT');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answering(): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      try {
        await this.query('select 1');
        return;
      } catch (error) {
        if (performance.now() > deadline || this.#process?.exitCode !== null) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #options(): { readonly cwd: string; readonly uid?: number; readonly gid?: number } {
    return { cwd: this.#folder, ...this.#identity };
  }
}
