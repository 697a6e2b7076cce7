/** Which files a child process starts with, as far as its command says (child-command.ts) and they are found. Its neighbour: site-targets.ts. */
import { childCommand, type ChildCommand } from './child-command.ts';
import type { Bound, ClosureFile } from './closure.ts';
import { describeCommand, UNFOUND_PROGRAM, UNKNOWN_COMMAND, UNREAD_PROGRAM } from './closure.text.ts';
import type { LoadSite } from './load-site.ts';
import { folderOf } from './path-text.ts';
import { inWorkingFolder, placeOf, type ProgramFile, type Surroundings, type Targets } from './surroundings.ts';

export function commandTargets(file: ClosureFile, site: LoadSite, around: Surroundings): Targets {
  const place = placeOf(file.path, around);
  const paths = new Set<string>();
  let isOneScript = site.names.length === 1;
  for (const shape of site.names) {
    const command = childCommand(shape, site.args, place);
    isOneScript &&= command?.scripts.length === 1 && command.given.length === 0 && command.programs.length === 0;
    const why = command === null ? UNKNOWN_COMMAND : addFiles(command, file, around, paths);
    if (why !== null) return given({ kind: 'anything', says: why }, [], 'bounded');
  }
  const files = [...paths].sort();
  return given(
    { kind: 'files', files, says: describeCommand(files.length), assumes: null },
    files,
    isOneScript ? 'named' : 'bounded',
  );
}

const given = (bound: Bound, files: readonly string[], certainty: 'named' | 'bounded'): Targets => ({
  targets: files.map((path) => ({ path, certainty })),
  bound,
  missing: [],
  beginnings: [],
  manifests: [],
});

/** @returns Why it can be anything; `null` where all was found. */
function addFiles(
  { scripts, given: guesses, programs }: ChildCommand,
  file: ClosureFile,
  around: Surroundings,
  paths: Set<string>,
): string | null {
  for (const path of scripts) {
    const found = programAt(path, file, around);
    if (found === null) return UNFOUND_PROGRAM;
    for (const each of found) paths.add(each);
  }
  for (const path of guesses) for (const each of programAt(path, file, around) ?? []) paths.add(each);
  for (const name of programs) {
    const found = programsAt(name, file, around);
    if (found === null) return UNFOUND_PROGRAM;
    if (found.some(({ isUnread }) => isUnread)) return UNREAD_PROGRAM;
    for (const { path } of found) if (path !== null) paths.add(path);
  }
  return null;
}

/** @returns `null` where the folder is not known that a path is relative to. */
function programsAt(name: string, file: ClosureFile, around: Surroundings): readonly ProgramFile[] | null {
  if (!name.includes('/')) {
    return [around.program(name, folderOf(file.path)), ...around.listing.ownPrograms(name, around.root)];
  }
  const path = inWorkingFolder(name, around);
  return path === null ? null : [around.program(path, folderOf(file.path))];
}

/** @returns `null` where nothing is found there. */
function programAt(path: string, file: ClosureFile, around: Surroundings): readonly string[] | null {
  const request = inWorkingFolder(path, around);
  const answer = request === null ? null : around.resolver.resolve(file.path, request, 'require');
  return answer !== null && 'found' in answer ? answer.found.map((found) => around.realPath(found)) : null;
}
