/**
 * Whether a component comes from a public registry: only then does the name of a malicious package prove anything.
 *
 * A private package may share its name with malware that was uploaded to the public registry under the same name, which
 * is how dependency confusion is tried. A lockfile without addresses (npm's `omit-lockfile-registry-resolved`) and an SBOM without
 * qualifiers name no other registry, and are taken for the public one: the safe side is to report.
 */
import type { Component } from '../inventory/component.ts';

/** npm's registry, its Yarn alias and the mirror of the same content; Maven Central under its three names. */
const PUBLIC_HOSTS: ReadonlySet<string> = new Set([
  'registry.npmjs.org',
  'registry.yarnpkg.com',
  'registry.npmmirror.com',
  'repo.maven.apache.org',
  'repo1.maven.org',
  'central.sonatype.com',
]);

export function isPublicRegistry({ origin }: Component): boolean {
  switch (origin.kind) {
    case 'registry':
      return origin.host === null || PUBLIC_HOSTS.has(origin.host);
    case 'bundled':
    case 'unknown':
      // The bytes came with something from a registry, or nothing is known: report rather than stay silent.
      return true;
    case 'git':
    case 'file':
    case 'link':
      return false;
  }
}
