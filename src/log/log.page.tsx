/** `/log`: the entries, the newest first, by kind, subject and day. One entry is log-entry.page.tsx; the words are log-page.text.ts. */
import { shorten, number, count, printable } from '../lib/text.ts';
import { formatInstant } from '../lib/time.ts';
import { Empty, Moment } from '../web/components.tsx';
import { Flash, Input, Select } from '../web/form.tsx';
import { StaffPage, type StaffFrame } from '../web/layout.tsx';
import type { FormErrors } from '../web/read-form.ts';
import type { Leaf } from './leaf.ts';
import { entrySentence, localTime } from './log-page.text.ts';
import type { LogState } from './log-state.ts';
import { dataWords } from './log.text.ts';

export interface LogFilter {
  readonly type: string;
  readonly subject: string;
  /** `YYYY-MM-DD`, in the zone of the organisation. */
  readonly day: string;
}

export interface LogPageProps extends Pick<StaffFrame, 'shell' | 'viewer' | 'now'> {
  readonly state: LogState;
  readonly filter: LogFilter;
  readonly errors: FormErrors;
  /** `null`: nothing was recorded yet. */
  readonly list: {
    readonly size: number;
    readonly entries: readonly { readonly index: number; readonly leaf: Leaf | null }[];
    readonly next: number | null;
    readonly types: readonly string[];
    readonly listedFrom: number;
  } | null;
  /** The list does not begin with the newest entry. */
  readonly isLater: boolean;
}

export const LogPage = (props: LogPageProps) => {
  const { shell, viewer, now, state, list } = props;
  const title = titleOf(state, list?.size ?? 0);
  return (
    <StaffPage
      title={title}
      shell={shell}
      viewer={viewer}
      section="/log"
      glyphs={['broken', 'overdue', 'kept']}
      now={now}
    >
      <div class="page-head">
        <h1>{title}</h1>
        <p class="lede">
          <Lede state={state} zone={shell.zone} />
        </p>
      </div>
      <Trouble state={state} />
      {list === null ? (
        <Empty
          why="The log is empty: nothing has happened that is recorded."
          next={
            <>
              The daily evaluation of the policy begins it, and so does <code>holdfast check --record</code>.
            </>
          }
        />
      ) : (
        <Entries {...props} list={list} />
      )}
      <HandOut />
    </StaffPage>
  );
};

function titleOf({ kind }: LogState, size: number): string {
  const entries = count(size, 'entry', 'entries');
  if (kind === 'stopped') return `The log has stopped at ${entries}`;
  return size === 0 ? 'Nothing was recorded yet' : `The log has ${entries}`;
}

const Lede = ({ state, zone }: { readonly state: LogState; readonly zone: string }) => {
  if (state.kind === 'none' || state.kind === 'stopped')
    return <>Everything that happens in Holdfast is recorded here, in an order that cannot be changed unnoticed.</>;
  const { size, signed } = state;
  if (signed === null) return <>None of them is under a signed checkpoint yet. One is signed within a minute.</>;
  return (
    <>
      {signed.size === size ? 'All of them are' : `${number(signed.size)} of them are`} under the newest checkpoint,
      signed <Moment at={signed.at} zone={zone} />. Open an entry to see the proof that it was not changed since.
    </>
  );
};

const Trouble = ({ state }: { readonly state: LogState }) => {
  if (state.kind === 'stopped')
    return (
      <Flash kind="bad">
        <p>
          <b>The log has stopped, so nothing can be recorded.</b> {printable(state.message)}.
        </p>
        <p>
          {printable(state.hint)} <span class="finer mono">{state.code}</span>
        </p>
      </Flash>
    );
  if (state.kind !== 'unsigned') return null;
  return (
    <Flash kind="warn">
      <p>
        <b>Entries wait for a signature since {formatInstant(state.since)}.</b> They are recorded, and nobody outside
        can hold a checkpoint that covers them. Start a process with <code>--jobs=on</code> that has the key, or look
        into its log.
      </p>
    </Flash>
  );
};

const Entries = ({
  list,
  filter,
  errors,
  isLater,
  shell,
}: LogPageProps & { list: NonNullable<LogPageProps['list']> }) => {
  const isFiltered = filter.type !== '' || filter.subject !== '' || filter.day !== '';
  return (
    <section aria-labelledby="entries">
      <h2 id="entries" class="vh">
        Entries
      </h2>
      <FilterForm filter={filter} errors={errors} types={list.types} />
      {list.listedFrom > 0 && isFiltered ? (
        <Flash kind="warn">
          <p>
            Entries before {number(list.listedFrom)} are not in the list yet, so this filter does not find them. It is
            being made; look again in a few minutes.
          </p>
        </Flash>
      ) : null}
      {list.entries.length === 0 ? (
        <Empty
          why="No entry fits."
          next={
            <>
              <a href="/log">Show all {number(list.size)}</a>, or choose another kind, subject or day.
            </>
          }
        />
      ) : (
        <EntryTable entries={list.entries} zone={shell.zone} />
      )}
      <Pages filter={filter} next={list.next} isLater={isLater} />
    </section>
  );
};

const FilterForm = ({
  filter,
  errors,
  types,
}: {
  readonly filter: LogFilter;
  readonly errors: FormErrors;
  readonly types: readonly string[];
}) => {
  const known = filter.type === '' || types.includes(filter.type) ? types : [...types, filter.type];
  return (
    <form action="/log" class="filters labelled" role="search" aria-label="Filter the log">
      <Select
        name="type"
        label="Kind"
        value={filter.type}
        errors={errors}
        options={[{ value: '', label: 'every kind' }, ...known.map((type) => ({ value: type, label: type }))]}
      />
      <Input
        name="subject"
        label="About"
        value={filter.subject}
        maxlength={MOST_SUBJECT}
        errors={errors}
        optional
        code
      />
      <Input name="day" label="Day" type="date" value={filter.day} errors={errors} optional />
      <button class="btn">Filter</button>
      {filter.type === '' && filter.subject === '' && filter.day === '' ? null : <a href="/log">Show all</a>}
    </form>
  );
};

/** As in a leaf: the kind, a colon, 256 characters. */
export const MOST_SUBJECT = 289;

const EntryTable = ({
  entries,
  zone,
}: {
  readonly entries: readonly { readonly index: number; readonly leaf: Leaf | null }[];
  readonly zone: string;
}) => (
  <table class="tbl fold any">
    <thead>
      <tr>
        <th scope="col">Entry</th>
        <th scope="col">Recorded ({zone})</th>
        <th scope="col">Kind</th>
        <th scope="col">About</th>
        <th scope="col">What it says</th>
      </tr>
    </thead>
    <tbody>
      {entries.map(({ index, leaf }) => (
        <tr>
          <th scope="row">
            <a href={`/log/entries/${index}`}>{number(index)}</a>
          </th>
          {leaf === null ? <Unreadable /> : <EntryCells leaf={leaf} zone={zone} />}
        </tr>
      ))}
    </tbody>
  </table>
);

const Unreadable = () => (
  <td colspan={4} data-l="What it says">
    <b>This entry is gone or is no entry.</b> Open it, and run <code>holdfast log verify</code>.
  </td>
);

const MOST_DATA = 90;

const EntryCells = ({ leaf: { at, type, subject, data }, zone }: { readonly leaf: Leaf; readonly zone: string }) => (
  <>
    <td data-l="Recorded" class="nb">
      <time datetime={formatInstant(at)}>{localTime(at, zone)}</time>
    </td>
    <td data-l="Kind" class="nb" title={entrySentence(type)}>
      {type}
    </td>
    <td data-l="About">
      {subject === null ? (
        'the log itself'
      ) : (
        <a href={`/log?subject=${encodeURIComponent(subject)}`}>{printable(subject)}</a>
      )}
    </td>
    <td data-l="What it says">{printable(shorten(dataWords(data), MOST_DATA))}</td>
  </>
);

const Pages = ({
  filter,
  next,
  isLater,
}: {
  readonly filter: LogFilter;
  readonly next: number | null;
  readonly isLater: boolean;
}) =>
  next === null && !isLater ? null : (
    <nav class="pager" aria-label="Pages">
      <ul>
        {isLater ? (
          <li>
            <a href={address(filter, null)}>Newest</a>
          </li>
        ) : null}
        {next === null ? null : (
          <li>
            <a href={address(filter, next)} rel="next">
              Older
            </a>
          </li>
        )}
      </ul>
    </nav>
  );

function address({ type, subject, day }: LogFilter, before: number | null): string {
  const parts = [
    ['type', type],
    ['subject', subject],
    ['day', day],
    ['before', before === null ? '' : String(before)],
  ].filter(([, value]) => value !== '');
  const query = parts.map(([name, value]) => `${name}=${encodeURIComponent(value ?? '')}`).join('&');
  return query === '' ? '/log' : `/log?${query}`;
}

const HandOut = () => (
  <section class="sec" aria-labelledby="out">
    <h2 id="out">Hand it out</h2>
    <ul class="list">
      <li>
        Everybody: the <a href="/.well-known/holdfast/checkpoint">newest checkpoint</a>, the{' '}
        <a href="/.well-known/holdfast/checkpoints">checkpoints before it</a> and the{' '}
        <a href="/.well-known/holdfast/log.vkey">public key</a>. Whoever keeps a copy can tell later whether the log was
        written anew.
      </li>
      <li>
        Auditors: the whole log with a program that verifies it, by <code>holdfast log export DIR</code> on the machine
        of the service; or as C2SP tiles below <code>/api/v1/log/</code> with a token of the scope <code>log.read</code>
        .
      </li>
    </ul>
  </section>
);
