/**
 * Suppression files of OWASP Dependency-Check.
 *
 * Source: dependency-suppression.1.3.xsd of Dependency-Check and its documentation, "Suppressing False Positives": below `suppressions`
 * `suppress` elements with `until`, that name a file (filePath, sha1, gav, packageUrl; `regex="true"`) and what is suppressed there
 * (cpe, cve, vulnerabilityName, cwe, cvssBelow). A pattern of theirs is read, never run: it is carried over only where it spells one
 * package.
 */
import { formatPurl, parsePurl } from '../inventory/purl.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { childrenOf, parseXml, textIn, type XmlElement } from '../lib/xml.ts';
import {
  cited,
  expiresOf,
  isAdvisoryId,
  leftOut,
  MAX_IMPORTED,
  NOTHING,
  reasonOf,
  withoutReason,
  tooMany,
  type Imported,
  type ImportIssue,
  type Proposal,
} from './proposal.ts';

export function readDependencyCheck(text: string): Result<Imported, ImportIssue> {
  const parsed = parseXml(text);
  if (!parsed.ok) return parsed;
  const proposals: Proposal[] = [];
  const left: string[] = [];
  // Rules may stand in groups.
  const rules = [parsed.value, ...childrenOf(parsed.value, 'suppressionGroup')].flatMap((each) =>
    childrenOf(each, 'suppress'),
  );
  for (const rule of rules) {
    if (proposals.length + left.length > MAX_IMPORTED) return no(tooMany(rule.line));
    const ids = [...childrenOf(rule, 'cve'), ...childrenOf(rule, 'vulnerabilityName')].map((each) => each.text.trim());
    const usable = ids.filter(isAdvisoryId);
    const others = unspecific(rule, ids);
    const at = { line: rule.line, column: 1 };
    // Each is an advisory of its own: nothing says that they are aliases.
    for (const id of usable) proposals.push(proposalOf(rule, id, others));
    if (usable.length === 0)
      left.push(leftOut(at, others.join(', ') || 'a rule', 'names no vulnerability; decide on each that it hides'));
  }
  return ok({ proposals, left });
}

/** What a rule suppresses besides single vulnerabilities. */
const unspecific = (rule: XmlElement, ids: readonly string[]): readonly string[] => [
  ...['cpe', 'cwe', 'cvssBelow', 'cvssV2Below', 'cvssV3Below', 'cvssV4Below'].flatMap((kind) =>
    childrenOf(rule, kind).map((each) => `${kind} ${cited(each.text.trim())}`),
  ),
  ...ids.filter((id) => !isAdvisoryId(id)).map((id) => `the name ${cited(id)}`),
];

function proposalOf(rule: XmlElement, id: string, others: readonly string[]): Proposal {
  const reason = reasonOf(textIn(rule, 'notes'));
  const { expires, lost } = expiresOf(rule.attributes.get('until') ?? null);
  const purl = packageOf(rule);
  return {
    ...NOTHING,
    line: rule.line,
    ids: [id],
    package: purl,
    reason,
    expires,
    lost: [
      ...lost,
      ...withoutReason(reason),
      ...others,
      ...['filePath', 'sha1', 'gav', 'packageUrl']
        .filter((kind) => !(purl !== null && (kind === 'packageUrl' || kind === 'gav')))
        .flatMap((kind) => childrenOf(rule, kind).map((each) => `${kind} ${cited(each.text.trim())}`)),
    ],
  };
}

function packageOf(rule: XmlElement): string | null {
  const [url] = childrenOf(rule, 'packageUrl');
  if (url !== undefined) {
    const purl = parsePurl(spelled(url) ?? '');
    return purl === null ? null : formatPurl({ ...purl, qualifiers: new Map(), subpath: '' });
  }
  const [gav] = childrenOf(rule, 'gav');
  const [group, artifact, version = '', ...more] = (gav === undefined ? '' : (spelled(gav) ?? '')).split(':');
  if (group === undefined || artifact === undefined || artifact === '' || more.length > 0) return null;
  return formatPurl({
    type: 'maven',
    namespace: group,
    name: artifact,
    version,
    qualifiers: new Map(),
    subpath: '',
  });
}

/** The one text that a pattern spells, with any version left out; `null` for a pattern that means several. */
function spelled(element: XmlElement): string | null {
  const text = element.text.trim();
  if (element.attributes.get('regex') !== 'true') return text;
  const bare = text
    .replace(/^\^/, '')
    .replace(/\$$/, '')
    .replace(/[@:](?:\.\*|\[\^:\]\*|\.\+)$/, '')
    .replace(/\\([.\-/:@+])/g, '$1\0');
  // A dot without a backslash means any character; in practice it stands for itself, which cannot be known.
  const loose = bare.replace(/[^\0]\0/g, '');
  if (/[\\*+?()[\]{}|^$]/.test(loose) || /\.(?!\0)/.test(bare)) return null;
  return bare.replaceAll('\0', '');
}
