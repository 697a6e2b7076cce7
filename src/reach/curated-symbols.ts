/**
 * The list of vulnerable functions that ships with Holdfast, data/symbols.json: for each advisory the functions that carry its flaw, in
 * which versions of the package they lie there, and the hashes of their code before and after the fix. docs/formats/symbols.md has the
 * format, and how an entry is found and checked; `bench/symbols.bench.ts` holds the list to what the registry has.
 */
import { satisfies, validRange } from 'semver';
import { isObject } from '../lib/json.ts';
import { readSymbol, type VulnerableSymbol } from './symbols.ts';

/** Of one flaw in one package. An advisory that speaks of several packages has several. */
export interface CuratedAdvisory {
  /** Any of them names it: GHSA, CVE. */
  readonly ids: readonly string[];
  readonly package: string;
  /** None: nothing smaller than the whole package can be named. */
  readonly symbols: readonly CuratedSymbol[];
  /** Pairs that were compared: the last vulnerable and the first fixed version of a release line. */
  readonly compared: readonly (readonly [vulnerable: string, fixed: string])[];
  /** The vulnerable versions in which the symbols were looked for. */
  readonly checked: readonly string[];
}

export interface CuratedSymbol {
  /** Its `version` is null: the finding has it. */
  readonly symbol: VulnerableSymbol;
  /** The versions in which it is to be asked about, as npm writes ranges. */
  readonly versions: string;
}

/** @throws Error for the first mistake: the list is ours, and what is wrong with it is a defect. */
export function readCurated(text: string): readonly CuratedAdvisory[] {
  const content: unknown = JSON.parse(text);
  const list = isObject(content) ? content['advisories'] : undefined;
  if (!Array.isArray(list)) throw new Error('the curated list has no advisories');
  return list.map(readAdvisory);
}

function readAdvisory(item: unknown): CuratedAdvisory {
  if (!isObject(item)) throw new Error('an advisory of the curated list is no object');
  const [id, ...aliases] = textsOf(item['ids']);
  const { symbols } = item;
  const packageName = item['package'];
  if (id === undefined || typeof packageName !== 'string' || !Array.isArray(symbols))
    throw new Error(`the curated list is wrong at ${JSON.stringify(item).slice(0, 80)}`);
  return {
    ids: [id, ...aliases],
    package: packageName,
    symbols: symbols.map((symbol: unknown) => readCuratedSymbol(symbol, id, packageName)),
    compared: textsOf(item['compared']).map((pair) => {
      const [vulnerable, fixed, ...others] = pair.split(' ');
      if (vulnerable === undefined || fixed === undefined || others.length > 0)
        throw new Error(`${id} compares "${pair}", which is no pair of versions`);
      return [vulnerable, fixed];
    }),
    checked: textsOf(item['checked']),
  };
}

function readCuratedSymbol(item: unknown, id: string, packageName: string): CuratedSymbol {
  const symbol = readSymbol(isObject(item) ? { ...item, id, package: packageName } : item);
  const versions = isObject(item) ? (item['versions'] ?? '*') : '*';
  if (typeof symbol === 'string') throw new Error(`a symbol of ${id} ${symbol}`);
  if (typeof versions !== 'string' || validRange(versions) === null)
    throw new Error(`a symbol of ${id} has versions that are no range`);
  return { symbol, versions };
}

function textsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list) || !list.every((each) => typeof each === 'string'))
    throw new Error('the curated list has something else where it should have texts');
  return list;
}

/** The functions to ask about in a version; none: the list knows no smaller thing than the whole package there. */
export const symbolsFor = ({ symbols }: CuratedAdvisory, version: string): readonly VulnerableSymbol[] =>
  symbols
    .filter(
      ({ versions }) => versions === '*' || satisfies(version, versions, { loose: true, includePrerelease: true }),
    )
    .map(({ symbol }) => symbol);
