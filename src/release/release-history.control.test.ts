import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cleanEnv, newRepository, temporaryFolder, TestRepository } from '../../test/support/repository.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { isObject, type Json } from '../lib/json.ts';
import type { Instant } from '../lib/time.ts';
import type { Verdict } from '../policy/control.ts';
import { NO_FACTS } from '../policy/facts.ts';
import { releaseHistory } from './release-history.control.ts';

const now = Date.parse('2026-11-24T09:00:00Z') as Instant;

async function check(
  root: string,
  { params = {}, release = null }: { params?: Json; release?: string | null } = {},
): Promise<Verdict> {
  const bound = releaseHistory.bind(params);
  assert.ok(bound.ok, 'the parameters are good');
  const facts = await bound.bound.gather({ root, facts: NO_FACTS, database: null, release, env: cleanEnv, now });
  // What travels to the service is JSON, and must say the same there.
  const verdict = bound.bound.judge(JSON.parse(JSON.stringify(facts)), now);
  canonicalJson(verdict.evidence);
  assert.deepEqual(verdict, bound.bound.judge(facts, now));
  return verdict;
}

function at(evidence: Verdict['evidence'], ...path: readonly (string | number)[]): unknown {
  let value: unknown = evidence;
  for (const key of path) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) ? value[key] : undefined;
  }
  return value;
}

describe('release.history keeps', () => {
  it('a straight history whose commits are all on main', async () => {
    const made = newRepository();
    made.commit('one');
    made.annotate('v1.0.0');
    made.commit('two');
    const head = made.commit('three');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'kept');
    assert.equal(verdict.summary, '2 commits since v1.0.0 (2026-01-01), all on main; 1 release tag, none signed.');
    assert.equal(verdict.measuredAt, now);
    assert.equal(at(verdict.evidence, 'release', 'commit'), head);
    assert.deepEqual(at(verdict.evidence, 'notChecked'), ['force-push', 'signing keys']);
    assert.match(String(at(verdict.evidence, 'inputDigest')), /^[0-9a-f]{64}$/);
  });

  it('a merge, telling what came by it from what arrived directly', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('tag', 'v1');
    made.git('checkout', '--quiet', '-b', 'feature');
    const side = made.commit('side');
    made.git('checkout', '--quiet', 'main');
    const merge = made.merge('feature');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'kept');
    assert.equal(at(verdict.evidence, 'commits', 'total'), 2);
    const listed = at(verdict.evidence, 'commits', 'listed');
    assert.ok(Array.isArray(listed));
    assert.deepEqual(
      listed.map((commit) => [commit.id, commit.parents, commit.firstParent]),
      [
        [merge, 2, true],
        [side, 1, false],
      ],
    );
  });

  it('a history without a release, and says so', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('tag', 'not-a-release');
    made.commit('two');
    assert.equal(
      (await check(made.folder)).summary,
      'No release yet: no tag here matches v*. 2 commits since the beginning, all on main.',
    );
  });

  it('a release that is judged from the one before, not from itself', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('tag', 'v1');
    made.commit('two');
    made.commit('three');
    made.annotate('v2', 'x\n-----BEGIN PGP SIGNATURE-----\nAAAA\n-----END PGP SIGNATURE-----');
    made.commit('not released');
    const verdict = await check(made.folder, { release: 'v2' });
    assert.equal(
      verdict.summary,
      '2 commits in v2 since v1 (2026-01-01), all on main; 2 release tags, 1 signed (by which key is not checked).',
    );
    assert.equal(at(verdict.evidence, 'commits', 'ahead'), 1);
    assert.equal((await check(made.folder)).summary.startsWith('1 commit since v2 (2026-01-01), on main;'), true);
  });

  it('a detached HEAD on the shared branch, as CI checks it out', async () => {
    const made = newRepository();
    const first = made.commit('one');
    made.commit('two');
    const clone = new TestRepository(join(temporaryFolder(), 'clone'));
    made.git('clone', '--quiet', made.folder, clone.folder);
    clone.git('checkout', '--quiet', '--detach', first);
    clone.git('branch', '--quiet', '-D', 'main');
    const verdict = await check(clone.folder);
    assert.equal(verdict.verdict, 'kept');
    assert.match(verdict.summary, /1 commit since the beginning, on main \(as origin\/main shows it\)/);
    assert.equal(at(verdict.evidence, 'commits', 'ahead'), 1);
  });

  it('a policy in a folder of the repository, and in a linked work tree', async () => {
    const made = newRepository();
    made.commit('one', { 'apps/one/SECURITY-POLICY.md': 'x' });
    assert.equal((await check(join(made.folder, 'apps/one'))).verdict, 'kept');
    const linked = join(temporaryFolder(), 'linked');
    made.git('worktree', 'add', '--quiet', '--detach', linked);
    assert.equal((await check(linked)).verdict, 'kept');
  });

  it('a clean history although the work tree is not, and mentions it', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    made.write({ 'a.txt': 'b', 'new.txt': 'n' });
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'kept');
    assert.match(verdict.summary, /1 tracked file has uncommitted changes, which belong to no history yet\.$/);
    assert.deepEqual(at(verdict.evidence, 'workTree'), { changed: 1, untracked: 1, listed: ['a.txt'] });
  });

  it('other branches and other tag names, where the policy names them', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('branch', '--move', 'trunk');
    made.git('tag', 'release/1');
    made.commit('two');
    assert.equal(
      (await check(made.folder, { params: { branch: 'trunk', tag: 'release/*' } })).summary,
      '1 commit since release/1 (2026-01-01), on trunk; 1 release tag, none signed.',
    );
  });
});

describe('release.history is broken by', () => {
  it('a release tag that is not on the branch, by name', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '-b', 'hotfix');
    const off = made.commit('secret hotfix');
    made.annotate('v1.0.1');
    made.git('checkout', '--quiet', 'main');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'broken');
    assert.equal(
      verdict.summary,
      `Release tag v1.0.1 (${off.slice(0, 12)}) is not on main. Merge what was released into main, or delete a tag that released nothing.`,
    );
    assert.deepEqual(at(verdict.evidence, 'tags', 'offBranchListed'), [{ name: 'v1.0.1', commit: off }]);
  });

  it('a release tag that leads to no commit', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    made.git('tag', 'v1', 'HEAD:a.txt');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'broken');
    assert.match(verdict.summary, /^Release tag v1 \(leads to no commit\) is not on main\./);
  });

  it('a HEAD with commits that the branch does not have, and lists them', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('tag', 'v1');
    made.commit('on main');
    made.git('checkout', '--quiet', '-b', 'feature');
    const first = made.commit('unaccounted 1');
    const second = made.commit('unaccounted 2');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'broken');
    assert.equal(
      verdict.summary,
      `2 of 3 commits since v1 (2026-01-01) are not on main: ${second.slice(0, 12)} "unaccounted 2", ${first.slice(0, 12)} "unaccounted 1". Merge them into main, or release from main.`,
    );
    assert.equal((await check(made.folder, { release: 'main' })).verdict, 'kept');
  });

  it('a local main that the shared one does not have: anyone could point it there', async () => {
    const made = newRepository();
    made.commit('one');
    const clone = new TestRepository(join(temporaryFolder(), 'clone'));
    made.git('clone', '--quiet', made.folder, clone.folder);
    clone.commit('not pushed');
    const verdict = await check(clone.folder);
    assert.equal(verdict.verdict, 'broken');
    assert.match(
      verdict.summary,
      /1 of 2 commits since the beginning is not on origin\/main: .* on the local main: push it/,
    );
  });

  it('a history of its own, unrelated to the branch', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '--orphan', 'other');
    made.commit('unrelated');
    assert.match((await check(made.folder)).summary, /^1 of 1 commit since the beginning is not on main/);
  });

  it('any number of tags and commits, with exact counts and bounded lists', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '-b', 'side');
    const stream = Array.from({ length: 60 }, (_, index) => {
      const mark = `commit refs/heads/side\ncommitter B <b@x> ${1_767_300_000 + index} +0000\ndata 2\nc\n`;
      return `${mark}${index === 0 ? 'from refs/heads/main^0\n' : ''}\nreset refs/tags/v${index}\nfrom refs/heads/side\n\n`;
    }).join('');
    made.import(stream);
    made.git('reset', '--quiet', '--hard');
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'broken');
    assert.match(
      verdict.summary,
      /^60 of 60 release tags are not on main: v0 .* and 57 more\..*1 of 1 commit in v59 since v58 /,
    );
    assert.equal(at(verdict.evidence, 'tags', 'offBranch'), 60);
    assert.equal((at(verdict.evidence, 'tags', 'offBranchListed') as Json[]).length, 50);
    assert.equal((at(verdict.evidence, 'tags', 'listed') as Json[]).length, 50);
  });
});

describe('release.history cannot vouch for', () => {
  it('a shallow clone, even one that looks complete', async () => {
    const made = newRepository();
    made.commit('one');
    made.commit('two');
    const clone = join(temporaryFolder(), 'clone');
    made.git('clone', '--quiet', '--depth=1', `file://${made.folder}`, clone);
    const verdict = await check(clone);
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.summary, /this clone is shallow.*`git fetch --unshallow --tags`/);
  });

  it('replaced commits', async () => {
    const made = newRepository();
    made.commit('one');
    const tip = made.commit('two');
    made.git('replace', '--graft', tip);
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.summary, /1 replacement object stands in for what was committed/);
  });

  it('a grafts file', async () => {
    const made = newRepository();
    const commit = made.commit('one');
    writeFileSync(join(made.folder, '.git/info/grafts'), `${commit}\n`);
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.summary, /\.git\/info\/grafts gives commits other parents/);
  });

  it('a repository without a commit, a folder without a repository, a branch that is not there', async () => {
    const empty = await check(newRepository().folder);
    assert.deepEqual(
      [empty.verdict, empty.summary],
      ['unknown', 'The repository has no commit yet. Commit, then check again.'],
    );
    const none = await check(temporaryFolder());
    assert.equal(none.verdict, 'unknown');
    assert.match(none.summary, /^This folder is in no Git repository/);
    const made = newRepository();
    made.commit('one');
    const absent = await check(made.folder, { params: { branch: 'trunk' } });
    assert.equal(absent.verdict, 'unknown');
    assert.match(absent.summary, /neither origin\/trunk nor trunk here/);
  });

  it('a folder that merely lies inside another repository', async () => {
    const made = newRepository();
    made.commit('dotfiles', { '.profile': 'x' });
    const project = join(made.folder, 'project');
    mkdirSync(project);
    const verdict = await check(project);
    assert.equal(verdict.verdict, 'unknown');
    assert.match(verdict.summary, /holds nothing of this folder/);
  });

  it('a release that does not exist, or looks like an option', async () => {
    const made = newRepository();
    made.commit('one');
    for (const release of ['v9', '--upload-pack=x']) {
      await assert.rejects(check(made.folder, { release }), { code: 'GIT_REF_UNKNOWN' });
    }
  });
});

describe('the text of other people', () => {
  it('reaches the evidence as written and the summary without its escapes', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '-b', 'feature');
    made.commit('\u001b[2J\u001b[32mkept\u202e', {}, { GIT_AUTHOR_NAME: 'E\u001b[31mve' });
    const verdict = await check(made.folder);
    assert.equal(verdict.verdict, 'broken');
    // oxlint-disable-next-line no-control-regex -- control characters are what must be gone
    assert.doesNotMatch(verdict.summary, /[\u0000-\u001f\u202e]/);
    assert.equal(at(verdict.evidence, 'commits', 'offBranchListed', 0, 'author', 'name'), 'E\u001b[31mve');
  });
});

describe('the parameters of release.history', () => {
  for (const params of [
    { brunch: 'main' },
    { branch: '' },
    { branch: 'main~3' },
    { branch: 'main@{1}' },
    { branch: '--all' },
    { branch: '../heads/x' },
    { tag: 'v 1' },
    { tag: '' },
    { tag: 'v1^{}' },
    { tag: 3 },
  ]) {
    it(`do not take ${JSON.stringify(params)}`, () => {
      const bound = releaseHistory.bind(params);
      assert.equal(bound.ok, false);
    });
  }

  it('take none at all, and names with slashes', () => {
    assert.equal(releaseHistory.bind({}).ok, true);
    assert.equal(releaseHistory.bind({ branch: 'release/2026.x', tag: 'v[0-9]*' }).ok, true);
  });
});
