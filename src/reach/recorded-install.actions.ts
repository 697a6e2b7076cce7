/**
 * Whether what is installed is what the lockfile records. What is recorded and not installed was not analysed: the product has it as soon as
 * somebody installs it, so nothing is said to be absent because of a folder that nobody has filled yet.
 *
 * What only development needs is left out of installs on purpose, and what is optional depends on the machine.
 */
import { readInventories } from '../inventory/inventory.actions.ts';
import type { Component } from '../inventory/component.ts';
import type { Closure } from './closure.ts';
import type { InstalledCopies } from './installed-copies.client.ts';
import { lockfileIn } from './product-folder.client.ts';
import type { DecisiveSite } from './reach-report.ts';

/** What stands against saying that something is not there. */
export interface RecordedInstall {
  /** Why a package that is in no folder is not known to be absent; `null`: the lockfile does not have it either. */
  readonly missing: (name: string, version: string | null) => Doubt | null;
  /** The first module that the program asks for, that is not installed and would be; `null`: there is none. */
  readonly unanswered: Doubt | null;
}

export interface Doubt {
  readonly claim: string;
  readonly site: DecisiveSite;
}

const NOTHING: RecordedInstall = { missing: () => null, unanswered: null };

export async function recordedInstall(
  root: string,
  { unresolved }: Pick<Closure, 'unresolved'>,
  copies: InstalledCopies,
  shown: (path: string) => string,
): Promise<RecordedInstall> {
  const lockfile = lockfileIn(root);
  if (lockfile === null) return NOTHING;
  const { inventories, errors } = await readInventories([lockfile], { cwd: root, ignore: [] });
  const [error] = errors;
  if (error !== undefined) return unreadable(lockfile, error.message);
  const recorded = inventories
    .flatMap(({ components }) => components)
    .filter(({ scope, origin }) => scope !== 'development' && origin.kind !== 'link');
  const byName = new Map<string, Component[]>();
  for (const component of recorded)
    for (const name of new Set([component.name, folderName(component.location)])) {
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [component]);
      else known.push(component);
    }
  const isAbsent = ({ name, version }: Component): boolean =>
    copies.of(name, version === '' ? null : version).length === 0;
  const asked = unresolved.find(
    ({ request, mayFail }) =>
      !mayFail && (byName.get(packageOf(request)) ?? []).some((each) => each.scope !== 'optional' && isAbsent(each)),
  );
  return {
    missing: (name, version) =>
      (byName.get(name) ?? []).some((each) => version === null || each.version === version)
        ? {
            claim: `${lockfile} records ${name}${version === null ? '' : `@${version}`}, and it is not installed here`,
            site: {
              file: lockfile,
              line: 1,
              why: `records ${name}, which was not there to be analysed`,
              settle: INSTALL,
            },
          }
        : null,
    unanswered:
      asked === undefined
        ? null
        : {
            claim: `the program asks for ${packageOf(asked.request)}, which ${lockfile} records and which is not installed here`,
            site: {
              file: shown(asked.file),
              line: asked.line,
              why: `asks for ${asked.request}, and what that loads was not there to be analysed`,
              settle: INSTALL,
            },
          },
  };
}

const INSTALL = 'Install what the lockfile records (npm ci), then ask again.';

function unreadable(lockfile: string, why: string): RecordedInstall {
  const site = { file: lockfile, line: 1, why, settle: 'Repair the lockfile, or make it anew, then ask again.' };
  const claim = `${lockfile} could not be read, so what should be installed here is not known`;
  return { missing: () => ({ claim, site }), unanswered: null };
}

/** `node_modules/a/node_modules/@b/c` is asked for as `@b/c`, whatever the package is called that lies there. */
const folderName = (location: string): string =>
  location.slice(location.lastIndexOf('node_modules/') + (location.includes('node_modules/') ? 13 : 0));

const packageOf = (request: string): string => request.split('/', request.startsWith('@') ? 2 : 1).join('/');
