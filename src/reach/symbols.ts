/**
 * Which functions of which packages are asked about: symbol files (`--symbols FILE`, DESIGN §5).
 *
 * `[{ id, package, version, file?, function?, nth?, fixed?, vulnerable? }]`, or an object with that list under `symbols`. `nth` counts, from
 * 0 by offset, the functions of the file whose V8 name is `function` or ends in `.function` (function-facts.ts). `fixed` and `vulnerable`
 * have the hash of its code (function-hash.ts) in releases, by their version. The curated list is curated-symbols.ts.
 */
import { HoldfastError, type PlacedProblem } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { shorten } from '../lib/text.ts';

export interface VulnerableSymbol {
  /** Of the advisory, or whatever the asker calls it; answers carry it back. */
  readonly id: string;
  readonly package: string;
  /** Exact; `null` in the curated list, where the finding has it. */
  readonly version: string | null;
  /** Relative to the package, with `/`; `null`: the whole package is meant. */
  readonly file: string | null;
  /** As V8 names it; `null`: the whole file is meant. */
  readonly function: string | null;
  readonly nth: number;
  /** What its code is known to be; absent where nobody has said. */
  readonly code?: KnownCode;
}

/** The hash of a symbol's code, lower-case hex, by the release it was read in. */
export interface KnownCode {
  readonly fixed: ReadonlyMap<string, string>;
  readonly vulnerable: ReadonlyMap<string, string>;
}

/** More than any asker has reason to name; the curated list has hundreds. */
const MOST_SYMBOLS = 20_000;

/** @throws SYMBOLS_INVALID with every mistake. */
export function readSymbols(text: string, path: string): readonly VulnerableSymbol[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw invalid(
      path,
      [{ at: { file: path, line: null, column: null }, message: 'it is not JSON', hint: HINT }],
      cause,
    );
  }
  const list = isObject(content) ? content['symbols'] : content;
  if (!Array.isArray(list) || list.length > MOST_SYMBOLS)
    throw invalid(path, [
      {
        at: { file: path, line: null, column: null },
        message: `it is no list of at most ${MOST_SYMBOLS} symbols`,
        hint: HINT,
      },
    ]);
  const problems: PlacedProblem[] = [];
  const symbols = list.flatMap((item: unknown, index) => {
    const symbol = readSymbol(item);
    if (typeof symbol !== 'string') return [symbol];
    problems.push({
      at: { file: path, line: null, column: null },
      message: `symbol ${index + 1} ${symbol}`,
      hint: HINT,
    });
    return [];
  });
  if (problems.length > 0) throw invalid(path, problems);
  return symbols;
}

const HINT = 'Write [{"id", "package", "version", "file", "function", "nth"}], the last three where they are known.';

const invalid = (path: string, problems: readonly PlacedProblem[], cause?: unknown): HoldfastError =>
  new HoldfastError('SYMBOLS_INVALID', `${path} is no list of symbols`, { hint: HINT, problems, cause });

/** The symbol, or what is wrong with it: continues "symbol 3 …". */
export function readSymbol(item: unknown): VulnerableSymbol | string {
  if (!isObject(item)) return 'is no object';
  const { id, version = null, file = null, function: name = null, nth = 0 } = item;
  const packageName = item['package'];
  if (typeof id !== 'string' || id === '') return 'has no id';
  if (typeof packageName !== 'string' || !PACKAGE_NAME.test(packageName)) return 'names no package';
  if (version !== null && typeof version !== 'string') return 'has a version that is no text';
  if (file !== null && (typeof file !== 'string' || !isInsidePackage(file)))
    return `names the file "${shorten(typeof file === 'string' ? file : JSON.stringify(file), 80)}", which does not lie in its package`;
  if (name !== null && (typeof name !== 'string' || file === null)) return 'names a function without its file';
  if (typeof nth !== 'number' || !Number.isSafeInteger(nth) || nth < 0) return 'has an nth that is no number from 0';
  const code = readCode(item['fixed'], item['vulnerable']);
  if (typeof code === 'string') return code;
  const symbol = { id, package: packageName, version, file, function: name === '' ? null : name, nth };
  return code === null ? symbol : { ...symbol, code };
}

/** The hashes; `null` for none; or what is wrong with them. */
function readCode(fixed: unknown, vulnerable: unknown): KnownCode | null | string {
  if (fixed === undefined && vulnerable === undefined) return null;
  const [ofFixed, ofVulnerable] = [hashesIn(fixed ?? {}), hashesIn(vulnerable ?? {})];
  return ofFixed === null || ofVulnerable === null
    ? `has fixed or vulnerable code that is not at most ${MOST_RELEASES} SHA-256 hashes, each under its release`
    : { fixed: ofFixed, vulnerable: ofVulnerable };
}

/** One for each release line; the oldest packages of the curated list have a dozen. */
const MOST_RELEASES = 64;

function hashesIn(value: unknown): ReadonlyMap<string, string> | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  return entries.length <= MOST_RELEASES && entries.every(isHashed) ? new Map(entries) : null;
}

const isHashed = (entry: [string, unknown]): entry is [string, string] =>
  typeof entry[1] === 'string' && /^[0-9a-f]{64}$/.test(entry[1]);

/** The npm rule for names, without its limits on case, which old packages break: no path, no white space. */
const PACKAGE_NAME = /^(?:@[^/\s\\]+\/)?[^/\s\\@.][^/\s\\]*$/;

const isInsidePackage = (file: string): boolean =>
  file !== '' &&
  !file.startsWith('/') &&
  !file.includes('\\') &&
  !file.includes('\0') &&
  !file.split('/').includes('..');

/** `lodash 4.17.4, lodash.js, template`, for people. */
export function symbolWords({ package: name, version, file, function: fn, nth }: VulnerableSymbol): string {
  const label = version === null ? name : `${name}@${version}`;
  if (file === null) return label;
  return fn === null ? `${label} ${file}` : `${label} ${file} ${fn}${nth === 0 ? '' : ` (${nth + 1}th)`}`;
}

/** Why a whole package is in doubt: the report for people says it once for all of them (reach.text.ts). */
export const UNNAMED_FUNCTION = 'it is loaded, and any of its functions may be the vulnerable one';
