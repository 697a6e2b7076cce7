import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/repository.ts';
import { runCommand } from './command.client.ts';

const here = { cwd: process.cwd(), env: process.env };
const node = (script: string) => [process.execPath, '-e', script];

describe('the command behind the gate', () => {
  it('gives its own exit code, whatever it means', async () => {
    assert.equal(await runCommand(node('process.exit(0)'), here), 0);
    assert.equal(await runCommand(node('process.exit(3)'), here), 3);
    assert.equal(await runCommand(node('process.exit(117)'), here), 117);
  });

  it('gives 128 + n when a signal ended it', { skip: process.platform === 'win32' }, async () => {
    assert.equal(
      await runCommand(node('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'), here),
      143,
    );
  });

  it('gets its arguments untouched by any shell, in the folder and environment given', async () => {
    const cwd = temporaryFolder();
    const script = 'require("fs").writeFileSync("seen", JSON.stringify([process.argv.slice(1), process.env.TOKEN]))';
    const args = ['$(touch hit)', '; touch hit', '*', '--flag', '', 'a b'];
    assert.equal(await runCommand([...node(script), '--', ...args], { cwd, env: { ...process.env, TOKEN: 't' } }), 0);
    assert.deepEqual(JSON.parse(readFileSync(join(cwd, 'seen'), 'utf8')), [args, 't']);
    assert.equal(existsSync(join(cwd, 'hit')), false);
  });

  it('does not inherit the key of the service', async () => {
    const cwd = temporaryFolder();
    const script = 'require("fs").writeFileSync("seen", `${process.env.HOLDFAST_KEK} ${process.env.OTHER}`)';
    await runCommand(node(script), { cwd, env: { ...process.env, HOLDFAST_KEK: 'secret', OTHER: 'here' } });
    assert.equal(readFileSync(join(cwd, 'seen'), 'utf8'), 'undefined here');
  });

  it('that does not exist, has no name or may not be run is an error of its own', async () => {
    const plain = join(temporaryFolder(), 'plain');
    writeFileSync(plain, 'not a program', { mode: 0o600 });
    for (const program of ['holdfast-no-such-program', '', plain]) {
      await assert.rejects(runCommand([program], here), { code: 'COMMAND_NOT_STARTED' });
    }
  });

  it('is told to end when we are, and we end with it', { skip: process.platform === 'win32' }, async () => {
    const ready = join(temporaryFolder(), 'ready');
    const inner = `process.on("SIGTERM", () => process.exit(41)); require("fs").writeFileSync(${JSON.stringify(ready)}, ""); setInterval(() => {}, 1000)`;
    const client = new URL('./command.client.ts', import.meta.url).href;
    const outer = `const { runCommand } = await import(${JSON.stringify(client)}); process.exitCode = await runCommand([process.execPath, "-e", ${JSON.stringify(inner)}], { cwd: process.cwd(), env: process.env });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', outer], { stdio: 'ignore' });
    const ended = new Promise((answer) => child.on('exit', (code, signal) => answer(code ?? signal)));
    if (!existsSync(ready)) {
      const abort = AbortSignal.timeout(10_000);
      for await (const _ of watch(join(ready, '..'), { signal: abort })) if (existsSync(ready)) break;
    }
    child.kill('SIGTERM');
    assert.equal(await ended, 41);
  });
});
