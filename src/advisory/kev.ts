/** CISA's catalogue of known exploited vulnerabilities, as one JSON document: `{vulnerabilities: [{cveID}, …]}`. */
import { arrayOr, isObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { cveKey } from './cve.ts';

/** The CVE ids of the whole catalogue. An empty one is refused: it has been empty on no day. */
export function readKev(value: unknown): Result<readonly string[], string> {
  if (!isObject(value) || !Array.isArray(value['vulnerabilities'])) return no('it is not the KEV catalogue');
  const ids = new Set<string>();
  for (const entry of arrayOr(value['vulnerabilities'])) {
    const id = isObject(entry) ? entry['cveID'] : null;
    if (typeof id !== 'string' || cveKey(id) === null) return no('it has an entry without a CVE id');
    ids.add(id);
  }
  return ids.size === 0 ? no('it is an empty catalogue') : ok([...ids]);
}
