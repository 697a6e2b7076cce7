/**
 * The Chromium that npm brings (`@sparticuz/chromium`), for machines without one: unpacked into a folder of the test process, 210 MB that go
 * when it ends. Its own copies of NSS and a font come along, so glibc is all that it needs. browser.ts asks for it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

interface Unpacked {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The package holds one build, and says so nowhere but in its README. */
export const isPackagedHere = (): boolean => process.platform === 'linux' && process.arch === 'x64';

let unpacked: Promise<Unpacked> | null = null;

export const unpackChromium = (): Promise<Unpacked> => (unpacked ??= unpack());

async function unpack(): Promise<Unpacked> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-chromium-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const { inflate } = await import('@sparticuz/chromium');
  const packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', 'bin');
  // The package unpacks to the folder for temporary files, which it asks for at once, before its first await; there a name like
  // /tmp/chromium could be anybody's.
  const shared = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  const done = ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((name) => inflate(join(packed, name)));
  if (shared === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = shared;
  await Promise.all(done);
  writeFileSync(join(folder, 'fonts.conf'), fontsConfig(folder));
  const program = { path: join(folder, 'chromium'), env: environment(folder) };
  assertStarts(program);
  return program;
}

const environment = (folder: string): Readonly<Record<string, string>> => ({
  LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
  FONTCONFIG_FILE: join(folder, 'fonts.conf'),
});

/** Without a font no word has a width, and every page would fit into 320 pixels. */
const fontsConfig = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${join(folder, 'fonts')}</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
</fontconfig>
`;

/** The loader's own words name the library that is missing, which playwright would bury. */
function assertStarts({ path, env }: Unpacked): void {
  const { status, stderr } = spawnSync(path, ['--no-sandbox', '--version'], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== 0)
    throw new Error(
      `The Chromium of npm does not start here; it needs glibc and what the next line names, or install chromium.\n${stderr}`,
    );
}
