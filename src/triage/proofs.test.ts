/** Decisions that rest on a proof of reach, where people meet them: decide, scan, check and gate in a product with installed packages. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { ourProblems } from '../../test/support/output-schemas.ts';
import { buildIndex, folderWith, holdfast, lockOf } from '../../test/support/project.ts';

const ID = 'GHSA-aaaa-bbbb-cccc';
const WHO = ['--owner', 'Kim Beispiel', '--expires', '90d', '--reason', 'we call nothing of it'];

/** leaky is installed and loaded by nothing. */
const FILES = {
  'package.json': '{ "name": "app", "version": "1.0.0", "main": "index.js" }',
  'index.js': 'module.exports = function app() {};\n',
  'package-lock.json': lockOf('leaky'),
  'node_modules/leaky/package.json': '{ "name": "leaky", "version": "1.0.0" }',
  'node_modules/leaky/index.js': 'exports.leak = function leak() {};\nexports.other = function other() {};\n',
};

let index = '';
before(async () => {
  index = await buildIndex();
});
const run = (folder: string, args: readonly string[], at?: string) => {
  const [command = '', ...rest] = args;
  return holdfast(folder, [command, ...rest, '--db', index], at);
};

/** The product with a proof, kept where it is told to be. */
async function proven(changes: Readonly<Record<string, string>> = {}, reach: readonly string[] = []): Promise<string> {
  const folder = folderWith({ ...FILES, ...changes });
  mkdirSync(join(folder, 'proofs'));
  const { out } =
    reach.length > 0
      ? await holdfast(folder, ['reach', ...reach, '--json'])
      : await run(folder, ['reach', '--advisory', ID, '--json']);
  writeFileSync(join(folder, 'proofs/leaky.json'), out);
  return folder;
}
const decide = (folder: string, args: readonly string[] = []) =>
  run(folder, ['decide', ID, '--proof', 'proofs/leaky.json', ...WHO, ...args]);

async function decidedOn(changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = await proven(changes);
  const { code, err } = await decide(folder);
  assert.equal(code, 0, err);
  return folder;
}
const decisions = (folder: string): string => readFileSync(join(folder, 'holdfast.decisions.yaml'), 'utf8');
const edit = (folder: string, file: string, change: (text: string) => string): void =>
  writeFileSync(join(folder, file), change(readFileSync(join(folder, file), 'utf8')));

/** How the finding stands in a scan: closed, or why it is open. */
async function standing(folder: string): Promise<string> {
  const { out } = await run(folder, ['scan']);
  return /^ {5}((?:open|closed): .*)$/m.exec(out)?.[1] ?? 'no decision';
}

describe('holdfast decide --proof', () => {
  it('takes decision and justification from the proof, and closes the finding', async () => {
    const folder = await proven();
    const { code, out, err } = await decide(folder);
    assert.equal(code, 0, err);
    assert.match(
      out,
      /GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0: closed, not affected until 2027-02-23 by Kim Beispiel, proof proofs\/leaky\.json checked/,
    );
    assert.match(decisions(folder), /decision: not_affected\n +justification: vulnerable_code_not_in_execute_path\n/);
    assert.match(decisions(folder), /evidence: sha256:[0-9a-f]{64}\n +proof: proofs\/leaky\.json\n$/);
    assert.match(await standing(folder), /^closed: not affected until 2027-02-23 by Kim Beispiel/);
    const { out: json } = await run(folder, ['scan', '--json']);
    assert.deepEqual(ourProblems('scan', JSON.parse(json)), []);
    const { out: list } = await run(folder, ['decide', '--list', '--json']);
    assert.deepEqual(ourProblems('decide', JSON.parse(list)), []);
  });

  it('refuses a proof that says that the code can run, one about something else, and one that claims less', async () => {
    const reachable = await proven({ 'index.js': "require('leaky').leak();\n" });
    const said = await decide(reachable);
    assert.equal(said.code, 2);
    assert.match(
      said.err,
      /does not clear GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0: it says that leaky@1\.0\.0 is unknown/,
    );
    const other = await proven();
    edit(other, 'proofs/leaky.json', (text) => text.replaceAll('"leaky"', '"drippy"'));
    assert.match((await decide(other)).err, /it says nothing about GHSA-aaaa-bbbb-cccc in leaky@1\.0\.0/);
    const more = await decide(await proven(), ['--justification', 'component_not_present']);
    assert.equal(more.code, 2);
    assert.match(more.err, /it shows vulnerable_code_not_in_execute_path, not component_not_present/);
    const unfit = await decide(await proven(), ['--decision', 'accepted']);
    assert.equal(unfit.code, 2);
  });

  it('refuses a proof that was written by hand, and writes nothing', async () => {
    const folder = await proven({ 'index.js': "require('leaky').leak();\n" });
    edit(folder, 'proofs/leaky.json', (text) => text.replace('"verdict": "unknown"', '"verdict": "never-loaded"'));
    const { code, err } = await decide(folder);
    assert.equal(code, 2);
    assert.match(err, /does not hold here: the analysis of the same code says that leaky@1\.0\.0 is unknown/);
    assert.throws(() => decisions(folder), { code: 'ENOENT' });
  });

  it('refuses a proof outside of the folder, and one beside other evidence', async () => {
    const folder = await proven();
    writeFileSync(join(folder, '..', 'outside.json'), readFileSync(join(folder, 'proofs/leaky.json')));
    const said = await run(folder, ['decide', ID, '--proof', '../outside.json', ...WHO]);
    assert.equal(said.code, 2);
    assert.match(said.err, /below the folder of this file/);
    assert.equal((await decide(folder, ['--evidence', 'index.js'])).code, 64);
  });

  it('takes functions that a person named, where no list knows any', async () => {
    const symbols = JSON.stringify([
      { id: 'CVE-2026-1001', package: 'leaky', version: '1.0.0', file: 'index.js', function: 'leak' },
    ]);
    const folder = await proven({ 'index.js': "require('leaky').other();\n", 'symbols.json': symbols }, [
      '--symbols',
      'symbols.json',
    ]);
    const { code, err } = await decide(folder);
    assert.equal(code, 0, err);
    assert.match(await standing(folder), /^closed/);
  });
});

describe('a decision that rests on a proof', () => {
  it('counts for nothing once the code, the lockfile or the proof itself has changed, and says how to renew it', async () => {
    const changes: readonly [string, string, RegExp][] = [
      [
        'index.js',
        '// a comment\n',
        /not proven: since it was made this has changed: the code; renew it: holdfast decide --renew$/,
      ],
      ['package-lock.json', ' ', /this has changed: the lockfile; renew it/],
      [
        'proofs/leaky.json',
        ' ',
        /proofs\/leaky\.json is not the file that was decided on; look at it, then: holdfast decide --renew$/,
      ],
    ];
    for (const [file, added, words] of changes) {
      const folder = await decidedOn();
      edit(folder, file, (text) => text + added);
      const words2 = await standing(folder);
      assert.match(words2, /^open: not affected until 2027-02-23, /);
      assert.match(words2, words, file);
      assert.equal((await run(folder, ['scan', '--fail-on', 'low'])).code, 2, file);
    }
  });

  it('says what is so today when the code can run now', async () => {
    const folder = await decidedOn();
    writeFileSync(join(folder, 'index.js'), "require('leaky').leak();\n");
    assert.match(await standing(folder), /this has changed: the code, and now leaky@1\.0\.0 is unknown; decide again$/);
  });

  it('does not hold for a second product that has the same finding', async () => {
    const folder = await decidedOn();
    for (const [path, text] of Object.entries(FILES)) {
      mkdirSync(join(folder, 'second', path, '..'), { recursive: true });
      writeFileSync(join(folder, 'second', path), path === 'index.js' ? "require('leaky').leak();\n" : text);
    }
    assert.match(await standing(folder), /^open: .*the code, and now leaky@1\.0\.0 is unknown; decide again$/);
  });

  it('is checked by why only where it is about what is asked for', async () => {
    const folder = await decidedOn({ 'package-lock.json': lockOf('leaky', 'drippy') });
    const why = async (target: string) =>
      (
        JSON.parse((await run(folder, ['why', target, '--json'])).out) as {
          places: { findings: { decision: { open: string | null } | null }[] }[];
        }
      ).places.flatMap(({ findings }) => findings.map(({ decision }) => decision?.open));
    assert.deepEqual(await why('leaky'), [null]);
    assert.deepEqual(await why('CVE-2026-1001'), [null]);
    rmSync(join(folder, 'node_modules'), { recursive: true });
    assert.deepEqual(await why('leaky'), ['unproven']);
    assert.deepEqual(await why('drippy'), [undefined]);
  });

  it('is neither read nor analysed once it has expired', async () => {
    const folder = await decidedOn();
    const { out } = await run(folder, ['scan'], '2027-03-01T09:00:00Z');
    assert.match(out, /^ {5}open: not affected until 2027-02-23, expired$/m);
  });

  it('is a mistake of the file without its digest, and beside another answer than not_affected', async () => {
    for (const [from, to, words] of [
      [/\n +evidence: .*/, '', /proof stands without its digest/],
      [/decision: not_affected\n +justification: .*/, 'decision: accepted', /proof has no place beside accepted/],
    ] as const) {
      const folder = await decidedOn();
      edit(folder, 'holdfast.decisions.yaml', (text) => text.replace(from, to));
      const { code, out } = await run(folder, ['scan']);
      assert.equal(code, 3);
      assert.match(out, words);
    }
  });
});

describe('holdfast decide --renew', () => {
  it('makes the proof anew and leaves the decision as it was', async () => {
    const folder = await decidedOn();
    const old = decisions(folder);
    edit(folder, 'index.js', (text) => `${text}// a comment\n`);
    const { code, out, err } = await run(folder, ['decide', '--renew']);
    assert.equal(code, 0, err);
    assert.match(out, /^renewed {6}proofs\/leaky\.json: GHSA-aaaa-bbbb-cccc in pkg:npm\/leaky /m);
    assert.match(await standing(folder), /^closed/);
    const digest = /sha256:[0-9a-f]{64}/g;
    assert.equal(decisions(folder).replace(digest, ''), old.replace(digest, ''));
    assert.notEqual(decisions(folder), old);
  });

  it('renews nothing that is not shown any more, and changes nothing then', async () => {
    const folder = await decidedOn();
    const before = [decisions(folder), readFileSync(join(folder, 'proofs/leaky.json'), 'utf8')];
    writeFileSync(join(folder, 'index.js'), "require('leaky').leak();\n");
    const { code, out } = await run(folder, ['decide', '--renew', '--json']);
    assert.equal(code, 2);
    const answer = JSON.parse(out) as { proofs: { fails: string }[] };
    assert.deepEqual(ourProblems('decide', answer), []);
    assert.equal(answer.proofs[0]?.fails, 'it says that leaky@1.0.0 is unknown');
    assert.deepEqual([decisions(folder), readFileSync(join(folder, 'proofs/leaky.json'), 'utf8')], before);
    assert.equal((await run(folder, ['decide', '--renew', 'CVE-1999-0001'])).code, 2);
  });
});

const POLICY = `# Policy

Every alert is answered.[^answers]

[^answers]: Counted with every change.

    \`\`\`yaml
    control: triage.complete
    maxDataAgeDays: 30
    \`\`\`
`;

describe('what counts decisions', () => {
  interface Report {
    readonly statements: readonly {
      readonly verdict: string;
      readonly controls: readonly { readonly summary: string; readonly evidence: { readonly proven: number } }[];
    }[];
  }
  const check = async (folder: string) => {
    const { out } = await run(folder, ['check', '--json']);
    const [statement] = (JSON.parse(out) as Report).statements;
    const [control] = statement?.controls ?? [];
    return { verdict: statement?.verdict, summary: control?.summary ?? '', proven: control?.evidence.proven };
  };

  it('triage.complete counts a proof that holds as evidence that was checked, and one that does not as no decision', async () => {
    const folder = await decidedOn({ 'SECURITY-POLICY.md': POLICY });
    const kept = await check(folder);
    assert.equal(kept.verdict, 'kept');
    assert.equal(kept.proven, 1);
    assert.match(kept.summary, /\(1 closed, 1 of them by a proof that was checked again, no planned upgrades\)/);
    edit(folder, 'index.js', (text) => `${text}// a comment\n`);
    const broken = await check(folder);
    assert.equal(broken.verdict, 'broken');
    assert.match(
      broken.summary,
      /not proven: since it was made this has changed: the code.*Next: holdfast decide --renew$/,
    );
  });

  it('the gate passes with a proof that holds, blocks with one that does not, and wants it in the commit', async () => {
    const folder = await decidedOn({ '.gitignore': 'node_modules\n' });
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=Kim', '-c', 'user.email=kim@beispiel.example', ...args], { cwd: folder });
    git('init', '--quiet');
    git('add', '.');
    git('rm', '--cached', '--quiet', 'proofs/leaky.json');
    git('commit', '--quiet', '-m', 'all but the proof');
    const gate = async () => await run(folder, ['gate', '--max-data-age', '30']);
    const uncommitted = await gate();
    assert.equal(uncommitted.code, 3);
    assert.match(uncommitted.out, /The decisions on findings, or proofs on which they rest, are in no commit\./);
    git('add', '.');
    git('commit', '--quiet', '-m', 'the proof');
    const passed = await gate();
    assert.equal(passed.code, 0, passed.out);
    edit(folder, 'index.js', (text) => `${text}// a comment\n`);
    git('commit', '--quiet', '-am', 'a change');
    const blocked = await gate();
    assert.equal(blocked.code, 2);
    assert.match(blocked.out, /decided on, but still open: 1 unproven\./);
    assert.match(blocked.out, /Renew the proofs that do not hold: `holdfast decide --renew`/);
  });
});
