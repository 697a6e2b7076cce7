/** `holdfast scan --format json`: the machine's view of a scan. Schema: docs/formats/scan.schema.json (`holdfast.scan/1`). */
import type { HoldfastError } from '../lib/errors.ts';
import type { Json } from '../lib/json.ts';
import { formatInstant } from '../lib/time.ts';
import type { Finding } from './finding.ts';
import type { ScanDatabase, ScanReport } from './scan-report.ts';

export function scanToJson({ database, inputs, findings, notes, errors }: ScanReport): Json {
  return {
    schema: 'holdfast.scan/1',
    database: databaseToJson(database),
    inputs: inputs.map(({ path, kind, components, digest }) => ({ path, kind, components, digest: digest() })),
    findings: findings.map(findingToJson),
    notes,
    errors: errors.map(errorToJson),
  };
}

export const databaseToJson = ({
  path,
  chosenBy,
  built,
  dataAsOf,
  advisories,
  sources,
  digest,
}: ScanDatabase): Json => ({
  path,
  chosenBy,
  built: formatInstant(built),
  dataAsOf: dataAsOf === null ? null : formatInstant(dataAsOf),
  advisories,
  sources,
  digest,
});

const findingToJson = (finding: Finding): Json => ({ ...finding });

export const errorToJson = ({ code, message, hint, at }: HoldfastError): Json => ({
  code,
  message,
  hint,
  path: at?.file ?? null,
  line: at?.line ?? null,
  column: at?.column ?? null,
});
