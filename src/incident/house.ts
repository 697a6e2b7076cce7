/**
 * What the calculators need to know about the organisation: its time zone and whose holidays it keeps. Read from the
 * `organisation` part of holdfast.yaml only; a mistake elsewhere in that file does not stop a deadline.
 */
import { parseDocument } from 'yaml';
import { factsSchema } from '../policy/facts.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { GERMAN_STATES, type HolidayRegion } from './holiday.ts';

export interface House {
  readonly zone: string;
  readonly seat: HolidayRegion;
}

/** Without a holdfast.yaml: the seat of the authority that the rules name. */
export const DEFAULT_HOUSE: House = { zone: 'Europe/Berlin', seat: 'DE-HE' };

/** The house, or what is wrong with the text. Holidays outside Germany are not known: the federal German ones stand in. */
export function readHouse(text: string): Result<House, string> {
  const document = parseDocument(text, { prettyErrors: true });
  const problem = document.errors[0];
  if (problem !== undefined) return no(problem.message.split('\n', 1)[0] ?? 'not YAML');
  const content = contentOf(document);
  const part =
    typeof content === 'object' && content !== null && 'organisation' in content ? content.organisation : undefined;
  const parsed = factsSchema.shape.organisation.safeParse(part);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return no(
      `organisation${issue?.path.map((key) => `.${String(key)}`).join('') ?? ''}: ${issue?.message ?? 'invalid'}`,
    );
  }
  const { country, state, timezone } = parsed.data ?? {};
  const abroad = country !== undefined && country !== 'DE';
  const seat = abroad ? 'DE' : state === undefined ? DEFAULT_HOUSE.seat : parseRegion(state);
  if (seat === null) return no(`organisation.state: "${state}" is none of ${GERMAN_STATES.join(', ')}`);
  return ok({ zone: timezone ?? DEFAULT_HOUSE.zone, seat });
}

/** A document that expands without end (aliases of aliases) has no usable content; yaml refuses it by throwing. */
function contentOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS();
  } catch {
    return 'unreadable';
  }
}

/** `HE`, `DE-HE` or `DE`; `null` for anything else. */
export function parseRegion(text: string): HolidayRegion | null {
  const code = text.toUpperCase().replace(/^DE-/, '');
  if (code === 'DE') return 'DE';
  const state = GERMAN_STATES.find((each) => each === code);
  return state === undefined ? null : `DE-${state}`;
}
