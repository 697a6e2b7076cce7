/**
 * Passkeys as Web Authentication has them: what a browser is asked for, and what its answer says before anything in it is believed.
 *
 * The ceremonies with challenges, keys and the log are passkey.actions.ts, the browser's side is passkey.browser.ts, the words passkey.text.ts.
 *
 * Source: Web Authentication Level 3 (W3C), "the specification" below. Every passkey here is discoverable and verifies its user (a PIN, a
 * finger, a face), so that it is two factors in one and nobody types a name. No attestation: which authenticators people buy is not
 * ours to decide, and without it none can be told from another (§14.4.1).
 */
import * as z from 'zod';
import { base64url, fromBase64url, fromUtf8, utf8 } from '../lib/bytes.ts';
import { isObject } from '../lib/json.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Millis } from '../lib/time.ts';

/** Whom the browser makes a passkey for. Another origin cannot use it: that is what a phishing page fails at. */
export interface RelyingParty {
  /** A domain; the specification, §5.1.2: an IP address cannot be one. */
  readonly id: string;
  /** `https://holdfast.example` */
  readonly origin: string;
  /** In the browser's own dialog. */
  readonly name: string;
}

/**
 * @param publicUrl `https://holdfast.example/`, as the service is reached; ports are part of the origin and not of the id.
 * @returns `null` for an address whose host cannot have passkeys
 */
export function relyingParty(publicUrl: string, name: string): RelyingParty | null {
  const [, origin = '', host = ''] = /^(https?:\/\/([a-z0-9.-]+)(?::\d+)?)(?:\/|$)/.exec(publicUrl) ?? [];
  // A domain's last label is never a number (RFC 3696 §2), an IPv4 address's is.
  return /[a-z][a-z0-9-]*$/.test(host) ? { id: host, origin, name } : null;
}

/** What a browser shows beside a passkey, and what it sends back with a signature (§5.4.3: up to 64 bytes, nothing personal). */
export interface PasskeyOwner {
  readonly id: string;
  readonly name: string;
}

export interface KnownCredential {
  /** base64url. */
  readonly id: string;
  readonly transports: readonly string[];
}

/**
 * COSE algorithms, the one that we like best first: Ed25519, ES256, RS256 (Windows Hello). Named one by one also for the library, which would
 * otherwise ask Node for an experimental one, and Node would warn of it.
 */
export const ALGORITHMS = [-8, -7, -257];

/** §15.1 recommends a time-out between 5 and 10 minutes; the shorter end, because nobody reads meanwhile. The browser hears of it, too. */
export const CHALLENGE_MS = 300_000 as Millis;

/** `PublicKeyCredentialCreationOptionsJSON` (§5.1.9). @param known Passkeys of this person: an authenticator makes no second one. */
export const creationOptions = (
  rp: RelyingParty,
  owner: PasskeyOwner,
  challenge: string,
  known: readonly KnownCredential[],
) => ({
  rp: { id: rp.id, name: rp.name },
  user: { id: base64url(utf8(owner.id)), name: owner.name, displayName: owner.name },
  challenge,
  pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
  timeout: CHALLENGE_MS,
  excludeCredentials: known.map(descriptor),
  authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
  attestation: 'none',
});

/** `PublicKeyCredentialRequestOptionsJSON` (§5.1.10). @param known Empty: whoever it is, their passkey says so. */
export const requestOptions = (rp: RelyingParty, challenge: string, known: readonly KnownCredential[]) => ({
  challenge,
  rpId: rp.id,
  timeout: CHALLENGE_MS,
  allowCredentials: known.map(descriptor),
  userVerification: 'required',
});

const descriptor = ({ id, transports }: KnownCredential) => ({ type: 'public-key', id, transports });

/** base64url of at most so many bytes. */
const bytes = (most: number) =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .regex(/^[A-Za-z0-9_-]*$/);

/** §6.5.1: `L` is at most 1023. */
const credentialId = bytes(1_023).min(1);
/** Ours is 43 characters and Chromium adds a sentence of its own; an origin is at most 253 of them. */
const clientData = bytes(4_096);

/** §4: known ones today are `usb`, `nfc`, `ble`, `smart-card`, `hybrid`, `internal`; unknown ones have to be kept for later. */
const transports = z.array(z.string().regex(/^[a-z-]{1,20}$/)).max(10);

/** `RegistrationResponseJSON` (§5.1.8), of what browsers put into it only what is used. */
const registrationJson = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientData,
    // With an RSA key of 4096 bits and no certificates it has less than 1.5 KB.
    attestationObject: bytes(8_192),
    transports: transports.catch([]).default([]),
  }),
});
export type RegistrationAnswer = z.infer<typeof registrationJson>;

/** `AuthenticationResponseJSON` (§5.1.8). */
const authenticationJson = z.object({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.object({
    clientDataJSON: clientData,
    authenticatorData: bytes(4_096),
    signature: bytes(1_024),
    userHandle: bytes(64).nullish(),
  }),
});
export type AuthenticationAnswer = z.infer<typeof authenticationJson>;

/** An answer, and the challenge that it says it is to. */
export interface Answered<A> {
  readonly answer: A;
  readonly challenge: string;
}

export type PasskeyRefusal =
  /** No answer of a browser, or one that is too large. */
  | { readonly code: 'unreadable' }
  /** Answered before, older than five minutes, or given to somebody else for something else. */
  | { readonly code: 'challenge-over' }
  /** It comes with certificates of its maker, which nobody asked for. */
  | { readonly code: 'attested' }
  /** Another origin, no user verification, a wrong signature. `why`: for the service's own log, in the library's words. */
  | { readonly code: 'not-verified'; readonly why: string }
  /** Its counter stands where it stood: somebody may have a copy of the authenticator (§6.1.1). */
  | { readonly code: 'counter' }
  /** Nobody's here, removed, or its owner's access ended. */
  | { readonly code: 'unknown-passkey' }
  /** Their owner has twenty. */
  | { readonly code: 'too-many' }
  /** Somebody has it already. */
  | { readonly code: 'known-passkey' };

export type PasskeyChangeRefusal =
  | { readonly code: 'unknown-passkey' }
  /** The only one, and no recovery code is left: its owner could never come in again. */
  | { readonly code: 'last-way-in' };

export const readRegistration = (text: string): Result<Answered<RegistrationAnswer>, PasskeyRefusal> =>
  readAnswer(text, registrationJson, 'webauthn.create');

export const readAuthentication = (text: string): Result<Answered<AuthenticationAnswer>, PasskeyRefusal> =>
  readAnswer(text, authenticationJson, 'webauthn.get');

/** As text, so that a form can carry it. Larger than any answer that fits the limits above. */
const MOST_ANSWER_CHARACTERS = 32_768;

function readAnswer<A extends RegistrationAnswer | AuthenticationAnswer>(
  text: string,
  schema: z.ZodType<A>,
  type: 'webauthn.create' | 'webauthn.get',
): Result<Answered<A>, PasskeyRefusal> {
  const parsed = text.length > MOST_ANSWER_CHARACTERS ? null : schema.safeParse(parseJson(text));
  if (parsed?.success !== true) return no({ code: 'unreadable' });
  const client = readClientData(parsed.data.response.clientDataJSON);
  if (client === null) return no({ code: 'unreadable' });
  // The library passes over a frame of another site that does not name its own top.
  if (client.type !== type || client.crossOrigin) return no({ code: 'not-verified', why: 'asked for by another page' });
  return ok({ answer: parsed.data, challenge: client.challenge });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** §5.8.1. Signed by the authenticator, so it is believed only after the signature was. */
function readClientData(encoded: string) {
  const decoded = fromBase64url(encoded);
  const text = decoded === null ? null : fromUtf8(decoded);
  const data = text === null ? null : parseJson(text);
  if (!isObject(data)) return null;
  const { type, challenge, crossOrigin } = data;
  return typeof challenge === 'string' ? { type, challenge, crossOrigin: crossOrigin === true } : null;
}

/** Whose passkey answered, as the authenticator remembers it; `null` where it says nothing, as one for a named credential may. */
export function ownerOf({ response: { userHandle } }: AuthenticationAnswer): string | null {
  const decoded = userHandle === undefined || userHandle === null ? null : fromBase64url(userHandle);
  return decoded === null || decoded.length === 0 ? null : fromUtf8(decoded);
}

/** The name that a passkey gets until its owner gives another: people know their devices, not their authenticators. */
export const firstLabel = (transportsOfIt: readonly string[]): string =>
  transportsOfIt.includes('internal') || transportsOfIt.includes('hybrid') ? 'Passkey on a device' : 'Security key';
