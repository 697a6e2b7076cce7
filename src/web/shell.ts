/** What every page of the staff shows around its own matter. */
import type { Capability } from '../auth/permit.ts';

export interface Shell {
  /** As holdfast.yaml says; `null` where it says nothing. */
  readonly organisation: string | null;
  /** IANA: dates are shown in it, with UTC beside. */
  readonly zone: string;
  /** "Log at entry 18,231, checkpoint 15:19." Made when asked, so that it is true on the page. */
  readonly logPosition: () => string | null;
}

export interface NavItem {
  readonly path: string;
  readonly label: string;
  readonly capability: Capability;
}

/** In the order of a working day. Features that come later put theirs between. */
export const NAV: readonly NavItem[] = [
  { path: '/today', label: 'Today', capability: 'policy.read' },
  { path: '/statements', label: 'Statements', capability: 'policy.read' },
  { path: '/log', label: 'Log', capability: 'log.read' },
  { path: '/people', label: 'People', capability: 'people.read' },
  { path: '/tokens', label: 'Tokens', capability: 'tokens.read' },
  { path: '/service', label: 'Service', capability: 'service.read' },
];
