/**
 * How the scanned product is named in documents for others. An SBOM and a VEX document of the same scan must name it
 * alike, or no consumer can bring them together.
 */
import type { Inventory } from '../inventory/component.ts';
import { formatPurl, npmPurl } from '../inventory/purl.ts';
import { lastName } from '../inventory/unreadable.ts';

export interface ProductIdentity {
  /** Never empty. */
  readonly name: string;
  /** Empty where the input gives none. */
  readonly version: string;
  readonly purl: string;
}

/**
 * @param folder Name of the folder that was scanned, for inputs that neither name their product nor lie in a named folder.
 */
export function productOf({ path, kind, product }: Inventory, folder: string): ProductIdentity {
  const { name, version } = product;
  if (name === '') return folderProduct(folderOf(path) ?? folder);
  if (product.purl !== undefined && product.purl !== '') return { name, version, purl: product.purl };
  switch (kind) {
    case 'package-lock-v1':
    case 'package-lock-v2':
    case 'package-lock-v3':
    case 'npm-shrinkwrap':
    case 'yarn-classic':
    case 'yarn-berry':
    case 'pnpm-lock':
    case 'bun-lock':
      return { name, version, purl: npmPurl(name, version) || genericPurl(name, version) };
    case 'maven-pom':
    case 'gradle-lockfile': {
      const colon = name.indexOf(':');
      if (colon <= 0 || colon === name.length - 1) return { name, version, purl: genericPurl(name, version) };
      const [namespace, artifact] = [name.slice(0, colon), name.slice(colon + 1)];
      return { name, version, purl: purlOf('maven', namespace, artifact, version) };
    }
    case 'cyclonedx-json':
    case 'cyclonedx-xml':
    case 'spdx-json':
      return { name, version, purl: genericPurl(name, version) };
  }
}

/** The product when only its folder is known. */
export const folderProduct = (folder: string): ProductIdentity => {
  const name = folder === '' ? 'product' : folder;
  return { name, version: '', purl: genericPurl(name, '') };
};

/** Source: purl type definitions, "generic": for what belongs to no package registry. */
export const genericPurl = (name: string, version: string): string => purlOf('generic', '', name, version);

const purlOf = (type: string, namespace: string, name: string, version: string): string =>
  formatPurl({ type, namespace, name, version, qualifiers: new Map(), subpath: '' });

/** `web` of `apps/web/package-lock.json`; `null` for a path without a folder that has a name. */
function folderOf(path: string): string | null {
  const file = lastName(path);
  const folder = lastName(path.slice(0, Math.max(0, path.length - file.length - 1)));
  return folder === '' || folder === '.' || folder === '..' ? null : folder;
}
