/** Writes a CycloneDX document that stands in JSON as XML: the fields that an inventory is made of, and nothing else. */
export interface CyclonedxComponent {
  readonly type?: string;
  readonly 'bom-ref'?: string;
  readonly group?: string;
  readonly name: string;
  readonly version?: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly components?: readonly CyclonedxComponent[];
}

export interface CyclonedxJson {
  readonly specVersion: string;
  readonly metadata?: { readonly component?: CyclonedxComponent };
  readonly components?: readonly CyclonedxComponent[];
  readonly dependencies?: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

export function cyclonedxAsXml({ specVersion, metadata, components, dependencies }: CyclonedxJson): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>'];
  lines.push(`<bom xmlns="http://cyclonedx.org/schema/bom/${specVersion}" version="1">`);
  if (metadata?.component !== undefined) {
    lines.push('<metadata>', ...componentLines(metadata.component), '</metadata>');
  }
  lines.push(...listLines(components));
  if (dependencies !== undefined) {
    lines.push('<dependencies>');
    for (const { ref, dependsOn = [] } of dependencies) {
      lines.push(`<dependency ref="${escaped(ref)}">`);
      for (const needed of dependsOn) lines.push(`  <dependency ref="${escaped(needed)}"/>`);
      lines.push('</dependency>');
    }
    lines.push('</dependencies>');
  }
  return `${[...lines, '</bom>'].join('\n')}\n`;
}

const listLines = (components: readonly CyclonedxComponent[] | undefined): string[] =>
  components === undefined ? [] : ['<components>', ...components.flatMap(componentLines), '</components>'];

function componentLines(component: CyclonedxComponent): string[] {
  const ref = component['bom-ref'];
  const lines = [
    `<component type="${component.type ?? 'library'}"${ref === undefined ? '' : ` bom-ref="${escaped(ref)}"`}>`,
  ];
  for (const key of ['group', 'name', 'version', 'scope'] as const) lines.push(...leaf(key, component[key]));
  if (component.hashes !== undefined) {
    const hashes = component.hashes.map(
      ({ alg, content }) => `  <hash alg="${escaped(alg)}">${escaped(content)}</hash>`,
    );
    lines.push('<hashes>', ...hashes, '</hashes>');
  }
  lines.push(...leaf('purl', component.purl));
  if (component.properties !== undefined) {
    const all = component.properties.map(
      ({ name, value }) => `  <property name="${escaped(name)}">${escaped(value)}</property>`,
    );
    lines.push('<properties>', ...all, '</properties>');
  }
  return [...lines, ...listLines(component.components), '</component>'];
}

const leaf = (name: string, text: string | undefined): string[] =>
  text === undefined ? [] : [`  <${name}>${escaped(text)}</${name}>`];

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
