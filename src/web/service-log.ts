/**
 * What the service says about itself while it runs: one JSON line for each event, for machines that collect them.
 *
 * Never in it: addresses of clients, names, what stands behind `?`, ids in a path, secrets. A route is named by its pattern.
 */
import type { Instant } from '../lib/time.ts';
import { formatInstant } from '../lib/time.ts';
import { printable } from '../lib/text.ts';

export interface ServiceEvent {
  readonly level: 'info' | 'warning' | 'error';
  /** `request`, `job-failed`, `started` */
  readonly event: string;
  readonly [field: string]: string | number | boolean | null;
}

export type Report = (event: ServiceEvent) => void;

/** With the time first and a newline at the end. */
export const eventLine = (event: ServiceEvent, now: Instant): string =>
  `${JSON.stringify({ time: formatInstant(now), ...event })}\n`;

/** The same for a person at a terminal. */
export function eventWords({ level, event, ...fields }: ServiceEvent): string {
  const facts = Object.entries(fields).map(([name, value]) => `${name} ${String(value)}`);
  return `holdfast: ${level === 'info' ? '' : `${level}: `}${printable([event, ...facts].join(', '))}\n`;
}
