import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cleanEnv, newRepository, temporaryFolder, TestRepository } from '../../test/support/repository.ts';
import type { Instant } from '../lib/time.ts';
import { runGate, type GateRequest } from './gate.actions.ts';

/** What Git says about the tree; there is no index, so `not-scanned` is always among the reasons and left out here. */
async function gate(folder: string, request: Partial<GateRequest> = {}) {
  const report = await runGate({
    folder,
    products: [],
    ignore: [],
    base: null,
    head: null,
    branch: null,
    database: join(folder, 'no-such-index'),
    prod: false,
    env: cleanEnv,
    now: Date.parse('2026-11-24T09:00:00Z') as Instant,
    failOn: 'low',
    maxDataAgeDays: 7,
    ...request,
  });
  const codes = report.decision.reasons.map((reason) => reason.code);
  assert.ok(codes.includes('not-scanned'), 'a gate without an index');
  assert.notEqual(report.decision.verdict, 'passed');
  const { tree } = report;
  return {
    codes: codes.filter((code) => code !== 'not-scanned'),
    base: tree.state === 'read' ? tree.base : null,
    head: tree.state === 'read' ? tree.head : null,
  };
}

describe('the commit that the gate speaks of', () => {
  const made = newRepository();
  const first = made.commit('one', { 'a.txt': 'a' });
  made.annotate('v1.0.0');
  const second = made.commit('two');
  made.git('tag', 'v1.1.0');

  it('is HEAD, after the last release before it', async () => {
    assert.deepEqual(await gate(made.folder), {
      codes: [],
      base: { ref: 'v1.0.0', commit: first },
      head: { ref: 'HEAD', commit: second },
    });
  });

  it('is what --head names, after what --base names', async () => {
    assert.deepEqual(await gate(made.folder, { base: first.slice(0, 8), head: 'v1.1.0' }), {
      codes: [],
      base: { ref: first.slice(0, 8), commit: first },
      head: { ref: 'v1.1.0', commit: second },
    });
  });

  it('must be the one that is checked out', async () => {
    assert.deepEqual((await gate(made.folder, { head: 'v1.0.0' })).codes, ['other-commit']);
  });

  it('must exist, and is no option of git', async () => {
    for (const ref of ['v9', '--upload-pack=x', '-1']) {
      await assert.rejects(gate(made.folder, { head: ref }), { code: 'GIT_REF_UNKNOWN' });
      await assert.rejects(gate(made.folder, { base: ref }), { code: 'GIT_REF_UNKNOWN' });
    }
  });

  it('may be a detached one', async () => {
    const clone = new TestRepository(join(temporaryFolder(), 'clone'));
    made.git('clone', '--quiet', made.folder, clone.folder);
    clone.git('checkout', '--quiet', '--detach', 'v1.0.0');
    assert.deepEqual((await gate(clone.folder, { branch: 'main' })).codes, []);
  });
});

describe('the tree that the gate measures', () => {
  it('must not differ from its commit; untracked files may lie about', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    made.write({ 'new.txt': 'n' });
    assert.deepEqual((await gate(made.folder)).codes, []);
    made.write({ 'a.txt': 'b' });
    assert.deepEqual((await gate(made.folder)).codes, ['uncommitted-changes']);
    made.git('add', 'new.txt', 'a.txt');
    assert.deepEqual((await gate(made.folder)).codes, ['uncommitted-changes']);
  });

  it('must not be hidden from git', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    made.git('update-index', '--assume-unchanged', 'a.txt');
    made.write({ 'a.txt': 'b' });
    assert.deepEqual((await gate(made.folder)).codes, ['unwatched-files']);
  });

  it('must belong to a commit', async () => {
    assert.deepEqual((await gate(temporaryFolder())).codes, ['no-repository']);
    assert.deepEqual((await gate(newRepository().folder)).codes, ['no-commit']);
    const made = newRepository();
    made.commit('dotfiles', { '.profile': 'x' });
    mkdirSync(join(made.folder, 'stray'));
    assert.deepEqual((await gate(join(made.folder, 'stray'))).codes, ['no-work-tree']);
  });

  it('cannot be told without git', async () => {
    const made = newRepository();
    made.commit('one');
    assert.deepEqual((await gate(made.folder, { env: { PATH: temporaryFolder() } })).codes, ['repository-unreadable']);
  });

  it('may be a shallow clone, which shows the commit but not always its branch', async () => {
    const made = newRepository();
    made.commit('one');
    made.commit('two');
    const clone = join(temporaryFolder(), 'clone');
    made.git('clone', '--quiet', '--depth=1', `file://${made.folder}`, clone);
    assert.deepEqual((await gate(clone)).codes, []);
    assert.deepEqual((await gate(clone, { branch: 'main' })).codes, []);
    new TestRepository(clone).commit('beyond');
    assert.deepEqual((await gate(clone, { branch: 'main' })).codes, ['branch-unknown']);
  });
});

describe('the branch that releases come from', () => {
  it('blocks what is not on it', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '-b', 'feature');
    made.commit('two');
    assert.deepEqual((await gate(made.folder, { branch: 'main' })).codes, ['off-branch']);
    assert.deepEqual((await gate(made.folder, { branch: 'feature' })).codes, []);
    assert.deepEqual((await gate(made.folder, { branch: 'trunk' })).codes, ['branch-unknown']);
  });
});
