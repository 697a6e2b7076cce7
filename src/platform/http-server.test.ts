import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { selfSigned } from '../../test/support/self-signed.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Millis } from '../lib/time.ts';
import { listen, type Fetch, type HttpServer } from './http-server.ts';
import type { ServiceSettings } from './service-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-http-'));
after(() => rmSync(folder, { recursive: true }));

const PLAIN: ServiceSettings = { hosts: ['127.0.0.1', '::1'], port: 0, url: null, tls: null, proxy: null };
const NO_GRACE = 0 as Millis;
const echo: Fetch = async (request, peer) => Response.json({ peer: peer.address, body: await request.text() });

async function during(settings: ServiceSettings, fetch: Fetch, work: (server: HttpServer) => Promise<void>) {
  const server = await listen(settings, fetch);
  try {
    await work(server);
  } finally {
    await server.close(NO_GRACE);
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(
  url: string,
  { headers = {}, ca }: { headers?: Record<string, string>; ca?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = url.startsWith('https:') ? secureRequest(url, { headers, ca }) : plainRequest(url, { headers });
  request.on('error', reject);
  request.on('response', (response) => {
    const parts: Buffer[] = [];
    response.on('data', (part: Buffer) => parts.push(part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts).toString() }));
    response.on('error', reject);
  });
  request.end();
  return promise;
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof HoldfastError, String(error));
  return error.code;
};

describe('the listener', () => {
  it('serves both loopback addresses on the port that it got, and says who asks', () =>
    during(PLAIN, echo, async ({ port }) => {
      assert.deepEqual(await ask(`http://127.0.0.1:${port}/`), { status: 200, body: '{"peer":"127.0.0.1","body":""}' });
      assert.deepEqual(await ask(`http://[::1]:${port}/`), { status: 200, body: '{"peer":"::1","body":""}' });
    }));

  it('says which port is taken', () =>
    during(PLAIN, echo, async ({ port }) => {
      assert.equal(await codeOf(listen({ ...PLAIN, port }, echo)), 'LISTENER_UNAVAILABLE');
    }));

  it('says when the machine has no such address', async () => {
    assert.equal(await codeOf(listen({ ...PLAIN, hosts: ['192.0.2.1'] }, echo)), 'LISTENER_UNAVAILABLE');
  });

  it('refuses headers that are larger than any browser sends', () =>
    during(PLAIN, echo, async ({ port }) => {
      const { status } = await ask(`http://127.0.0.1:${port}/`, { headers: { cookie: 'x'.repeat(17_000) } });
      assert.equal(status, 431);
    }));

  it('speaks TLS with the certificate of the settings, and nothing else', async () => {
    const { cert, key } = selfSigned();
    const tls = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
    writeFileSync(tls.certFile, cert);
    writeFileSync(tls.keyFile, key, { mode: 0o600 });
    await during({ ...PLAIN, tls }, echo, async ({ port }) => {
      assert.equal((await ask(`https://localhost:${port}/`, { ca: cert })).status, 200);
      await assert.rejects(ask(`http://localhost:${port}/`));
    });
  });

  it('starts with no key that others may read, and with no certificate of another key', async () => {
    const [one, other] = [selfSigned(), selfSigned()];
    const certFile = join(folder, 'one.pem');
    const exposed = join(folder, 'exposed.pem');
    const foreign = join(folder, 'foreign.pem');
    writeFileSync(certFile, one.cert);
    writeFileSync(exposed, one.key, { mode: 0o644 });
    writeFileSync(foreign, other.key, { mode: 0o600 });
    assert.equal(await codeOf(listen({ ...PLAIN, tls: { certFile, keyFile: exposed } }, echo)), 'KEY_EXPOSED');
    assert.equal(await codeOf(listen({ ...PLAIN, tls: { certFile, keyFile: foreign } }, echo)), 'SETTING_INVALID');
    const gone = join(folder, 'gone.pem');
    assert.equal(
      await codeOf(listen({ ...PLAIN, tls: { certFile: gone, keyFile: foreign } }, echo)),
      'FILE_UNREADABLE',
    );
  });

  it('lets an answer end that was begun before it was closed', async () => {
    const { promise: asked, resolve: begun } = Promise.withResolvers<void>();
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const server = await listen(PLAIN, async () => {
      begun();
      await gate;
      return new Response('done');
    });
    const answer = ask(`http://127.0.0.1:${server.port}/`);
    await asked;
    const closed = server.close(60_000 as Millis);
    await assert.rejects(ask(`http://127.0.0.1:${server.port}/`), 'nothing new is taken');
    open();
    assert.deepEqual(await answer, { status: 200, body: 'done' });
    await closed;
  });

  it('cuts off what does not end in time', async () => {
    const { promise: asked, resolve: begun } = Promise.withResolvers<void>();
    const server = await listen(PLAIN, () => {
      begun();
      return new Promise<Response>(() => undefined);
    });
    const answer = assert.rejects(ask(`http://127.0.0.1:${server.port}/`));
    await asked;
    await server.close(NO_GRACE);
    await answer;
  });
});
