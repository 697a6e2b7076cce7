/** `POST /api/v1/reports`: where `holdfast check --report-to` sends what it measured. */
import { jsonAnswer, problemAnswer } from '../platform/http-answer.ts';
import { tokenRoute, type Route } from '../web/route.ts';
import { takeReport } from './report.actions.ts';
import { MOST_REPORT_BYTES, readReport, type ReportFault } from './report.ts';
import type { PolicyWorld } from './world.actions.ts';

export const REPORTS_PATH = '/api/v1/reports';

/** @param onJobs There is a job now, for a worker of this process. */
export const reportRoutes = (world: PolicyWorld, onJobs: () => void): readonly Route[] => [
  tokenRoute(
    'policy.report',
    'POST',
    REPORTS_PATH,
    async (c, { viewer, now }) => {
      if (!/^application\/json(?:\s*;|$)/i.test(c.req.header('content-type') ?? ''))
        return problemAnswer({
          status: 415,
          code: 'REPORT_TYPE',
          title: 'A report is sent as application/json',
          hint: 'Send it with `holdfast check --report-to`.',
        });
      const read = readReport(new Uint8Array(await c.req.arrayBuffer()));
      if (!read.ok) return refused(400, 'What was sent is no report of holdfast check', read.error);
      const taken = await takeReport(world, read.value, { actor: viewer.token, via: 'token' }, now);
      if (!taken.ok) return refused(422, 'This service does not understand the report', taken.error);
      onJobs();
      return jsonAnswer(taken.value.answer, { status: taken.value.isNew ? 201 : 200 });
    },
    { maxBytes: MOST_REPORT_BYTES },
  ),
];

const refused = (status: 400 | 422, title: string, errors: readonly ReportFault[]) =>
  problemAnswer({
    status,
    code: 'REPORT_REFUSED',
    title,
    hint: 'Nothing was stored. Use the version of Holdfast that the service has, and the document that it has.',
    errors,
  });
