/** The words for sites that cannot be followed, and for what bounds the others. */
import type { CodeConstruct } from './code-sites.ts';

export function describeCode(construct: CodeConstruct): string {
  switch (construct) {
    case 'eval':
    case 'indirect-eval':
      return 'eval runs code that is made while the program runs';
    case 'function':
    case 'function-type':
      return 'Function makes a function from a text that is put together while the program runs';
    case 'vm':
      return 'vm runs code that is made while the program runs';
    case 'worker-eval':
      return 'a worker thread runs code that is made while the program runs';
    case 'module-internals':
      return "Node's module loader is changed or called past require";
    case 'module-cache':
      return 'the exports of every loaded module can be taken from the module cache';
    case 'hooks':
      return 'hooks change what a module name leads to, or its source';
    case 'native':
      return 'native code is loaded by its path, or an internal part of Node by its name';
    case 'builtin-value':
      return 'a part of Node that can load or run code is passed on, and what is done with it is not seen here';
    case 'environment':
      return 'NODE_OPTIONS, NODE_PATH or what Node is started with is set, which changes what child processes load';
    case 'working-folder':
      return 'the working folder is changed';
    case 'with':
      return 'inside `with`, a name can mean what an object says';
  }
}

export const UNKNOWN_NAME = 'the name is not known here, so it can name any module';
export const GIVES_A_PATH = 'gives a path, and what loads a file by it is a place of its own';
export const UNKNOWN_COMMAND = 'the command is not known here, so it can run any program';
export const UNFOUND_PROGRAM =
  'the command runs a file that is not found in the folder that it is started in, so it can be another one';
export const UNREAD_PROGRAM = 'the command runs a script that is not JavaScript, which is not read';
export const CHANGED_MANIFEST = 'the name stands in a manifest that another file gets as well, and can change';
export const CLIMBS_ANYWHERE = 'the program has so many texts with `..` that they could fill the hole with any path';
export const PASSED_REQUIRE = '`require` is passed on, and whoever gets it can call it with any name';
export const NAMED_TO_LOADER =
  'can name only what stands in the file, because the loader that gets `require` asks for nothing else';
export const MADE_OF_TEXTS =
  'makes a function of texts of the program, which lead to no module but those that its functions import';
export const NO_OUTSIDE_PROGRAM = 'no text from outside is a program that loads one or changes what others use';
export const NO_PARENT_FOLDER = 'what fills the hole holds no `..`';

/** `can name only files under lib/locale/ that begin with de and end in .js`. */
export function describeFolder(folder: string, prefix: string, suffix: string): string {
  const begin = prefix === '' ? '' : ` that begin with ${prefix}`;
  const end = suffix === '' ? '' : `${prefix === '' ? ' that' : ' and'} end in ${suffix}`;
  return `can name only files under ${folder}/${begin}${end}`;
}

export const describePackages = (prefix: string): string =>
  `can name only installed packages that begin with ${prefix}`;

export const describeChoice = (count: number): string =>
  `can name only ${count === 1 ? 'one file' : `${count} files`} that the code lists`;

export const describeCommand = (files: number): string =>
  files === 0 ? 'starts a program that is not part of this one' : 'starts a program of which the file is known';
