/** What the `duties` commands do besides printing: fetch the facts and the house, then ask the pure core. */
import { HoldfastError } from '../lib/errors.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Instant } from '../lib/time.ts';
import { readCase, type Case } from './facts-file.ts';
import { readFactsText, readHouseText } from './facts-file.client.ts';
import { DEFAULT_HOUSE, readHouse, type House } from './house.ts';
import type { YamlIssue } from '../lib/located-yaml.ts';
import { localStamp } from '../lib/when-words.ts';

/**
 * Time zone and seat from holdfast.yaml in the working folder, else the defaults.
 *
 * @throws FACTS_INVALID when the file is there and its `organisation` part cannot be used.
 */
export async function loadHouse(cwd: string): Promise<House> {
  const text = await readHouseText(cwd);
  if (text === null) return DEFAULT_HOUSE;
  const read = readHouse(text);
  if (read.ok) return read.value;
  throw new HoldfastError('FACTS_INVALID', read.error, {
    hint: 'Correct holdfast.yaml, or pass --zone and --state in a folder without it.',
    at: { file: 'holdfast.yaml', line: null, column: null },
  });
}

export type CaseRefusal =
  | { readonly code: 'facts-invalid'; readonly issues: readonly YamlIssue[] }
  | { readonly code: 'aware-in-the-future'; readonly message: string };

/**
 * A case from a file or `-`. Awareness in the future is refused: nobody is aware of what is still to come.
 *
 * @throws FILE_NOT_FOUND, FILE_UNREADABLE
 */
export async function loadCase(
  source: { readonly cwd: string; readonly path: string },
  zone: string,
  now: Instant,
): Promise<Result<Case, CaseRefusal>> {
  const read = readCase(await readFactsText(source.cwd, source.path), zone);
  if (!read.ok) return no({ code: 'facts-invalid', issues: read.error });
  const { awareAt } = read.value.times;
  if (awareAt === null || awareAt <= now) return ok(read.value);
  const message = `awareAt ${localStamp(awareAt, zone)} lies in the future: nobody is aware of what is still to come`;
  return no({ code: 'aware-in-the-future', message });
}
