/** Secrets that are handed out: each is read back as what it is, and no other text is taken for one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { apiTokenOf, formatScopes, hashOfApiToken, readScopes, TOKEN_BYTES } from './api-token.ts';
import { ID_BYTES, isId, newId, type IdKind } from './opaque-id.ts';
import { SCOPES } from './permit.ts';
import { CODE_BYTES, codeOf, formatCode, readCode } from './recovery-code.ts';
import { hashOfSecret, SECRET_BYTES, secretOf } from './secret.ts';
import { noSessionCookie, readSessionCookie, sessionCookie } from './session-cookie.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('a token of the API', () => {
  it('has one spelling, found by prefix and length', () => {
    const { text, hash } = apiTokenOf(new Uint8Array(TOKEN_BYTES));
    assert.equal(text, 'hft_00000000000000000000000000000000000000000000000000005kac2f');
    assert.equal(hashOfApiToken(text), hash);
  });

  it('is read back, and with any character changed it is none', () => {
    fc.assert(
      fc.property(
        bytes(TOKEN_BYTES),
        fc.nat(57),
        fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'.split('')),
        (random, at, letter) => {
          const { text, hash } = apiTokenOf(random);
          assert.match(text, /^hft_[0-9a-hjkmnp-tv-z]{58}$/);
          assert.equal(hashOfApiToken(text), hash);
          const changed = text.slice(0, 4 + at) + letter + text.slice(5 + at);
          if (changed !== text) assert.equal(hashOfApiToken(changed), null);
        },
      ),
    );
  });

  it('has its scopes in one order, and an unknown one opens nothing', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...SCOPES]), (scopes) => {
        assert.deepEqual(new Set(readScopes(formatScopes(scopes))), new Set(scopes));
        assert.deepEqual(readScopes(`${formatScopes(scopes)},admin,__proto__`), readScopes(formatScopes(scopes)));
      }),
    );
  });
});

describe('a secret of a link or a cookie', () => {
  it('is read back by its digest, and other texts have none', () => {
    fc.assert(
      fc.property(bytes(SECRET_BYTES), fc.string(), (random, other) => {
        const { text, hash } = secretOf(random);
        assert.equal(hashOfSecret(text), hash);
        if (!/^[\w-]{43}$/.test(other)) assert.equal(hashOfSecret(other), null);
        assert.equal(hashOfSecret(`${text}A`), null);
      }),
    );
  });

  it('goes to the browser and comes back in a header with other cookies', () => {
    fc.assert(
      fc.property(bytes(SECRET_BYTES), fc.boolean(), (random, secure) => {
        const { text } = secretOf(random);
        const pair = sessionCookie(text, { secure }).split(';')[0] ?? '';
        assert.equal(readSessionCookie(`theme=dark; ${pair}; x=y`, { secure }), text);
        assert.equal(readSessionCookie(pair, { secure: !secure }), null);
        assert.equal(readSessionCookie(`${pair}; ${pair}`, { secure }), null);
      }),
    );
  });

  it('is for this host and this path only, over TLS only, and for no script', () => {
    assert.equal(sessionCookie('s', { secure: true }), '__Host-holdfast=s; Path=/; HttpOnly; SameSite=Lax; Secure');
    assert.equal(sessionCookie('s', { secure: false }), 'holdfast=s; Path=/; HttpOnly; SameSite=Lax');
    assert.equal(
      noSessionCookie({ secure: true }),
      '__Host-holdfast=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0',
    );
    assert.equal(readSessionCookie(null, { secure: true }), null);
    assert.equal(readSessionCookie('x'.repeat(100_000), { secure: true }), null);
  });
});

describe('a recovery code', () => {
  it('is read however it is typed', () => {
    const code = codeOf(new Uint8Array(CODE_BYTES).fill(0x5a));
    assert.equal(formatCode(code), 'B9D5M-PJTB9-D5MPJ-TB9D5');
    assert.deepEqual(readCode('b9d5m pjtb9 d5mpj tb9d5'), code);
    assert.deepEqual(readCode('  B9D5MPJTB9D5MPJTB9D5 '), code);
  });

  it('is read back, and nothing of another length is one', () => {
    fc.assert(
      fc.property(bytes(CODE_BYTES), fc.string({ maxLength: 60 }), (random, other) => {
        const code = codeOf(random);
        assert.deepEqual([code.selector.length, code.secret.length], [8, 12]);
        assert.deepEqual(readCode(formatCode(code)), code);
        assert.equal(readCode(formatCode(code).slice(0, -1)), null);
        const read = readCode(other);
        if (read !== null) assert.match(other.toUpperCase(), /^[\s0-9A-HJ-NP-TV-ZO-]+$/);
      }),
    );
  });
});

describe('an id', () => {
  it('says its kind and nothing else, and is fit for the log', () => {
    const kinds: readonly IdKind[] = ['person', 'passkey', 'session', 'invitation', 'token'];
    fc.assert(
      fc.property(bytes(ID_BYTES), fc.constantFrom(...kinds), fc.constantFrom(...kinds), (random, kind, other) => {
        const id = newId(kind, random);
        assert.match(id, /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/);
        assert.equal(isId(kind, id), true);
        if (other !== kind) assert.equal(isId(other, id), false);
      }),
    );
    assert.equal(isId('person', 'p'), false);
    assert.equal(isId('person', `p${'u'.repeat(20)}`), false);
  });
});
