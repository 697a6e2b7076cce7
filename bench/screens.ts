/**
 * Writes docs/screens/: each page of the service in light, in dark, and as a phone of 360 pixels shows it, with invented people in it.
 *
 *     node --import ./scripts/tsx-hook.mjs bench/screens.ts
 *
 * The service is a real one with this repository's own policy, in a folder that goes afterwards. Look at each picture before it is committed.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { addAuthenticator, openPage, startBrowser } from '../test/support/browser.ts';
import { ROOT } from '../test/support/canary.ts';
import { spawnService, type RunningService } from '../test/support/service.ts';
import { smallPng } from './small-png.ts';

const SCREENS = join(ROOT, 'docs', 'screens');

/** Of a long page the beginning. */
const TALLEST = 2_000;

const LOOKS = [
  { name: 'light', width: 1280, colorScheme: 'light' },
  { name: 'dark', width: 1280, colorScheme: 'dark' },
  { name: 'phone', width: 360, colorScheme: 'light' },
] as const;

async function take(page: Page, name: string): Promise<void> {
  for (const look of LOOKS) {
    await page.setViewportSize({ width: look.width, height: 800 });
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished))');
    const whole: number = await page.evaluate('document.documentElement.scrollHeight');
    const clip = { x: 0, y: 0, width: look.width, height: Math.min(Math.max(whole, 800), TALLEST) };
    writeFileSync(join(SCREENS, `${name}.${look.name}.png`), smallPng(await page.screenshot({ fullPage: true, clip })));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  process.stdout.write(`${name}\n`);
}

async function visit(page: Page, { origin }: RunningService, path: string, name: string): Promise<void> {
  const answer = await page.goto(`${origin}${path}`);
  if (answer?.status() === (name === 'not-found' ? 404 : 200)) await take(page, name);
  else process.stdout.write(`${name}: ${path} is answered with ${answer?.status()}\n`);
}

async function atTheDoor(browser: Browser, service: RunningService): Promise<Page> {
  const owner = await openPage(browser);
  await addAuthenticator(owner);
  await owner.goto(await service.hear(/http:\/\/localhost:\d+\/set-up\/\S+/));
  await take(owner, 'set-up');
  await owner.getByLabel('Your name').fill('Anke Beispiel');
  await owner.getByRole('button', { name: 'Make a passkey and go on' }).click();
  await owner.getByRole('heading', { name: 'You are in. Keep these recovery codes' }).waitFor();
  await take(owner, 'recovery-codes');
  const stranger = await openPage(browser);
  await addAuthenticator(stranger);
  await visit(stranger, service, '/sign-in', 'sign-in');
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.getByText('Nothing was confirmed').waitFor();
  await take(stranger, 'sign-in-dismissed');
  await visit(stranger, service, '/recover', 'recover');
  await stranger.getByLabel('Recovery code').fill('AAAAA-AAAAA-AAAAA-AAAAA');
  await stranger.getByRole('button', { name: 'Use this code' }).click();
  await stranger.getByText('This is no recovery code').first().waitFor();
  await take(stranger, 'recover-refused');
  return owner;
}

async function invitation(browser: Browser, service: RunningService, owner: Page): Promise<void> {
  await visit(owner, service, '/people/invite', 'invite');
  for (const name of ['Bo Muster', 'Cem Probe']) {
    await owner.goto(`${service.origin}/people/invite`);
    await owner.getByLabel('Who is it for?').fill(name);
    await owner.getByLabel(/^auditor/).check();
    await owner.getByRole('button', { name: 'Make the link' }).click();
    await owner.getByRole('heading', { level: 1 }).waitFor();
  }
  await take(owner, 'invited');
  const text = await owner.locator('main').innerText();
  const guest = await openPage(browser);
  await addAuthenticator(guest);
  await guest.goto(/http:\/\/localhost:\d+\/invitation\/[\w-]+/.exec(text)?.[0] ?? '');
  await take(guest, 'invitation');
  await guest.getByRole('button', { name: 'Make a passkey and join' }).click();
  await guest.getByRole('heading', { name: 'You are in. Keep these recovery codes' }).waitFor();
}

/** Names of pages that need no more than their address. */
const PAGES = {
  '/': 'policy',
  '/today': 'today',
  '/statements': 'statements',
  '/log': 'log',
  '/people': 'people',
  '/people/invitations': 'invitations',
  '/tokens': 'tokens',
  '/tokens/new': 'new-token',
  '/sessions': 'sessions',
  '/account': 'account',
  '/account/passkeys/new': 'new-passkey',
  '/confirm?to=/people/invite': 'confirm',
  '/sign-out': 'sign-out',
  '/service': 'service',
  '/no-such-page': 'not-found',
} as const;

/** The first link of each on a page of a list. */
const BEHIND = [
  { list: '/people', link: /^\/people\/p/, name: 'person' },
  { list: '/people', link: /^\/people\/p/, part: '/roles', name: 'roles' },
  { list: '/people', link: /^\/people\/p/, part: '/end', name: 'end-access' },
  { list: '/account', link: /^\/account\/passkeys\/k/, name: 'passkey' },
  { list: '/statements', link: /^\/statements\//, name: 'statement' },
  { list: '/log', link: /^\/log\/entries\//, name: 'log-entry' },
] as const;

async function behind(page: Page, service: RunningService): Promise<void> {
  for (const { list, link, name, ...rest } of BEHIND) {
    await page.goto(`${service.origin}${list}`);
    const paths: readonly string[] = await page.evaluate(
      `[...document.querySelectorAll('main a[href]')].map((a) => a.pathname)`,
    );
    const path = paths.find((each) => link.test(each));
    if (path !== undefined) await visit(page, service, `${path}${'part' in rest ? rest.part : ''}`, name);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-screens-'));
rmSync(SCREENS, { recursive: true, force: true });
mkdirSync(SCREENS, { recursive: true });
for (const name of ['SECURITY-POLICY.md', 'holdfast.yaml', 'package-lock.json'])
  copyFileSync(join(ROOT, name), join(folder, name));
const service = await spawnService({ cwd: folder, data: join(folder, 'data') });
const browser = await startBrowser();
try {
  const owner = await atTheDoor(browser, service);
  await invitation(browser, service, owner);
  for (const [path, name] of Object.entries(PAGES)) await visit(owner, service, path, name);
  await behind(owner, service);
} finally {
  await browser.close();
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
}
