/**
 * Forms: fields with their help and their error beside them, choices, the answer to what was sent last. Reading what comes back is
 * read-form.ts.
 */
import type { Child } from 'hono/jsx';
import { printable } from '../lib/text.ts';
import { Glyph, type GlyphName } from './components.tsx';
import type { FormErrors } from './read-form.ts';

/** The answer to the last act, or the one obstacle of the page. */
export const Flash = ({ kind, children }: { readonly kind: 'good' | 'warn' | 'bad'; readonly children?: Child }) => (
  <div class={`flash ${kind}`} role={kind === 'bad' ? 'alert' : 'status'} tabindex={kind === 'bad' ? -1 : undefined}>
    <Glyph name={FLASH_GLYPHS[kind]} />
    <div>{children}</div>
  </div>
);

const FLASH_GLYPHS: Readonly<Record<'good' | 'warn' | 'bad', GlyphName>> = {
  good: 'kept',
  warn: 'overdue',
  bad: 'broken',
};

/** What to correct, with a link to each field; nothing where nothing is wrong. */
export const Corrections = ({ errors }: { readonly errors: FormErrors }) =>
  errors.size === 0 ? null : (
    <Flash kind="bad">
      <b>{errors.size === 1 ? 'One thing to correct.' : `${errors.size} things to correct.`}</b>
      {[...errors].map(([name, error]) => (
        <>
          <br />
          <a href={`#f-${name}`}>{printable(error)}</a>
        </>
      ))}
    </Flash>
  );

interface FieldProps {
  /** Of the form's data; also what `errors` knows it by. */
  readonly name: string;
  readonly label: string;
  readonly help?: string;
  readonly optional?: boolean;
  readonly errors?: FormErrors;
}

interface InputProps extends FieldProps {
  readonly type?: 'text' | 'email' | 'search' | 'date' | 'number';
  readonly value?: string;
  readonly maxlength?: number;
  /** HTML's `autocomplete`: `name`, `email`, `off` */
  readonly autocomplete?: string;
  readonly code?: boolean;
}

export const Input = ({
  type = 'text',
  value = '',
  maxlength,
  autocomplete = 'off',
  code = false,
  ...field
}: InputProps) => (
  <Field {...field}>
    <input
      class={code ? 'code' : undefined}
      id={`f-${field.name}`}
      type={type}
      name={field.name}
      value={value}
      maxlength={maxlength}
      autocomplete={autocomplete}
      spellcheck={code ? false : undefined}
      required={field.optional !== true}
      {...described(field)}
    />
  </Field>
);

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly help?: string;
}

export const Select = ({
  value = '',
  options,
  ...field
}: FieldProps & { readonly value?: string; readonly options: readonly Option[] }) => (
  <Field {...field}>
    <select id={`f-${field.name}`} name={field.name} {...described(field)}>
      {options.map((option) => (
        <option value={option.value} selected={option.value === value}>
          {option.label}
        </option>
      ))}
    </select>
  </Field>
);

/** One of a few, or some of a few: each with its words beside it. */
export const Choices = ({
  kind,
  name,
  label,
  help,
  values,
  options,
  errors,
}: FieldProps & {
  readonly kind: 'one' | 'some';
  readonly values: readonly string[];
  readonly options: readonly Option[];
}) => {
  const error = errors?.get(name);
  return (
    <fieldset
      class={`field${error === undefined ? '' : ' bad-field'}`}
      id={`f-${name}`}
      {...described({ name, help, errors })}
    >
      <legend>{label}</legend>
      <HelpAndError name={name} help={help} error={error} />
      {options.map((option, index) => (
        <div class="choice">
          <input
            type={kind === 'one' ? 'radio' : 'checkbox'}
            id={`f-${name}-${index}`}
            name={name}
            value={option.value}
            checked={values.includes(option.value)}
          />
          <label for={`f-${name}-${index}`}>
            {option.label}
            {option.help === undefined ? null : <span class="help">{option.help}</span>}
          </label>
        </div>
      ))}
    </fieldset>
  );
};

const Field = ({ name, label, help, optional, errors, children }: FieldProps & { readonly children?: Child }) => {
  const error = errors?.get(name);
  return (
    <div class={`field${error === undefined ? '' : ' bad-field'}`}>
      <label for={`f-${name}`}>
        {label}
        {optional === true ? <span class="opt"> (optional)</span> : null}
      </label>
      <HelpAndError name={name} help={help} error={error} />
      {children}
    </div>
  );
};

interface HelpProps {
  readonly name: string;
  readonly help: string | undefined;
  readonly error: string | undefined;
}

const HelpAndError = ({ name, help, error }: HelpProps) => (
  <>
    {help === undefined ? null : (
      <span class="help" id={`f-${name}-h`}>
        {help}
      </span>
    )}
    {error === undefined ? null : (
      <p class="err" id={`f-${name}-e`}>
        <Glyph name="overdue" />
        {printable(error)}
      </p>
    )}
  </>
);

function described({
  name,
  help,
  errors,
}: {
  readonly name: string;
  readonly help?: string | undefined;
  readonly errors?: FormErrors | undefined;
}) {
  const isBad = errors?.has(name) === true;
  const ids = [...(help === undefined ? [] : [`f-${name}-h`]), ...(isBad ? [`f-${name}-e`] : [])];
  return {
    ...(ids.length === 0 ? {} : { 'aria-describedby': ids.join(' ') }),
    ...(isBad ? { 'aria-invalid': 'true' as const } : {}),
  };
}
