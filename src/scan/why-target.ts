/** What `holdfast why` is asked about: a package, one version of it, or an advisory. */

export type Target =
  | { readonly type: 'package'; readonly name: string; readonly version: string | null }
  | { readonly type: 'advisory'; readonly id: string };

/** `GHSA-…`, `CVE-…`, `MAL-…`, `LWA-…`: letters, a dash, then digits or groups, as every OSV id prefix is built. */
const ADVISORY_ID = /^[A-Z][A-Z0-9]*-[0-9A-Za-z][0-9A-Za-z-]*$/;

/** `null` for what is neither: blanks, an empty name, a lone version. A scope's `@` does not start a version. */
export function parseTarget(text: string): Target | null {
  if (/\s/.test(text) || text === '') return null;
  if (ADVISORY_ID.test(text)) return { type: 'advisory', id: text };
  const at = text.indexOf('@', 1);
  const name = at < 0 ? text : text.slice(0, at);
  const version = at < 0 ? null : text.slice(at + 1);
  return name === '@' || version === '' ? null : { type: 'package', name, version };
}
