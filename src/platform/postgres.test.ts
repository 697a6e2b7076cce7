/** What can happen to a server: it stops, drops a connection, is slow, is not who it claims to be. Both engines: db.test.ts. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { TLSSocket } from 'node:tls';
import { sql } from 'kysely';
import { NO_POSTGRES, opener, sharedPostgres, temporaryFolder } from '../../test/support/engines.ts';
import { balanceOf, deposit, openLedger } from '../../test/support/ledger.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { PostgresPlace } from './database-place.ts';
import type { Db } from './db.ts';
import { connectError } from './postgres-error.ts';

const backendOf = async (db: Db): Promise<number> => {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(db.tables());
  return rows[0]!.pid;
};

const NO_OPENSSL = spawnSync('openssl', ['version']).status === 0 ? false : 'NOT TESTED: openssl is not installed';

describe('a database on PostgreSQL', { skip: NO_POSTGRES }, () => {
  const openDatabase = opener();
  const opened = async (waitMs = 5_000): Promise<{ readonly db: Db; readonly place: PostgresPlace }> => {
    const place = await (await sharedPostgres()).createDatabase();
    return { place, db: await openLedger(await openDatabase(place, { waitMs })) };
  };

  it('syncs before it acknowledges, whatever a role or the environment asked for', async () => {
    const { db, place } = await opened();
    await db.close();
    await (await sharedPostgres()).query(`alter database ${place.database} set synchronous_commit = off`);
    const again = await openDatabase(place);
    const { rows } =
      await sql`select current_setting('synchronous_commit') as it, current_setting('application_name') as who`.execute(
        again.tables(),
      );
    assert.deepEqual(rows, [{ it: 'on', who: 'holdfast' }]);
    assert.deepEqual(again.warnings, []);
  });

  it('warns of a server that acknowledges before the disk has it', async () => {
    const server = await sharedPostgres();
    const { place } = await opened();
    const set = async (value: string): Promise<unknown> => {
      await server.query(`alter system set fsync = ${value}`);
      await server.query('select pg_reload_conf()');
      return eventually(async () => ({
        rows: await server.query(`select 1 where current_setting('fsync') = '${value}'`),
      }));
    };
    await set('off');
    const warned = await openDatabase(place);
    await set('on');
    assert.equal(warned.warnings.length, 1);
    assert.match(warned.warnings[0]!, /fsync=off: a power cut loses what it acknowledged/);
  });

  it('recovers by itself when the server was stopped and started again', async () => {
    const server = await sharedPostgres();
    const { db } = await opened();
    await db.transaction((tx) => deposit(tx, 'cash', 'before'));
    await server.stop();
    await assert.rejects(balanceOf(db), { code: 'DB_UNREACHABLE' });
    await assert.rejects(
      db.transaction((tx) => deposit(tx, 'cash', 'meanwhile')),
      { code: 'DB_UNREACHABLE' },
    );
    await server.start();
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'after')), 2);
  });

  it('survives the end of an idle connection, and of one in the middle of a transaction', async () => {
    const server = await sharedPostgres();
    const { db } = await opened();
    const idle = await backendOf(db);
    await server.query(`select pg_terminate_backend(${idle}, 5000)`);
    assert.equal(await balanceOf(db), 0);
    const broken = db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'lost');
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.tables());
      await server.query(`select pg_terminate_backend(${rows[0]!.pid}, 5000)`);
      await balanceOf(tx);
    });
    await assert.rejects(broken, { code: 'DB_UNREACHABLE' });
    assert.equal(await db.transaction((tx) => deposit(tx, 'cash', 'next')), 1);
  });

  it('does not try a commit again whose outcome is unknown', async () => {
    const { db, place } = await opened();
    await db.close();
    const proxy = await cutAfter(place, 'commit\0');
    const through = await openDatabase({ ...place, host: proxy.folder });
    let runs = 0;
    const change = through.transaction((tx) => {
      runs++;
      return deposit(tx, 'cash', 'perhaps');
    });
    await assert.rejects(change, { code: 'DB_OUTCOME_UNKNOWN' });
    assert.equal(runs, 1);
    proxy.server.close();
    const direct = await openDatabase(place);
    const { rows } = await eventually(() =>
      sql`select balance from account where balance = 1`.execute(direct.tables()),
    );
    assert.deepEqual(rows, [{ balance: 1 }], 'this one was stored; nobody could know');
  });

  it('runs a transaction again that collided with another, and gives up after five times', async () => {
    const { db } = await opened();
    let runs = 0;
    const collide = sql`do $$ begin raise exception using errcode = 'serialization_failure'; end $$`;
    const done = await db.transaction(async (tx) => {
      runs++;
      const number = await deposit(tx, 'cash', `run ${runs}`);
      if (runs < 3) await collide.execute(tx.tables());
      return number;
    });
    assert.deepEqual({ runs, done, balance: await balanceOf(db) }, { runs: 3, done: 1, balance: 1 });
    runs = 0;
    const never = db.transaction(async (tx) => {
      runs++;
      await collide.execute(tx.tables());
    });
    await assert.rejects(never, { code: 'DB_BUSY' });
    assert.equal(runs, 5);
  });

  it('gives up waiting for a lock, and for a query that takes too long', async () => {
    const { db, place } = await opened();
    const hasty = await openDatabase(place, { waitMs: 100, statementMs: 200 });
    await db.transaction(async (tx) => {
      await deposit(tx, 'cash', 'slow');
      await assert.rejects(
        hasty.transaction((other) => deposit(other, 'cash', 'hasty')),
        { code: 'DB_BUSY' },
      );
    });
    await assert.rejects(sql`select pg_sleep(5)`.execute(hasty.tables()), { code: 'DB_BUSY' });
    assert.equal(await hasty.transaction((tx) => deposit(tx, 'cash', 'next')), 2);
  });

  it('lets a page read while writers wait for each other', async () => {
    const place = await (await sharedPostgres()).createDatabase();
    const db = await openLedger(await openDatabase(place, { connections: 2 }));
    const { promise: freed, resolve: free } = Promise.withResolvers<void>();
    const writers = Array.from({ length: 5 }, () => db.transaction((tx) => deposit(tx, 'cash', 'x', () => freed)));
    assert.equal(await balanceOf(db), 0);
    free();
    await Promise.all(writers);
    assert.equal(await balanceOf(db), 5);
  });

  it('says what is wrong with a login, a name, an encoding', async () => {
    const server = await sharedPostgres();
    const place = server.place('nowhere');
    await assert.rejects(openDatabase(place), { code: 'DB_REFUSED' });
    await assert.rejects(openDatabase({ ...place, user: 'nobody_known' }), { code: 'DB_REFUSED' });
    await assert.rejects(openDatabase({ ...place, host: '/nowhere' }, { waitMs: 500 }), { code: 'DB_UNREACHABLE' });
    await server.query("create database latin encoding 'LATIN1' template template0");
    await assert.rejects(openDatabase(server.place('latin')), { code: 'DB_REFUSED', message: /LATIN1/ });
  });

  it('sorts by bytes also where the server sorts by the rules of a language', async (t) => {
    const server = await sharedPostgres();
    try {
      await server.query("create database german template template0 locale_provider icu icu_locale 'de'");
    } catch (error) {
      t.skip(`NOT TESTED: this PostgreSQL knows no languages (${String(error)})`);
      return;
    }
    const db = await openLedger(await openDatabase(server.place('german')));
    const theirs = await sql`select 'a' < 'B' as it`.execute(db.tables());
    assert.deepEqual(theirs.rows, [{ it: true }]);
    await sql`insert into account values ('a', 0), ('B', 0)`.execute(db.tables());
    const ours = await sql`select id from account order by id`.execute(db.tables());
    assert.deepEqual(ours.rows, [{ id: 'B' }, { id: 'a' }, { id: 'cash' }]);
  });

  it('is refused when it takes no writes', async () => {
    const { db, place } = await opened();
    await db.close();
    await (await sharedPostgres()).query(`alter database ${place.database} set default_transaction_read_only = on`);
    const standby = await openDatabase(place);
    await assert.rejects(
      standby.transaction((tx) => deposit(tx, 'cash', 'no')),
      { code: 'DB_READ_ONLY' },
    );
  });
});

describe('a link to PostgreSQL', () => {
  const openDatabase = opener();
  const folder = temporaryFolder();
  const servers: Server[] = [];
  after(() => {
    for (const server of servers) server.close();
  });

  /** Listens on loopback; answers the request for TLS with `answer`, and then hands the connection on. */
  const listen = async (
    answer: 'S' | 'N',
    then: (socket: Socket, request: Buffer) => void,
  ): Promise<(tls: PostgresPlace['tls']) => PostgresPlace> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request: Buffer) => {
        socket.write(answer);
        then(socket, request);
      });
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const at = { engine: 'postgres', host: '127.0.0.1', port: address.port } as const;
    return (tls) => ({ ...at, user: 'app', password: 's3cret', database: 'holdfast', tls });
  };

  it('ends before a word is said when the server offers no TLS', async () => {
    const heard: Buffer[] = [];
    const place = await listen('N', (socket, request) => {
      heard.push(request);
      socket.on('data', (bytes: Buffer) => heard.push(bytes));
    });
    await assert.rejects(openDatabase(place({ rootCertificate: null })), { code: 'DB_INSECURE' });
    // SSLRequest: length 8, code 80877103 (PostgreSQL documentation, "Message Formats").
    assert.equal(Buffer.concat(heard).toString('hex'), '0000000804d2162f');
  });

  it('ends before a word is said when the certificate proves nothing', { skip: NO_OPENSSL }, async () => {
    const said: string[] = [];
    const withCertificate = async (subject: string): Promise<(tls: PostgresPlace['tls']) => PostgresPlace> => {
      const { key, cert } = makeCertificate(folder, subject);
      return listen('S', (socket) => {
        const secure = new TLSSocket(socket, { isServer: true, key: readFileSync(key), cert: readFileSync(cert) });
        secure.on('error', () => undefined);
        secure.on('data', (bytes: Buffer) => {
          said.push(bytes.toString('latin1'));
          secure.destroy();
        });
      });
    };
    const ours = await withCertificate('IP:127.0.0.1');
    const others = await withCertificate('DNS:other.example');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    // Set by many a start script, and the default for whoever does not say what they want.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const insecure = { code: 'DB_INSECURE' };
      await assert.rejects(openDatabase(ours({ rootCertificate: null })), insecure, 'signed by nobody we trust');
      const trusted = { rootCertificate: join(folder, 'DNS:other.example.pem') };
      await assert.rejects(openDatabase(others(trusted)), insecure, 'signed for another name');
      assert.deepEqual(said, []);
      const right = { rootCertificate: join(folder, 'IP:127.0.0.1.pem') };
      await assert.rejects(openDatabase(ours(right)), { code: 'DB_UNREACHABLE' });
      assert.match(said.join(''), /user\0app\0database\0holdfast/, 'the right one hears who we are');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  it('needs the certificate authority that it names', async () => {
    const place = await listen('N', () => undefined);
    await assert.rejects(openDatabase(place({ rootCertificate: join(folder, 'missing.pem') })), {
      code: 'DB_URL_INVALID',
    });
  });

  it('says that a login failed when the server wants a password that we do not have', () => {
    const error = connectError('x', new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'));
    assert.ok(error instanceof HoldfastError);
    assert.equal(error.code, 'DB_REFUSED');
  });
});

/** A key and a certificate that signs itself, for one name or address. */
function makeCertificate(folder: string, subject: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, `${subject}.key`), join(folder, `${subject}.pem`)];
  const args = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test'.split(' ');
  const { status, stderr } = spawnSync('openssl', [
    ...args,
    '-addext',
    `subjectAltName=${subject}`,
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  assert.equal(status, 0, String(stderr));
  return { key, cert };
}

/** Passes everything on until the client says `word`, which is passed on too; then the client hears nothing more. */
async function cutAfter(
  place: PostgresPlace,
  word: string,
): Promise<{ readonly folder: string; readonly server: Server }> {
  const folder = temporaryFolder();
  const name = `.s.PGSQL.${place.port}`;
  const server = createServer((client) => {
    const upstream = connect(join(place.host, name));
    upstream.on('error', () => client.destroy());
    client.on('error', () => undefined);
    upstream.pipe(client);
    client.on('data', (bytes: Buffer) => {
      upstream.write(bytes);
      if (!bytes.includes(word)) return;
      upstream.unpipe(client).end();
      client.destroy();
    });
    client.on('end', () => upstream.end());
  });
  await once(server.listen(join(folder, name)), 'listening');
  return { folder, server };
}

/** Asks until there is a row: the server commits in its own time after the client is gone. */
async function eventually<T extends { readonly rows: readonly unknown[] }>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = performance.now() + 5_000; ; ) {
    const answer = await ask();
    if (answer.rows.length > 0 || performance.now() > deadline) return answer;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
