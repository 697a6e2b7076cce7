/** Where a person can read an advisory, and which database issued its id. */
import type { Finding } from './finding.ts';

interface Database {
  readonly prefix: string;
  /** As CycloneDX 1.6 writes it in its examples of `vulnerability.source.name`, where it does. */
  readonly name: string;
  readonly pages: string;
}

const DATABASES: readonly Database[] = [
  { prefix: 'GHSA-', name: 'GitHub Advisories', pages: 'https://github.com/advisories/' },
  { prefix: 'CVE-', name: 'NVD', pages: 'https://nvd.nist.gov/vuln/detail/' },
  { prefix: 'MAL-', name: 'OpenSSF Malicious Packages', pages: 'https://osv.dev/vulnerability/' },
];

const OSV_PAGES = 'https://osv.dev/vulnerability/';

/** The page of the database that issued the id; else a link of the record; else OSV's page, which knows all ids. */
export function advisoryLink({ id, urls }: Pick<Finding, 'id' | 'urls'>): string {
  return databaseOf(id)?.url ?? urls[0] ?? `${OSV_PAGES}${encodeURIComponent(id.toWellFormed())}`;
}

/** The database that issues ids of this shape, with its page for this one; `null` for a shape that is not known. */
export function databaseOf(id: string): { readonly name: string; readonly url: string } | null {
  const database = DATABASES.find(({ prefix }) => id.startsWith(prefix));
  return database === undefined
    ? null
    : { name: database.name, url: `${database.pages}${encodeURIComponent(id.toWellFormed())}` };
}
