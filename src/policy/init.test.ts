/** `holdfast init` as people run it: through main, in folders of its own. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { parseInstant, type Instant } from '../lib/time.ts';
import { main } from '../main.ts';
import type { Terminal } from '../platform/terminal.ts';
import { factsSchema, type Facts } from './facts.ts';
import type { Topic } from './init-answers.ts';
import { initPolicy } from './init.actions.ts';

const now = parseInstant('2026-11-24T12:00:00Z') as Instant;
/** Git answers from the folder alone, not from the settings of whoever runs the tests. */
const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CEILING_DIRECTORIES: tmpdir(),
};

const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-init-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function run(cwd: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const plain: Terminal['paintOut'] = (_, text) => text;
  const code = await main(['init', ...args], {
    cwd,
    env,
    now: () => now,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outIsTty: false,
    errIsTty: false,
    columns: 100,
    paintOut: plain,
    paintErr: plain,
  });
  return { code, out, err };
}

const policyIn = (folder: string): string => readFileSync(join(folder, 'SECURITY-POLICY.md'), 'utf8');
const factsIn = (folder: string): Facts =>
  factsSchema.parse(parse(readFileSync(join(folder, 'holdfast.yaml'), 'utf8')));

const forgeApp = {
  'package.json': JSON.stringify({
    name: '@beispiel/timesheet',
    author: 'Beispiel Apps GmbH <info@beispiel.example> (https://beispiel.example)',
    bugs: { email: 'security@beispiel.example' },
  }),
  'package-lock.json': '{}',
  'manifest.yml': 'modules:\n  jira:issuePanel: []\napp:\n  id: ari:cloud:ecosystem::app/1\n',
  'static/panel/package-lock.json': '{}',
  'node_modules/left/package-lock.json': '{}',
  '.cache/package-lock.json': '{}',
};

describe('holdfast init', () => {
  it('writes both files into an empty folder and says what nobody could tell it', async () => {
    const folder = newFolder();
    const { code, out, err } = await run(folder, '--timezone', 'Europe/Berlin', '--name', 'Beispiel Apps GmbH');
    assert.equal(code, 0);
    assert.equal(
      out,
      'Wrote SECURITY-POLICY.md and holdfast.yaml: no products.\n' +
        'Read both and make every sentence true; delete those that you do not keep.\n' +
        'Next: holdfast check\n',
    );
    assert.equal(
      err,
      [
        '  name       Beispiel Apps GmbH (given)',
        '  time zone  Europe/Berlin (given)',
        '  country    DE (assumed from the time zone Europe/Berlin)',
        '  state      unknown; put `state` into holdfast.yaml: it decides which authority and which holidays count',
        '  contact    unknown; put the address for reports into SECURITY-POLICY.md before you publish it',
        '  product    none found: no lockfile and no app descriptor; list yours in holdfast.yaml',
        '',
      ].join('\n'),
    );
    assert.deepEqual(readdirSync(folder).sort(), ['SECURITY-POLICY.md', 'holdfast.yaml']);
    assert.match(policyIn(folder), /^# Security policy of Beispiel Apps GmbH\n/);
    assert.deepEqual(factsIn(folder).organisation, {
      name: 'Beispiel Apps GmbH',
      country: 'DE',
      timezone: 'Europe/Berlin',
    });
  });

  it('finds out a Forge app by itself', async () => {
    const folder = newFolder(forgeApp);
    const { code, err } = await run(folder, '--timezone', 'Europe/Berlin', '--state', 'he');
    assert.equal(code, 0);
    assert.match(err, /^ {2}name {7}Beispiel Apps GmbH \(author in package\.json\)$/m);
    assert.match(err, /^ {2}product {4}timesheet in \., forge \(package-lock\.json, manifest\.yml\)$/m);
    assert.deepEqual(factsIn(folder).products, [{ id: 'timesheet', path: '.', hosting: 'forge', entries: [] }]);
    assert.equal(factsIn(folder).organisation?.state, 'HE');
    assert.match(policyIn(folder), /report it to us at <security@beispiel\.example>/);
    assert.match(policyIn(folder), /^Our Forge apps run at Atlassian/m);
  });

  it('reads the person, the owner and the release branch from Git', async () => {
    const folder = newFolder();
    const git = (...args: string[]): unknown => execFileSync('git', ['-C', folder, ...args], { env });
    git('init', '--quiet', '--initial-branch=master');
    git('config', 'user.name', 'Kim Beispiel');
    git('config', 'user.email', 'kim@beispiel.example');
    git('remote', 'add', 'origin', 'git@github.com:beispiel/site.git');
    git('commit', '--quiet', '--allow-empty', '--message=one');
    await run(folder, '--timezone', 'Europe/Vienna');
    assert.equal(factsIn(folder).organisation?.name, 'beispiel');
    assert.deepEqual(factsIn(folder).people, [
      { name: 'Kim Beispiel', email: 'kim@beispiel.example', roles: ['security'] },
    ]);
    assert.match(policyIn(folder), /control: release\.history\n {4}branch: master\n/);
    // Kim's own address is not published as the contact for reports.
    assert.doesNotMatch(policyIn(folder), /kim@/);
  });

  it('refuses to overwrite, names what is there and touches nothing', async () => {
    for (const files of [{ 'holdfast.yaml': 'mine' }, { 'SECURITY-POLICY.md': 'mine' }]) {
      const folder = newFolder(files);
      const { code, out, err } = await run(folder, '--name', 'X');
      const [name = ''] = Object.keys(files);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.equal(
        err,
        `holdfast: ${name} exists in ${folder}; nothing was changed\n` +
          '  Move it away, or run `holdfast init --force` to replace both files. [FILE_EXISTS]\n',
      );
      assert.deepEqual(readdirSync(folder), [name]);
      assert.equal(readFileSync(join(folder, name), 'utf8'), 'mine');
    }
  });

  it('takes a link that leads nowhere for a file of somebody', { skip: process.platform === 'win32' }, async () => {
    const folder = newFolder();
    symlinkSync('elsewhere.md', join(folder, 'SECURITY-POLICY.md'));
    assert.equal((await run(folder)).code, 2);
    assert.deepEqual(readdirSync(folder), ['SECURITY-POLICY.md']);
  });

  it('replaces both files when told to', async () => {
    const folder = newFolder({ 'SECURITY-POLICY.md': 'old', 'holdfast.yaml': 'old' });
    assert.equal((await run(folder, '--force', '--name', 'Neu', '--timezone', 'Europe/Berlin')).code, 0);
    assert.match(policyIn(folder), /^# Security policy of Neu\n/);
    assert.equal(factsIn(folder).organisation?.name, 'Neu');
  });

  it('writes neither file when one of them cannot be written', async () => {
    const folder = newFolder({ 'SECURITY-POLICY.md': 'old', 'holdfast.yaml/in-the-way': '' });
    const { code, err } = await run(folder, '--force', '--name', 'Neu');
    assert.equal(code, 1);
    assert.match(
      err,
      /holdfast\.yaml could not be written\n {2}A folder of that name is in the way\. .*\[FILE_UNWRITABLE\]/,
    );
    assert.equal(policyIn(folder), 'old');
  });

  it('says so when the folder is a file', async () => {
    const folder = newFolder({ file: '' });
    const { code, err } = await run(folder, 'file');
    assert.equal(code, 1);
    assert.match(err, /could not be written: .*\n {2}Name a folder that you may write to\. \[FILE_UNWRITABLE\]/);
  });

  it('says so when the folder takes no files', {
    skip: process.platform === 'win32' || process.getuid?.() === 0 ? 'root may write everywhere' : false,
  }, async () => {
    const folder = newFolder();
    chmodSync(folder, 0o555);
    const { code, err } = await run(folder);
    chmodSync(folder, 0o755);
    assert.equal(code, 1);
    assert.match(err, /\[FILE_UNWRITABLE\]/);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('makes the folder, and names it in the next step', async () => {
    const folder = newFolder();
    const { code, out } = await run(folder, "policy/it's mine");
    assert.equal(code, 0);
    assert.match(out, /Next: cd 'policy\/it'\\''s mine' && holdfast check\n$/);
    assert.ok(existsSync(join(folder, "policy/it's mine/SECURITY-POLICY.md")));
  });

  it('answers in JSON, and in JSON when it refuses', async () => {
    const folder = newFolder(forgeApp);
    const args = ['--json', '--timezone', 'Europe/Berlin', '--contact', 'psirt@beispiel.example'];
    const { code, out } = await run(folder, ...args);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out), {
      schema: 'holdfast.init/1',
      folder,
      written: ['SECURITY-POLICY.md', 'holdfast.yaml'],
      answers: {
        name: { value: 'Beispiel Apps GmbH', from: 'author in package.json' },
        timezone: { value: 'Europe/Berlin', from: 'given' },
        country: { value: 'DE', from: 'assumed from the time zone Europe/Berlin' },
        contact: { value: 'psirt@beispiel.example', from: 'given' },
      },
      unknown: ['state'],
      branch: 'main',
      products: [{ id: 'timesheet', path: '.', hosting: 'forge', from: ['package-lock.json', 'manifest.yml'] }],
      complete: true,
      next: 'holdfast check',
    });
    const again = await run(folder, '--json');
    assert.equal(again.code, 2);
    assert.deepEqual(JSON.parse(again.out), {
      schema: 'holdfast.init/1',
      folder,
      written: [],
      refused: { code: 'FILE_EXISTS', files: ['SECURITY-POLICY.md', 'holdfast.yaml'] },
    });
  });

  it('holds every product to the hosting that was given', async () => {
    const folder = newFolder({ 'a/yarn.lock': '', 'b/pom.xml': '<project/>' });
    await run(folder, '--hosting', 'self-hosted');
    assert.deepEqual(
      factsIn(folder).products.map(({ id, path, hosting }) => [id, path, hosting]),
      [
        ['a', 'a', 'self-hosted'],
        ['b', 'b', 'self-hosted'],
      ],
    );
  });

  it('calls an unusable option a mistake of use before it writes anything', async () => {
    const folder = newFolder();
    for (const args of [
      ['--country', 'Germany'],
      ['--timezone', 'Berlin'],
      ['--contact', 'x'],
      ['--hosting', 'cloud'],
      ['--name', ' '],
      ['--nonsense'],
      ['one', 'two'],
    ]) {
      assert.equal((await run(folder, ...args)).code, 64, args.join(' '));
    }
    assert.deepEqual(readdirSync(folder), []);
  });

  it('survives a package.json of any shape, and does not wait for a pipe', { timeout: 20_000 }, async () => {
    const shapes = [
      '',
      'null',
      '[]',
      '{"author":5}',
      '{"author":{"name":{}},"name":[]}',
      '['.repeat(200_000),
      '{"bugs":"x"}',
      '\u0000',
    ];
    for (const text of shapes) {
      const folder = newFolder({ 'package.json': text, 'package-lock.json': '' });
      assert.equal((await run(folder)).code, 0, text.slice(0, 30));
      assert.equal(factsIn(folder).products.length, 1);
    }
    if (process.platform === 'win32') return;
    const folder = newFolder();
    execFileSync('mkfifo', [join(folder, 'package.json'), join(folder, 'manifest.yml')]);
    assert.equal((await run(folder)).code, 0);
  });
});

describe('the questions of init', () => {
  const ask = async (folder: string, script: Partial<Record<Topic, string[]>>) => {
    const asked: string[] = [];
    const done = await initPolicy({
      cwd: folder,
      folder: '.',
      given: new Map([['timezone', { value: 'Europe/Berlin', from: 'given' }]]),
      overwrite: false,
      env,
      now,
      ask: async (topic, suggestion, problem) => {
        asked.push([topic, suggestion ?? '-', ...(problem === null ? [] : ['again'])].join(' '));
        const answers = script[topic] ?? [''];
        return answers.length === 0 ? null : (answers.shift() ?? null);
      },
    });
    return { asked, done };
  };

  it('are about nothing that the folder tells', async () => {
    const { asked } = await ask(newFolder(forgeApp), {});
    assert.deepEqual(asked, ['country DE', 'state -']);
  });

  it('take Enter for the suggestion, and repeat what cannot be used', async () => {
    const folder = newFolder({ 'app/yarn.lock': '' });
    const { asked } = await ask(folder, {
      name: ['Beispiel Apps GmbH'],
      country: [''],
      state: ['Hessen', 'he'],
      hosting: ['cloud', 'data-center'],
      contact: ['a', 'b', 'c', 'never@asked.example'],
    });
    assert.deepEqual(asked.slice(1), [
      'country DE',
      'state -',
      'state - again',
      'hosting -',
      'hosting - again',
      'contact -',
      'contact - again',
      'contact - again',
    ]);
    const facts = factsIn(folder);
    assert.deepEqual(facts.organisation, {
      name: 'Beispiel Apps GmbH',
      country: 'DE',
      state: 'HE',
      timezone: 'Europe/Berlin',
    });
    assert.equal(facts.products[0]?.hosting, 'data-center');
    assert.deepEqual(facts.recipients, []);
  });

  it('end in nothing when the person leaves them', async () => {
    const folder = newFolder();
    const { asked, done } = await ask(folder, { country: [] });
    assert.equal(asked.at(-1), 'country DE');
    assert.deepEqual(done, { ok: false, error: { code: 'left', folder } });
    assert.deepEqual(readdirSync(folder), []);
  });

  it('are not asked when the answers could not be written', async () => {
    const { asked, done } = await ask(newFolder({ 'holdfast.yaml': '' }), {});
    assert.deepEqual(asked, []);
    assert.equal(done.ok, false);
  });
});
