/**
 * The layout in which OSV hands out its data, and every mirror of it: one folder for each ecosystem.
 *
 * Source: https://google.github.io/osv.dev/data/, "Data dumps".
 */

/** OSV's own bucket. It is public and not signed: whoever uses it trusts its owner and TLS. */
export const OSV_BASE = 'https://osv-vulnerabilities.storage.googleapis.com';
/** What Holdfast reads lockfiles of. */
export const ECOSYSTEMS: readonly string[] = ['npm', 'Maven'];

/** OSV's names: `npm`, `crates.io`, `Red Hat`, `Debian:12`. */
const ECOSYSTEM = /^[A-Za-z][A-Za-z0-9 ._:-]{0,63}$/;
export const isEcosystem = (name: string): boolean => ECOSYSTEM.test(name) && !name.includes('..');

/** @param base without a slash at its end */
export const archiveUrl = (base: string, ecosystem: string): string =>
  `${base}/${encodeURIComponent(ecosystem)}/all.zip`;
export const listUrl = (base: string, ecosystem: string): string =>
  `${base}/${encodeURIComponent(ecosystem)}/modified_id.csv`;
export const recordUrl = (base: string, ecosystem: string, id: string): string =>
  `${base}/${encodeURIComponent(ecosystem)}/${encodeURIComponent(id)}.json`;
