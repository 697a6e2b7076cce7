import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { describePlace, readDatabaseUrl } from './database-place.ts';

const fails = (url: string, code: string): void => {
  assert.throws(
    () => readDatabaseUrl(url),
    (error) => {
      assert.ok(error instanceof HoldfastError);
      assert.equal(error.code, code, url);
      assert.ok(!`${error.message}${error.hint}`.includes('s3cret'), 'a password is never repeated');
      return true;
    },
  );
};

describe('HOLDFAST_DATABASE_URL', () => {
  it('names a server with verified TLS, each part where it belongs', () => {
    assert.deepEqual(
      readDatabaseUrl(
        'postgres://app:s3cr%40et@db.example:6543/hold%20fast?sslmode=verify-full&sslrootcert=/etc/ca.pem',
      ),
      {
        engine: 'postgres',
        host: 'db.example',
        port: 6543,
        user: 'app',
        password: 's3cr@et',
        database: 'hold fast',
        tls: { rootCertificate: '/etc/ca.pem' },
      },
    );
  });

  it('may do without TLS on this machine only: sockets and loopback', () => {
    for (const host of ['localhost', '127.0.0.1', '127.8.9.1', '[::1]', '%2Frun%2Fpostgresql']) {
      assert.equal(readDatabaseUrl(`postgresql://${host}/holdfast`).tls, null, host);
    }
    assert.equal(readDatabaseUrl('postgres:///holdfast?host=/run/postgresql').host, '/run/postgresql');
    assert.equal(readDatabaseUrl('postgres://[::1]/holdfast?sslmode=disable').host, '::1');
    assert.deepEqual(readDatabaseUrl('postgres://localhost/holdfast?sslmode=verify-full').tls, {
      rootCertificate: null,
    });
  });

  it('is refused for another machine without a verified certificate', () => {
    for (const mode of [
      '',
      '?sslmode=disable',
      '?sslmode=prefer',
      '?sslmode=require',
      '?sslmode=verify-ca',
      '?sslmode=no-verify',
      '?sslmode=',
    ])
      fails(`postgres://app:s3cret@db.example/holdfast${mode}`, 'DB_INSECURE');
    for (const host of [
      '10.0.0.1',
      '[2001:db8::1]',
      '127.0.0.1.example',
      'localhost.example',
      '0.0.0.0',
      '2130706433',
      '127.1',
      '[::ffff:127.0.0.1]',
    ])
      fails(`postgres://app:s3cret@${host}/holdfast`, 'DB_INSECURE');
  });

  it('cannot move the connection elsewhere by what it adds', () => {
    fails('postgres://app:s3cret@localhost/holdfast?host=db.example', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?host=/run/postgresql', 'DB_URL_INVALID');
    fails('postgres:///holdfast?host=db.example', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?hostaddr=10.0.0.1', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?options=-csynchronous_commit%3Doff', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost,db.example/holdfast', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?sslmode=require', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?sslrootcert=/etc/ca.pem', 'DB_URL_INVALID');
    fails('postgres://app:s3cret@localhost/holdfast?sslmode=disable&sslmode=verify-full', 'DB_URL_INVALID');
  });

  it('is refused when it is something else, without repeating a password', () => {
    for (const url of [
      '',
      'app:s3cret',
      'mysql://app:s3cret@localhost/holdfast',
      'postgres://app:s3cret@localhost',
      'postgres://app:s3cret@/holdfast',
      'postgres://app:s3cret@localhost/a/b',
      'postgres://app:s3cret%@localhost/a',
      'postgres://app:s3cret@local host/a',
    ])
      fails(url, 'DB_URL_INVALID');
  });

  it('is shown to people without its password', () => {
    const place = readDatabaseUrl('postgres://app:s3cret@127.0.0.1/holdfast');
    assert.equal(describePlace(place), 'PostgreSQL database holdfast at 127.0.0.1:5432');
  });
});
