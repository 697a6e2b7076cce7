/** Where a person can read an advisory. */
import type { Finding } from './finding.ts';

/** The page of the database that issued the id; else a link of the record; else OSV's page, which knows all ids. */
export function advisoryLink({ id, urls }: Pick<Finding, 'id' | 'urls'>): string {
  if (id.startsWith('GHSA-')) return `https://github.com/advisories/${encodeURIComponent(id)}`;
  if (id.startsWith('CVE-')) return `https://nvd.nist.gov/vuln/detail/${encodeURIComponent(id)}`;
  return urls[0] ?? `https://osv.dev/vulnerability/${encodeURIComponent(id)}`;
}
