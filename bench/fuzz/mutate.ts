/**
 * Broken inputs out of sound ones: what disks, merges, editors and attackers do to a file. Deterministic: a seed names an input.
 */

/** A generator of numbers in [0, 1) that gives the same row for the same seed (mulberry32, public domain, T. Ettinger). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** What breaks parsers: names that objects have anyway, marks of every notation, numbers at the edge, halves of characters. */
const TOKENS = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  '<',
  '>',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '&amp;',
  '&x;',
  '&#0;',
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '"',
  "'",
  '\\',
  '\\u0000',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\t',
  '\r\n',
  '\n',
  '\n\n',
  ': ',
  ':\n',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!!js ',
  '|\n',
  '>\n',
  '#',
  '---\n',
  '...\n',
  '%YAML 9\n',
  '@',
  '/',
  '//',
  '..',
  '../',
  '=',
  ',',
  ';',
  '0',
  '-1',
  '1e999',
  '99999999999999999999',
  '0x10',
  'null',
  'true',
  '~',
  'npm:',
  'workspace:',
  'patch:',
  'link:',
  'file:',
  'git+ssh://',
  'https://u:pw@h/',
  'pkg:npm/%',
  '${a}${a}',
  '${',
  '}',
  '%',
  '%00',
  '%zz',
  '<<<<<<< HEAD\n',
  '=======\n',
  '>>>>>>> x\n',
];

/** One to four changes; the result is seldom longer than the input by more than a few kilobytes. */
export function mutate(text: string, random: () => number): string {
  let changed = text;
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i += 1)
    changed = CHANGES[Math.floor(random() * CHANGES.length)]?.(changed, random) ?? changed;
  return changed;
}

type Change = (text: string, random: () => number) => string;

const position = (text: string, random: () => number): number => Math.floor(random() * (text.length + 1));
const token = (random: () => number): string => TOKENS[Math.floor(random() * TOKENS.length)] ?? '';
const cut = (text: string, from: number, to: number, instead: string): string =>
  text.slice(0, from) + instead + text.slice(to);

/** A stretch of a few characters, or now and then of many. */
function stretch(text: string, random: () => number): readonly [number, number] {
  const from = position(text, random);
  const longest = random() < 0.2 ? 2_000 : 20;
  return [from, Math.min(text.length, from + 1 + Math.floor(random() * longest))];
}

const CHANGES: readonly Change[] = [
  (text, random) => cut(text, ...stretch(text, random), ''),
  (text, random) => cut(text, ...stretch(text, random), token(random)),
  (text, random) => {
    const at = position(text, random);
    return cut(text, at, at, token(random));
  },
  (text, random) => {
    const at = position(text, random);
    return cut(text, at, at + 1, String.fromCharCode(Math.floor(random() * (random() < 0.9 ? 128 : 65_536))));
  },
  (text, random) => {
    const [from, to] = stretch(text, random);
    const at = position(text, random);
    return cut(text, at, at, text.slice(from, to));
  },
  (text, random) => text.slice(0, position(text, random)),
  swapLines,
  dropLine,
  repeatLine,
  changeIndent,
  nest,
];

function lineAt(text: string, random: () => number): readonly [number, number] {
  const at = position(text, random);
  const from = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return [from, end < 0 ? text.length : end + 1];
}

function dropLine(text: string, random: () => number): string {
  return cut(text, ...lineAt(text, random), '');
}

function repeatLine(text: string, random: () => number): string {
  const [from, to] = lineAt(text, random);
  return cut(text, to, to, text.slice(from, to).repeat(1 + Math.floor(random() * 3)));
}

function swapLines(text: string, random: () => number): string {
  const [from, to] = lineAt(text, random);
  const line = text.slice(from, to);
  const rest = cut(text, from, to, '');
  const [at] = lineAt(rest, random);
  return cut(rest, at, at, line);
}

function changeIndent(text: string, random: () => number): string {
  const [from] = lineAt(text, random);
  return random() < 0.5
    ? cut(text, from, from, ' '.repeat(1 + Math.floor(random() * 8)))
    : cut(text, from, from + 2, '');
}

/** Openings without end: what makes a recursive reader overflow its stack. */
function nest(text: string, random: () => number): string {
  const at = position(text, random);
  const open = ['[', '{', '{"a":', '<a>', '(', '- ', '  ', '${'][Math.floor(random() * 8)] ?? '[';
  return cut(text, at, at, open.repeat(random() < 0.05 ? 20_000 : 50));
}

const VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  '',
  'x',
  '^1.0.0',
  '1.0.0',
  'npm:@',
  'npm:a@1',
  'git+ssh://@',
  'https:///',
  'https://u:pw@h/a/-/a-1.0.0.tgz',
  'file:',
  'file:../a.tgz',
  'link:x',
  'workspace:*',
  'catalog:',
  'pkg:npm/%',
  'pkg:npm/a@1?vcs_url=//@',
  '\ud800',
  '__proto__',
  [],
  [[]],
  {},
  { '': {} },
  [null],
  ['a@1', '', {}, ''],
];

/** The same for the members of a JSON document, which stays JSON: what a text that no longer parses never reaches. */
export function mutateJson(document: unknown, random: () => number): unknown {
  const changed: unknown = structuredClone(document);
  for (let i = 1 + Math.floor(random() * 4); i > 0; i -= 1) {
    const holders = holdersIn(changed);
    const holder = pick(holders, random);
    if (holder === undefined) return changed;
    const old = pick(Object.keys(holder), random) ?? pick(TOKENS, random) ?? '';
    const key =
      random() < 0.5 ? (pick(TOKENS, random) ?? '') : (pick(Object.keys(pick(holders, random) ?? {}), random) ?? '');
    const value = random() < 0.3 ? structuredClone(pick(holders, random)) : structuredClone(pick(VALUES, random));
    const how = random();
    if (how < 0.5) put(holder, old, value);
    else if (how < 0.7) put(holder, key, Object.hasOwn(holder, old) ? holder[old] : null);
    else if (how < 0.85) put(holder, key, value);
    else delete holder[old];
  }
  return changed;
}

const pick = <T>(list: readonly T[], random: () => number): T | undefined => list[Math.floor(random() * list.length)];

/** An own member, whatever its name. */
const put = (holder: Record<string, unknown>, key: string, value: unknown): void => {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

function holdersIn(document: unknown): Record<string, unknown>[] {
  const found: Record<string, unknown>[] = [];
  const open: unknown[] = [document];
  for (const value of open) {
    if (typeof value !== 'object' || value === null) continue;
    found.push(value as Record<string, unknown>);
    open.push(...Object.values(value));
  }
  return found;
}
