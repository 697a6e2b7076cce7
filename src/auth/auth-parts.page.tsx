/** Parts that several pages of auth/ share. */
import type { Child } from 'hono/jsx';
import { printable } from '../lib/text.ts';
import { Corrections, Flash } from '../web/form.tsx';
import { StaffPage } from '../web/layout.tsx';
import { queryText, type ListQuery } from '../web/list-query.ts';
import type { FormErrors } from '../web/read-form.ts';
import type { AuthScene } from './auth-scene.ts';
import { doneWords } from './auth.text.ts';

/** The answer to what was done last; nothing where the address names nothing that is known. */
export const Done = ({ scene }: { readonly scene: Pick<AuthScene, 'done'> }) => {
  const words = doneWords(scene.done);
  return words === null ? null : <Flash kind="good">{words}</Flash>;
};

/** Whoever was erased has an id and no name. */
export const NameOf = ({ name, id }: { readonly name: string | null; readonly id: string }) =>
  name === null ? (
    <>
      erased, <span class="mono">{id}</span>
    </>
  ) : (
    <>{printable(name)}</>
  );

export interface Crumb {
  readonly path: string;
  readonly label: Child;
}

export const Crumbs = ({ trail, here }: { readonly trail: readonly Crumb[]; readonly here: Child }) => (
  <nav class="crumbs" aria-label="Breadcrumb">
    <ol>
      {trail.map(({ path, label }) => (
        <li>
          <a href={path}>{label}</a>
        </li>
      ))}
      <li>
        <span aria-current="page">{here}</span>
      </li>
    </ol>
  </nav>
);

interface ConfirmProps {
  /** What the form says above its button. */
  readonly title: string;
  readonly action: string;
  readonly button: string;
  /** Where to go instead. */
  readonly back: string;
  readonly children?: Child;
}

/** The frame of a confirmation: a page of its own, never a dialog. */
export const Confirm = ({ title, action, button, back, children }: ConfirmProps) => (
  <section class="approve" aria-labelledby="confirm-h">
    <h2 id="confirm-h">{title}</h2>
    {children}
    <form method="post" action={action} class="actions">
      <button class="btn danger">{button}</button>
      <a href={back}>Leave it as it is</a>
    </form>
  </section>
);

/** A secret that is on this page only, to be copied whole. */
export const ShownOnce = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <p class="digest" aria-label={label} role="group">
    {text}
  </p>
);

interface FilterProps {
  readonly path: string;
  readonly query: ListQuery;
  readonly name: string;
  readonly value: string;
}

/** One value of a filter as a link, so that every view has an address; the one that is on takes itself off. */
export const FilterLink = ({ path, query, name, value }: FilterProps) => {
  const isOn = query.filters.get(name) === value;
  const others = [...query.filters].filter(([other]) => other !== name);
  const filters = new Map<string, string>(isOn ? others : [...others, [name, value]]);
  return (
    <a
      class={isOn ? 'tag' : undefined}
      aria-current={isOn ? 'true' : undefined}
      href={`${path}${queryText({ ...query, filters, page: 1 })}`}
    >
      {value}
      {isOn ? <span class="vh">, remove this filter</span> : null}
    </a>
  );
};

interface FormPageProps extends Pick<AuthScene, 'shell' | 'viewer' | 'now'> {
  readonly title: string;
  readonly lede: Child;
  readonly section: string;
  readonly trail: readonly Crumb[];
  /** The last crumb. */
  readonly here: string;
  readonly errors: FormErrors;
  readonly action: string;
  readonly button: Child;
  readonly back: { readonly path: string; readonly label: string };
  readonly children?: Child;
}

/** A page that is one form: what to correct on top, the fields, the one button, and the way out. */
export const FormPage = ({
  title,
  lede,
  trail,
  here,
  errors,
  action,
  button,
  back,
  children,
  ...page
}: FormPageProps) => (
  <StaffPage title={title} {...page} glyphs={['overdue', 'broken']}>
    <Crumbs trail={trail} here={here} />
    <Corrections errors={errors} />
    <div class="page-head">
      <h1>{title}</h1>
      <p class="lede">{lede}</p>
    </div>
    <form method="post" action={action} class="stack">
      {children}
      <p class="actions">
        <button class="btn primary">{button}</button>
        <a href={back.path}>{back.label}</a>
      </p>
    </form>
  </StaffPage>
);
