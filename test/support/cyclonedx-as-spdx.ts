/** Writes a CycloneDX document without nested components as SPDX 2.3: the fields that an inventory is made of. */
import type { CyclonedxComponent, CyclonedxJson } from './cyclonedx-as-xml.ts';

export function cyclonedxAsSpdx({ metadata, components = [], dependencies = [] }: CyclonedxJson): object {
  const product = metadata?.component;
  const idOf = (ref: string): string => `SPDXRef-${ref}`;
  return {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    packages: [...(product === undefined ? [] : [product]), ...components].map((component) => packageOf(component)),
    relationships: [
      ...(product?.['bom-ref'] === undefined
        ? []
        : [related('SPDXRef-DOCUMENT', 'DESCRIBES', idOf(product['bom-ref']))]),
      // Both spellings of the same, in turn.
      ...dependencies.flatMap(({ ref, dependsOn = [] }) =>
        dependsOn.map((needed, index) =>
          index % 2 === 0
            ? related(idOf(ref), 'DEPENDS_ON', idOf(needed))
            : related(idOf(needed), 'DEPENDENCY_OF', idOf(ref)),
        ),
      ),
    ],
  };
}

const related = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object => ({
  spdxElementId,
  relationshipType,
  relatedSpdxElement,
});

const packageOf = ({ name, version, purl, hashes, ...rest }: CyclonedxComponent): object => ({
  SPDXID: `SPDXRef-${rest['bom-ref']}`,
  name,
  versionInfo: version,
  downloadLocation: 'NOASSERTION',
  checksums: hashes?.map(({ alg, content }) => ({ algorithm: alg.replace('SHA-', 'SHA'), checksumValue: content })),
  externalRefs: [
    { referenceCategory: 'OTHER', referenceType: 'x', referenceLocator: 'y' },
    { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl },
  ],
});
