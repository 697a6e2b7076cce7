/**
 * Who may change whom: roles of people, and the end of their access. That only owners get here at all is permit.ts.
 *
 * Two rules hold in any order of commands: an owner is always left, and nobody gives themselves a role. Storage is person.store.ts,
 * the transactions are person.actions.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import { isRole, ROLES, type Role } from './permit.ts';

export interface Member {
  readonly id: string;
  /** In the order of ROLES. */
  readonly roles: readonly Role[];
  readonly access: 'active' | 'ended';
}

export type PersonCommand =
  | { readonly type: 'change-roles'; readonly roles: readonly Role[] }
  | { readonly type: 'end-access' };

/** What the decision needs to know beside the command. */
export interface Situation {
  /** Who asks for it. */
  readonly actor: string;
  readonly member: Member;
  /** Owners with access besides the member. */
  readonly otherOwners: number;
}

export type PersonEvent =
  | { readonly type: 'roles-changed'; readonly from: readonly Role[]; readonly to: readonly Role[] }
  | { readonly type: 'ended' };

export type PersonRefusal =
  | { readonly code: 'unknown-person' }
  | { readonly code: 'access-ended' }
  | { readonly code: 'no-role' }
  | { readonly code: 'own-roles-raised'; readonly roles: readonly Role[] }
  | { readonly code: 'last-owner' };

/** Says which event a command causes, or why it is refused; none where it changes nothing. */
export function decidePerson(
  command: PersonCommand,
  { actor, member, otherOwners }: Situation,
): Result<readonly PersonEvent[], PersonRefusal> {
  if (member.access === 'ended') return command.type === 'end-access' ? ok([]) : no({ code: 'access-ended' });
  const isLastOwner = member.roles.includes('owner') && otherOwners === 0;
  switch (command.type) {
    case 'end-access':
      return isLastOwner ? no({ code: 'last-owner' }) : ok([{ type: 'ended' }]);
    case 'change-roles': {
      const to = inOrder(command.roles);
      if (to.length === 0) return no({ code: 'no-role' });
      if (to.join() === member.roles.join()) return ok([]);
      const raised = to.filter((role) => !member.roles.includes(role));
      if (actor === member.id && raised.length > 0) return no({ code: 'own-roles-raised', roles: raised });
      if (isLastOwner && !to.includes('owner')) return no({ code: 'last-owner' });
      return ok([{ type: 'roles-changed', from: member.roles, to }]);
    }
  }
}

/** The member after an event. */
export function evolveMember(member: Member, event: PersonEvent): Member {
  return event.type === 'ended' ? { ...member, access: 'ended' } : { ...member, roles: event.to };
}

/** One set of roles has one spelling. */
const inOrder = (roles: readonly Role[]): readonly Role[] => ROLES.filter((role) => roles.includes(role));

export const formatRoles = (roles: readonly Role[]): string => inOrder(roles).join();

/** Roles as they are stored; one that this program does not know gives nothing. */
export const readRoles = (text: string): readonly Role[] => inOrder(text.split(',').filter(isRole));

export const isOwner = ({ roles }: { readonly roles: string }): boolean => readRoles(roles).includes('owner');
