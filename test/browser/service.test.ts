/**
 * The service as people meet it: a real process, a real browser, passkeys of the browser's own authenticator.
 *
 * The tests of one place follow each other as the days of a service do: it is set up, people come, and go. Each page of the door is
 * looked at in both themes and on the narrowest phone where it is met, all others by whoever follows every link.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, flawsOf, inBrowser, keyboardWalk, reachable } from '../support/browser.ts';
import { ROOT } from '../support/canary.ts';
import { NO_POSTGRES, sharedPostgres } from '../support/engines.ts';
import { temporaryFolder } from '../support/repository.ts';
import { startService, type RunningService } from '../support/service.ts';

interface Place {
  readonly service: RunningService;
  /** The link that makes the first owner. */
  readonly setUp: string;
  readonly folder: string;
}

async function openPlace(env: Readonly<Record<string, string>> = {}): Promise<Place> {
  const folder = temporaryFolder();
  for (const name of ['SECURITY-POLICY.md', 'holdfast.yaml']) copyFileSync(join(ROOT, name), join(folder, name));
  const service = await startService({ cwd: folder, data: join(folder, 'data'), env });
  return { service, setUp: await service.hear(/http:\/\/localhost:\d+\/set-up\/\S+/), folder };
}

const heading = async (page: Page): Promise<string> => (await page.locator('h1').innerText()).trim();
const pathOf = (page: Page): string => new URL(page.url()).pathname;

async function assertFlawless(page: Page): Promise<void> {
  assert.deepEqual(await flawsOf(page), [], `${pathOf(page)} ${await heading(page)}`);
}

/** Fills the form of a newcomer and makes the passkey. @returns the recovery codes */
async function arrive(page: Page, name: string, button: string): Promise<readonly string[]> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('heading', { name: 'You are in. Keep these recovery codes' }).waitFor();
  return page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
}

async function signIn(page: Page, origin: string, to = '/people'): Promise<void> {
  await page.goto(`${origin}/sign-in?to=${encodeURIComponent(to)}`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${origin}${to}`);
}

/** An id, a number, and a query stand for all others: one page of each kind is looked at. */
const kindOf = (path: string): string => path.replaceAll(/\/(?:[a-z][0-9a-hjkmnp-tv-z]{20}|\d+)(?=\/|$)/g, '/:id');

/** Follows the links of one person from page to page. @returns what kinds of pages there are, and what is wrong with them */
async function walkLinks(page: Page, origin: string) {
  const found = ['/today', '/people', '/tokens', '/sessions', '/account', '/service', '/sign-out', '/confirm'];
  const seen: string[] = [];
  const flaws: string[] = [];
  for (const path of found) {
    if (seen.includes(kindOf(path))) continue;
    seen.push(kindOf(path));
    const answer = await page.goto(`${origin}${path}`).catch(() => null);
    // What a browser saves instead of showing it is no page.
    if (answer === null || !(answer.headers()['content-type'] ?? '').startsWith('text/html')) continue;
    if (answer.status() !== 200) flaws.push(`${path} is answered with ${answer.status()}`);
    else flaws.push(...(await flawsOf(page)).map((flaw) => `${path}: ${flaw}`));
    const links: readonly string[] = await page.evaluate(
      `[...document.querySelectorAll('a[href]')].map((a) => new URL(a.href)).filter((u) => u.origin === location.origin).map((u) => u.pathname)`,
    );
    found.push(...links);
  }
  return { seen, flaws };
}

inBrowser((browser) => {
  it('lives through its first days', async (t) => {
    const place = await openPlace();
    const owner = await browser.open();
    await addAuthenticator(owner);
    const guest = await browser.open();
    await addAuthenticator(guest);
    let codes: readonly string[] = [];

    await t.test('lets whoever has the printed link become the first owner with a passkey', async () => {
      await owner.goto(place.setUp);
      assert.equal(await heading(owner), 'This service has no owner yet. Become the first');
      assert.deepEqual(await owner.context().cookies(), [], 'there is no cookie before somebody signs in');
      await assertFlawless(owner);
      codes = await arrive(owner, 'Anke Beispiel', 'Make a passkey and go on');
      assert.equal(codes.length, 10);
      for (const code of codes) assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
      await assertFlawless(owner);
    });

    await t.test('copies the recovery codes', async () => {
      await owner.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await owner.getByRole('button', { name: 'Copy all' }).click();
      await owner.getByRole('button', { name: 'Copied' }).waitFor();
      assert.equal(await owner.evaluate('navigator.clipboard.readText()'), `${codes.join('\n')}\n`);
      assert.equal(await owner.getByRole('button', { name: 'Print' }).isVisible(), true);
    });

    await t.test('shows the recovery codes once, and goes on when they are kept', async () => {
      const kept = owner.getByLabel('I have put these codes where I will find them');
      await owner.getByRole('button', { name: 'Go to your policy' }).click();
      assert.equal(
        await heading(owner),
        'You are in. Keep these recovery codes',
        'the browser asks for the tick first',
      );
      await kept.check();
      await owner.getByRole('button', { name: 'Go to your policy' }).click();
      await owner.waitForURL(`${place.service.origin}/today?done=set-up`);
      await owner.getByRole('status').getByText('You are set up, and the first owner of this service.').waitFor();
      await owner.getByRole('heading', { name: 'What to do next' }).waitFor();
      await owner.goto(place.setUp);
      assert.equal(await heading(owner), 'This link opens nothing any more');
      await assertFlawless(owner);
    });

    await t.test('signs out, and in again with the passkey', async () => {
      await owner.goto(`${place.service.origin}/sign-out`);
      await owner.getByRole('button', { name: 'Sign out' }).click();
      await owner.waitForURL(/\/sign-in\?done=signed-out$/);
      assert.deepEqual(await owner.context().cookies(), []);
      await assertFlawless(owner);
      await owner.goto(`${place.service.origin}/people`);
      assert.equal(new URL(owner.url()).search, '?to=%2Fpeople');
      await owner.getByRole('button', { name: 'Sign in' }).click();
      await owner.waitForURL(`${place.service.origin}/people`);
    });

    await t.test('invites a second person, who comes in with a passkey of their own', async () => {
      const { origin } = place.service;
      await owner.goto(`${origin}/people/invite`);
      await owner.getByLabel('Who is it for?').fill('Bo Muster');
      await owner.getByLabel(/^auditor/).check();
      await owner.getByRole('button', { name: 'Make the link' }).click();
      const text = await owner.locator('main').innerText();
      const link = /http:\/\/localhost:\d+\/invitation\/[\w-]+/.exec(text)?.[0] ?? assert.fail(text);
      await guest.goto(link);
      assert.equal(await heading(guest), 'Bo Muster, you are invited');
      await assertFlawless(guest);
      await arrive(guest, 'Bo Muster', 'Make a passkey and join');
      await guest.goto(`${origin}/`);
      assert.match(await guest.locator('main').innerText(), /All changes are kept in Git/);
      await guest.goto(`${origin}/people`);
      assert.match(await guest.locator('main').innerText(), /Anke Beispiel/);
      const late = await browser.open();
      await late.goto(link);
      assert.equal(await heading(late), 'This invitation was used');
      await assertFlawless(late);
    });

    await t.test('ends the sessions of somebody, who is signed out with the next page', async () => {
      const { origin } = place.service;
      await owner.goto(`${origin}/people`);
      await owner.getByRole('link', { name: 'Bo Muster' }).click();
      await owner.getByRole('link', { name: 'End 1 session' }).click();
      await owner.getByRole('button', { name: 'End 1 session' }).click();
      await owner.waitForURL(/done=sessions-revoked$/);
      await guest.goto(`${origin}/people`);
      assert.equal(pathOf(guest), '/sign-in');
      assert.deepEqual(await guest.context().cookies(), []);
      await signIn(guest, origin);
    });

    await t.test('asks for the passkey again before what is dangerous, and comes back there', async () => {
      const { origin } = place.service;
      // An hour later.
      // The service writes on its own too: who comes second waits.
      const database = new DatabaseSync(join(place.folder, 'data', 'holdfast.db'), { timeout: 10_000 });
      database.exec('update auth_session set authenticated_at = authenticated_at - 3600000');
      database.close();
      await owner.goto(`${origin}/account/passkeys/new`);
      assert.equal(pathOf(owner), '/confirm');
      await owner.getByRole('button', { name: 'Confirm with your passkey' }).click();
      await owner.waitForURL(`${origin}/account/passkeys/new`);
    });

    await t.test('adds no second passkey of the same device, and says so', async () => {
      await owner.getByLabel('What you call it').fill('The same laptop');
      await owner.getByRole('button', { name: 'Add this passkey' }).click();
      await owner.getByRole('status').getByText('This device has a passkey for you here already.').waitFor();
    });

    await t.test('adds a passkey of another device, which signs its owner in', async () => {
      const { origin } = place.service;
      const phone = await browser.open({ storageState: await owner.context().storageState() });
      await addAuthenticator(phone);
      await phone.goto(`${origin}/account/passkeys/new`);
      await phone.getByLabel('What you call it').fill('Phone');
      await phone.getByRole('button', { name: 'Add this passkey' }).click();
      await phone.waitForURL(`${origin}/account?done=passkey-added`);
      await phone.context().clearCookies();
      await signIn(phone, origin);
    });

    await t.test(
      'lets a recovery code open one page, on which a new passkey is made, and ends all sessions',
      async () => {
        const { origin } = place.service;
        const found = await browser.open();
        await addAuthenticator(found);
        await found.goto(`${origin}/recover`);
        await found.getByLabel('Recovery code').fill('AAAAA-AAAAA-AAAAA-AAAAA');
        await found.getByRole('button', { name: 'Use this code' }).click();
        await found.getByText('This is no recovery code of anybody here').first().waitFor();
        await assertFlawless(found);
        await found.getByLabel('Recovery code').fill((codes[0] ?? '').toLowerCase().replaceAll('-', ' '));
        await found.getByRole('button', { name: 'Use this code' }).click();
        await found.waitForURL(`${origin}/recover/passkey`);
        await assertFlawless(found);
        await found.goto(`${origin}/people`);
        assert.equal(pathOf(found), '/sign-in');
        await owner.goto(`${origin}/people`);
        assert.equal(pathOf(owner), '/sign-in', 'the sessions of the lost device are over');
        await found.goto(`${origin}/recover/passkey`);
        await found.getByRole('button', { name: 'Make a passkey' }).click();
        await found.waitForURL(`${origin}/account?done=recovered`);
        await found.goto(`${origin}/people`);
        assert.equal(pathOf(found), '/people');
      },
    );

    await t.test('signs in by the keyboard alone', async () => {
      const { origin } = place.service;
      await owner.goto(`${origin}/sign-in?to=/people`);
      const there = await reachable(owner);
      const stops = await keyboardWalk(owner);
      assert.equal(stops.length, there);
      assert.deepEqual(
        stops.filter((stop) => stop.endsWith('(unseen)')),
        [],
      );
      await owner.reload();
      for (let stop = 0; stop <= stops.indexOf('Sign in'); stop += 1) await owner.keyboard.press('Tab');
      await owner.keyboard.press('Enter');
      await owner.waitForURL(`${origin}/people`);
    });

    await t.test('goes nowhere else after the sign-in, whatever the address asks for', async () => {
      const { origin } = place.service;
      for (const to of ['https://evil.example/', '//evil.example/', '/\\evil.example/', 'javascript:alert(1)']) {
        await owner.context().clearCookies();
        await owner.goto(`${origin}/sign-in?to=${encodeURIComponent(to)}`);
        await owner.getByRole('button', { name: 'Sign in' }).click();
        await owner.waitForURL(`${origin}/today`);
      }
    });

    await t.test('says what to do where nobody answers the browser’s question', async () => {
      const empty = await browser.open();
      await addAuthenticator(empty);
      await empty.goto(`${place.service.origin}/sign-in`);
      await empty.getByRole('button', { name: 'Sign in' }).click();
      await empty.getByRole('status').getByText('Nothing was confirmed').waitFor();
      assert.equal(await empty.getByRole('button', { name: 'Sign in' }).isEnabled(), true);
      await assertFlawless(empty);
    });

    await t.test('says plainly what to do in a browser without passkeys', async () => {
      const old = await browser.open();
      await old.addInitScript('delete window.PublicKeyCredential');
      await old.goto(`${place.service.origin}/sign-in`);
      await old.getByRole('status').getByText('This browser cannot use passkeys.').waitFor();
      assert.equal(await old.getByRole('button', { name: 'Sign in' }).isDisabled(), true);
      await assertFlawless(old);
    });

    await t.test('says plainly what to do without scripts, and takes a recovery code there', async () => {
      const { origin } = place.service;
      const plain = await browser.open({ javaScriptEnabled: false });
      await plain.goto(`${origin}/sign-in`);
      assert.match(await plain.locator('main').innerText(), /This browser runs no script here\./);
      await plain.getByRole('button', { name: 'Sign in' }).click();
      await plain.getByText('No passkey came with the form.').waitFor();
      await plain.getByRole('link', { name: 'Use a recovery code', exact: true }).click();
      await plain.getByLabel('Recovery code').fill(codes[1] ?? '');
      await plain.getByRole('button', { name: 'Use this code' }).click();
      await plain.waitForURL(`${origin}/recover/passkey`);
      assert.match(await plain.locator('main').innerText(), /use a code again in another browser/);
    });

    await t.test('logged neither a name, nor an address, nor a secret', async () => {
      assert.equal(await place.service.stop(), 0);
      const said = place.service.errors();
      assert.match(said, /"route":"\/set-up\/:token"/);
      const link = place.setUp.split('/').at(-1) ?? assert.fail();
      for (const secret of ['Anke', 'Muster', '127.0.0.1', '::1', link, codes[0] ?? ''])
        assert.ok(!said.includes(secret), secret);
    });
  });

  it('shows every page that its links lead to, to everybody', async () => {
    const { service, setUp } = await openPlace();
    const page = await browser.open();
    await addAuthenticator(page);
    await page.goto(setUp);
    await arrive(page, 'Anke Beispiel', 'Make a passkey and go on');
    await page.goto(`${service.origin}/people/invite`);
    await page.getByLabel('Who is it for?').fill('Bo Muster');
    await page.getByLabel(/^auditor/).check();
    await page.getByRole('button', { name: 'Make the link' }).click();
    const { seen, flaws } = await walkLinks(page, service.origin);
    assert.deepEqual(flaws, []);
    for (const path of ['/people', '/people/:id', '/people/:id/roles', '/statements', '/log'])
      assert.ok(seen.includes(path), `a link leads to ${path}`);
    assert.equal(await service.stop(), 0);
  });

  it('works on PostgreSQL, and in a browser that knows passkeys and not yet their JSON', {
    skip: NO_POSTGRES,
  }, async () => {
    const { host, database, user } = await (await sharedPostgres()).createDatabase();
    const { service, setUp } = await openPlace({
      PGUSER: user ?? '',
      HOLDFAST_DATABASE_URL: `postgres:///${database}?host=${encodeURIComponent(host)}`,
      HOLDFAST_KEK: randomBytes(32).toString('base64'),
    });
    const page = await browser.open();
    await addAuthenticator(page);
    await page.addInitScript(`
      delete PublicKeyCredential.parseRequestOptionsFromJSON;
      delete PublicKeyCredential.parseCreationOptionsFromJSON;
      delete PublicKeyCredential.prototype.toJSON;`);
    await page.goto(setUp);
    await arrive(page, 'Anke Beispiel', 'Make a passkey and go on');
    await page.goto(`${service.origin}/sign-out`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(page, service.origin);
    assert.match(await page.locator('main').innerText(), /Anke Beispiel/);
    assert.equal(await service.stop(), 0);
  });
});
