import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { line, localPath, prose, readForm, valuesOf } from './read-form.ts';

const invite = z.object({
  name: line('A name', 20),
  roles: z.array(z.enum(['owner', 'auditor'])).min(1, 'Choose a role.'),
});
const read = (text: string) => readForm(invite, valuesOf(new URLSearchParams(text)), ['roles']);

describe('a form', () => {
  it('is read into typed values', () => {
    assert.deepEqual(read('name=+Anke+M.+&roles=owner&roles=auditor'), {
      ok: true,
      value: { name: 'Anke M.', roles: ['owner', 'auditor'] },
    });
  });

  it('has one error for each field, and keeps what was typed', () => {
    const refused = read(`name=${'x'.repeat(21)}`);
    assert.ok(!refused.ok);
    assert.deepEqual(
      [...refused.error.errors],
      [
        ['name', 'A name has more than 20 characters. Shorten it.'],
        ['roles', 'Choose a role.'],
      ],
    );
    assert.deepEqual(refused.error.values.get('name'), ['x'.repeat(21)]);
  });

  it('says what is missing', () => {
    const refused = read('roles=owner');
    assert.ok(!refused.ok);
    assert.deepEqual([...refused.error.errors], [['name', 'A name is missing. Type it.']]);
  });

  it('refuses what turns words around or breaks lines', () => {
    for (const bad of ['a\u202eb', 'a\u0000b', 'a\nb', 'a\ud800'])
      assert.equal(line('A name', 20).safeParse(bad).success, false, JSON.stringify(bad));
    assert.equal(prose('A reason', 20).safeParse('a\r\n\tb').success, true);
    for (const bad of ['a\u2066b', 'a\u001bb']) assert.equal(prose('A reason', 20).safeParse(bad).success, false);
  });

  it('may name its fields as it likes without becoming one of ours', () => {
    const refused = readForm(
      invite,
      valuesOf([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
      ['roles'],
    );
    assert.ok(!refused.ok);
    assert.deepEqual([...refused.error.errors.keys()], ['name', 'roles']);
  });
});

describe('the way back after signing in', () => {
  it('is a path of ours', () => {
    for (const path of ['/log', '/log?type=a&page=2', '/people/p1%2F']) assert.equal(localPath(path), path);
  });

  it('is never another site', () => {
    for (const path of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      'evil',
      '',
      '/a b',
      '/a\nb',
      '/\t/evil.example',
      null,
    ])
      assert.equal(localPath(path), '/today', String(path));
  });
});
