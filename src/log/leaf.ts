/**
 * What one entry of the log says, and its bytes.
 *
 * A leaf is the RFC 8785 JSON of the object below, made once and kept as bytes: nothing is ever serialised again, so a
 * leaf that has another spelling was not written by us. Large evidence lies elsewhere; its SHA-256 stands in `data`.
 * Personal data is committed to, never written (commitment.ts). Document: docs/formats/log.md.
 */
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { nestsDeeperThan } from '../lib/json-depth.ts';
import { isObject, type Json, type JsonObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { formatInstant, type Instant, parseInstant } from '../lib/time.ts';
import { MOST_ENTRY_BYTES } from './tile.ts';

export interface Leaf {
  /** Of this format. */
  readonly v: typeof LEAF_VERSION;
  /** Whose log it is; an opaque id. */
  readonly org: string;
  /** When it was recorded. Never before the entry in front of it. */
  readonly at: Instant;
  /** What happened: `policy.evaluated`, `log.heartbeat`. */
  readonly type: string;
  /** Who did it: an opaque id, whose person is looked up elsewhere. `null`: the program by itself. */
  readonly actor: string | null;
  /** What it is about, as `kind:id`; `null` where it is about the log itself. */
  readonly subject: string | null;
  readonly data: JsonObject;
  readonly pd: readonly PersonalDatum[];
  /** SHA-256 of what the subject was after this, with commitments in place of personal data; `null` where it has no state. */
  readonly state: string | null;
}

export interface PersonalDatum {
  /** The field it would stand in. */
  readonly f: string;
  /** Its commitment, lower-case hex. */
  readonly c: string;
  /** The key of the person it is about, by id: erasing that key erases the value. */
  readonly k: string;
}

export const LEAF_VERSION = 1;
/** Deeper than any entry we write has to be; a bound for the recursion that writes JSON. */
const DEEPEST = 32;
const MOST_PERSONAL_DATA = 1_000;

/** Why bytes are no leaf, in words that continue "the entry …". */
export type LeafFault = string;

/** The bytes for the log. Refused is what could not be read back: a leaf above 65,535 bytes, a malformed id. */
export function encodeLeaf(leaf: Leaf): Result<Uint8Array, LeafFault> {
  const pd = leaf.pd.map(({ f, c, k }) => ({ f, c, k }));
  const bytes = utf8(canonicalJson({ ...leaf, at: formatInstant(leaf.at), pd }));
  const back = readLeaf(bytes);
  return back.ok ? ok(bytes) : back;
}

/** Reads a leaf, and refuses everything that `encodeLeaf` would not have written. */
export function readLeaf(bytes: Uint8Array): Result<Leaf, LeafFault> {
  if (bytes.length > MOST_ENTRY_BYTES) return no('has more than 65,535 bytes');
  const text = fromUtf8(bytes);
  if (text === null) return no('is not UTF-8');
  if (nestsDeeperThan(text, DEEPEST)) return no(`is nested more than ${DEEPEST} deep`);
  const value = parse(text);
  if (!isObject(value)) return no('is not a JSON object');
  if (!isCanonical(value, text)) return no('is not in the one spelling of RFC 8785');
  if (Object.keys(value).join() !== MEMBERS) return no(`does not have exactly the members ${MEMBERS}`);
  return leafOf(value);
}

/** In the order of RFC 8785, which the text has been found to be in. */
const MEMBERS = 'actor,at,data,org,pd,state,subject,type,v';

/** `undefined` where the text is not JSON; JSON itself has no such value. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCanonical(value: Readonly<Record<string, unknown>>, text: string): boolean {
  try {
    return canonicalJson(value as JsonObject) === text;
  } catch {
    // A lone surrogate, which JSON can name and I-JSON cannot.
    return false;
  }
}

function leafOf(value: Readonly<Record<string, unknown>>): Result<Leaf, LeafFault> {
  const { v, org, at, type, actor, subject, data, pd, state } = value;
  if (v !== LEAF_VERSION) return no('has a version that this program does not know');
  if (!isId(org)) return no('names no organisation');
  const instant = readTime(at);
  if (instant === null) return no('has a time that is not RFC 3339 in UTC');
  if (typeof type !== 'string' || !TYPE.test(type)) return no('has no type of the form "policy.evaluated"');
  if (actor !== null && !isId(actor)) return no('has an actor that is no id');
  if (subject !== null && (typeof subject !== 'string' || !SUBJECT.test(subject)))
    return no('has a subject that is not of the form "kind:id"');
  if (!isObject(data)) return no('has data that is no object');
  const personal = readPersonalData(pd);
  if (personal === null) return no('has personal data that is not a list of commitments');
  if (state !== null && !isDigest(state)) return no('has a state that is no SHA-256');
  return ok({ v, org, at: instant, type, actor, subject, data: data as JsonObject, pd: personal, state });
}

/** Opaque: it has no room for an e-mail address or a name. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const TYPE = /^(?=.{3,64}$)[a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+$/;
/** Printable ASCII without spaces behind the kind, because package URLs are subjects too. */
const SUBJECT = /^[a-z][a-z0-9-]{0,31}:[!-~]{1,256}$/;
const FIELD = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

export const isType = (text: string): boolean => TYPE.test(text);
export const isSubject = (text: string): boolean => SUBJECT.test(text);

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
const isDigest = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);

/** One spelling of each moment: the one of `formatInstant`. */
function readTime(value: unknown): Instant | null {
  const instant = typeof value === 'string' && value.length <= 24 ? parseInstant(value) : null;
  return instant !== null && formatInstant(instant) === value ? instant : null;
}

function readPersonalData(value: unknown): readonly PersonalDatum[] | null {
  if (!Array.isArray(value) || value.length > MOST_PERSONAL_DATA) return null;
  const read: PersonalDatum[] = [];
  for (const item of value as readonly Json[]) {
    if (!isObject(item) || Object.keys(item).join() !== 'c,f,k') return null;
    const { f, c, k } = item;
    if (typeof f !== 'string' || !FIELD.test(f) || !isDigest(c) || !isId(k)) return null;
    read.push({ f, c, k });
  }
  return read;
}
