/**
 * A browser for tests: `inBrowser((browser) => it(…, async () => { const page = await browser.open(); … }))`. What a page does to the
 * person before it (focus, contrast, width, a passkey) is true in a browser only.
 *
 * A Chromium of this machine is taken when there is one, else the one that npm brings (chromium-package.ts). It reaches this machine
 * only. Where neither exists the suite is a failure in CI and a loud skip elsewhere. HOLDFAST_TEST_BROWSER=packaged asks for the second,
 * HOLDFAST_TEST_BROWSER=/path/to/chromium for any other.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, describe } from 'node:test';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { isPackagedHere, unpackChromium } from './chromium-package.ts';

/** As Debian, Ubuntu, Fedora, Alpine and Google name it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

const START_TIMEOUT_MS = 30_000;
/** A page that does not answer within this time hangs, also where eight test files share two cores. */
const STEP_TIMEOUT_MS = 30_000;

type Choice = { readonly kind: 'system'; readonly path: string } | { readonly kind: 'packaged' };

function chosen(): Choice | null {
  const asked = process.env['HOLDFAST_TEST_BROWSER'] ?? '';
  if (asked !== '' && asked !== 'packaged') return { kind: 'system', path: asked };
  const path = asked === 'packaged' ? undefined : onPath();
  if (path !== undefined) return { kind: 'system', path };
  return isPackagedHere() ? { kind: 'packaged' } : null;
}

const onPath = (): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => isExecutable(path));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const CHOICE = chosen();

const NO_BROWSER =
  CHOICE === null
    ? 'NOT TESTED in a browser: no Chromium is in PATH, and the one that npm brings is for Linux on x64'
    : false;

export interface TestBrowser {
  /** A page in a context of its own: no cookie, passkey or cache of another. Gone with the suite. */
  readonly open: (options?: BrowserContextOptions) => Promise<Page>;
}

/** Runs the suite with a browser that is started when it is first asked for. */
export function inBrowser(suite: (browser: TestBrowser) => void): void {
  if (NO_BROWSER !== false && process.env['CI'] === 'true') throw new Error(NO_BROWSER);
  describe('in a browser', { skip: NO_BROWSER }, () => {
    let started: Promise<Browser> | null = null;
    after(async () => (await started?.catch(() => null))?.close());
    suite({
      open: async (options) => {
        started ??= startBrowser();
        return openPage(await started, options);
      },
    });
  });
}

/** For scripts outside of a suite; the caller closes it. */
export async function startBrowser(): Promise<Browser> {
  if (CHOICE === null) throw new Error(`${NO_BROWSER}`);
  const unpacked = CHOICE.kind === 'packaged' ? await unpackChromium() : null;
  return chromium.launch({
    executablePath: unpacked?.path ?? (CHOICE.kind === 'system' ? CHOICE.path : ''),
    env: { ...process.env, ...unpacked?.env },
    args: [
      // Names other than this machine's do not exist: no test depends on, or tells, anybody else.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
      // Chromium refuses to run as root with its sandbox; everybody else keeps it.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    timeout: START_TIMEOUT_MS,
  });
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  context.setDefaultTimeout(STEP_TIMEOUT_MS);
  return context.newPage();
}

/**
 * Chromium's own authenticator, as a laptop with a fingerprint reader has one (Web Authentication Level 3, §11): for the page and what is opened
 * in it. Its passkeys go with the page.
 */
export async function addAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

const THEMES = ['light', 'dark'] as const;

interface AxeResult {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}

/**
 * In light all that axe knows, also what it leaves out unless asked: 24 pixels for every target (WCAG 2.2, 2.5.8). In dark what depends on
 * colours: the rest is the same document.
 */
const AXE_OPTIONS = {
  light: { rules: { 'target-size': { enabled: true } }, resultTypes: ['violations'] },
  dark: { runOnly: ['color-contrast', 'link-in-text-block'], resultTypes: ['violations'] },
} as const;

/**
 * What is wrong with the page for somebody, one line each: axe in both themes with everything unfolded, and words that leave a phone of
 * 320 CSS pixels sideways (WCAG 2.2, 1.4.10). Leaves the page unfolded, wide and light.
 */
export async function flawsOf(page: Page): Promise<readonly string[]> {
  await unfold(page);
  const flaws: string[] = [];
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    // Colours fade over into those of the other theme; what is between them is nobody's.
    await page.evaluate('Promise.all(document.getAnimations().map((each) => each.finished))');
    // Evaluated by the debugger, so the page's own content security policy stays as it is.
    await page.evaluate(axe.source);
    const found: readonly AxeResult[] = await page.evaluate(
      `axe.run(document, ${JSON.stringify(AXE_OPTIONS[theme])}).then(({ violations }) => violations)`,
    );
    for (const { id, help, nodes } of found)
      for (const { target, failureSummary } of nodes)
        flaws.push(`${theme}: ${id} (${help}) at ${target.join(' ')}: ${failureSummary ?? ''}`);
  }
  const wide = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width: number = await page.evaluate('document.documentElement.scrollWidth');
  if (width > 320) flaws.push(`320 px: the page is ${width} px wide`);
  await page.setViewportSize(wide ?? { width: 1280, height: 720 });
  await page.emulateMedia({ colorScheme: 'light' });
  return flaws;
}

/** Everything that the Tab key has to reach, once it is unfolded: links, controls, and regions that scroll. */
export async function reachable(page: Page): Promise<number> {
  await unfold(page);
  return page.evaluate(
    `[...document.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary, [tabindex="0"]')].filter((it) => it.checkVisibility() && !it.disabled).length`,
  );
}

async function unfold(page: Page): Promise<void> {
  await page.evaluate(`for (const each of document.querySelectorAll('details')) each.open = true`);
}

/** Says of the focused element what it is, and whether one sees that it is focused. */
const FOCUSED = `(() => {
  const it = document.activeElement;
  if (it === null || it === document.body) return null;
  const style = getComputedStyle(it);
  const seen = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  return { name: (it.labels?.[0]?.innerText ?? it.innerText ?? '').trim() || it.tagName, seen };
})()`;

/**
 * Walks with the Tab key from the top of the page to its end.
 *
 * @returns the words of each stop, in order; a stop that one does not see is followed by ` (unseen)`
 */
export async function keyboardWalk(page: Page, mostStops = 200): Promise<readonly string[]> {
  const stops: string[] = [];
  while (stops.length < mostStops) {
    await page.keyboard.press('Tab');
    const focused: { readonly name: string; readonly seen: boolean } | null = await page.evaluate(FOCUSED);
    if (focused === null) return stops;
    stops.push(focused.seen ? focused.name : `${focused.name} (unseen)`);
  }
  throw new Error(`the keyboard is still on the page after ${mostStops} stops`);
}
