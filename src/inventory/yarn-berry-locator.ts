/**
 * Locators and descriptors of Yarn 2 and later: `name@protocol:reference`, which package an entry is and where it comes from.
 *
 * Source: Yarn docs, "Protocols" and "Lexicon" (descriptor, locator, reference); `structUtils` of @yarnpkg/core for how they are
 * written. What follows `::` are parameters that Yarn adds (`version`, `hash`, `locator`, `__archiveUrl`).
 */
import type { Origin } from './component.ts';
import { fileOrigin, isGitSpec, type OriginReader, withoutCredentials } from './npm-origin.ts';

export interface Locator {
  readonly name: string;
  /** `npm:1.2.3`, `workspace:packages/a`, `patch:a@npm%3A1.2.3#…`. */
  readonly reference: string;
}

/** `null` for text that is no `name@reference`. */
export function parseLocator(text: string): Locator | null {
  const at = text.indexOf('@', 1);
  return at < 0 ? null : { name: text.slice(0, at), reference: text.slice(at + 1) };
}

/**
 * A range as people write it: without the `npm:` that Yarn 4 puts before it. An alias (`npm:name@range`) keeps it; a range or a
 * tag of npm has neither `@` nor `/`.
 */
export const plainRange = (range: string): string =>
  range.startsWith('npm:') && !/[@/]/.test(range) ? range.slice('npm:'.length) : range;

/** The folder of a workspace, `.` for the product's own; `null` for everything else. */
export const workspaceFolder = ({ reference }: Locator): string | null =>
  reference.startsWith('workspace:') ? reference.slice('workspace:'.length) : null;

/**
 * What a patch is applied to; `null` when the locator is none. The source stands encoded before the `#`. Yarn 2 and 3 leave its
 * `npm:` out in places.
 */
export function patchedLocator({ reference }: Locator): string | null {
  if (!reference.startsWith('patch:')) return null;
  const source = decoded(withoutParameters(reference).slice('patch:'.length).replace(/#.*$/s, ''));
  const locator = parseLocator(source);
  return locator === null || locator.reference.includes(':') ? source : `${locator.name}@npm:${locator.reference}`;
}

/** A locator's or descriptor's text without the parameters that Yarn adds. */
export function withoutParameters(text: string): string {
  const at = text.indexOf('::');
  return at < 0 ? text : text.slice(0, at);
}

/** Where the bytes come from. The registry is in Yarn's settings, so the lockfile names it only where a tarball lies elsewhere. */
export function originOfLocator({ name, reference }: Locator, version: string, originOf: OriginReader): Origin {
  const colon = reference.indexOf(':');
  const bare = withoutParameters(reference);
  const address = bare.replace(/#.*$/s, '');
  switch (reference.slice(0, colon + 1)) {
    case 'npm:':
      return originOf(archiveUrl(reference), name, version);
    case 'workspace:':
    case 'link:':
    case 'portal:':
      return { kind: 'link', location: address.slice(colon + 1) };
    case 'file:':
      return fileOrigin(address.slice(colon + 1));
    case 'exec:':
      // Written by a script of the product (Yarn docs, "Exec Protocol"): nobody's registry has it.
      return { kind: 'file', location: address };
  }
  const commit = /[#&]commit=([^&]*)/.exec(bare)?.[1];
  if (commit === undefined && !isGitSpec(address)) return originOf(address, name, version);
  return { kind: 'git', location: withoutCredentials(commit === undefined ? address : `${address}#${commit}`) };
}

function archiveUrl(reference: string): string | undefined {
  const url = /(?:::|&)__archiveUrl=([^&]*)/.exec(reference)?.[1];
  return url === undefined ? undefined : decoded(url);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
