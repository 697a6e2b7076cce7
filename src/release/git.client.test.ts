import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cleanEnv, newRepository, temporaryFolder } from '../../test/support/repository.ts';
import type { CommitId } from './git-format.ts';
import {
  countCommits,
  findCommit,
  firstParents,
  holdsFolder,
  isAncestor,
  listCommits,
  listTags,
  nearestRelease,
  openRepository,
  readDistortions,
  readWorkTree,
  resolveCommit,
  type Repository,
} from './git.client.ts';

async function open(folder: string, env = cleanEnv): Promise<Repository> {
  const repository = await openRepository(folder, env);
  assert.ok(repository, 'a repository');
  return repository;
}

const failsWith = (code: string, message: RegExp) => (thrown: unknown) =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code && message.test(thrown.message);

describe('finding the repository', () => {
  it('answers null for a folder in no repository', async () => {
    assert.equal(await openRepository(temporaryFolder(), cleanEnv), null);
  });

  it('says that git is missing, rather than that the repository is', async () => {
    await assert.rejects(
      openRepository(temporaryFolder(), { PATH: temporaryFolder() }),
      failsWith('GIT_UNAVAILABLE', /git could not be started/),
    );
  });

  it('says that the folder is missing, rather than git or the repository', async () => {
    await assert.rejects(
      openRepository(join(temporaryFolder(), 'gone'), cleanEnv),
      failsWith('FILE_NOT_FOUND', /gone is not a folder/),
    );
  });

  it('finds the repository from a folder inside it, and knows the way down', async () => {
    const made = newRepository();
    made.commit('one', { 'packages/app/a.txt': 'a' });
    const repository = await open(join(made.folder, 'packages/app'));
    assert.equal(repository.prefix, 'packages/app/');
    assert.equal((await readWorkTree(repository))?.top, made.folder);
  });

  it('tells a folder that the commit holds from one that merely lies inside the checkout', async () => {
    const made = newRepository();
    const commit = made.commit('one', { 'app/a.txt': 'a' });
    mkdirSync(join(made.folder, 'stray'));
    const id = await resolveCommit(await open(made.folder), commit);
    assert.equal(await holdsFolder(await open(join(made.folder, 'app')), id), true);
    assert.equal(await holdsFolder(await open(join(made.folder, 'stray')), id), false);
  });

  it('reads a linked work tree with the distortions of the repository it belongs to', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    const linked = join(temporaryFolder(), 'linked');
    made.git('worktree', 'add', '--quiet', '--detach', linked);
    writeFileSync(join(made.folder, '.git/info/grafts'), `${made.git('rev-parse', 'HEAD')}\n`);
    writeFileSync(join(linked, 'a.txt'), 'changed here');
    const repository = await open(linked);
    assert.deepEqual(await readDistortions(repository), { shallow: false, grafted: true, replaced: 0 });
    assert.deepEqual((await readWorkTree(repository))?.changed, ['a.txt']);
    assert.deepEqual((await readWorkTree(await open(made.folder)))?.changed, []);
  });

  it('reads a bare repository, which has no work tree to be in any state', async () => {
    const made = newRepository();
    const commit = made.commit('one');
    const bare = join(temporaryFolder(), 'bare.git');
    made.git('clone', '--quiet', '--bare', made.folder, bare);
    const repository = await open(bare);
    assert.equal(await findCommit(repository, 'main'), commit);
    assert.equal(await readWorkTree(repository), null);
  });

  it('does not take a work tree elsewhere, set by the repository itself, for the folder it was asked about', async () => {
    const made = newRepository();
    made.commit('one', { 'a.txt': 'a' });
    made.git('config', 'core.worktree', temporaryFolder());
    assert.equal(await readWorkTree(await open(made.folder)), null);
  });

  it('reads the folder it was asked about when a hook left GIT_DIR in the environment', async () => {
    const made = newRepository();
    const commit = made.commit('one');
    const other = newRepository();
    other.commit('other');
    const env = {
      ...cleanEnv,
      GIT_DIR: join(other.folder, '.git'),
      GIT_INDEX_FILE: '/nowhere',
      GIT_WORK_TREE: other.folder,
    };
    assert.equal(await findCommit(await open(made.folder, env), 'HEAD'), commit);
  });

  it('explains a repository of another user and how to trust it', {
    skip: process.getuid?.() !== 0 && 'only root can give a folder away',
  }, async () => {
    const made = newRepository();
    made.commit('one');
    for (const path of ['', '.git']) chownSync(join(made.folder, path), 65_534, 65_534);
    await assert.rejects(openRepository(made.folder, cleanEnv), (thrown: unknown) => {
      assert.ok(failsWith('GIT_UNREADABLE', /belongs to another user/)(thrown));
      assert.ok(
        thrown instanceof Error && 'hint' in thrown && String(thrown.hint).includes(`safe.directory '${made.folder}'`),
      );
      return true;
    });
    const trusting = {
      ...cleanEnv,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: made.folder,
    };
    assert.notEqual(await openRepository(made.folder, trusting), null);
  });

  it('names a damaged repository as such', async () => {
    const made = newRepository();
    made.commit('one');
    const second = made.commit('two');
    const object = join(made.folder, '.git/objects', second.slice(0, 2), second.slice(2));
    execFileSync('chmod', ['u+w', object]);
    writeFileSync(object, 'no object');
    await assert.rejects(
      (async () => await countCommits(await open(made.folder), second as CommitId, []))(),
      failsWith('GIT_UNREADABLE', /incomplete or damaged: loose object .* is corrupt/),
    );
  });
});

describe('naming a commit', () => {
  const made = newRepository();
  const first = made.commit('one');
  made.annotate('v1');
  made.git('tag', 'tree-tag', 'HEAD^{tree}');
  const second = made.commit('two');

  it('follows branches, tags and abbreviations to the commit', async () => {
    const repository = await open(made.folder);
    assert.equal(await resolveCommit(repository, 'v1'), first);
    assert.equal(await resolveCommit(repository, 'main'), second);
    assert.equal(await resolveCommit(repository, second.slice(0, 10)), second);
  });

  for (const ref of [
    '--upload-pack=x',
    '-h',
    '--',
    '',
    'no-such-branch',
    'v1\0',
    'tree-tag',
    'main..v1',
    '$(touch x)',
    '@{-1}',
    'v1\u001b[2J',
  ]) {
    it(`refuses ${JSON.stringify(ref)}, which names no commit`, async () => {
      await assert.rejects(
        async () => await resolveCommit(await open(made.folder), ref),
        failsWith('GIT_REF_UNKNOWN', /names no commit/),
      );
    });
  }

  it('prints no escape sequence that a ref carries', async () => {
    await assert.rejects(
      async () => await resolveCommit(await open(made.folder), 'x\u001b[2J'),
      (thrown: unknown) => {
        return thrown instanceof Error && !thrown.message.includes('\u001b');
      },
    );
  });

  it('finds no commit where HEAD has none yet', async () => {
    assert.equal(await findCommit(await open(newRepository().folder), 'HEAD'), null);
  });

  it('finds the commit of a detached HEAD', async () => {
    const detached = newRepository();
    const commit = detached.commit('one');
    detached.commit('two');
    detached.git('checkout', '--quiet', '--detach', commit);
    assert.equal(await findCommit(await open(detached.folder), 'HEAD'), commit);
  });
});

describe('commits', () => {
  it('tells those that came by a merge from those on the first-parent chain', async () => {
    const made = newRepository();
    const root = made.commit('root');
    made.git('checkout', '--quiet', '-b', 'feature');
    const side = made.commit('side');
    made.git('checkout', '--quiet', 'main');
    const straight = made.commit('straight');
    const merge = made.merge('feature');
    const repository = await open(made.folder);
    const [from, without] = [merge as CommitId, [root as CommitId]] as const;
    assert.equal(await countCommits(repository, from, without), 3);
    assert.deepEqual(new Set(await firstParents(repository, from, without)), new Set([merge, straight]));
    const commits = await listCommits(repository, from, without, 10);
    assert.deepEqual(new Set(commits.map((commit) => commit.id)), new Set([merge, side, straight]));
    assert.deepEqual(commits[0], {
      id: merge,
      parents: 2,
      author: { name: 'Ada', at: Date.parse('2026-01-01T00:04:00Z') },
      committer: { name: 'Bo', at: Date.parse('2026-01-01T00:04:00Z') },
      subject: "Merge branch 'feature'",
    });
    assert.equal(await isAncestor(repository, side as CommitId, from), true);
    assert.equal(await isAncestor(repository, from, side as CommitId), false);
    assert.equal((await listCommits(repository, from, without, 2)).length, 2);
  });

  it('reads the parents that were written, whatever replacements and grafts say', async () => {
    const made = newRepository();
    const root = made.commit('root');
    const tip = made.commit('tip');
    const forged = made.git('commit-tree', '-m', 'forged', 'HEAD^{tree}');
    made.git('replace', tip, forged);
    writeFileSync(join(made.folder, '.git/info/grafts'), `# a comment\n${tip}\n`);
    assert.equal(made.git('rev-list', '--count', 'HEAD'), '1', 'git itself is deceived');
    const repository = await open(made.folder);
    assert.equal(await countCommits(repository, tip as CommitId, []), 2);
    assert.equal(await isAncestor(repository, root as CommitId, tip as CommitId), true);
    assert.deepEqual(await readDistortions(repository), { shallow: false, grafted: true, replaced: 1 });
  });

  it('does not call a grafts file of comments a graft', async () => {
    const made = newRepository();
    made.commit('one');
    writeFileSync(join(made.folder, '.git/info/grafts'), '# none\n\n');
    assert.equal((await readDistortions(await open(made.folder))).grafted, false);
  });

  it('sees that a clone is shallow', async () => {
    const made = newRepository();
    made.commit('one');
    made.commit('two');
    const clone = join(temporaryFolder(), 'clone');
    made.git('clone', '--quiet', '--depth=1', `file://${made.folder}`, clone);
    assert.deepEqual(await readDistortions(await open(clone)), { shallow: true, grafted: false, replaced: 0 });
  });

  it('keeps apart what hostile names try to run together', async () => {
    const made = newRepository();
    const name = 'Eve\u001b[31m\u202e %x00 "quoted" end';
    const commit = made.commit(
      'subject\twith\ttabs',
      {},
      { GIT_AUTHOR_NAME: name, GIT_COMMITTER_NAME: 'Ünïcode 日本' },
    );
    const [read] = await listCommits(await open(made.folder), commit as CommitId, [], 1);
    assert.equal(read?.author.name, name);
    assert.equal(read?.committer.name, 'Ünïcode 日本');
    assert.equal(read?.subject, 'subject\twith\ttabs');
  });

  it('reads a date that RFC 3339 cannot spell as no date', async () => {
    const made = newRepository();
    const tree = made.git('write-tree');
    const raw = `tree ${tree}\nauthor A <a> 99999999999999 +0000\ncommitter A <a> 253402300799 +0000\n\nfar away\n`;
    const commit = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'], {
      cwd: made.folder,
      env: { ...cleanEnv },
      input: raw,
      encoding: 'utf8',
    }).trim();
    const [read] = await listCommits(await open(made.folder), commit as CommitId, [], 1);
    assert.equal(read?.author.at, null);
    assert.equal(read?.committer.at, Date.parse('9999-12-31T23:59:59Z'));
  });
});

describe('tags', () => {
  it('tells lightweight from annotated, signed from unsigned, and follows tags of tags', async () => {
    const made = newRepository();
    const commit = made.commit('one');
    made.git('tag', 'v1');
    made.annotate('v2');
    made.git('tag', '--annotate', '--message', 'outer', 'v3', 'v2');
    made.annotate('v4', 'notes\n-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n');
    made.git('tag', 'v5', 'HEAD^{tree}');
    made.git('tag', 'other');
    const tags = await listTags(await open(made.folder), 'v*');
    assert.deepEqual(
      tags.map((tag) => [tag.name, tag.annotated, tag.signed, tag.commit]),
      [
        ['v1', false, false, commit],
        ['v2', true, false, commit],
        ['v3', true, false, commit],
        ['v4', true, true, commit],
        ['v5', false, false, null],
      ],
    );
    assert.equal(tags[0]?.at, Date.parse('2026-01-01T00:01:00Z'));
    assert.equal(tags[1]?.at, Date.parse('2026-01-01T00:02:00Z'));
    assert.equal(tags[1]?.id, made.git('rev-parse', 'v2'));
  });

  it('finds no tag where none matches, and does not let * cross a slash', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('tag', 'web/v1');
    const repository = await open(made.folder);
    assert.deepEqual(await listTags(repository, 'v*'), []);
    assert.deepEqual(await listTags(repository, 'w*1'), []);
    assert.equal((await listTags(repository, 'web/v*')).length, 1);
  });

  it('takes as the last release the tag with the fewest commits in between, not the newest one', async () => {
    const made = newRepository();
    made.commit('root');
    made.git('checkout', '--quiet', '-b', 'old');
    made.commit('far 1');
    made.git('checkout', '--quiet', 'main');
    for (const subject of ['a', 'b', 'c', 'd']) made.commit(subject);
    made.git('tag', 'v2');
    // Made last, but four commits farther away.
    made.git('tag', 'v1', 'old');
    made.git('checkout', '--quiet', 'old');
    made.annotate('v1.1');
    made.git('checkout', '--quiet', 'main');
    const merge = made.merge('old');
    assert.equal((await nearestRelease(await open(made.folder), 'v*', merge as CommitId))?.tag.name, 'v2');
  });

  it('takes the release before a commit that is a release itself', async () => {
    const made = newRepository();
    const first = made.commit('one');
    made.annotate('v1');
    const second = made.commit('two');
    made.git('tag', 'v2');
    made.annotate('v2-signed');
    const repository = await open(made.folder);
    assert.equal((await nearestRelease(repository, 'v*', second as CommitId))?.tag.name, 'v1');
    assert.equal(await nearestRelease(repository, 'v*', first as CommitId), null);
  });

  it('ignores releases that are no ancestors', async () => {
    const made = newRepository();
    made.commit('one');
    made.git('checkout', '--quiet', '-b', 'side');
    made.commit('side');
    made.git('tag', 'v9');
    made.git('checkout', '--quiet', 'main');
    const tip = made.commit('two');
    const repository = await open(made.folder);
    assert.equal(await nearestRelease(repository, 'v*', tip as CommitId), null);
    assert.deepEqual(
      (await listTags(repository, 'v*', { beyond: [tip as CommitId] })).map((tag) => tag.name),
      ['v9'],
    );
  });
});
