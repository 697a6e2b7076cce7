/**
 * Who may do what: the one table that routes, pages and actions ask. Nothing else in the program decides by role.
 *
 * A person has one or more roles; what one of them may, the person may. A token of the API has no role: it has scopes, each for one
 * kind of machine. That every route refuses whoever stands not in here is proven by the authorization matrix
 * (test/e2e/authorization.test.ts).
 */

/** From the small vendor's house: who answers for it, who is called at night, who writes code, who reviews, who looks in from outside. */
export const ROLES = ['owner', 'responder', 'developer', 'reviewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const EVERYBODY: readonly Role[] = ROLES;

const CAPABILITIES = {
  /** Statements with their raw facts, and what needs someone now. */
  'policy.read': EVERYBODY,
  /** Entries of the evidence log, its tiles and proofs. They hold commitments, never a name. */
  'log.read': ['owner', 'responder', 'reviewer', 'auditor'],
  'people.read': ['owner', 'responder', 'auditor'],
  /** Invite, change roles, end somebody's access. */
  'people.change': ['owner'],
  'tokens.read': ['owner', 'developer', 'auditor'],
  'tokens.change': ['owner', 'developer'],
  /** Jobs, schedules, what was given up. */
  'service.read': ['owner', 'responder', 'auditor'],
  'service.repair': ['owner', 'responder'],
} as const satisfies Record<string, readonly Role[]>;

export type Capability = keyof typeof CAPABILITIES;

export const capabilities = Object.keys(CAPABILITIES) as readonly Capability[];

export function may(roles: readonly Role[], capability: Capability): boolean {
  const allowed: readonly Role[] = CAPABILITIES[capability];
  return roles.some((role) => allowed.includes(role));
}

/** Who can grant what was refused: for the sentence that a refusal ends with. */
export const rolesWith = (capability: Capability): readonly Role[] => CAPABILITIES[capability];

/** What a token may do; each token has at least one. */
export const SCOPES = ['policy.report', 'log.read'] as const;
export type Scope = (typeof SCOPES)[number];

/** What somebody has to be allowed themselves before they give it to a token: a token is no way around the own roles. */
const SCOPE_NEEDS = {
  'policy.report': 'tokens.change',
  'log.read': 'log.read',
} as const satisfies Record<Scope, Capability>;

export const scopeNeeds = (scope: Scope): Capability => SCOPE_NEEDS[scope];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);
