/**
 * How deeply a source text nests at most, without parsing it: the guard before a parser that has no bound of its own.
 *
 * It counts what makes a recursive parser descend: brackets, and what chains to the right without any (`a ? b : c ? d : …`,
 * `else if`, `a = b = …`, arrows, `**`, `new`, labels, generics). Texts, comments and regular expressions are passed over, so that what
 * looks like a bracket in them closes none. Where it cannot be sure it counts too much, never too little.
 */

/** An upper bound of the depth; linear in the length of the text. */
export function nestingOf(source: string): number {
  const scan: Scan = {
    source,
    at: 0,
    levels: [{ chain: 0, isTemplate: false, before: '' }],
    depth: 0,
    last: '',
    lastAt: -1,
    lastGroup: '',
    wasted: 0,
  };
  let deepest = 0;
  while (scan.at < source.length) {
    step(scan);
    if (scan.depth > deepest) deepest = scan.depth;
    // Only a text that was made for it looks like so many regular expressions without an end.
    if (scan.wasted > MOST_WASTED + source.length) return Number.POSITIVE_INFINITY;
  }
  return deepest;
}

const MOST_WASTED = 1_000_000;

interface Level {
  /** What chains inside the bracket, since its last `;` or `,`. */
  chain: number;
  /** Closed by `}`, it goes on with the text of the template. */
  readonly isTemplate: boolean;
  /** The word before the bracket. */
  readonly before: string;
}

interface Scan {
  readonly source: string;
  at: number;
  readonly levels: Level[];
  depth: number;
  /** The last word, or the last character that is no space. */
  last: string;
  lastAt: number;
  /** The word before the bracket that was closed last: `if` of `if (a) /b/`. */
  lastGroup: string;
  /** Characters that were looked through for the end of a regular expression that was none. */
  wasted: number;
}

function step(scan: Scan): void {
  const { source, at } = scan;
  const char = source.charAt(at);
  if (char <= ' ') {
    scan.at += 1;
    return;
  }
  if (char === '/' && passComment(scan)) return;
  if (isWord(source.charCodeAt(at))) {
    readWord(scan);
    return;
  }
  if (char === '"' || char === "'") scan.at = endOfText(source, at, char);
  else if (char === '`') passTemplate(scan, at + 1);
  else if (char !== '/' || !passRegex(scan)) {
    readMark(scan, char);
    scan.at += 1;
  }
  scan.last = char;
  scan.lastAt = scan.at - 1;
}

const WORD = /[\w$]/;
/** The characters of WORD, of which most of a text consists. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code === 36;

/** Words after which a parser descends without a bracket. */
const CHAINING: ReadonlySet<string> = new Set(
  'async await asserts delete do else extends for if infer keyof new readonly typeof unique void while with yield'.split(
    ' ',
  ),
);

function readWord(scan: Scan): void {
  let end = scan.at + 1;
  while (isWord(scan.source.charCodeAt(end))) end += 1;
  const word = scan.source.slice(scan.at, end);
  // A label after a label: `a: b: …`.
  const isLabel = scan.last === ':' && scan.source.charAt(scan.at + word.length) === ':';
  if (CHAINING.has(word) || isLabel) chain(scan);
  scan.lastAt = scan.at;
  scan.at += word.length;
  scan.last = word;
}

function chain(scan: Scan): void {
  const level = scan.levels.at(-1);
  if (level !== undefined) level.chain += 1;
  scan.depth += 1;
}

function readMark(scan: Scan, char: string): void {
  const { source, at } = scan;
  switch (char) {
    case '(':
    case '[':
    case '{':
      scan.levels.push({ chain: 0, isTemplate: false, before: scan.last });
      scan.depth += 1;
      return;
    case ')':
    case ']':
    case '}':
      close(scan, char);
      return;
    case ';':
    case ',':
      if (!FOLLOWED_BY_ELSE.test(source.slice(at + 1, at + 40))) endChain(scan);
      return;
    case '=':
      // `=` and `=>`; neither `==` nor `<=`, `>=`, `!=`.
      if (source.charAt(at + 1) !== '=' && !/[=!<]/.test(source.charAt(at - 1))) chain(scan);
      return;
    case '?':
    case '<':
      chain(scan);
      return;
    case '*':
      if (source.charAt(at + 1) === '*') chain(scan);
      return;
    default:
  }
}

const FOLLOWED_BY_ELSE = /^\s*else\b/;
/** After a block, these go on with the statement; any other word begins a new one. */
const GOES_ON = /^\s*(?:[^\w$\s]|(?:else|catch|finally|while|instanceof|in|of|as|satisfies)\b|$)/;

function close(scan: Scan, char: string): void {
  const level = scan.levels.at(-1);
  if (level === undefined || scan.levels.length === 1) return;
  scan.levels.pop();
  scan.depth -= 1 + level.chain;
  if (char === '}' && level.isTemplate) {
    passTemplate(scan, scan.at + 1);
    scan.at -= 1;
  } else if (char === '}' && !GOES_ON.test(scan.source.slice(scan.at + 1, scan.at + 60))) endChain(scan);
  scan.lastGroup = level.before;
}

function endChain(scan: Scan): void {
  const level = scan.levels.at(-1);
  if (level === undefined) return;
  scan.depth -= level.chain;
  level.chain = 0;
}

/** From inside a template to its end, or to the next `${`, which opens a level. */
function passTemplate(scan: Scan, from: number): void {
  const { source } = scan;
  for (let at = from; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\\') at += 1;
    else if (char === '`') {
      scan.at = at + 1;
      return;
    } else if (char === '$' && source.charAt(at + 1) === '{') {
      scan.levels.push({ chain: 0, isTemplate: true, before: '' });
      scan.depth += 1;
      scan.at = at + 2;
      return;
    }
  }
  scan.at = source.length;
}

function passComment(scan: Scan): boolean {
  const next = scan.source.charAt(scan.at + 1);
  if (next !== '/' && next !== '*') return false;
  const end = next === '/' ? scan.source.indexOf('\n', scan.at) : scan.source.indexOf('*/', scan.at + 2) + 1;
  scan.at = end <= 0 ? scan.source.length : end + 1;
  return true;
}

/** The place after a text; at the end of the line where it is not closed, as the parser has it. */
function endOfText(source: string, from: number, quote: string): number {
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\\') at += 1;
    else if (char === quote || char === '\n') return at + 1;
  }
  return source.length;
}

/** Where an operand has ended, a slash divides; after these words and everywhere else it begins a regular expression (ECMA-262, 12.9). */
const EXPECTING = /^(?:return|typeof|instanceof|in|of|new|delete|void|throw|case|do|else|yield|await)$/;
const HEADS = /^(?:if|while|for|with)$/;

/** Passes over a regular expression, if one begins here. */
function passRegex(scan: Scan): boolean {
  const { source, at, last, lastAt, lastGroup } = scan;
  const isOperand = WORD.test(last)
    ? !EXPECTING.test(last)
    : /["'`\]]/.test(last) || (last === ')' && !HEADS.test(lastGroup));
  const isPostfix = (last === '+' || last === '-') && source.charAt(lastAt - 1) === last;
  if (isOperand || isPostfix) return false;
  const end = endOfRegex(source, at);
  if (end === null) {
    scan.wasted += (source.indexOf('\n', at) + 1 || source.length) - at;
    return false;
  }
  // After a block a slash begins an expression, after an object it divides: what opens counts, what closes does not.
  if (last === '}' || last === '<') for (const char of source.slice(at, end)) if (/[([{]/.test(char)) chain(scan);
  scan.at = end;
  return true;
}

/** `null` when it does not end on its line, as every regular expression does. */
function endOfRegex(source: string, from: number): number | null {
  let isInClass = false;
  for (let at = from + 1; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === '\n') return null;
    if (char === '\\') at += 1;
    else if (char === '[') isInClass = true;
    else if (char === ']') isInClass = false;
    else if (char === '/' && !isInClass) return at + 1;
  }
  return null;
}
