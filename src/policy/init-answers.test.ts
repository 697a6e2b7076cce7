import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkAnswer, matters, oneLine, propose, remoteOwner, type Known, type Surroundings } from './init-answers.ts';

const nothing: Surroundings = {
  folderName: 'timesheet',
  author: { name: null, email: null },
  bugsEmail: null,
  git: { userName: null, userEmail: null, remote: null, branch: null },
  timeZone: 'UTC',
  folders: [],
  foldersLeftOut: false,
};
const none: Known = new Map();

describe('what init finds out', () => {
  it('takes the author of package.json for the organisation without asking', () => {
    const around = { ...nothing, author: { name: 'Beispiel Apps GmbH', email: null } };
    assert.deepEqual(propose('name', around, none), {
      value: 'Beispiel Apps GmbH',
      from: 'author in package.json',
      strength: 'sure',
    });
  });

  it('only suggests the owner of the remote, then the user of Git, then the folder', () => {
    const git = { ...nothing.git, userName: 'Kim', remote: 'https://github.com/beispiel/timesheet.git' };
    assert.deepEqual(propose('name', { ...nothing, git }, none)?.value, 'beispiel');
    assert.deepEqual(propose('name', { ...nothing, git: { ...git, remote: null } }, none)?.value, 'Kim');
    assert.deepEqual(propose('name', nothing, none), {
      value: 'timesheet',
      from: 'name of the folder',
      strength: 'likely',
    });
  });

  it('passes over a candidate that no file could hold', () => {
    const around = { ...nothing, author: { name: 'x'.repeat(501), email: null } };
    assert.equal(propose('name', around, none)?.value, 'timesheet');
  });

  it('suggests a private mail address and never takes it without a word', () => {
    const withEmail = (userEmail: string): Surroundings => ({ ...nothing, git: { ...nothing.git, userEmail } });
    assert.equal(propose('contact', withEmail('kim@beispiel.example'), none)?.strength, 'confirm');
    assert.equal(propose('contact', withEmail('1+kim@users.noreply.github.com'), none), null);
  });

  it('reads the country from a time zone that only one country uses', () => {
    const inZone = (value: string): Known => new Map([['timezone', { value, from: 'given' }]]);
    assert.equal(propose('country', nothing, inZone('Europe/Berlin'))?.value, 'DE');
    assert.equal(propose('country', nothing, inZone('America/New_York')), null);
    assert.equal(propose('country', nothing, none), null);
  });

  it('does not take the zone of a container for the zone of the people', () => {
    assert.equal(propose('timezone', { ...nothing, timeZone: 'UTC' }, none), null);
    assert.equal(propose('timezone', { ...nothing, timeZone: 'Etc/UTC' }, none), null);
    assert.equal(propose('timezone', { ...nothing, timeZone: 'Europe/Vienna' }, none)?.value, 'Europe/Vienna');
  });

  it('asks for the state in Germany only, and for the hosting only while a product shows none', () => {
    const country = (value: string): Known => new Map([['country', { value, from: 'given' }]]);
    assert.equal(matters('state', country('DE'), []), true);
    assert.equal(matters('state', country('AT'), []), false);
    const product = { id: 'a', path: '.', hosting: null, baseUrl: null, from: [] };
    assert.equal(matters('hosting', none, [product]), true);
    assert.equal(matters('hosting', none, [{ ...product, hosting: 'forge' }]), false);
    assert.equal(matters('hosting', none, []), false);
  });
});

describe('an answer', () => {
  it('is accepted as holdfast.yaml will hold it', () => {
    assert.deepEqual(checkAnswer('country', ' de '), { ok: true, value: 'DE' });
    assert.deepEqual(checkAnswer('state', 'he'), { ok: true, value: 'HE' });
    assert.deepEqual(checkAnswer('name', 'Beispiel\r\n---\tApps'), { ok: true, value: 'Beispiel --- Apps' });
    assert.deepEqual(checkAnswer('hosting', 'data-center'), { ok: true, value: 'data-center' });
  });

  it('is refused with the way to write it', () => {
    const refusal = (topic: Parameters<typeof checkAnswer>[0], text: string): unknown => {
      const checked = checkAnswer(topic, text);
      return checked.ok ? 'accepted' : checked.error;
    };
    assert.equal(refusal('country', 'Germany'), 'write the two-letter country code in capitals, e.g. DE');
    assert.equal(refusal('state', 'Hessen'), 'write the state code without the country, e.g. HE');
    assert.equal(refusal('timezone', 'Berlin'), 'write an IANA time zone, e.g. Europe/Berlin');
    assert.equal(refusal('hosting', 'cloud'), 'write forge, connect, data-center, self-hosted or website');
    assert.equal(refusal('contact', 'kim at home'), 'write a mail address, e.g. security@example.com');
    assert.equal(refusal('contact', '"<x>"@example.com'), 'write a mail address, e.g. security@example.com');
    assert.notEqual(refusal('name', ' \n '), 'accepted');
    assert.notEqual(refusal('name', 'x'.repeat(501)), 'accepted');
  });

  it('loses what could turn a line around or end it', () => {
    assert.equal(oneLine('a\u202eb\u2028c\u0000d\u001b[31m'), 'ab c d [31m');
    assert.equal(oneLine('\ud800'), '\ufffd');
  });
});

describe('the owner of a remote', () => {
  it('is read from web and SSH addresses', () => {
    assert.equal(remoteOwner('git@github.com:beispiel/app.git'), 'beispiel');
    assert.equal(remoteOwner('https://user:secret@bitbucket.org/beispiel/app'), 'beispiel');
    assert.equal(remoteOwner('ssh://git@host:7999/team/app.git'), 'team');
  });

  it('is not there for a folder or a bare host', () => {
    for (const remote of ['/srv/git/app.git', '../app', 'https://host/app.git', 'C:\\git\\app', null]) {
      assert.equal(remoteOwner(remote), null, remote ?? 'null');
    }
  });
});
