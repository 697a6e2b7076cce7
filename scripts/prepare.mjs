/**
 * Runs after `npm ci` and before `npm pack`: builds dist/, with the stylesheet and the licences of what is bundled into it. Without development
 * dependencies there is nothing to build with, and nothing to do.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const rolldown = join(root, 'node_modules', 'rolldown', 'bin', 'cli.mjs');

if (existsSync(rolldown)) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [rolldown, '-c', 'rolldown.config.js'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) {
    process.stderr.write(`${stdout}${stderr}`);
    process.exit(status ?? 1);
  }
  copyFileSync(join(root, 'src', 'web', 'style.css'), join(root, 'dist', 'style.css'));
  writeFileSync(join(root, 'dist', 'third-party-licenses.txt'), licences());
}

/** Of every package that a production install would bring: a superset of what the bundle holds. */
function licences() {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const shipped = Object.keys(packages).filter(
    (path) =>
      path.startsWith('node_modules/') && !packages[path].dev && !packages[path].link && !packages[path].optional,
  );
  return shipped
    .filter((path) => existsSync(join(root, path)))
    .map((path) => {
      const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
      const text =
        file === undefined ? `Licence: ${packages[path].license}` : readFileSync(join(root, path, file), 'utf8').trim();
      return `${path.slice('node_modules/'.length)} ${packages[path].version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}
