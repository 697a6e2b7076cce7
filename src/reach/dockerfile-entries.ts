/**
 * What the last stage of a Dockerfile starts, and where its files come from. Pure: what the words lead to on the disk is
 * entries.actions.ts. Its neighbour: entry-requests.ts.
 *
 * The rules are those of the Dockerfile reference: "FROM", "COPY", "WORKDIR", "Understand how CMD and ENTRYPOINT interact".
 */
import { stringsOf } from '../lib/json.ts';
import type { EntryRequests } from './entry-requests.ts';
import { isInside, normalPath } from './path-text.ts';

interface Stage {
  readonly workdir: string;
  readonly entrypoint: Instruction | null;
  readonly command: Instruction | null;
  /** NODE_OPTIONS and NODE_PATH, as they stand before a command of the shell. */
  readonly variables: string;
  readonly copies: readonly Copy[];
}

interface Instruction {
  readonly line: string;
  readonly isList: boolean;
}

interface Copy {
  /** In the folder of the Dockerfile. */
  readonly sources: readonly string[];
  /** In the image, absolute. */
  readonly target: string;
}

const EMPTY: Stage = { workdir: '/', entrypoint: null, command: null, variables: '', copies: [] };

/** @param name Of the Dockerfile, for people. */
export function entriesOfDockerfile(text: string, name: string): EntryRequests {
  const stages = new Map<string, Stage>();
  let stage = EMPTY;
  let own = '';
  let hasOwnCommand = false;
  const leftOut: string[] = [];
  for (const { keyword, rest } of instructionsOf(text)) {
    if (keyword === 'FROM') {
      const [, image = '', , as] = /^(?:--\S+\s+)*(\S+)(\s+as\s+(\S+))?/i.exec(rest) ?? [];
      stage = stages.get(image.toLowerCase()) ?? EMPTY;
      own = (as ?? String(stages.size)).toLowerCase();
      hasOwnCommand = false;
    } else if (keyword === 'HEALTHCHECK' && /\bnode\b/.test(rest)) leftOut.push(`${name}, HEALTHCHECK: ${rest}`);
    hasOwnCommand ||= keyword === 'CMD';
    // An ENTRYPOINT takes the command of the image below away.
    if (keyword === 'ENTRYPOINT' && !hasOwnCommand) stage = { ...stage, command: null };
    stage = after(keyword, rest, stage, stages);
    stages.set(own, stage);
  }
  const started = startOf(stage);
  if (started === null) return { requests: [], leftOut };
  const via = `${name}, ${stage.entrypoint === null ? 'CMD' : 'ENTRYPOINT and CMD'}`;
  const { workdir } = stage;
  const folders = [...new Set(['.', ...inContext(workdir, stage)])];
  return { requests: [{ kind: 'command', line: started.line, via, folders, scripts: started.scripts }], leftOut };
}

function after(keyword: string, rest: string, stage: Stage, stages: ReadonlyMap<string, Stage>): Stage {
  switch (keyword) {
    case 'ENV':
      return { ...stage, variables: `${stage.variables}${nodeVariablesIn(rest)}` };
    case 'WORKDIR':
      return { ...stage, workdir: inImage(rest.replaceAll(/["']/g, ''), stage) };
    case 'ENTRYPOINT':
      return { ...stage, entrypoint: readInstruction(rest) };
    case 'CMD':
      return { ...stage, command: readInstruction(rest) };
    case 'COPY':
    case 'ADD': {
      const copy = copyOf(rest, stage, stages);
      return copy === null ? stage : { ...stage, copies: [...stage.copies, copy] };
    }
    default:
      return stage;
  }
}

const inImage = (path: string, { workdir }: Stage): string =>
  normalPath(path.startsWith('/') ? path : `${workdir}/${path}`).replace(/(?<=.)\/$/, '');

function copyOf(rest: string, stage: Stage, stages: ReadonlyMap<string, Stage>): Copy | null {
  const options = rest.match(/^(?:--\S+\s+)*/)?.[0] ?? '';
  const list = rest.slice(options.length);
  const words = list.startsWith('[') ? listOf(list) : list.split(/\s+/);
  const target = words?.at(-1);
  if (words === null || target === undefined) return null;
  const from = /--from=(\S+)/.exec(options)?.[1]?.toLowerCase();
  const origin = from === undefined ? undefined : (stages.get(from) ?? EMPTY);
  const sources = words
    .slice(0, -1)
    .flatMap((source) =>
      origin === undefined ? [normalPath(`./${source}`)] : inContext(inImage(source, origin), origin),
    );
  return { sources, target: inImage(target, stage) };
}

/** Where a path of the image may come from: what was copied there, and the working folder as that of the Dockerfile. */
function inContext(path: string, { workdir, copies }: Stage): readonly string[] {
  const found = new Set<string>();
  for (const { sources, target } of copies) {
    if (!isInside(path, target)) continue;
    const inside = path.slice(target.length).replace(/^\//, '');
    for (const source of sources) {
      const last = source.slice(source.lastIndexOf('/') + 1);
      // A folder is copied by what is in it, a file into a folder by its name.
      found.add(normalPath(`${source}/${inside}`));
      if (inside === last) found.add(source);
    }
  }
  if (isInside(path, workdir)) found.add(normalPath(`./${path.slice(workdir.length)}`));
  return [...found].filter((each) => !each.startsWith('..') && !/[*?$]/.test(each));
}

/** `ENV NODE_OPTIONS=… NODE_PATH=…` and the old `ENV NODE_OPTIONS …`. */
function nodeVariablesIn(rest: string): string {
  const old = /^(NODE_OPTIONS|NODE_PATH)\s+(.*)$/.exec(rest);
  const found = old === null ? rest.matchAll(/\b(NODE_OPTIONS|NODE_PATH)=(?:["']([^"']*)["']|(\S*))/g) : [old];
  return [...found]
    .map(([, name, first, plain]) => `${name}='${(first ?? plain ?? '').replaceAll(/["']/g, '')}' `)
    .join('');
}

/** A script before the command, which prepares and then runs it. */
const PREPARING = /^'?((?:[^\s']*\/)?[\w.-]+\.sh)'?(?=\s|$)\s*/;

/** Paths below `WORKDIR` are those of the folder that is copied there. */
function startOf(stage: Stage): { readonly line: string; readonly scripts: readonly string[] } | null {
  const { entrypoint, command, variables, workdir } = stage;
  const words =
    entrypoint !== null && entrypoint.isList && command !== null
      ? `${entrypoint.line} ${command.line}`
      : (entrypoint ?? command)?.line;
  if (words === undefined) return null;
  const inWorkdir = new RegExp(`(^|[\\s"'=])${escaped(workdir)}(?=[/\\s"';&|)]|$)`, 'g');
  const here = (line: string): string => (workdir === '/' ? line : line.replace(inWorkdir, '$1.'));
  const [begin = '', script = ''] = entrypoint === null ? [] : (PREPARING.exec(words) ?? []);
  const line = `${variables}${here(words.slice(begin.length))}`;
  if (script === '') return { line, scripts: [] };
  const name = script.slice(script.lastIndexOf('/') + 1);
  const sources = stage.copies.flatMap((copy) => copy.sources).filter((source) => source.split('/').at(-1) === name);
  return { line, scripts: [...new Set([...inContext(inImage(script, stage), stage), ...sources])] };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function readInstruction(rest: string): Instruction {
  const words = rest.startsWith('[') ? listOf(rest) : null;
  // A list that is no JSON is taken as a line for the shell.
  if (words === null) return { line: rest, isList: false };
  return { line: words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '), isList: true };
}

function listOf(text: string): readonly string[] | null {
  try {
    return stringsOf(JSON.parse(text));
  } catch {
    return null;
  }
}

function instructionsOf(text: string): readonly { readonly keyword: string; readonly rest: string }[] {
  const lines = text.replace(/\\[ \t]*\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, keyword, rest] = /^\s*([A-Za-z]+)\s+(.*\S)\s*$/.exec(line) ?? [];
    return keyword === undefined || rest === undefined ? [] : [{ keyword: keyword.toUpperCase(), rest }];
  });
}
