import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { answers, cutAfter, neverEnds, stalls, startMirror, type Mirror } from '../../test/support/osv-mirror.ts';
import { selfSigned } from '../../test/support/self-signed.ts';
import { testTimers, type TestTimers } from '../../test/support/timers.ts';
import { HttpFailure, type FailureKind } from './http-failure.ts';
import { HttpClient, readAll, type HttpAnswer } from './http.ts';
import { expectStatus, withRetries } from './retry.ts';

let mirror: Mirror;
let timers: TestTimers;
let http: HttpClient;
const open: { close: () => unknown }[] = [];

const client = (env: Record<string, string> = {}): HttpClient => {
  const made = new HttpClient({ env, timers, userAgent: 'holdfast/test' });
  open.push(made);
  return made;
};

beforeEach(async () => {
  mirror = await startMirror();
  open.push(mirror);
  timers = testTimers();
  http = client();
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const LIMITS = { maxBytes: 1_000_000, totalMs: 60_000 };
const get = (path: string, more: { maxBytes?: number; base?: string; client?: HttpClient } = {}): Promise<HttpAnswer> =>
  (more.client ?? http).get({ url: new URL(path, more.base ?? mirror.url), ...LIMITS, ...more });

const text = async (answer: HttpAnswer): Promise<string> => (await readAll(answer.body)).toString();
const read = async (path: string, more = {}): Promise<string> => text(await get(path, more));

const fails =
  (kind: FailureKind, words: RegExp = /./) =>
  (error: unknown): true => {
    assert.ok(error instanceof HttpFailure, String(error));
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, words);
    return true;
  };

describe('sending something to another machine', () => {
  const post = (base: string, path: string, more: Readonly<Record<string, string>> = {}) =>
    http.post({
      url: new URL(path, base),
      ...LIMITS,
      headers: { authorization: 'Bearer secret', ...more },
      contentType: 'application/json',
      body: Buffer.from('{"a":"ä"}'),
    });

  it('sends the body whole, once, with its type and length', async () => {
    const { url, seen } = await listening((_, response) => response.writeHead(201).end('taken'));
    const answer = await post(url, '/r?x=1');
    assert.deepEqual([answer.status, await text(answer)], [201, 'taken']);
    assert.deepEqual(seen, [['POST', '/r?x=1', 'application/json', '10', 'Bearer secret', '{"a":"ä"}']]);
  });

  it('follows no redirect: what was meant for one address goes to no second one', async () => {
    const { url, seen } = await listening((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    const answer = await post(url, '/r');
    answer.discard();
    assert.deepEqual([answer.status, seen.length], [307, 1]);
  });

  it('goes unencrypted to this machine alone', async () => {
    await assert.rejects(post('http://a.example', '/r'), fails('refused', /a\.example\/r is not encrypted/));
  });

  it('refuses an answer that is larger than asked for', async () => {
    const { url } = await listening((_, response) => response.end('x'.repeat(1_000_001)));
    await assert.rejects(post(url, '/r').then(text), fails('too-large'));
  });
});

/** A server that remembers what it was sent. */
async function listening(answer: (request: IncomingMessage, response: ServerResponse) => unknown) {
  const seen: (string | undefined)[][] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method, url, headers } = request;
      const { authorization } = headers;
      seen.push([
        method,
        url,
        headers['content-type'],
        headers['content-length'],
        authorization,
        Buffer.concat(pieces).toString(),
      ]);
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => server.close() });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

describe('an exchange with another machine', () => {
  it('gives status, headers and body', async () => {
    mirror.put('/a', 'text', { 'x-more': 'yes' });
    const answer = await get('/a');
    assert.deepEqual(
      [answer.status, answer.headers['x-more'], answer.length, await text(answer)],
      [200, 'yes', 4, 'text'],
    );
  });

  it('is refused in clear text to any other machine, whatever spelling hides it', async () => {
    for (const base of [
      'http://10.0.0.1/',
      'http://localhost.example/',
      'http://127.0.0.1.example/',
      'http://2130706434.example/',
    ])
      await assert.rejects(get('/', { base }), fails('refused', /not encrypted/));
    await assert.rejects(get('ftp://127.0.0.1/'), fails('refused', /neither https/));
    await assert.rejects(get('file:///etc/hosts'), fails('refused', /neither https/));
  });

  it('follows five redirects and no sixth', async () => {
    mirror.put('/5', 'arrived');
    for (let hop = 0; hop < 5; hop++) mirror.fail(`/${hop}`, answers(302, { location: `/${hop + 1}` }), 9);
    assert.equal(await read('/0'), 'arrived');
    mirror.fail('/round', answers(301, { location: '/round' }), 9);
    await assert.rejects(read('/round'), fails('refused', /more than 5 redirects/));
    assert.equal(mirror.asked.filter((each) => each === 'GET /round').length, 6);
  });

  it('never follows a redirect to clear text elsewhere, to another scheme or to nowhere', async () => {
    const away = ['http://example.test/', 'file:///etc/passwd', 'gopher://127.0.0.1/', 'data:text/plain,x', 'http://'];
    for (const location of away) {
      mirror.fail('/away', answers(307, { location }));
      await assert.rejects(read('/away'), fails('refused'), location);
    }
  });

  it('gives its password to the host it was meant for only, and to no message', async () => {
    const seen: (string | undefined)[] = [];
    const other = await startMirror();
    open.push(other);
    const note = (request: { headers: { authorization?: string | undefined } }): void =>
      void seen.push(request.headers.authorization);
    mirror.fail('/start', (request, response) => {
      note(request);
      response.writeHead(302, { location: '/same' }).end();
    });
    mirror.fail('/same', (request, response) => {
      note(request);
      response.writeHead(302, { location: `${other.url}/other` }).end();
    });
    other.fail('/other', (request, response) => {
      note(request);
      response.writeHead(302, { location: 'http://example.test/' }).end();
    });
    const base = mirror.url.replace('//', '//anna:geheim@');
    await assert.rejects(
      read('/start', { base }),
      (error: Error) => !error.message.includes('geheim') && fails('refused')(error),
    );
    const basic = `Basic ${Buffer.from('anna:geheim').toString('base64')}`;
    assert.deepEqual(seen, [basic, basic, undefined]);
  });

  it('takes nothing that was compressed, is too long, or has no end', async () => {
    mirror.fail('/gzip', answers(200, { 'content-encoding': 'gzip' }, gzipSync('text')));
    await assert.rejects(read('/gzip'), fails('unusable', /compressed/));
    mirror.put('/long', 'x'.repeat(101));
    await assert.rejects(read('/long', { maxBytes: 100 }), fails('too-large'));
    mirror.fail('/endless', neverEnds);
    await assert.rejects(read('/endless'), fails('too-large', /more than 1000000/));
  });

  it('does not wait for ever: for the first byte, for the next one, or for the end of a trickle', async () => {
    mirror.fail('/silent', () => setImmediate(() => timers.pass(30_000)));
    await assert.rejects(read('/silent'), fails('unreachable', /nothing came for 30 s/));
    mirror.fail(
      '/stalled',
      stalls(() => timers.pass(30_000)),
    );
    await assert.rejects(read('/stalled'), fails('unreachable', /nothing came for 30 s/));
    mirror.fail(
      '/trickle',
      stalls(() => timers.pass(60_000)),
    );
    await assert.rejects(read('/trickle'), fails('unreachable', /not complete after 60 s/));
  });

  it('knows a body that was cut off from one that ended', async () => {
    mirror.put('/a', 'x'.repeat(1_000));
    mirror.fail('/a', cutAfter(10));
    await assert.rejects(read('/a'), (error: unknown) => error instanceof HttpFailure && error.passing);
    mirror.fail('/b', (_, response) => {
      response.writeHead(200);
      response.write('half', () => response.destroy());
    });
    await assert.rejects(read('/b'), (error: unknown) => error instanceof HttpFailure && error.passing);
  });

  it('says in words when nothing listens or what answers is no HTTP', async () => {
    const gone = await startMirror();
    await gone.close();
    await assert.rejects(read('/', { base: gone.url }), fails('unreachable', /nothing listens there/));
    mirror.fail('/odd', (request) => void request.socket.end('SSH-2.0-OpenSSH_9.9\r\n'));
    await assert.rejects(read('/odd'), fails('unusable', /does not speak HTTP/));
  });
});

describe('trying again', () => {
  const ask = (path: string): Promise<string> =>
    withRetries(timers, async () => text(expectStatus(await get(path), [200])));

  it('helps against a busy or restarting server and a cut connection, with growing pauses', async () => {
    mirror.put('/a', 'text');
    mirror.fail('/a', answers(503), 2);
    assert.equal(await ask('/a'), 'text');
    mirror.fail('/a', cutAfter(2));
    assert.equal(await ask('/a'), 'text');
    assert.deepEqual(timers.pauses, [500, 2_000, 500]);
  });

  it('ends after four tries', async () => {
    mirror.fail('/down', answers(500), 99);
    await assert.rejects(ask('/down'), fails('status', /status 500/));
    assert.equal(mirror.asked.length, 4);
  });

  it('waits as long as the server asks, by its own clock, unless that is too long', async () => {
    mirror.put('/a', 'text');
    mirror.fail('/a', answers(429, { 'retry-after': '7' }));
    assert.equal(await ask('/a'), 'text');
    const date = { date: 'Wed, 25 Nov 2026 10:00:00 GMT', 'retry-after': 'Wed, 25 Nov 2026 10:00:09 GMT' };
    mirror.fail('/a', answers(503, date));
    assert.equal(await ask('/a'), 'text');
    assert.deepEqual(timers.pauses, [7_000, 9_000]);
    mirror.fail('/a', answers(429, { 'retry-after': '3600' }), 9);
    await assert.rejects(ask('/a'), fails('status', /429/));
  });

  it('does not help against anything else: it would only hide it', async () => {
    for (const status of [400, 401, 403, 404, 410]) {
      mirror.fail('/no', answers(status));
      await assert.rejects(ask('/no'), fails('status'));
    }
    assert.equal(mirror.asked.length, 5);
    assert.deepEqual(timers.pauses, []);
  });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-tls-'));
  after(() => rmSync(folder, { recursive: true }));

  async function secureMirror(): Promise<{ mirror: Mirror; cert: string }> {
    const { key, cert } = selfSigned();
    const secure = await startMirror(
      (listener) => createSecureServer({ key, cert }, listener) as unknown as Server,
      'https',
    );
    open.push(secure);
    secure.put('/a', 'text');
    const path = join(folder, 'ca.pem');
    writeFileSync(path, cert);
    return { mirror: secure, cert: path };
  }

  /** NODE_EXTRA_CA_CERTS is read when Node starts, so the question is asked from a process of its own. */
  function inChild(url: string, env: Record<string, string>): Promise<string> {
    const script = `
      import { HttpClient, processTimers } from ${JSON.stringify(join(import.meta.dirname, 'http.ts'))};
      const http = new HttpClient({ env: process.env, timers: processTimers, userAgent: 'holdfast/test' });
      try {
        const { body } = await http.get({ url: new URL(${JSON.stringify(url)}), maxBytes: 1000, totalMs: 20000 });
        for await (const piece of body) process.stdout.write(piece);
      } catch (error) { process.stdout.write(\`\${error.kind}: \${error.message}\`); }
      http.close();`;
    return new Promise((resolve) => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        env: { PATH: process.env['PATH'], ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let said = '';
      child.stdout.on('data', (piece: Buffer) => (said += piece));
      child.on('close', () => resolve(said));
    });
  }

  /** A real CONNECT proxy (RFC 9110 §9.3.6); `asked` lists where it was sent. */
  async function startProxy(): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = [];
    const proxy = createServer((request, response) => {
      asked.push(`clear ${request.url}`);
      response.writeHead(500).end();
    });
    proxy.on('connect', (request, near) => {
      asked.push(`${request.url} ${request.headers['proxy-authorization'] ?? '-'}`);
      const [host = '', port] = (request.url ?? '').split(':');
      const far = connect(Number(port), host, () => {
        near.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        far.pipe(near).pipe(far);
      });
      for (const socket of [near, far]) socket.on('error', () => socket.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        proxy.close();
        proxy.closeAllConnections();
      },
    });
    return { url: `http://anna:geheim@127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  it('refuses a certificate that nobody vouches for, also where Node was told to accept it', async () => {
    const { mirror: secure } = await secureMirror();
    await assert.rejects(read('/a', { base: secure.url }), fails('untrusted', /not trusted/));
    assert.match(await inChild(`${secure.url}/a`, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }), /^untrusted: /);
    assert.deepEqual(secure.asked, []);
  });

  it('accepts it once NODE_EXTRA_CA_CERTS names it', async () => {
    const { mirror: secure, cert } = await secureMirror();
    assert.equal(await inChild(`${secure.url}/a`, { NODE_EXTRA_CA_CERTS: cert }), 'text');
  });

  it('goes through HTTPS_PROXY by CONNECT, and past it for NO_PROXY', async () => {
    const { mirror: secure, cert } = await secureMirror();
    const proxy = await startProxy();
    const env = { NODE_EXTRA_CA_CERTS: cert, HTTPS_PROXY: proxy.url };
    assert.equal(await inChild(`${secure.url}/a`, env), 'text');
    const basic = `Basic ${Buffer.from('anna:geheim').toString('base64')}`;
    assert.deepEqual(proxy.asked, [`${new URL(secure.url).host} ${basic}`]);
    assert.equal(await inChild(`${secure.url}/a`, { ...env, NO_PROXY: '127.0.0.1' }), 'text');
    assert.equal(proxy.asked.length, 1);
  });

  it('holds through a proxy too, and a proxy that fails is named without its password', async () => {
    const { mirror: secure } = await secureMirror();
    const proxy = await startProxy();
    await assert.rejects(
      read('/a', { base: secure.url, client: client({ HTTPS_PROXY: proxy.url }) }),
      fails('untrusted'),
    );
    for (const broken of ['http://anna:geheim@127.0.0.1:1', mirror.url.replace('//', '//anna:geheim@')]) {
      await assert.rejects(
        read('/a', { base: secure.url, client: client({ HTTPS_PROXY: broken }) }),
        (error: Error) => !error.message.includes('geheim') && error instanceof HttpFailure,
      );
    }
  });

  it('says which variable is wrong when it holds no address, and not what it holds', () => {
    for (const wrong of [
      'anna:geheim at nowhere',
      'http://anna:geheim at nowhere',
      'socks5://anna:geheim@127.0.0.1:1',
      'proxy.example:3128',
    ])
      assert.throws(
        () => client({ HTTPS_PROXY: wrong }),
        fails('refused', /^HTTPS_PROXY holds no address of a proxy; one looks like http:\/\/proxy\.example:3128$/),
      );
  });

  it('never sends clear text through a proxy: http stays on this machine', async () => {
    const proxy = await startProxy();
    mirror.put('/a', 'text');
    const proxied = client({ HTTP_PROXY: proxy.url, http_proxy: proxy.url, HTTPS_PROXY: proxy.url });
    assert.equal(await read('/a', { client: proxied }), 'text');
    assert.deepEqual(proxy.asked, []);
  });
});
