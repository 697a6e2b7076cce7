/** What the list of people says of links that let an owner in from the machine of the service, above everybody's names (people.page.tsx). */
import { printable } from '../lib/text.ts';
import { Moment } from '../web/components.tsx';
import { Flash } from '../web/form.tsx';
import { NameOf } from './auth-parts.page.tsx';
import type { ShownRescue } from './rescue.actions.ts';

export interface NamedRescue extends ShownRescue {
  /** Of whoever came in; `null`: nobody yet, or erased. */
  readonly name: string | null;
}

interface Props {
  readonly rescue: NamedRescue;
  readonly zone: string;
}

export const RescueFlash = ({ rescue, zone }: Props) => (
  <Flash kind="warn">
    <p>
      {rescue.settledAt === null ? <Waiting rescue={rescue} zone={zone} /> : <Used rescue={rescue} zone={zone} />}
      {rescue.reason === null ? null : <> The reason that was given: “{printable(rescue.reason)}”</>}
    </p>
    <p>
      If none of you expected this, somebody else has the data folder and its key.{' '}
      {rescue.settledAt === null
        ? 'Look who can run commands on that machine, and come back here.'
        : 'End their access, and look who can run commands on that machine.'}
    </p>
  </Flash>
);

const Used = ({ rescue: { settledAt, createdAt, person, name }, zone }: Props) => (
  <>
    <b>
      An owner was let in from the machine on <Moment at={settledAt ?? createdAt} zone={zone} />.
    </b>{' '}
    It is{' '}
    <a href={`/people/${person}`}>
      <NameOf name={name} id={person} />
    </a>
    .
  </>
);

const Waiting = ({ rescue: { createdAt, expiresAt }, zone }: Props) => (
  <>
    <b>
      A link that makes a new owner is good until <Moment at={expiresAt} zone={zone} />.
    </b>{' '}
    It was made on the machine on <Moment at={createdAt} zone={zone} />.
  </>
);
