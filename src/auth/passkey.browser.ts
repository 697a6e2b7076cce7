/**
 * The one script of the service's pages: asks the browser for a passkey when a form that needs one is sent, and sends its answer with the form.
 *
 * The form is in passkey-form.tsx, which carries the options and every word that is said here. Without this script, or in a browser without
 * passkeys, the form says so and nothing is sent. It loads nothing and sends nothing but that form. Bundled as
 * `/assets/passkey.js` (rolldown.config.js).
 */

/** What src/auth/passkey.ts makes, with bytes in base64url (Web Authentication Level 3, §5.1.9 and §5.1.10). */
interface Options {
  readonly rp: PublicKeyCredentialRpEntity;
  readonly user?: PublicKeyCredentialUserEntityJSON;
  readonly challenge: string;
  readonly pubKeyCredParams: PublicKeyCredentialParameters[];
  readonly excludeCredentials?: PublicKeyCredentialDescriptorJSON[];
  readonly allowCredentials?: PublicKeyCredentialDescriptorJSON[];
}

/** Names of `data-…` attributes of the form, each with a sentence. */
type Said = 'waiting' | 'dismissed' | 'known' | 'address' | 'failed' | 'unsupported';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) attend(form);

function attend(form: HTMLFormElement): void {
  const isPossible = typeof PublicKeyCredential === 'function' && navigator.credentials !== undefined;
  if (!isPossible) {
    for (const button of form.querySelectorAll('button')) button.disabled = true;
    return say(form, 'unsupported');
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.dataset['busy'] === undefined) void ask(form);
  });
  // Back and forward show the page as it was left: its challenge may be over, so the server is asked again.
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}

async function ask(form: HTMLFormElement): Promise<void> {
  // Not `disabled`: the button would lose the focus, and the keyboard its place.
  form.dataset['busy'] = '';
  say(form, 'waiting');
  try {
    const options: Options = JSON.parse(form.dataset['options'] ?? '{}');
    const credential = await (options.user === undefined ? get(options) : create(options, named(form, options.user)));
    const field = form.elements.namedItem('passkey');
    if (credential === null || !(field instanceof HTMLInputElement)) throw new TypeError('no passkey');
    field.value = JSON.stringify(toJson(credential));
    form.submit();
  } catch (error) {
    say(form, reasonOf(error));
    delete form.dataset['busy'];
  }
}

function say(form: HTMLFormElement, what: Said): void {
  const place = form.querySelector<HTMLElement>('[data-says]');
  if (place === null) return;
  place.textContent = form.dataset[what] ?? '';
}

/** Web Authentication Level 3, §5.1.3 and §5.1.4, name the errors; browsers tell no more, so that a page learns nothing of the person. */
function reasonOf(error: unknown): Said {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError' || name === 'AbortError') return 'dismissed';
  if (name === 'InvalidStateError') return 'known';
  return name === 'SecurityError' ? 'address' : 'failed';
}

/** Under the name that was just typed, where the page asks for one: people find their passkey by it. */
function named(form: HTMLFormElement, user: PublicKeyCredentialUserEntityJSON): PublicKeyCredentialUserEntityJSON {
  const field = form.elements.namedItem('name');
  const typed = field instanceof HTMLInputElement ? field.value.trim() : '';
  return typed === '' ? user : { ...user, name: typed, displayName: typed };
}

async function create(options: Options, user: PublicKeyCredentialUserEntityJSON): Promise<Credential | null> {
  const publicKey =
    typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function'
      ? PublicKeyCredential.parseCreationOptionsFromJSON({ ...options, user } as PublicKeyCredentialCreationOptionsJSON)
      : ({
          ...options,
          challenge: decode(options.challenge),
          user: { ...user, id: decode(user.id) },
          excludeCredentials: decoded(options.excludeCredentials),
        } as PublicKeyCredentialCreationOptions);
  return navigator.credentials.create({ publicKey });
}

async function get(options: Options): Promise<Credential | null> {
  const publicKey =
    typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function'
      ? PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON)
      : ({
          ...options,
          challenge: decode(options.challenge),
          allowCredentials: decoded(options.allowCredentials),
        } as PublicKeyCredentialRequestOptions);
  return navigator.credentials.get({ publicKey });
}

const decoded = (list: readonly PublicKeyCredentialDescriptorJSON[] = []) =>
  list.map((each) => ({ ...each, id: decode(each.id) }));

/** The answer as `toJSON` makes it; browsers before 2025, and some password managers since, have none. */
function toJson(credential: Credential): unknown {
  if (!(credential instanceof PublicKeyCredential)) throw new TypeError('no passkey');
  if (typeof credential.toJSON === 'function') {
    try {
      return credential.toJSON();
    } catch {
      // A password manager that puts itself before the browser has objects of its own, which the browser's method refuses.
    }
  }
  const { id, rawId, type, response } = credential;
  return { id, rawId: encode(rawId), type, response: fieldsOf(response) };
}

function fieldsOf(response: AuthenticatorResponse): Readonly<Record<string, unknown>> {
  const clientDataJSON = encode(response.clientDataJSON);
  if ('attestationObject' in response) {
    const made = response as AuthenticatorAttestationResponse;
    const transports = typeof made.getTransports === 'function' ? made.getTransports() : [];
    return { clientDataJSON, attestationObject: encode(made.attestationObject), transports };
  }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse;
  return {
    clientDataJSON,
    authenticatorData: encode(authenticatorData),
    signature: encode(signature),
    ...(userHandle === null ? {} : { userHandle: encode(userHandle) }),
  };
}

const encode = (bytes: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const decode = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
