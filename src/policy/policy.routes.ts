/** `/statements` and `/statements/:id`: the policy for the staff. What everybody sees is ../publish/public.routes.ts. */
import type { Context } from 'hono';
import { jsonAnswer, pageAnswer, problemAnswer } from '../platform/http-answer.ts';
import { staffRoute, type PersonViewer, type Route, type Scene } from '../web/route.ts';
import type { Shell } from '../web/shell.ts';
import type { StatementReport } from './evaluate.ts';
import { newestReports } from './report.actions.ts';
import { factsOf, factsToJson } from './reported-facts.ts';
import type { Standing, StandingReader } from './standing.actions.ts';
import { readStatementQuery } from './statement-list.ts';
import { missingPage, statementPage, type ShownControl } from './statement.page.tsx';
import { statementsPage } from './statements.page.tsx';
import type { PolicyWorld } from './world.actions.ts';

export interface PolicyPages {
  readonly world: PolicyWorld;
  readonly reader: StandingReader;
  readonly shell: Shell;
}

export const policyRoutes = (pages: PolicyPages): readonly Route[] => [
  staffRoute('policy.read', 'GET', '/statements', async (c, { viewer, now }) => {
    const { reader, shell } = pages;
    const standing = await reader.latest();
    const year = standing === null ? null : await reader.year(standing, now);
    const query = readStatementQuery(new Map(Object.entries(c.req.query())));
    const obstacle = await reader.obstacle();
    return pageAnswer(statementsPage({ standing, obstacle, year, query, shell, viewer, now }));
  }),
  staffRoute('policy.read', 'GET', '/statements/:id', (c, scene) => statementAnswer(c, scene, pages)),
  staffRoute('policy.read', 'GET', '/statements/:id/facts.json', async (c) => {
    const found = await findStatement(c, pages);
    const label = c.req.query('note') ?? '';
    const control =
      found === null ? undefined : (await controlsOf(found, pages)).find(({ report }) => report.label === label);
    if (found !== null && control !== undefined)
      return jsonAnswer(factsToJson(found.statement.id, control.report.id, control.facts));
    return problemAnswer({
      status: 404,
      code: 'NOT_FOUND',
      title: 'No such statement has such a note',
      hint: 'Open the statement from /statements.',
    });
  }),
];

interface Found {
  readonly standing: Standing;
  readonly statement: StatementReport;
  readonly at: number;
}

async function statementAnswer(c: Context, { viewer, now }: Scene<PersonViewer>, pages: PolicyPages) {
  const { reader, shell } = pages;
  const found = await findStatement(c, pages);
  if (found === null) return pageAnswer(missingPage({ shell, viewer, now }), { status: 404 });
  const { standing, statement } = found;
  const controls = await controlsOf(found, pages);
  const { strips } = await reader.year(standing, now);
  const history = strips.get(statement.id) ?? null;
  const obstacle = await reader.obstacle();
  return pageAnswer(statementPage({ standing, obstacle, statement, controls, history, shell, viewer, now }));
}

async function findStatement(c: Context, { reader }: PolicyPages): Promise<Found | null> {
  const standing = await reader.latest();
  const id = c.req.param('id') ?? '';
  const at = standing?.report.statements.findIndex((statement) => statement.id === id) ?? -1;
  const statement = standing?.report.statements[at];
  return standing === null || statement === undefined ? null : { standing, statement, at };
}

/** Each control of a statement, with what was reported for it. */
async function controlsOf(
  { standing, statement, at }: Found,
  { world }: PolicyPages,
): Promise<readonly ShownControl[]> {
  const bindings = standing.document.statements[at]?.bindings ?? [];
  const newest = bindings.some(({ bound }) => bound?.where === 'repo') ? await newestReports(world.log.db) : [];
  return statement.controls.map((report, index) => {
    const binding = bindings[index];
    const bound = binding?.bound ?? null;
    return {
      report,
      explanation: binding?.explanation ?? '',
      where: bound?.where ?? 'unbuilt',
      facts: bound === null ? [] : factsOf(bound, newest),
    };
  });
}
