/** Answers `holdfast why`: finds the places of a component in the inputs, its findings, its paths and its fix. */
import { orderOf } from '../advisory/version.ts';
import type { Component, ComponentIndex, Graph, Inventory } from '../inventory/component.ts';
import { reachFrom, shortestPaths, type Reached } from '../inventory/paths.ts';
import { explainer, type AskWhy } from '../inventory/why.ts';
import type { Finding } from './finding.ts';
import { scanInventories, type ScanRequest } from './scan.actions.ts';
import type { WhyAnswer, WhyFix, WhyPlace } from './why-answer.ts';
import type { Target } from './why-target.ts';

export async function explainTarget(target: Target, request: ScanRequest): Promise<WhyAnswer> {
  const { decisions } = request;
  const { report, inventories } = await scanInventories({
    ...request,
    decisions: decisions && { ...decisions, proofsOf: (finding) => isAskedFor(finding, [finding], target) },
  });
  const findings = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const key = `${finding.ecosystem}\0${finding.name}\0${finding.version}`;
    findings.set(key, [...(findings.get(key) ?? []), finding]);
  }
  const places = inventories.flatMap((inventory) => placesIn(inventory, target, findings));
  return { inputs: inventories.map(({ path }) => path), places, errors: report.errors };
}

function placesIn(
  inventory: Inventory,
  target: Target,
  findings: ReadonlyMap<string, readonly Finding[]>,
): readonly WhyPlace[] {
  const graph = inventory.graph();
  const ask = graph === null ? null : explainer(inventory.components, graph);
  const reached = graph === null ? null : reachFrom(graph);
  return inventory.components.flatMap((component, index) => {
    const known = findings.get(`${component.ecosystem}\0${component.name}\0${component.version}`) ?? [];
    if (!isAskedFor(component, known, target)) return [];
    return [
      placeOf({
        inventory,
        component,
        index,
        known,
        search: graph === null || reached === null || ask === null ? null : { graph, reached, ask },
      }),
    ];
  });
}

function isAskedFor(
  component: Pick<Component, 'name' | 'version'>,
  known: readonly Finding[],
  target: Target,
): boolean {
  if (target.type === 'advisory')
    return known.some(({ id, aliases }) => id === target.id || aliases.includes(target.id));
  return component.name === target.name && (target.version === null || component.version === target.version);
}

interface Question {
  readonly inventory: Inventory;
  readonly component: Component;
  readonly index: ComponentIndex;
  readonly known: readonly Finding[];
  readonly search: { readonly graph: Graph; readonly reached: Reached; readonly ask: AskWhy } | null;
}

function placeOf({ inventory, component, index, known, search }: Question): WhyPlace {
  const found = search === null ? undefined : shortestPaths(search.graph, [index], undefined, search.reached)[0];
  const label = (at: ComponentIndex): string => labelOf(inventory.components[at]);
  return {
    input: inventory.path,
    kind: inventory.kind,
    component: labelOf(component),
    location: component.location,
    scope: component.scope,
    findings: known.map(({ id, severity, fixed, decision }) => ({ id, severity, fixed, decision })),
    paths: (found?.paths ?? []).map((path) => path.map(label)),
    morePaths: found?.more ?? 0,
    edges: search !== null,
    fix:
      search === null || known.length === 0 ? null : fixOf(search.ask, { inventory, component, index, known, search }),
  };
}

const labelOf = (component: Component | undefined): string =>
  component === undefined ? '' : `${component.name}@${component.version}`;

/** A version ends the findings that have a fix only when it stands at or above a fix of each of them. */
function fixOf(ask: AskWhy, { inventory, component, index, known }: Question): WhyFix {
  const order = orderOf(component.ecosystem);
  const nothing: WhyFix = { kind: 'no-fix', version: null, who: [] };
  const fixable = known.filter(({ fixed }) => fixed.length > 0);
  if (order === null || fixable.length === 0) return nothing;
  const offered = [...new Set(fixable.flatMap(({ fixed }) => fixed))].sort(order.compare);
  const enough = offered.filter((version) =>
    fixable.every(({ fixed }) => fixed.some((fix) => order.compare(fix, version) <= 0)),
  );
  const { fix } = ask(index, enough, order.compare);
  const asker = (from: ComponentIndex | null): string =>
    from === null
      ? inventory.kind === 'maven-pom'
        ? 'your POM'
        : 'your package.json'
      : labelOf(inventory.components[from]);
  switch (fix.kind) {
    case 'update':
      return { kind: fix.kind, version: fix.version, who: [] };
    case 'upgrade':
      return { kind: fix.kind, version: fix.version, who: fix.manifests.map(asker) };
    case 'not-shown':
      return {
        kind: fix.kind,
        version: fix.version,
        who: fix.blockers.map(({ from, range, because }) => `${asker(from)} (${range ?? because})`),
      };
    case 'no-fix':
    case 'orphan':
      return { ...nothing, kind: fix.kind };
  }
}
