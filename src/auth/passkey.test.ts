import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { SoftAuthenticator } from '../../test/support/authenticator.ts';
import {
  creationOptions,
  firstLabel,
  ownerOf,
  readAuthentication,
  readRegistration,
  relyingParty,
  requestOptions,
} from './passkey.ts';

const RP = { id: 'localhost', origin: 'http://localhost:8710', name: 'Beispiel Apps GmbH' };
const OWNER = { id: 'p0123456789abcdefghjk', name: 'Anke' };

describe('where passkeys are for', () => {
  it('is the name of the service without the port, and the origin with it', () => {
    assert.deepEqual(relyingParty('http://localhost:8710', 'Shop'), {
      id: 'localhost',
      origin: 'http://localhost:8710',
      name: 'Shop',
    });
    assert.deepEqual(relyingParty('https://holdfast.shop.example/', 'Shop'), {
      id: 'holdfast.shop.example',
      origin: 'https://holdfast.shop.example',
      name: 'Shop',
    });
  });

  it('is never an IP address, because no browser makes a passkey there', () => {
    for (const url of ['http://127.0.0.1:8710', 'http://[::1]:8710', 'https://192.0.2.7', 'ftp://localhost', 'x'])
      assert.equal(relyingParty(url, 'Shop'), null, url);
  });
});

describe('what a browser is asked for', () => {
  it('is a discoverable passkey that verifies its user, and nothing about its maker', () => {
    const asked = creationOptions(RP, OWNER, 'Y2hhbGxlbmdl', [{ id: 'YQ', transports: ['usb'] }]);
    assert.deepEqual(asked.authenticatorSelection, {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    });
    assert.equal(asked.attestation, 'none');
    assert.deepEqual(asked.rp, { id: 'localhost', name: 'Beispiel Apps GmbH' });
    assert.deepEqual(asked.user, { id: 'cDAxMjM0NTY3ODlhYmNkZWZnaGpr', name: 'Anke', displayName: 'Anke' });
    assert.deepEqual(asked.excludeCredentials, [{ type: 'public-key', id: 'YQ', transports: ['usb'] }]);
    assert.deepEqual(
      asked.pubKeyCredParams.map(({ alg }) => alg),
      [-8, -7, -257],
    );
  });

  it('names nobody when somebody signs in', () => {
    assert.deepEqual(requestOptions(RP, 'Y2hhbGxlbmdl', []), {
      challenge: 'Y2hhbGxlbmdl',
      rpId: 'localhost',
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    });
  });
});

describe('the answer of a browser', () => {
  const authenticator = new SoftAuthenticator(RP.origin);
  const created = authenticator.create(creationOptions(RP, OWNER, 'Y2hhbGxlbmdl', []));
  const signed = authenticator.get(requestOptions(RP, 'YW5vdGhlcg', []));

  it('says which challenge it is to, and whose passkey it is', () => {
    const registration = readRegistration(created);
    assert.equal(registration.ok && registration.value.challenge, 'Y2hhbGxlbmdl');
    const authentication = readAuthentication(signed);
    assert.equal(authentication.ok && authentication.value.challenge, 'YW5vdGhlcg');
    assert.equal(authentication.ok && ownerOf(authentication.value.answer), 'p0123456789abcdefghjk');
  });

  it('is no answer to the other question', () => {
    const options = creationOptions(RP, OWNER, 'Y2hhbGxlbmdl', []);
    const refused = readRegistration(authenticator.create(options, { type: 'webauthn.get' }));
    assert.deepEqual(refused, { ok: false, error: { code: 'not-verified', why: 'asked for by another page' } });
    assert.equal(readAuthentication(created).ok, false);
  });

  it('is refused from a frame on a page of somebody else', () => {
    const framed = authenticator.get(requestOptions(RP, 'YW5vdGhlcg', []), { crossOrigin: true });
    assert.deepEqual(readAuthentication(framed), {
      ok: false,
      error: { code: 'not-verified', why: 'asked for by another page' },
    });
  });

  it('has a limit for each of its parts', () => {
    const change = (text: string, part: string, value: unknown): string => {
      const answer = JSON.parse(text) as { response: object };
      return JSON.stringify({ ...answer, response: { ...answer.response, [part]: value } });
    };
    const long = (bytes: number): string => Buffer.alloc(bytes).toString('base64url');
    assert.equal(readRegistration(change(created, 'attestationObject', long(8_192))).ok, true);
    assert.equal(readRegistration(change(created, 'attestationObject', long(8_194))).ok, false);
    assert.equal(readAuthentication(change(signed, 'signature', long(1_026))).ok, false);
    assert.equal(readAuthentication(change(signed, 'userHandle', long(66))).ok, false);
    assert.equal(readAuthentication(change(signed, 'signature', 'not base64url!')).ok, false);
    assert.equal(readAuthentication(' '.repeat(40_000) + signed).ok, false);
  });

  it('keeps ways to reach the authenticator that are not known yet, and drops what is none', () => {
    const change = (transports: unknown): string => {
      const answer = JSON.parse(created) as { response: object };
      return JSON.stringify({ ...answer, response: { ...answer.response, transports } });
    };
    const read = (transports: unknown): unknown => {
      const registration = readRegistration(change(transports));
      return registration.ok && registration.value.answer.response.transports;
    };
    assert.deepEqual(read(['internal', 'telepathy']), ['internal', 'telepathy']);
    assert.deepEqual(read('usb'), []);
    assert.deepEqual(read(['<b>']), []);
  });

  it('may be anything at all, and is then unreadable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.deepEqual(readRegistration(text), { ok: false, error: { code: 'unreadable' } });
        assert.deepEqual(readAuthentication(text), { ok: false, error: { code: 'unreadable' } });
      }),
    );
  });
});

describe('the label of a passkey', () => {
  it('says at first what kind of thing it is', () => {
    assert.equal(firstLabel(['internal', 'hybrid']), 'Passkey on a device');
    assert.equal(firstLabel(['usb', 'nfc']), 'Security key');
    assert.equal(firstLabel([]), 'Security key');
  });
});
