/**
 * What a policy says to the public: each statement with its verdict, and of each control what may be shown. Pure.
 *
 * The page (policy.page.tsx) and the file for machines (policy-json.ts) show the same thing, which is made here once.
 */
import type { JsonObject } from '../lib/json.ts';
import { printable } from '../lib/text.ts';
import type { Instant } from '../lib/time.ts';
import type { Block } from '../policy/document.ts';
import type { ControlReport, Counts, Evaluation, StatementReport, StatementVerdict } from '../policy/evaluate.ts';
import type { Statement } from '../policy/statement.ts';
import type { StripHistory } from '../web/strip-history.ts';
import { publicContact } from './contact.ts';
import { pathHider, publicEvidence } from './public-evidence.ts';

export interface PublishedControl {
  readonly id: string;
  readonly verdict: StatementVerdict;
  /** The control's own sentence; `null` where there is no such control yet. */
  readonly summary: string | null;
  /** The footnote's words; may be empty. */
  readonly explanation: string;
  readonly measuredAt: Instant | null;
  readonly evidence: JsonObject;
  readonly withheld: readonly string[];
}

export interface PublishedStatement {
  readonly id: string;
  readonly text: string;
  readonly verdict: StatementVerdict;
  readonly controls: readonly PublishedControl[];
  /** `null` until evaluations are recorded. */
  readonly history: StripHistory | null;
}

export interface PublishedPolicy {
  readonly title: string;
  /** BCP 47, as the document says. */
  readonly language: string | null;
  readonly version: string | null;
  readonly effective: string | null;
  readonly organisation: string | null;
  /** IANA; `UTC` where holdfast.yaml names none. */
  readonly zone: string;
  /** `mailto:` or `https:`. */
  readonly contact: string | null;
  readonly evaluatedAt: Instant;
  readonly digest: string;
  readonly statements: readonly PublishedStatement[];
  readonly counts: Counts;
  readonly blocks: readonly Block[];
  readonly links: ReadonlyMap<string, string>;
  readonly toolVersion: string;
  /** The entry of the evidence log that recorded it; `null` where none did. */
  readonly recorded: RecordedAt | null;
}

export interface RecordedAt {
  readonly origin: string;
  readonly entry: number;
}

/** What is known besides of an evaluation that was recorded. */
export interface Remembered {
  readonly strips: ReadonlyMap<string, StripHistory>;
  readonly recorded: RecordedAt | null;
}

const NOTHING_REMEMBERED: Remembered = { strips: new Map(), recorded: null };

export function publishedPolicy(
  evaluation: Pick<Evaluation, 'report' | 'document' | 'digest' | 'facts' | 'root'>,
  toolVersion: string,
  { strips, recorded }: Remembered = NOTHING_REMEMBERED,
): PublishedPolicy {
  const { report, document, digest, facts, root } = evaluation;
  const { title, language, version, effective, blocks, links } = document;
  const hide = pathHider(root);
  return {
    title,
    language,
    version,
    effective,
    organisation: facts.organisation?.name ?? null,
    zone: facts.organisation?.timezone ?? 'UTC',
    contact: publicContact(document.contact, facts.recipients),
    evaluatedAt: report.evaluatedAt,
    digest,
    // Of a whole policy, reports and statements are the same list.
    statements: report.statements.map((each, index) => ({
      ...published(each, document.statements[index], hide),
      history: strips.get(each.id) ?? null,
    })),
    counts: report.counts,
    blocks,
    links,
    toolVersion,
    recorded,
  };
}

function published(
  { id, text, verdict, controls }: StatementReport,
  statement: Statement | undefined,
  hide: (text: string) => string,
): Omit<PublishedStatement, 'history'> {
  if (statement?.id !== id) throw new Error(`the report on ${id} stands at the place of ${statement?.id ?? 'nothing'}`);
  return {
    id,
    text,
    verdict,
    controls: controls.map((control, index) => {
      const binding = statement.bindings[index];
      const { shown, withheld } = publicEvidence(control.id, control.evidence, hide);
      return {
        id: control.id,
        verdict: control.verdict,
        summary: binding?.bound === null ? null : summaryOf(control, hide),
        explanation: binding?.explanation ?? '',
        measuredAt: control.measuredAt,
        evidence: shown,
        withheld,
      };
    }),
  };
}

/** Without the command that ends it: that is a word to the house, not to its readers. */
const summaryOf = ({ summary }: ControlReport, hide: (text: string) => string): string =>
  printable(hide(summary.replace(/ Next: holdfast [^.]*$/, '')));
