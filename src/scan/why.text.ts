/** What `holdfast why` says to people. */
import type { Paint } from '../lib/paint.ts';
import { count, printable } from '../lib/text.ts';
import { openWords, type AppliedDecision } from '../triage/decision.ts';
import type { WhyAnswer, WhyFix, WhyPlace } from './why-answer.ts';

/** Ends with a newline. */
export function whyText(asked: string, { inputs, places }: WhyAnswer, paint: Paint): string {
  if (places.length === 0) {
    const where = inputs.length === 0 ? 'no input could be read' : `it is not in ${inputs.map(printable).join(', ')}`;
    return `${printable(asked)}: ${where}.\nNext: holdfast scan\n`;
  }
  return `${places.map((place) => placeText(place, paint)).join('\n\n')}\n`;
}

function placeText(place: WhyPlace, paint: Paint): string {
  const lines = [
    `${paint('bold', printable(place.component))}  ${place.scope}, ${printable(place.location)} in ${printable(place.input)}`,
    ...place.findings.flatMap(({ id, severity, fixed, decision }) => [
      `  ${id}  ${severity}, ${fixed[0] === undefined ? 'no fix known' : `fixed in ${printable(fixed[0])}`}`,
      ...decisionLines(decision),
    ]),
    ...pathLines(place),
  ];
  if (place.findings.length === 0) lines.push('No known vulnerability in this version.');
  if (place.fix !== null) lines.push(...fixLines(place, place.fix));
  const staying = place.findings.filter(({ fixed }) => fixed.length === 0).map(({ id }) => id);
  if (staying.length > 0 && staying.length < place.findings.length)
    lines.push(`No fix is known for ${staying.join(', ')}; decide on it.`);
  return lines.join('\n');
}

function decisionLines(decision: AppliedDecision | null): readonly string[] {
  if (decision === null) return [];
  const { open, reason, place } = decision;
  return [
    `    ${open === null ? 'closed' : 'open'}: ${printable(openWords(decision))} (${printable(place)})`,
    `    ${printable(reason)}`,
  ];
}

function pathLines({ kind, edges, paths, morePaths }: WhyPlace): readonly string[] {
  if (!edges) return ['This input records no dependencies between components, so nothing can be said about paths.'];
  if (paths.length === 0 && kind === 'maven-pom') return [MANAGED];
  if (paths.length === 0) return ['Nothing that the product asks for leads here.'];
  const lines = paths.map((path) => `  ${['your product', ...path.map(printable)].join(' → ')}`);
  return morePaths > 0 ? [...lines, `  and ${count(morePaths, 'more path')} of the same length`] : lines;
}

const MANAGED =
  'It is managed, not asked for here: this is the version that counts if something that is asked for brings it along.';

function fixLines(place: WhyPlace, { kind, version, who }: WhyFix): readonly string[] {
  const name = printable(place.component.slice(0, place.component.lastIndexOf('@')));
  const target = printable(version ?? '');
  if (place.kind === 'maven-pom') return mavenFixLines(place, name, version);
  switch (kind) {
    case 'update':
      return [`${target} ends it, and everyone who asks for ${name} accepts that version.`, `Next: npm update ${name}`];
    case 'upgrade':
      return [
        `${target} is the smallest version that ends it; asked for by ${who.map(printable).join(', ')}.`,
        `Next: npm install ${name}@${target}`,
      ];
    case 'not-shown':
      return [
        `${target} would end it, but does not fit what is asked for by ${who.map(printable).join(', ')}.`,
        'The lockfile does not show which later version of them would accept it. Next: look for newer versions of them, or override:',
        `  "overrides": { "${name}": "${target}" } in package.json`,
      ];
    case 'no-fix':
      return ['No version is known to end this.', 'Next: decide on it, or replace the component.'];
    case 'orphan':
      return ['Nothing asks for it.', 'Next: npm prune'];
  }
}

/** In a POM the version stands where it is asked for or managed, and nobody else has a say in it. */
function mavenFixLines({ findings, location }: WhyPlace, name: string, version: string | null): readonly string[] {
  if (version !== null) return [`Next: set ${name} to ${printable(version)} at ${printable(location)}`];
  const fixed = findings.flatMap((finding) => finding.fixed.slice(0, 1));
  if (fixed.length === 0) return ['No version is known to end this.', 'Next: decide on it, or replace the component.'];
  return [
    `Next: set ${name} to the highest of ${[...new Set(fixed)].map(printable).join(', ')} at ${printable(location)}`,
  ];
}
