/**
 * `ignore` rules of `.grype.yaml`.
 *
 * Source: Grype, README, "Specifying matches to ignore": each rule has vulnerability, namespace, fix-state, reason, vex-status,
 * vex-justification and package (name, version, type, language, location, upstream-name); all of a rule must apply.
 */
import { npmPurl } from '../inventory/purl.ts';
import type { Located } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { VEX_JUSTIFICATIONS } from './decision.ts';
import {
  cited,
  entriesOf,
  expiresOf,
  isAdvisoryId,
  itemsOf,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  textAt,
  valueAt,
  withoutReason,
  tooMany,
  yamlTree,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readGrype(text: string): Result<Imported, ImportIssue> {
  const tree = yamlTree(text);
  if (!tree.ok) return tree;
  const rules = itemsOf(valueAt(tree.value, 'ignore'));
  if (rules.length > MAX_IMPORTED) return no(tooMany(null));
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const rule of rules) {
    const id = textAt(rule, 'vulnerability') ?? '';
    if (isAdvisoryId(id)) proposals.push(proposalOf(rule, id));
    else {
      const what = entriesOf(rule)
        .map(({ key }) => key)
        .join(', ');
      left.push(
        leftOut(rule.at, id === '' ? what : id, 'ignores more than one vulnerability by a rule; decide on each'),
      );
    }
  }
  return ok({ proposals, left });
}

/** What narrows a rule and has no counterpart in a decision. */
const CONDITIONS = ['namespace', 'fix-state', 'match-type', 'include-aliases'] as const;

function proposalOf(rule: Located, id: string): Proposal {
  const scope = valueAt(rule, 'package');
  const name = textAt(scope, 'name');
  const version = textAt(scope, 'version') ?? '';
  const type = textAt(scope, 'type') ?? '';
  const purl = name !== null && type === 'npm' && !/[*?[\\^$]/.test(name) ? npmPurl(name, version) || null : null;
  const reason = reasonOf(textAt(rule, 'reason'));
  const status = textAt(rule, 'vex-status');
  const conditions = [
    ...CONDITIONS.flatMap((key) => named(rule, key)),
    ...['location', 'language', 'upstream-name'].flatMap((key) => named(scope, key)),
    ...(name !== null && purl === null
      ? [
          `the package ${cited([type, name, version].filter((part) => part !== '').join(' '))}, which gives no package URL`,
        ]
      : []),
  ];
  return {
    ...NOTHING,
    line: rule.at.line,
    ids: [id],
    package: purl,
    decision: status === 'not_affected' ? 'not_affected' : null,
    justification:
      status === 'not_affected'
        ? (VEX_JUSTIFICATIONS.find((each) => each === textAt(rule, 'vex-justification')) ?? null)
        : null,
    reason,
    lost: [...expiresOf(null).lost, ...withoutReason(reason), ...conditions],
  };
}

function named(node: Located | undefined, key: string): readonly string[] {
  const found = valueAt(node, key);
  return found?.kind === 'scalar' && found.value !== null ? [`${key} ${cited(String(found.value))}`] : [];
}
