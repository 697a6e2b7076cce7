/** `holdfast check --report-to`: an evaluation becomes a report of its checkout, and goes to the service. */
import { utf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import { HoldfastError } from '../lib/errors.ts';
import { checkoutOf } from '../release/checkout.actions.ts';
import type { HttpSettings } from '../platform/http.ts';
import { pathHider } from '../publish/public-evidence.ts';
import type { Evaluation } from './evaluate.ts';
import { MOST_REPORT_BYTES, reportOn, reportToJson, type ReportOrigin } from './report.ts';
import { readToken, reportAddress, sendReport } from './report.client.ts';
import type { ReportedAnswer } from './report-answer.ts';

export interface ReportTarget {
  readonly url: URL;
  readonly token: string;
}

/** Before anything is measured. @throws USAGE */
export const reportTarget = (
  to: string,
  { env, cwd, tokenFile }: { readonly env: HttpSettings['env']; readonly cwd: string; readonly tokenFile?: string },
): ReportTarget => ({ url: reportAddress(to), token: readToken(env, cwd, tokenFile) });

/** What a report says about where it was measured. A Git that cannot be asked is no reason to report nothing. */
export async function originOf(
  root: string,
  env: HttpSettings['env'],
): Promise<Pick<ReportOrigin, 'checkout' | 'hide'>> {
  try {
    return { checkout: await checkoutOf(root, env), hide: pathHider(root) };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    return { checkout: null, hide: pathHider(root) };
  }
}

/** @throws REPORT_REFUSED, REPORT_UNDELIVERED */
export async function deliverReport(
  evaluation: Evaluation,
  about: Pick<ReportOrigin, 'version' | 'product'>,
  { url, token }: ReportTarget,
  settings: HttpSettings,
): Promise<ReportedAnswer> {
  const report = reportOn(evaluation, { ...about, ...(await originOf(evaluation.root, settings.env)) });
  const canonical = canonicalJson(reportToJson(report));
  const body = utf8(canonical);
  if (body.length > MOST_REPORT_BYTES)
    throw new HoldfastError('REPORT_UNDELIVERED', `the report has ${body.length} bytes, at most ${MOST_REPORT_BYTES}`, {
      hint: 'Nothing was sent, and the verdicts above hold. Report products one by one, with --product ID and a policy of each.',
    });
  return sendReport({ url, token, body, digest: sha256(canonical) }, settings);
}
