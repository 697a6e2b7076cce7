/**
 * `.trivyignore` and `.trivyignore.yaml`.
 *
 * Source: Trivy documentation, "Filtering", sections "By Finding IDs" (.trivyignore, .trivyignore.yaml): in the text form an id for each
 * line with `exp:YYYY-MM-DD` behind it; in YAML lists for each kind of finding with id, paths, purls, expired_at, statement.
 */
import { parsePurl } from '../inventory/purl.ts';
import type { Located } from '../lib/located-yaml.ts';
import { no, ok, type Result } from '../lib/result.ts';
import {
  cited,
  dayAt,
  entriesOf,
  expiresOf,
  isAdvisoryId,
  itemsOf,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  textAt,
  textOf,
  valueAt,
  withoutReason,
  tooMany,
  yamlTree,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readTrivyText(text: string): Result<Imported, ImportIssue> {
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.split(/\s#|^#/, 1)[0]?.trim() ?? '';
    if (line === '') continue;
    if (proposals.length + left.length >= MAX_IMPORTED) return no(tooMany(index + 1));
    const at = { line: index + 1, column: 1 };
    const [id = '', ...rest] = line.split(/\s+/);
    if (!isAdvisoryId(id) || isOtherCheck(id)) {
      left.push(leftOut(at, id, 'names no vulnerability'));
      continue;
    }
    const until = rest.find((word) => word.startsWith('exp:'))?.slice(4) ?? null;
    const others = rest.filter((word) => !word.startsWith('exp:'));
    const { expires, lost } = expiresOf(until);
    proposals.push({
      ...NOTHING,
      line: at.line,
      ids: [id],
      expires,
      lost: [...lost, ...withoutReason(null), ...others.map((word) => `${cited(word)}`)],
    });
  }
  return ok({ proposals, left });
}

export function readTrivyYaml(text: string): Result<Imported, ImportIssue> {
  const tree = yamlTree(text);
  if (!tree.ok) return tree;
  const proposals: Proposal[] = [];
  const left: string[] = [];
  for (const { key, keyAt, value } of entriesOf(tree.value)) {
    if (key !== 'vulnerabilities') {
      left.push(leftOut(keyAt, key, 'is about something other than vulnerabilities'));
      continue;
    }
    for (const item of itemsOf(value)) {
      if (proposals.length + left.length >= MAX_IMPORTED) return no(tooMany(item.at.line));
      const id = textAt(item, 'id') ?? '';
      if (isAdvisoryId(id)) proposals.push(...proposalsOf(item, id));
      else left.push(leftOut(item.at, id, 'names no vulnerability'));
    }
  }
  return ok({ proposals, left });
}

/** One for each package URL: a decision speaks of one package. */
function proposalsOf(item: Located, id: string): readonly Proposal[] {
  const purls = itemsOf(valueAt(item, 'purls')).flatMap((each) => textOf(each) ?? []);
  const paths = itemsOf(valueAt(item, 'paths')).flatMap((each) => textOf(each) ?? []);
  const { expires, lost } = expiresOf(dayAt(item, 'expired_at'));
  const reason = reasonOf(textAt(item, 'statement'));
  const one: Proposal = {
    ...NOTHING,
    line: item.at.line,
    ids: [id],
    reason,
    expires,
    lost: [
      ...lost,
      ...withoutReason(reason),
      // They name files inside of an image or a tree, a decision names inputs.
      ...paths.map((path) => `the path ${cited(path)}`),
      ...purls.filter((purl) => parsePurl(purl) === null).map((purl) => `${cited(purl)}, which is no package URL`),
    ],
  };
  const packages = purls.filter((purl) => parsePurl(purl) !== null);
  return packages.length === 0 ? [one] : packages.map((purl) => ({ ...one, package: purl }));
}

/** Ids of Trivy's other scanners: misconfigurations (AVD-, KSV-, DS…). */
const isOtherCheck = (id: string): boolean => /^(?:AVD|KSV|KCV|DS|AWS|AZU|GCP)-/i.test(id);
