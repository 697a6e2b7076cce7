/** `holdfast publish` as people meet it: real documents, small controls, a captured terminal, folders on the disk. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import * as z from 'zod';
import { folderWith } from '../../test/support/project.ts';
import { HoldfastError } from '../lib/errors.ts';
import type { Instant } from '../lib/time.ts';
import { defineControl, type VerdictName } from '../policy/control.ts';
import { manual } from '../policy/manual.control.ts';

import { publishCommand } from './publish.cli.ts';

const NOW = '2026-11-25T09:05:33Z';

/** Finds what the policy asks it to find. */
const asked = defineControl({
  id: 'scan.dependencies',
  title: 'as asked',
  where: 'repo',
  params: z.strictObject({ finds: z.string() }),
  facts: z.null(),
  gather: async () => null,
  judge: ({ finds }, _, now) => ({
    verdict: finds as VerdictName,
    summary: `3 packages in /srv/build/app/package-lock.json. Next: holdfast scan --fail-on low`,
    measuredAt: now,
    evidence: {
      standing: 3,
      worst: ['<b>leaky'],
      database: { advisories: 7, path: '/srv/x.idx' },
      people: ['Jane'],
    },
  }),
});

const away = defineControl({
  id: 'posture.tls',
  title: 'a host',
  where: 'repo',
  params: z.strictObject({}),
  facts: z.null(),
  gather: async (): Promise<null> => {
    throw new HoldfastError('FILE_UNREADABLE', "open '/home/jane/probe.txt'", { hint: 'Give a file.' });
  },
  judge: () => assert.fail('nothing was gathered'),
});

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function publish(cwd: string, ...args: string[]): Promise<Said> {
  const said = { code: -1, out: '', err: '' };
  await publishCommand([asked, away, manual], [])(
    {
      cwd,
      env: {},
      now: () => Date.parse(NOW) as Instant,
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      outIsTty: false,
      errIsTty: false,
      columns: 100,
      paintOut: (_, text) => text,
      paintErr: (_, text) => text,
    },
    (code) => void (said.code = code),
  ).parseAsync([...args], { from: 'user' });
  return said;
}

const note = (label: string, words: string, ...yaml: string[]): string =>
  [`[^${label}]: ${words}`, '', '    ```yaml', ...yaml.map((line) => `    ${line}`), '    ```', ''].join('\n');

const finds = (verdict: string): string =>
  `We scan.[^${verdict}]\n\n${note(verdict, 'Looked at.', 'control: scan.dependencies', `finds: ${verdict}`)}`;

/** Every verdict, the two kinds of unbound, and a footnote of each kind. */
const WHOLE = `---
title: Policy of the shop
language: LANGUAGE
contact: security@shop.example
version: 4
effective: 2026-01-01
---

# Policy of the shop

We are **careful**. We say so.

### Skipped a level

${['kept', 'broken', 'stale', 'no-case'].map((verdict) => `- This is ${verdict}.[^${verdict}]`).join('\n')}

## Hosts

Hosts answer.[^main] A person says so.[^manual] Reports arrive.[^intake]

| Who | When |
|---|---|
| we | daily |

${['kept', 'broken', 'stale', 'no-case'].map((verdict) => note(verdict, `Looked at <b>daily</b>, for ${verdict}.`, 'control: scan.dependencies', `finds: ${verdict}`)).join('\n')}
${note('main', 'Asked each host.', 'control: posture.tls')}
${note('manual', 'Asked Jo.', 'control: manual', 'by: Jo', 'on: 2026-01-01', 'until: 2027-01-01')}
${note('intake', 'Tried.', 'control: intake.open')}
`;

const FACTS = 'organisation:\n  name: "Shop & Söhne <GmbH>"\n  timezone: Europe/Berlin\n';

const shop = (language = 'en'): string =>
  folderWith({ 'SECURITY-POLICY.md': WHOLE.replace('LANGUAGE', language), 'holdfast.yaml': FACTS });

const read = (folder: string, path = 'index.html'): string => readFileSync(join(folder, 'out', path), 'utf8');

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/'))
    .toSorted();

const wordsOf = (text: string): string =>
  text
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');

const chips = (text: string): readonly string[] =>
  [...text.matchAll(/<div class="stmt[^>]*>.*?<span class="chip (\w+)"/gs)].map(([, chip]) => chip ?? '');

const schema = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../docs/formats/${name}.schema.json`, import.meta.url), 'utf8'));

describe('the published folder', () => {
  it('has the page, the same for machines, the style, a page for missing addresses and security.txt', async () => {
    const folder = shop();
    const { code, out, err } = await publish(folder, 'out');
    assert.equal(err, '');
    assert.equal(code, 2);
    assert.deepEqual(filesIn(join(folder, 'out')), [
      '.well-known/security.txt',
      '404.html',
      'holdfast-published.json',
      'index.html',
      'policy.json',
      'style.css',
    ]);
    assert.match(out, /\nThe page says: 1 kept, 1 broken, 1 stale, 1 unknown, 1 manual, 1 no case yet, 3 unbound\.\n/);
    assert.match(out, /security\.txt names neither the policy nor its own address: .*--url/);
    assert.equal(
      read(folder, '.well-known/security.txt'),
      'Contact: mailto:security@shop.example\nExpires: 2027-11-24T00:00:00Z\nPreferred-Languages: en\n',
    );
    assert.equal(read(folder, 'style.css'), readFileSync(join(import.meta.dirname, '../web/style.css'), 'utf8'));
  });

  it('is the same, byte by byte, when nothing has changed', async () => {
    const folder = shop();
    await publish(folder, 'out');
    const paths = ['index.html', 'policy.json', '404.html', '.well-known/security.txt', 'holdfast-published.json'];
    const before = paths.map((path) => read(folder, path));
    const again = await publish(folder, 'out', '--json');
    assert.deepEqual(
      paths.map((path) => read(folder, path)),
      before,
    );
    assert.deepEqual(JSON.parse(again.out).removed, []);
  });

  for (const [verdict, code] of [
    ['kept', 0],
    ['manual', 0],
    ['no-case', 0],
    ['stale', 3],
    ['unknown', 3],
    ['broken', 2],
  ] as const)
    it(`is written whatever was found, and the exit code says ${code} for ${verdict}`, async () => {
      const folder = folderWith({ 'SECURITY-POLICY.md': finds(verdict) });
      assert.equal((await publish(folder, 'out')).code, code);
      assert.ok(existsSync(join(folder, 'out/index.html')));
    });

  it('is nothing where the document has mistakes: then nobody knows what it says', async () => {
    const folder = folderWith({ 'SECURITY-POLICY.md': 'We scan.[^gone]' });
    await assert.rejects(
      publish(folder, 'out'),
      (thrown) => thrown instanceof HoldfastError && thrown.code === 'POLICY_INVALID',
    );
    assert.equal(existsSync(join(folder, 'out')), false);
  });

  it('says that a document without a sentence promises nothing, and exits 3', async () => {
    const folder = folderWith({ 'SECURITY-POLICY.md': '# Empty\n' });
    const { code, out } = await publish(folder, 'out');
    assert.equal(code, 3);
    assert.match(out, /nothing was measured/);
    assert.match(
      wordsOf(read(folder)),
      /The document has no sentence, so there is nothing to keep and nothing was measured\./,
    );
    assert.match(out, /No \.well-known\/security\.txt: no contact is known/);
    assert.equal(existsSync(join(folder, 'out/.well-known')), false);
    assert.equal(read(folder).includes('security.txt'), false);
  });

  it('names its own address where it is given, also below a path of the host', async () => {
    const folder = shop();
    const { out } = await publish(folder, 'out', '--url', 'https://shop.example/trust');
    assert.match(out, /looked for at the root of the host only/);
    assert.match(read(folder, '.well-known/security.txt'), /^Policy: https:\/\/shop\.example\/trust\/$/m);
    assert.match(read(folder, '404.html'), /<link rel="stylesheet" href="\/trust\/style\.css"/);
    for (const url of ['http://shop.example', 'shop.example', 'https://u:p@shop.example', 'https://shop.example/?a'])
      await assert.rejects(publish(folder, 'out', '--url', url), /is not the address of a folder on the web/);
  });
});

describe('a folder that is not ours', () => {
  it('is refused with exit code 2, and nothing in it is touched', async () => {
    const folder = shop();
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/index.html'), 'mine');
    const { code, out, err } = await publish(folder, 'out', '--json');
    assert.equal(code, 2);
    assert.match(
      err,
      /index\.html in .*out was not written by holdfast publish; nothing was changed\n.*--force.*\[FILE_EXISTS\]\n/,
    );
    assert.deepEqual(JSON.parse(out).refused, { code: 'FILE_EXISTS', files: ['index.html'] });
    assert.equal(read(folder), 'mine');
    assert.equal(existsSync(join(folder, 'out/policy.json')), false);
  });

  it('is refused too when it holds other things only, and when its list is not one of ours', async () => {
    const folder = shop();
    mkdirSync(join(folder, 'out'));
    writeFileSync(
      join(folder, 'out/holdfast-published.json'),
      '{"schema":"holdfast.published/1","files":{"../x":"00"}}',
    );
    assert.match((await publish(folder, 'out')).err, /holds other things and was not written by holdfast publish/);
    assert.equal((await publish(folder, 'out', '--force')).code, 2);
    assert.match(read(folder), /Policy of the shop/);
  });

  it('keeps what others put beside our files', async () => {
    const folder = shop();
    await publish(folder, 'out');
    writeFileSync(join(folder, 'out/CNAME'), 'shop.example');
    assert.equal((await publish(folder, 'out')).err, '');
    assert.equal(read(folder, 'CNAME'), 'shop.example');
  });

  it('is never reached through a link inside of ours', async () => {
    const folder = shop();
    mkdirSync(join(folder, 'out'));
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'out/.well-known'));
    await assert.rejects(publish(folder, 'out', '--force'), /it is a link to another place/);
    assert.equal(existsSync(join(folder, 'elsewhere/security.txt')), false);
  });
});

describe('a file that nothing writes any more', () => {
  const withoutContact = (folder: string): void => writeFileSync(join(folder, 'SECURITY-POLICY.md'), 'We scan.\n');

  it('is removed', async () => {
    const folder = shop();
    await publish(folder, 'out');
    withoutContact(folder);
    const { out } = await publish(folder, 'out');
    assert.match(out, /removed, because nothing writes it any more: \.well-known\/security\.txt/);
    assert.equal(existsSync(join(folder, 'out/.well-known/security.txt')), false);
  });

  it('stays when somebody changed it, and the command says so', async () => {
    const folder = shop();
    await publish(folder, 'out');
    writeFileSync(join(folder, 'out/.well-known/security.txt'), 'Contact: mailto:other@shop.example\n');
    withoutContact(folder);
    assert.match(
      (await publish(folder, 'out')).out,
      /left there, because somebody changed it; remove it by hand: \.well-known\/security\.txt/,
    );
    assert.match(read(folder, '.well-known/security.txt'), /other@shop/);
  });
});

describe('the page of a policy', () => {
  it('gives each statement the chip of its verdict, and the counts in words', async () => {
    const folder = shop();
    await publish(folder, 'out');
    const text = read(folder);
    assert.deepEqual(chips(text), [
      'unbound',
      'unbound',
      'kept',
      'broken',
      'stale',
      'na',
      'unknown',
      'manual',
      'unbound',
    ]);
    const words = wordsOf(text);
    assert.match(words, /1 of 9 statements kept Measured Wed 25 Nov 2026, 10:05 CET \(09:05 UTC\)/);
    assert.match(words, /1 statement is broken, 1 statement is unknown, 1 statement is stale\. What we know/);
    assert.match(words, /This is kept\. 1 How this is checked Looked at daily, for kept\./);
    assert.match(
      words,
      /Measured once, on Wed 25 Nov 2026, 10:05 CET \(09:05 UTC\) \. History begins with recorded evaluations\./,
    );
    assert.match(words, /We are careful \. unbound Nothing checks this sentence\./);
    assert.match(words, /Nothing checks this sentence yet: its control, intake\.open, is not built\./);
    assert.match(words, /Attested by Jo on 2026-01-01, until 2027-01-01\. Not measured\. History begins/);
    assert.ok(text.includes('aria-label="1 kept, 1 broken, 1 stale, 1 unknown, 1 manual, 1 no case yet, 3 unbound"'));
    assert.ok(text.includes('Shop &amp; Söhne &lt;GmbH&gt;'));
    assert.match(words, /Version 4 · In force since 2026-01-01/);
  });

  it('shows neither a place on this machine nor what only the house may know', async () => {
    const folder = shop();
    await publish(folder, 'out');
    for (const path of ['index.html', 'policy.json']) {
      const text = read(folder, path);
      for (const secret of ['/srv', '/home/jane', folder, 'x.idx', 'Jane', 'holdfast scan --fail-on'])
        assert.equal(text.includes(secret), false, `${path} shows ${secret}`);
      assert.match(text, /3 packages in \[local path\]\./);
    }
    assert.match(wordsOf(read(folder)), /Measured as well, and not shown here: database\.path, people/);
    assert.match(wordsOf(read(folder)), /worst <b>leaky /);
  });

  it('is German around a German policy, with the sentences of the program marked as English', async () => {
    const folder = shop('de-DE');
    await publish(folder, 'out');
    const text = read(folder);
    assert.match(text, /<html lang="de">/);
    const words = wordsOf(text);
    for (const chip of [
      'eingehalten',
      'nicht eingehalten',
      'veraltet',
      'nicht messbar',
      'bestätigt',
      'noch kein Fall',
      'ungeprüft',
    ])
      assert.ok(words.includes(` ${chip} `), chip);
    assert.match(words, /1 von 9 Zusagen eingehalten Gemessen Mi\., 25\. Nov\. 2026, 10:05 Uhr MEZ \(09:05 UTC\)/);
    assert.ok(text.includes('<p lang="en">3 packages'));
    assert.equal(words.includes('How this is checked'), false);
    assert.match(wordsOf(read(folder, '404.html')), /Unter dieser Adresse ist nichts/);
  });

  it('marks a policy in a language that it has no words in', async () => {
    const folder = shop('fr');
    await publish(folder, 'out');
    assert.match(read(folder), /<html lang="en">.*<h1 lang="fr">.*<p class="stmt-text" lang="fr">/s);
  });

  it('has unique ids that every link inside of it meets, and headings that skip no level', async () => {
    const folder = shop();
    // A label that is an id of the page itself, one with signs of HTML, and one that is only a number.
    const labels = ['legend', 'main2"><script>', '1', 'state-h'];
    const more = labels.map(
      (label) =>
        `We do ${label.length}.[^${label}]\n\n${note(label, 'So.', 'control: manual', 'by: Jo', 'on: 2026-01-01', 'until: 2027-01-01')}`,
    );
    writeFileSync(
      join(folder, 'SECURITY-POLICY.md'),
      `${WHOLE}\n\n##### Deep\n\n${more.join('\n')}`.replace('LANGUAGE', 'en'),
    );
    await publish(folder, 'out');
    const text = read(folder);
    const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id ?? '');
    assert.equal(new Set(ids).size, ids.length);
    const targets = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id]) => decodeURIComponent(id ?? ''));
    const known = new Set(
      ids.map((id) => id.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>')),
    );
    assert.deepEqual(
      targets.filter((target) => !known.has(target)),
      [],
    );
    const levels = [...text.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    assert.deepEqual(
      levels.filter((level, at) => at > 0 && level > (levels[at - 1] ?? 0) + 1),
      [],
    );
    assert.equal(text.includes('<script'), false);
  });

  it('runs nothing and loads its own style only', async () => {
    const folder = shop();
    await publish(folder, 'out');
    for (const path of ['index.html', '404.html']) {
      const text = read(folder, path);
      assert.ok(
        text.includes(
          `<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;self&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
        ),
      );
      assert.doesNotMatch(text, /<(?:script|style|img|iframe|object|embed|form|base)\b|\s(?:style|on\w+|src)=/i);
    }
  });
});

describe('policy.json', () => {
  it('says what the page says, by its published schema', async () => {
    const folder = shop();
    const { out } = await publish(folder, 'out', '--json');
    const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, strictRequired: false });
    const policy: { readonly statements: readonly unknown[] } = JSON.parse(read(folder, 'policy.json'));
    assert.ok(ajv.validate(schema('policy'), policy), ajv.errorsText());
    assert.ok(ajv.validate(schema('publish'), JSON.parse(out)), ajv.errorsText());
    assert.deepEqual(policy.statements[2], {
      id: 'kept',
      text: 'This is kept.',
      verdict: 'kept',
      controls: [
        {
          id: 'scan.dependencies',
          verdict: 'kept',
          summary: '3 packages in [local path].',
          explanation: 'Looked at daily, for kept.',
          measuredAt: NOW,
          evidence: { standing: 3, worst: ['<b>leaky'], database: { advisories: 7 } },
          withheld: ['database.path', 'people'],
        },
      ],
    });
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken/a'), '');
    const refused = await publish(folder, 'taken', '--json');
    assert.ok(ajv.validate(schema('publish'), JSON.parse(refused.out)), ajv.errorsText());
  });
});
