import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cleanEnv, newRepository, TestRepository, tripwire } from '../../test/support/repository.ts';
import type { CommitId } from './git-format.ts';
import {
  listCommits,
  listTags,
  openRepository,
  readDistortions,
  readWorkTree,
  resolveCommit,
  untrackedAmong,
  type Repository,
} from './git.client.ts';

async function open(folder: string, env = cleanEnv): Promise<Repository> {
  const repository = await openRepository(folder, env);
  assert.ok(repository, 'a repository');
  return repository;
}

describe('the work tree', () => {
  it('lists tracked files that differ, staged or not, and counts the untracked apart', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', '.gitignore': 'ignored\n' });
    made.write({ 'a.txt': 'changed', 'new.txt': 'n', 'staged.txt': 's', ignored: 'i' });
    made.git('rm', '--quiet', 'b.txt');
    made.git('mv', 'c.txt', 'd.txt');
    made.git('add', 'staged.txt');
    const tree = await readWorkTree(await open(made.folder));
    assert.deepEqual([...(tree?.changed ?? [])].sort(), ['a.txt', 'b.txt', 'c.txt', 'd.txt', 'staged.txt']);
    assert.equal(tree?.untracked, 1);
    assert.deepEqual(tree?.unwatched, []);
  });

  it('reads names that are not UTF-8, or look like options and patterns', {
    skip: process.platform !== 'linux',
  }, async () => {
    const made = newRepository();
    made.commit('one', { '--help': 'x', ':(top)*': 'x', 'a\nb\tc': 'x' });
    writeFileSync(Buffer.concat([Buffer.from(`${made.folder}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'x');
    made.commit('two');
    const clean = await readWorkTree(await open(made.folder));
    assert.deepEqual(clean?.changed, []);
    assert.deepEqual([...(clean?.tracked ?? [])].sort(), ['--help', ':(top)*', 'a\nb\tc', 'f\ufffd\ufffd']);
    made.write({ '--help': 'y', 'a\nb\tc': 'y' });
    writeFileSync(Buffer.concat([Buffer.from(`${made.folder}/`), Buffer.from([0x66, 0xff, 0xfe])]), 'y');
    assert.deepEqual([...((await readWorkTree(await open(made.folder)))?.changed ?? [])].sort(), [
      '--help',
      'a\nb\tc',
      'f\ufffd\ufffd',
    ]);
  });

  it('names files that Git was told not to look at', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
    made.git('update-index', '--assume-unchanged', 'a.txt');
    made.git('update-index', '--skip-worktree', 'b.txt');
    made.write({ 'a.txt': 'hidden', 'b.txt': 'hidden' });
    assert.equal(made.git('status', '--porcelain'), '', 'git itself sees nothing');
    assert.deepEqual((await readWorkTree(await open(made.folder)))?.unwatched, ['a.txt', 'b.txt']);
  });

  it('looks into submodules', async () => {
    const inner = newRepository();
    inner.commit('inner', { 'lock.json': '{}' });
    const made = newRepository();
    made.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.folder, 'vendor/inner');
    made.commit('outer');
    const repository = await open(made.folder);
    assert.deepEqual((await readWorkTree(repository))?.changed, []);
    const checkout = new TestRepository(join(made.folder, 'vendor/inner'));
    checkout.write({ 'lock.json': 'changed' });
    assert.deepEqual((await readWorkTree(repository))?.changed, ['vendor/inner/lock.json']);
    assert.equal((await readWorkTree(repository))?.tracked.has('vendor/inner/lock.json'), true);
    checkout.commit('moved on');
    assert.deepEqual((await readWorkTree(repository))?.changed, ['vendor/inner']);
  });

  it('tells measured files that no commit holds from those it does', async () => {
    const made = newRepository();
    made.commit('one', { 'app/package-lock.json': '{}', '.gitignore': 'target\n' });
    made.write({ 'target/bom.json': '{}' });
    symlinkSync(join(made.folder, 'app'), join(made.folder, 'link'));
    const tree = await readWorkTree(await open(made.folder));
    assert.ok(tree);
    assert.deepEqual(
      await untrackedAmong(tree, made.folder, [
        'app/package-lock.json',
        'link/package-lock.json',
        'target/bom.json',
        '../elsewhere',
        `${made.folder}/app/package-lock.json`,
      ]),
      ['target/bom.json', '../elsewhere'],
    );
  });
});

describe('a hostile repository', () => {
  it('runs no program that the repository names, and changes nothing in it', {
    skip: process.platform === 'win32' && 'the trap is a shell script',
  }, async () => {
    const { program, trace } = tripwire();
    const made = newRepository();
    const commit = made.commit('one', { 'a.txt': 'a', '.gitattributes': '*.txt filter=x diff=x\n' });
    const signed = made.signedCommit();
    made.annotate('v1', 'x\n-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----\n');
    for (const [key, value] of [
      ['core.fsmonitor', program],
      ['core.pager', program],
      ['pager.log', program],
      ['core.sshCommand', program],
      ['core.alternateRefsCommand', program],
      ['diff.external', program],
      ['diff.x.textconv', program],
      ['filter.x.clean', program],
      ['filter.x.process', program],
      ['filter.x.required', 'true'],
      ['gpg.program', program],
      ['log.showSignature', 'true'],
      ['alias.status', `!${program}`],
      ['alias.log', `!${program}`],
      ['core.editor', program],
      ['credential.helper', `!${program}`],
    ] as const) {
      made.git('config', key, value);
    }
    const hooks = join(made.folder, '.git/hooks');
    mkdirSync(hooks, { recursive: true });
    for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit'])
      symlinkSync(program, join(hooks, hook));
    made.write({ 'a.txt': 'b' });
    const index = readFileSync(join(made.folder, '.git/index'));

    const repository = await open(made.folder);
    assert.equal(await resolveCommit(repository, 'HEAD'), commit);
    assert.deepEqual((await readWorkTree(repository))?.changed, ['a.txt']);
    assert.equal((await listTags(repository, 'v*'))[0]?.signed, true);
    assert.equal((await listCommits(repository, signed as CommitId, [], 5)).length, 2);
    await readDistortions(repository);

    assert.equal(existsSync(trace), false, 'a program of the repository was run');
    assert.deepEqual(readFileSync(join(made.folder, '.git/index')), index);
    assert.throws(() => made.git('status'), /clean filter 'x' failed/);
    assert.equal(existsSync(trace), true, 'the trap works: plain git falls into it');
  });
});
