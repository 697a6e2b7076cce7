/** The pages that are files, in a browser: the public policy page as `holdfast publish` writes it, and the report of a scan. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { it } from 'node:test';
import { flawsOf, inBrowser, keyboardWalk, reachable } from '../support/browser.ts';
import { buildIndex, folderWith, holdfast, lockOf } from '../support/project.ts';

const note = (label: string, words: string, ...yaml: string[]): string =>
  [`[^${label}]: ${words}`, '', '    ```yaml', ...yaml.map((line) => `    ${line}`), '    ```', ''].join('\n');

const attested = (on: string, until: string): string[] => ['control: manual', 'by: Jo', `on: ${on}`, `until: ${until}`];

/** A sentence of every verdict but unknown, a table, code and a long word. */
const policy = (language: string): string => `---
title: Policy of the shop
language: ${language}
contact: security@shop.example
version: 4
effective: 2026-01-01
---

# Policy of the shop

We are **careful**. Nothing is older than it should be.[^lax] Nothing at all is open.[^strict] Jo has looked.[^in-date] Jo looked once.[^late]

## Hosts and a heading with a Donaudampfschifffahrtsgesellschaftskapitänsversicherungsnachweis

Reports arrive within a day.[^intake] Everything else is said elsewhere.

| Who | When | Where is this written down so that it can be found |
|---|---|---|
| we | daily | \`https://security.shop.example/a/long/path/that/does/not/break/by/itself\` |

${note('lax', 'Compared daily.', 'control: scan.dependencies', 'failOn: critical')}
${note('strict', 'Compared daily.', 'control: scan.dependencies', 'failOn: low')}
${note('in-date', 'Asked.', ...attested('2026-01-01', '2027-01-01'))}
${note('late', 'Asked.', ...attested('2025-01-01', '2025-06-01'))}
${note('intake', 'Tried.', 'control: intake.open')}
`;

const FACTS = 'organisation:\n  name: "Shop & Söhne GmbH"\n  timezone: Europe/Berlin\n';

const shop = (language: string): string =>
  folderWith({
    'SECURITY-POLICY.md': policy(language),
    'holdfast.yaml': FACTS,
    'package-lock.json': lockOf('leaky', 'drippy'),
  });

/** Each fault is one that only a browser sees, and only in one theme, unfolded, or narrow. */
const FAULTY = `<!doctype html><html lang="en"><head><title>Faulty</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>:root { color-scheme: light dark } .faint { color: light-dark(#000, #333); background: light-dark(#fff, #000) } .wide { width: 400px } a { color: inherit; outline: none }</style></head>
<body><main><h1>Faulty</h1><p class="faint">Unreadable in the dark</p><details><summary>More</summary><label>Name</label><input></details><p class="wide">Wide</p>
<a href="#main">Here</a></main></body></html>`;

inBrowser((browser) => {
  it('finds what is wrong with a page, also where its policy allows no script', async () => {
    const page = await browser.open();
    const file = join(folderWith({ 'faulty.html': FAULTY }), 'faulty.html');
    await page.goto(pathToFileURL(file).href);
    const flaws = await flawsOf(page);
    assert.deepEqual(
      flaws.map((flaw) => flaw.replace(/ \(.*$/s, '')),
      ['light: label', 'dark: color-contrast', '320 px: the page is 408 px wide'],
    );
    assert.deepEqual((await keyboardWalk(page)).at(-1), 'Here (unseen)');
  });

  for (const language of ['en', 'de'])
    it(`shows the public policy page in ${language} to everybody: both themes, unfolded, on the narrowest phone`, async () => {
      const folder = shop(language);
      const published = await holdfast(folder, ['publish', 'out', '--db', await buildIndex()]);
      assert.equal(published.err, '');
      const page = await browser.open();
      for (const name of ['index.html', '404.html']) {
        await page.goto(pathToFileURL(join(folder, 'out', name)).href);
        assert.deepEqual(await flawsOf(page), [], name);
      }
    });

  it('lets the keyboard reach every link of the public policy page, and shows where it is', async () => {
    const folder = shop('en');
    await holdfast(folder, ['publish', 'out', '--db', await buildIndex()]);
    const page = await browser.open();
    await page.goto(pathToFileURL(join(folder, 'out', 'index.html')).href);
    const stopsThere = await reachable(page);
    const stops = await keyboardWalk(page);
    assert.equal(stops[0], 'Skip to content');
    assert.deepEqual(
      stops.filter((stop) => stop.endsWith('(unseen)')),
      [],
    );
    assert.equal(stops.length, stopsThere);
  });

  it('shows the report of a scan to everybody', async () => {
    const folder = shop('en');
    const { out } = await holdfast(folder, ['scan', '.', '--format', 'html', '--db', await buildIndex()]);
    writeFileSync(join(folder, 'report.html'), out);
    const page = await browser.open();
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    assert.match((await page.locator('h1').textContent()) ?? '', /2 findings are open/);
    assert.deepEqual(await flawsOf(page), []);
  });
});
