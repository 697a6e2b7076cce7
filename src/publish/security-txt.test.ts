import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseInstant, type Instant } from '../lib/time.ts';
import { contactWords, publicContact } from './contact.ts';
import { securityTxt } from './security-txt.ts';

const at = (text: string): Instant => {
  const instant = parseInstant(text);
  assert.ok(instant !== null);
  return instant;
};
const now = at('2026-11-25T18:15:19Z');

describe('security.txt', () => {
  it('has a contact and an end within a year, and no address that nobody gave', () => {
    assert.equal(
      securityTxt({ contact: 'mailto:security@shop.example', language: null, url: null, now }),
      'Contact: mailto:security@shop.example\nExpires: 2027-11-24T00:00:00Z\n',
    );
  });

  it('names the policy and its own place at the root of the host, whatever folder the page lies in', () => {
    assert.equal(
      securityTxt({
        contact: 'https://shop.example/report',
        language: 'de-DE',
        url: 'https://shop.example/trust/',
        now,
      }),
      [
        'Contact: https://shop.example/report',
        'Expires: 2027-11-24T00:00:00Z',
        'Preferred-Languages: de-DE',
        'Policy: https://shop.example/trust/',
        'Canonical: https://shop.example/.well-known/security.txt',
        '',
      ].join('\n'),
    );
  });

  it('lasts less than a year also from the last moment of a day before a leap day', () => {
    const expires = /Expires: (.*)/.exec(
      securityTxt({ contact: 'mailto:a@b.example', language: null, url: null, now: at('2027-03-01T23:59:59Z') }),
    )?.[1];
    assert.equal(expires, '2028-02-28T00:00:00Z');
  });
});

describe('the contact', () => {
  const recipient = (id: string, address: string) => ({ id, kind: 'email', address });

  it('is that of the document, else the own security recipient, never an authority or a customer', () => {
    const recipients = [recipient('authority', 'post@authority.example'), recipient('security-team', 's@shop.example')];
    assert.equal(publicContact('a@shop.example', recipients), 'mailto:a@shop.example');
    assert.equal(publicContact(null, recipients), 'mailto:s@shop.example');
    assert.equal(publicContact(null, recipients.slice(0, 1)), null);
  });

  it('keeps addresses of the web, and one scheme in front of an address of mail', () => {
    assert.equal(publicContact('https://shop.example/report', []), 'https://shop.example/report');
    assert.equal(publicContact('mailto:a@shop.example', []), 'mailto:a@shop.example');
    assert.equal(publicContact('a+b%c@shop.example', []), 'mailto:a+b%25c@shop.example');
    assert.equal(contactWords('mailto:a+b%25c@shop.example'), 'a+b%c@shop.example');
  });

  for (const address of [
    'javascript:alert(1)',
    'a@b.example\nPolicy: https://evil.example',
    'http://shop.example',
    'room 3',
  ])
    it(`is none where the address is ${JSON.stringify(address)}`, () =>
      assert.equal(publicContact(null, [recipient('security', address)]), null));
});
