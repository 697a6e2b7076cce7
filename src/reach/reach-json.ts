/** `holdfast reach --json`: the machine's view. Schema: docs/formats/reach.schema.json (`holdfast.reach/1`). */
import type { Json } from '../lib/json.ts';
import type { DecisiveSite, PathStep, ReachReport, ReachVerdict } from './reach-report.ts';
import type { VerifiedVerdict } from './evidence.ts';
import type { KnownCode } from './symbols.ts';
import { VEX_OF_VERDICT } from './verdict.ts';

export function reachToJson({ run, entries, verdicts, unanalysed, files }: ReachReport): Json {
  return {
    schema: 'holdfast.reach/1',
    run,
    entries: entries.map(({ file, why }) => ({ file, why })),
    files,
    verdicts: verdicts.map(verdictToJson),
    unanalysed: unanalysed.map(({ file, line, why }) => ({ file, line, why })),
  };
}

function verdictToJson({ symbol, version, verdict, path, sites, evidence }: ReachVerdict): Json {
  const { status, justification, state, cyclonedx } = VEX_OF_VERDICT[verdict];
  return {
    id: symbol.id,
    package: symbol.package,
    version,
    file: symbol.file,
    function: symbol.function,
    nth: symbol.nth,
    ...(symbol.code === undefined ? {} : hashesToJson(symbol.code)),
    verdict,
    path: path.map(stepToJson),
    sites: sites.map(siteToJson),
    evidence: {
      claim: evidence.claim,
      copies: evidence.copies,
      considered: evidence.considered.map(({ file, line, function: fn, sites: count }) => ({
        file,
        line,
        function: fn,
        sites: count,
      })),
      bounds: evidence.bounds.map(({ file, line, bound }) => ({ file, line, bound })),
      ...(evidence.code.length === 0 ? {} : { code: evidence.code.map(codeToJson) }),
      digests: { ...evidence.digests },
    },
    openvex: { status, justification },
    cyclonedx: { state, justification: cyclonedx },
  };
}

const hashesToJson = ({ fixed, vulnerable }: KnownCode): { readonly [name: string]: Json } => ({
  fixed: Object.fromEntries(fixed),
  vulnerable: Object.fromEntries(vulnerable),
});

const codeToJson = ({
  copy,
  file,
  function: fn,
  nth,
  hash,
  release,
  vulnerable,
}: ReachVerdict['evidence']['code'][number]): Json => ({
  copy,
  file,
  function: fn,
  nth,
  hash,
  release,
  vulnerable,
});
const stepToJson = ({ file, line, within, does, doubt }: PathStep): Json => ({ file, line, within, does, doubt });
const siteToJson = ({ file, line, why, settle }: DecisiveSite): Json => ({ file, line, why, settle });

/** `holdfast reach verify --json` (`holdfast.reach-verify/1`). */
export const verificationToJson = (verified: readonly VerifiedVerdict[]): Json => ({
  schema: 'holdfast.reach-verify/1',
  verdicts: verified.map(({ recorded: { symbol, verdict }, standing }) => ({
    id: symbol.id,
    package: symbol.package,
    version: symbol.version,
    file: symbol.file,
    function: symbol.function,
    verdict,
    standing: standing.kind,
    changed: standing.kind === 'lapsed' ? standing.changed : [],
    now: standing.kind === 'holds' ? verdict : standing.now,
  })),
});
