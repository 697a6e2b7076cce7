/** From the text of a report to its findings: recognises what tool wrote it, by content, and lets that tool's parser read it. */
import { parseJson } from '../inventory/json-text.ts';
import { lastName } from '../inventory/unreadable.ts';
import { HoldfastError } from '../lib/errors.ts';
import { isObject } from '../lib/json.ts';
import { parseXml } from '../lib/xml.ts';
import { readDependencyCheckJson, readDependencyCheckXml } from './import-dependency-check.ts';
import { readGrype } from './import-grype.ts';
import { isFailure, readNpmAudit } from './import-npm-audit.ts';
import { readOsvScanner } from './import-osv-scanner.ts';
import { readSarif } from './import-sarif.ts';
import { readSnyk } from './import-snyk.ts';
import { readTrivy } from './import-trivy.ts';
import type { ImportedReport } from './reported-finding.ts';
import { malformedReport, unsupportedReport } from './unreadable-report.ts';

type JsonRecord = Readonly<Record<string, unknown>>;

/** @throws IMPORT_MALFORMED, IMPORT_UNSUPPORTED */
export function readReport(path: string, text: string): ImportedReport {
  const head = text.slice(0, 1024).trimStart();
  if (head === '') throw malformedReport(path, `${lastName(path)} is empty`);
  if (head.startsWith('<')) return readXml(path, text);
  if (YARN_AUDIT.test(head)) {
    throw unsupportedReport(
      path,
      'the report of `yarn audit` is not read',
      'Scan yarn.lock itself, or let another tool write a report.',
    );
  }
  const document = documentOf(path, text);
  if (Array.isArray(document)) return readList(path, document);
  if (isObject(document)) return readObject(path, document);
  throw unsupportedReport(path, `${lastName(path)} is no report that Holdfast knows`);
}

/** Yarn 1 writes one JSON document a line. */
const YARN_AUDIT = /^\{"type":"(?:audit[A-Z]|info|activity|warning)/;

/** The reader of lockfiles and SBOMs finds the place of a mistake; its codes are about inventories. */
function documentOf(path: string, text: string): unknown {
  try {
    return parseJson(path, text);
  } catch (thrown) {
    if (!(thrown instanceof HoldfastError)) throw thrown;
    if (thrown.code === 'INVENTORY_MALFORMED') throw malformedReport(path, thrown.message, thrown.at);
    throw unsupportedReport(path, thrown.message, 'Let the tool write a report for each product.');
  }
}

function readXml(path: string, text: string): ImportedReport {
  const read = parseXml(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (!read.ok) throw malformedReport(path, `${lastName(path)} is not XML: ${read.error.message}`, read.error);
  if (read.value.name === 'analysis') return readDependencyCheckXml(path, read.value);
  throw unsupportedReport(path, `${lastName(path)} is XML, but no report of Dependency-Check`);
}

function readList(path: string, list: readonly unknown[]): ImportedReport {
  const projects = list.filter((entry) => isObject(entry)).filter(isSnyk);
  if (list.length > 0 && projects.length === list.length) return readSnyk(path, projects);
  if (list.some((entry) => isObject(entry) && typeof entry['Target'] === 'string')) {
    throw unsupportedReport(path, 'the report is of Trivy 0.19 or older', 'Scan with a current version of Trivy.');
  }
  throw unsupportedReport(path, `${lastName(path)} is a list, but not of Snyk's projects`);
}

/** Each tool by keys that only its reports have. The order matters nowhere but for the last. */
function readObject(path: string, document: JsonRecord): ImportedReport {
  if (Array.isArray(document['runs'])) return readSarif(path, document);
  if (isObject(document['scanInfo']) && document['dependencies'] !== undefined)
    return readDependencyCheckJson(path, document);
  if (typeof document['SchemaVersion'] === 'number') return readTrivy(path, document);
  if (document['matches'] !== undefined && isObject(document['descriptor'])) return readGrype(path, document);
  if (isNpmAudit(document)) return readNpmAudit(path, document);
  if (isSnyk(document)) return readSnyk(path, [document]);
  if (isOsvScanner(document)) return readOsvScanner(path, document);
  if (
    document['bomFormat'] !== undefined ||
    document['spdxVersion'] !== undefined ||
    document['lockfileVersion'] !== undefined
  ) {
    throw unsupportedReport(
      path,
      `${lastName(path)} is an inventory, not a report`,
      `Name it without --import: holdfast scan ${path}`,
    );
  }
  throw unsupportedReport(path, `${lastName(path)} is no report that Holdfast knows`);
}

const isNpmAudit = (document: JsonRecord): boolean =>
  document['auditReportVersion'] !== undefined || isObject(document['advisories']) || isFailure(document);

/** `error` beside `ok: false` is a project that Snyk could not test. */
const isSnyk = (entry: JsonRecord): boolean =>
  (Array.isArray(entry['vulnerabilities']) && SNYK_KEYS.some((key) => entry[key] !== undefined)) ||
  (entry['ok'] === false && entry['error'] !== undefined);
const SNYK_KEYS = ['ok', 'packageManager', 'projectName', 'dependencyCount', 'uniqueCount'];

/** `results` stands in many tools' reports (Semgrep's, npm's, …); OSV-Scanner's hold packages. */
function isOsvScanner(document: JsonRecord): boolean {
  const { results } = document;
  if (document['experimental_config'] !== undefined) return results !== undefined;
  if (results === null || (Array.isArray(results) && results.length === 0)) return Object.keys(document).length === 1;
  return Array.isArray(results) && results.every((result) => isObject(result) && Array.isArray(result['packages']));
}
