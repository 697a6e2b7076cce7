import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { answers, cutAfter, startMirror, withoutRanges, type Mirror } from '../../test/support/osv-mirror.ts';
import { testTimers, type TestTimers } from '../../test/support/timers.ts';
import { downloadFile, type Downloaded } from './download.ts';
import { HttpFailure, type FailureKind } from './http-failure.ts';
import { HttpClient } from './http.ts';

const content = randomBytes(300_000);
let folder: string;
let path: string;
let mirror: Mirror;
let timers: TestTimers;
let http: HttpClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-download-'));
  path = join(folder, 'npm.zip');
  mirror = await startMirror();
  mirror.put('/npm/all.zip', content);
  timers = testTimers();
  http = new HttpClient({ env: {}, timers, userAgent: 'holdfast/test' });
});
afterEach(async () => {
  http.close();
  await mirror.close();
  rmSync(folder, { recursive: true });
});

const download = (more: { base?: string; maxBytes?: number } = {}): Promise<Downloaded> =>
  downloadFile(http, {
    url: new URL('/npm/all.zip', more.base ?? mirror.url),
    path,
    maxBytes: more.maxBytes ?? 1_000_000,
    totalMs: 60_000,
    onProgress: () => undefined,
  });

const fails = (kind: FailureKind) => (error: unknown) => error instanceof HttpFailure && error.kind === kind;

/** What a run that ended in the middle leaves behind. */
async function interrupt(bytes: number): Promise<void> {
  mirror.fail(
    '/npm/all.zip',
    (request, response, file) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
      if (from > 0) return void response.destroy();
      response.writeHead(200, { ...file?.headers, etag: file?.etag ?? '', 'content-length': content.length });
      response.write(file?.bytes.subarray(0, bytes), () => response.destroy());
    },
    9,
  );
  await assert.rejects(download());
  mirror.fail('/npm/all.zip', answers(500), 0);
}

const isWhole = (): void =>
  assert.ok(readFileSync(path).equals(mirror.files.get('/npm/all.zip')?.bytes ?? Buffer.alloc(0)));

describe('a download', () => {
  it('gives the whole file its name, and leaves nothing unfinished', async () => {
    assert.deepEqual(await download(), { bytes: 300_000, resumedFrom: 0 });
    isWhole();
    assert.deepEqual(readdirSync(folder).sort(), ['npm.zip', 'npm.zip.part.json']);
  });

  it('goes on where the connection was cut, within one run', async () => {
    mirror.fail('/npm/all.zip', cutAfter(100_000));
    const { resumedFrom } = await download();
    assert.ok(resumedFrom > 0);
    isWhole();
    assert.equal(mirror.asked[1], `GET /npm/all.zip bytes=${resumedFrom}-`);
  });

  it('goes on in a later run, asking for the rest of the same version only', async () => {
    await interrupt(120_000);
    assert.equal(readFileSync(`${path}.part`).length, 120_000);
    assert.equal((await download()).resumedFrom, 120_000);
    isWhole();
  });

  it('starts over when the file has changed meanwhile', async () => {
    await interrupt(120_000);
    mirror.put('/npm/all.zip', Buffer.concat([content, Buffer.from('newer')]));
    assert.equal((await download()).resumedFrom, 0);
    isWhole();
  });

  it('has thrown the old bytes away before it notes which version comes, wherever it is interrupted', async () => {
    await interrupt(120_000);
    mirror.put('/npm/all.zip', Buffer.concat([content, Buffer.from('newer')]));
    // A folder where the note belongs: the run ends in the moment in which it would write it.
    mirror.fail('/npm/all.zip', (_, __, ___, serve) => {
      rmSync(`${path}.part.json`);
      mkdirSync(join(`${path}.part.json`, 'x'), { recursive: true });
      serve();
    });
    await assert.rejects(download(), (error: unknown) => error instanceof HoldfastError);
    assert.ok(!existsSync(`${path}.part`));
  });

  it('starts over where the server knows no ranges, or answers with others than were asked for', async () => {
    await interrupt(120_000);
    mirror.fail('/npm/all.zip', withoutRanges);
    assert.equal((await download()).resumedFrom, 0);
    isWhole();
    await interrupt(120_000);
    mirror.fail('/npm/all.zip', answers(206, { 'content-range': 'bytes 5-9/10' }, 'wrong'));
    await download();
    isWhole();
    await interrupt(120_000);
    mirror.fail('/npm/all.zip', answers(206, { etag: '"other"', 'content-range': `bytes 120000-300000/300001` }, 'x'));
    await download();
    isWhole();
  });

  it('never goes on with bytes of another address', async () => {
    await interrupt(120_000);
    const base = mirror.url.replace('127.0.0.1', 'localhost');
    assert.equal((await download({ base })).resumedFrom, 0);
  });

  it('fetches nothing again when it was complete already', async () => {
    await download();
    assert.deepEqual(await download(), { bytes: 300_000, resumedFrom: 300_000 });
    isWhole();
    assert.equal(mirror.asked.at(-1), 'GET /npm/all.zip bytes=300000-');
  });

  it('throws everything away when the hash is wrong, so that the next run starts over', async () => {
    mirror.files.set('/npm/all.zip', {
      bytes: content,
      etag: '"1"',
      headers: { 'x-goog-hash': 'md5=AAAAAAAAAAAAAAAAAAAAAA==' },
    });
    await assert.rejects(download(), fails('unusable'));
    assert.deepEqual(readdirSync(folder), []);
    mirror.put('/npm/all.zip', content);
    assert.equal((await download()).resumedFrom, 0);
  });

  it('finds with the hash that the part on disk was damaged', async () => {
    await interrupt(120_000);
    const part = readFileSync(`${path}.part`);
    part[5] = (part[5] ?? 0) ^ 1;
    writeFileSync(`${path}.part`, part);
    await assert.rejects(download(), fails('unusable'));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('stops at its limit, announced or not, also when it goes on from a part', async () => {
    await assert.rejects(download({ maxBytes: 299_999 }), fails('too-large'));
    mirror.fail('/npm/all.zip', (_, response) => void response.writeHead(200).end(content));
    await assert.rejects(download({ maxBytes: 299_999 }), fails('too-large'));
    await interrupt(120_000);
    await assert.rejects(download({ maxBytes: 200_000 }));
    assert.ok(!existsSync(path));
  });

  it('is content without entity tag and hash, but never mixes two versions then', async () => {
    mirror.files.set('/npm/all.zip', { bytes: content, etag: '', headers: {} });
    await interrupt(120_000);
    assert.equal((await download()).resumedFrom, 0);
    isWhole();
  });

  it('names the place that cannot be written', async () => {
    path = join(folder, 'missing', 'npm.zip');
    writeFileSync(join(folder, 'missing'), 'a file in the way');
    await assert.rejects(
      download(),
      (error: unknown) => error instanceof HoldfastError && error.code === 'FILE_UNWRITABLE',
    );
  });
});
