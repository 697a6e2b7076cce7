import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, it } from 'node:test';
import { parseInstant, type Instant } from '../lib/time.ts';
import { removeLeftovers } from './leftovers.ts';
import { takeLock } from './process-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
after(() => rmSync(folder, { recursive: true }));
const now = parseInstant('2026-11-24T12:00:00Z') as Instant;
const path = join(folder, 'lock');
beforeEach(() => rmSync(path, { force: true }));

/** A process that takes the lock, says what came of it, and stays. */
function holder(): { child: ChildProcess; answer: Promise<string> } {
  const script = `
    import { takeLock } from ${JSON.stringify(join(import.meta.dirname, 'process-lock.ts'))};
    process.stdout.write(takeLock(${JSON.stringify(path)}, ${now}).ok ? 'taken' : 'busy');
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return {
    child,
    answer: new Promise((resolve) => child.stdout.once('data', (said: Buffer) => resolve(said.toString()))),
  };
}
const killed = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });

describe('a lock', () => {
  it('is held by one and free again after its release', () => {
    const first = takeLock(path, now);
    assert.ok(first.ok && first.value.isOurs());
    const second = takeLock(path, now);
    assert.ok(!second.ok);
    assert.deepEqual(
      [second.error.pid, second.error.host, second.error.since],
      [process.pid, hostname(), '2026-11-24T12:00:00Z'],
    );
    first.value.release();
    assert.ok(takeLock(path, now).ok);
    assert.deepEqual(readdirSync(folder), ['lock']);
  });

  it('counts while another process holds it, and no longer once that was killed', async () => {
    const { child, answer } = holder();
    assert.equal(await answer, 'taken');
    assert.ok(!takeLock(path, now).ok);
    await killed(child);
    assert.ok(takeLock(path, now).ok);
  });

  it('goes to exactly one of several that find a stale one at the same time', async () => {
    const dead = holder();
    await dead.answer;
    await killed(dead.child);
    const several = Array.from({ length: 6 }, holder);
    const answers = await Promise.all(several.map(({ answer }) => answer));
    assert.deepEqual(answers.toSorted(), ['busy', 'busy', 'busy', 'busy', 'busy', 'taken']);
    await Promise.all(several.map(({ child }) => killed(child)));
  });

  it('of a process id that was given out again does not count', {
    skip: process.platform !== 'linux' && 'reads /proc',
  }, () => {
    assert.ok(takeLock(path, now).ok);
    const held = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(path, JSON.stringify({ ...held, started: '1' }));
    assert.ok(takeLock(path, now).ok);
  });

  it('of another machine counts for six hours', () => {
    const elsewhere = { pid: 1, started: '1', host: 'elsewhere.example' };
    writeFileSync(path, JSON.stringify({ ...elsewhere, since: '2026-11-24T06:00:01Z' }));
    assert.ok(!takeLock(path, now).ok);
    writeFileSync(path, JSON.stringify({ ...elsewhere, since: '2026-11-24T06:00:00Z' }));
    assert.ok(takeLock(path, now).ok);
  });

  it('that says nothing readable is taken over', () => {
    for (const text of ['', '{', '[]', '{"pid":"1"}', 'x'.repeat(10_000)]) {
      writeFileSync(path, text);
      assert.ok(takeLock(path, now).ok, text.slice(0, 10));
      rmSync(path);
    }
  });

  it('knows when somebody took it away', () => {
    const lock = takeLock(path, now);
    assert.ok(lock.ok);
    writeFileSync(path, 'somebody else');
    assert.equal(lock.value.isOurs(), false);
    lock.value.release();
    assert.equal(readFileSync(path, 'utf8'), 'somebody else');
  });
});

describe('leftovers', () => {
  it('of ended processes are removed, those of running ones stay', async () => {
    const { child, answer } = holder();
    await answer;
    await killed(child);
    const place = mkdtempSync(join(folder, 'left-'));
    const names = [
      `.a.idx.${child.pid}-0123abcd.tmp`,
      `.a.idx.${process.pid}-0123abcd.tmp`,
      `.b.idx.${child.pid}-0123abcd.tmp`,
    ];
    for (const name of names) writeFileSync(join(place, name), '');
    removeLeftovers(place, /^\.a\.idx\.(\d+)-[0-9a-f]{8}\.tmp$/);
    assert.deepEqual(new Set(readdirSync(place)), new Set(names.slice(1)));
    removeLeftovers(join(folder, 'missing'), /(\d+)/);
  });
});
