/** The three ways in which a report of another tool is not taken, or not taken whole. */
import { lastName } from '../inventory/unreadable.ts';
import { HoldfastError } from '../lib/errors.ts';

const WRITE_ANEW = 'Let the tool write the report again.';

/** @param at Line and column from 1, where the damage has a place. */
export const malformedReport = (
  path: string,
  message: string,
  at: { readonly line: number | null; readonly column: number | null } | null = null,
): HoldfastError =>
  new HoldfastError('IMPORT_MALFORMED', message, {
    hint: WRITE_ANEW,
    at: { file: path, line: at?.line ?? null, column: at?.column ?? null },
  });

export const unsupportedReport = (path: string, message: string, hint = REPORTS_READ): HoldfastError =>
  new HoldfastError('IMPORT_UNSUPPORTED', message, { hint, at: { file: path, line: null, column: null } });

const REPORTS_READ =
  'Holdfast reads reports of npm audit, OWASP Dependency-Check (JSON, XML), OSV-Scanner, Trivy, Grype and Snyk (JSON each), and SARIF 2.1.0.';

/** The report says itself that something was not looked at. */
export const incompleteReport = (path: string, failure: string): HoldfastError =>
  new HoldfastError('IMPORT_INCOMPLETE', `${lastName(path)}: ${failure}`, {
    hint: 'Run the tool again, and look at what it says while it runs.',
    at: { file: path, line: null, column: null },
  });
