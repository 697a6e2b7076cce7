/** `/log/entries/17`: one entry, the proof that it was not changed since it was recorded, and how to check that without us. */
import { fromUtf8, hex } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { number, printable } from '../lib/text.ts';
import { formatInstant } from '../lib/time.ts';
import { Chip, Evidence, Moment } from '../web/components.tsx';
import { Flash } from '../web/form.tsx';
import { StaffPage, type StaffFrame } from '../web/layout.tsx';
import type { EntryProof, EntryView, RowCheck } from './log-entry.actions.ts';
import { entrySentence } from './log-page.text.ts';
import { ProofStep, Proven, Prose } from './log-proof.page.tsx';

export interface EntryPageProps extends Pick<StaffFrame, 'shell' | 'viewer' | 'now'> {
  readonly view: EntryView;
}

export const EntryPage = ({ shell, viewer, now, view }: EntryPageProps) => {
  const { index, leaf, proof } = view;
  const title = `Entry ${number(index)}: ${leaf.ok ? printable(entrySentence(leaf.value.type)) : 'it cannot be read'}`;
  return (
    <StaffPage
      title={title}
      shell={shell}
      viewer={viewer}
      section="/log"
      glyphs={['kept', 'broken', 'stale', 'unknown', 'running', 'overdue']}
      now={now}
    >
      <nav class="crumbs" aria-label="Breadcrumb">
        <ol>
          <li>
            <a href="/log">Log</a>
          </li>
          <li>
            <span aria-current="page">Entry {number(index)}</span>
          </li>
        </ol>
      </nav>
      <div class="page-head">
        <p class="over">
          <ProofChip proof={proof} />{' '}
          <span>
            checked by this server just now{proof.kind === 'proven' ? '; better, check it yourself below' : ''}
          </span>
        </p>
        <h1>{title}</h1>
        <p class="lede">{LEDES[proof.kind]}</p>
      </div>
      <Troubles view={view} />
      <div class="cols">
        <div>
          <Recorded view={view} zone={shell.zone} />
          {proof.kind === 'proven' ? <Proven view={view} proof={proof} zone={shell.zone} /> : null}
          <Limits />
        </div>
        <InShort view={view} zone={shell.zone} />
      </div>
    </StaffPage>
  );
};

const LEDES: Readonly<Record<EntryProof['kind'], string>> = {
  proven:
    'This page proves that the entry stands in the signed log and has not been changed since. You need no trust in us for it, only in arithmetic and in a checkpoint that somebody else kept.',
  unsigned: 'The entry is recorded, and no checkpoint covers it yet. One is signed within a minute; look again then.',
  broken:
    'The entry is not the one that was signed. Somebody changed it, or a hash above it, behind the back of the log.',
};

const ProofChip = ({ proof }: { readonly proof: EntryProof }) => {
  switch (proof.kind) {
    case 'proven':
      return <Chip state="kept">proof holds</Chip>;
    case 'unsigned':
      return <Chip state="running">not signed yet</Chip>;
    case 'broken':
      return <Chip state="broken">proof does not hold</Chip>;
  }
};

const Troubles = ({ view: { proof, row, evidence } }: { readonly view: EntryView }) => {
  const said = [
    ...(proof.kind === 'broken' ? ['The bytes do not give the root that was signed.'] : []),
    ...(row.kind === 'differs' ? ['The row that this entry recorded was changed since, and no entry says so.'] : []),
    ...(row.kind === 'gone' ? ['The row that this entry recorded is gone, and no entry says so.'] : []),
    ...(evidence === 'differs' ? ['The evidence of this entry was changed.'] : []),
  ];
  if (said.length === 0) return null;
  return (
    <Flash kind="bad">
      <p>
        <b>{said.join(' ')}</b> Run <code>holdfast log verify</code>, find out who did it, and restore the database from
        a backup. Do not export before you know: it would look like hiding it.
      </p>
    </Flash>
  );
};

const Recorded = ({ view: { bytes, leaf, index }, zone }: { readonly view: EntryView; readonly zone: string }) => {
  const text = fromUtf8(bytes);
  return (
    <ProofStep no={1} title="What was recorded">
      <Prose>
        These exact bytes. Names of people never stand in the log: whoever did it is a number, and values that are
        personal are commitments, which can be erased without breaking a proof.
      </Prose>
      {leaf.ok ? (
        <Evidence
          id="entry"
          head={
            <>
              <b>The entry</b>
              <span class="finer">{number(bytes.length)} bytes, RFC 8785 JSON</span>
            </>
          }
          rows={[
            { name: 'type', values: [leaf.value.type] },
            { name: 'at', values: [formatInstant(leaf.value.at)] },
            { name: 'actor', values: [leaf.value.actor ?? 'the program itself'] },
            { name: 'subject', values: [leaf.value.subject ?? 'the log itself'] },
            ...Object.entries(leaf.value.data).map(([name, value]) => ({
              name,
              values: [typeof value === 'string' ? value : canonicalJson(value)],
            })),
            ...leaf.value.pd.map(({ f, c, k }) => ({ name: f, values: [`commitment ${c}`, `of ${k}`] })),
            ...(leaf.value.state === null ? [] : [{ name: 'state', values: [leaf.value.state] }]),
          ]}
          foot={
            <span>
              Recorded on <Moment at={leaf.value.at} zone={zone} />.
            </span>
          }
        />
      ) : (
        <p>
          The entry {leaf.error}. What follows is what the database holds, {number(bytes.length)} bytes.
        </p>
      )}
      <details>
        <summary class="more">The bytes themselves</summary>
        <pre class="code plain" tabindex={0} role="region" aria-label={`Bytes of entry ${number(index)}`}>
          {text === null ? hex(bytes) : printable(text)}
        </pre>
      </details>
    </ProofStep>
  );
};

const Limits = () => (
  <section class="proof-step" aria-labelledby="limits">
    <span class="no" aria-hidden="true">
      !
    </span>
    <div>
      <h2 id="limits">What this does not prove</h2>
      <div class="prose">
        <ul>
          <li>That what was measured or decided was right. It proves what was recorded and in which order.</li>
          <li>That nothing was left out before it was recorded. A check that did not run is shown as stale.</li>
          <li>
            That the owner of the key did not sign another log as well. Only a checkpoint that somebody else kept shows
            that.
          </li>
        </ul>
      </div>
    </div>
  </section>
);

const InShort = ({ view, zone }: { readonly view: EntryView; readonly zone: string }) => {
  const { index, size, leaf, row, evidence } = view;
  return (
    <aside class="stack aside-stick" aria-label="This entry">
      <section class="sec" aria-labelledby="short">
        <h2 id="short">In short</h2>
        <dl class="kv tight">
          <dt>Entry</dt>
          <dd>
            {number(index)}, counted from 0, of {number(size)}
          </dd>
          {leaf.ok ? (
            <>
              <dt>Recorded</dt>
              <dd>
                <Moment at={leaf.value.at} zone={zone} />
              </dd>
              <dt>Kind</dt>
              <dd>
                <a href={`/log?type=${encodeURIComponent(leaf.value.type)}`}>{leaf.value.type}</a>
              </dd>
              {leaf.value.subject === null ? null : (
                <>
                  <dt>About</dt>
                  <dd>
                    <a href={`/log?subject=${encodeURIComponent(leaf.value.subject)}`}>{leaf.value.subject}</a>
                  </dd>
                </>
              )}
            </>
          ) : null}
          <dt>Its row now</dt>
          <dd>
            <RowWords row={row} />
          </dd>
          <dt>Its evidence</dt>
          <dd>{EVIDENCE_WORDS[evidence ?? 'none']}</dd>
        </dl>
      </section>
      <nav class="sec" aria-labelledby="beside">
        <h2 id="beside">Beside it</h2>
        <ul class="list fine">
          {index === 0 ? null : (
            <li>
              <a href={`/log/entries/${index - 1}`}>Entry {number(index - 1)}</a>, before it
            </li>
          )}
          {index + 1 >= size ? null : (
            <li>
              <a href={`/log/entries/${index + 1}`}>Entry {number(index + 1)}</a>, after it
            </li>
          )}
        </ul>
      </nav>
    </aside>
  );
};

const EVIDENCE_WORDS: Readonly<Record<'agrees' | 'differs' | 'absent' | 'none', string>> = {
  agrees: 'is what it was',
  differs: 'was changed',
  absent: 'is not in the database',
  none: 'it names none',
};

const RowWords = ({ row }: { readonly row: RowCheck }) => {
  switch (row.kind) {
    case 'none':
      return <>it recorded none</>;
    case 'agrees':
      return <Chip state="kept">agrees</Chip>;
    case 'later':
      return (
        <>
          <a href={`/log/entries/${row.index}`}>Entry {number(row.index)}</a> says what it is now
        </>
      );
    case 'differs':
      return <Chip state="broken">changed</Chip>;
    case 'gone':
      return <Chip state="broken">gone</Chip>;
  }
};
