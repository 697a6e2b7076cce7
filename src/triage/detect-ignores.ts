/**
 * Which tool a file of ignores belongs to: by what stands in it; the name decides only where the content could be several.
 */
import { parseJson5 } from '../lib/located-json5.ts';
import { parseLocated } from '../lib/located-yaml.ts';
import { readAuditCi } from './propose-audit-ci.ts';
import { readDependencyCheck } from './propose-dependency-check.ts';
import { readGrype } from './propose-grype.ts';
import { readNsprc } from './propose-nsprc.ts';
import { readOpenvex } from './propose-openvex.ts';
import { readOsvScanner } from './propose-osv-scanner.ts';
import { readSnyk } from './propose-snyk.ts';
import { readTrivyText, readTrivyYaml } from './propose-trivy.ts';
import { entriesOf, isAdvisoryId, textAt, valueAt, type ImportReader } from './proposal.ts';

export type IgnoreFormat =
  | 'openvex'
  | 'snyk'
  | 'nsprc'
  | 'audit-ci'
  | 'osv-scanner'
  | 'trivyignore'
  | 'trivyignore-yaml'
  | 'grype'
  | 'dependency-check';

export const READERS: Readonly<Record<IgnoreFormat, ImportReader>> = {
  openvex: readOpenvex,
  snyk: readSnyk,
  nsprc: readNsprc,
  'audit-ci': readAuditCi,
  'osv-scanner': readOsvScanner,
  trivyignore: readTrivyText,
  'trivyignore-yaml': readTrivyYaml,
  grype: readGrype,
  'dependency-check': readDependencyCheck,
};

export const FORMAT_WORDS =
  'OpenVEX, .snyk, .nsprc, audit-ci, osv-scanner.toml, .trivyignore (also YAML), .grype.yaml, Dependency-Check suppressions';

/** `null`: none that is known. */
export function detectIgnores(path: string, text: string): IgnoreFormat | null {
  const name = (path.split(/[\\/]/).at(-1) ?? '').toLowerCase();
  const start = text.replace(/^\ufeff/, '').trimStart();
  if (start.startsWith('<')) return /<(?:\w+:)?suppressions[\s>/]/.test(start) ? 'dependency-check' : null;
  if (start.startsWith('{') || start.startsWith('//') || start.startsWith('/*')) return jsonFormat(name, start);
  if (/^\s*\[\[\s*(?:IgnoredVulns|PackageOverrides)\s*\]\]/m.test(text)) return 'osv-scanner';
  return yamlFormat(text) ?? nameFormat(name) ?? (isListOfIds(text) ? 'trivyignore' : null);
}

function jsonFormat(name: string, text: string): IgnoreFormat | null {
  const tree = parseJson5(text);
  if (!tree.ok) return nameFormat(name);
  const { value } = tree;
  if (/openvex/i.test(textAt(value, '@context') ?? '') || valueAt(value, 'statements')?.kind === 'list')
    return 'openvex';
  if (valueAt(value, 'allowlist')?.kind === 'list') return 'audit-ci';
  const keys = entriesOf(value).map(({ key }) => key);
  if (keys.some((key) => isAdvisoryId(key) || /^\d+$/.test(key))) return 'nsprc';
  return nameFormat(name);
}

function yamlFormat(text: string): IgnoreFormat | null {
  const tree = parseLocated(text);
  if (!tree.ok || tree.value.kind !== 'map') return null;
  const ignore = valueAt(tree.value, 'ignore');
  if (ignore?.kind === 'list') return 'grype';
  if (ignore?.kind === 'map') return 'snyk';
  if (['vulnerabilities', 'misconfigurations'].some((key) => valueAt(tree.value, key)?.kind === 'list'))
    return 'trivyignore-yaml';
  return null;
}

/** For a file that is damaged or empty: its reader says what is wrong with it. */
function nameFormat(name: string): IgnoreFormat | null {
  if (name === '.snyk') return 'snyk';
  if (name === '.nsprc') return 'nsprc';
  if (/^\.?audit-ci\.json[c5]?$/.test(name)) return 'audit-ci';
  if (name === 'osv-scanner.toml') return 'osv-scanner';
  if (name === '.trivyignore') return 'trivyignore';
  if (/^\.trivyignore\.ya?ml$/.test(name)) return 'trivyignore-yaml';
  if (/^\.?grype\.ya?ml$/.test(name)) return 'grype';
  return /(?:^|\.)(?:open)?vex\.json$/.test(name) ? 'openvex' : null;
}

const isListOfIds = (text: string): boolean => {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return lines.length > 0 && lines.every((line) => isAdvisoryId(line.split(/\s/, 1)[0] ?? ''));
};
