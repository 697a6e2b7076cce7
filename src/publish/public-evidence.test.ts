import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cpuMs } from '../../test/support/cpu-time.ts';
import { pathHider, publicEvidence } from './public-evidence.ts';

const hide = pathHider('/home/jane/shop');

describe('evidence for everybody', () => {
  it('names the keys that a list allows, and the others by name only', () => {
    const history = {
      release: { ref: 'HEAD', commit: 'abc', tags: [] },
      commits: { total: 2, offBranch: 0, listed: [{ author: { name: 'Jane' }, subject: 'Fix the hole' }] },
      previous: { tag: 'v1', commit: 'def', at: 1_795_632_919_000 },
    };
    assert.deepEqual(publicEvidence('release.history', history, hide), {
      shown: {
        release: { ref: 'HEAD', commit: 'abc', tags: [] },
        commits: { total: 2, offBranch: 0 },
        previous: { tag: 'v1', commit: 'def', at: '2026-11-25T18:55:19Z' },
      },
      withheld: ['commits.listed'],
    });
  });

  it('shows nothing of a control that it does not know', () => {
    assert.deepEqual(publicEvidence('posture.new', { secret: 1, at: 2 }, hide), {
      shown: {},
      withheld: ['at', 'secret'],
    });
    assert.deepEqual(publicEvidence('constructor', { secret: 1 }, hide).shown, {});
  });

  it('shows no object where a figure is expected, whatever its keys are', () => {
    const { shown, withheld } = publicEvidence(
      'manual',
      { by: { hidden: 1 }, on: '2026-01-01', ['__proto__']: 1 },
      hide,
    );
    assert.deepEqual(shown, { on: '2026-01-01' });
    assert.ok(withheld.includes('by'));
  });

  it('cuts long lists and says how much is missing', () => {
    const inputs = Array.from({ length: 53 }, (_, at) => ({ path: `p${at}`, own: 1 }));
    const shown = publicEvidence('scan.dependencies', { inputs }, hide).shown['inputs'];
    assert.ok(Array.isArray(shown));
    assert.deepEqual([shown.length, shown[0], shown.at(-1)], [51, { path: 'p0' }, 'and 3 more']);
  });
});

describe('places on this machine', () => {
  for (const [text, shown] of [
    ['/home/jane/shop/apps/package-lock.json is damaged', 'apps/package-lock.json is damaged'],
    ["ENOENT: no such file, open '/var/lib/my data/x.idx'", "ENOENT: no such file, open '[local path]'"],
    ['read from ~/.cache/holdfast/advisories.idx, 3 d old', 'read from [local path], 3 d old'],
    ['C:\\Users\\jane\\x.json cannot be read', '[local path] cannot be read'],
    ['\\\\server\\share\\x is away', '[local path] is away'],
    ['see file:///etc/passwd now', 'see [local path] now'],
    ['(/opt/x)', '([local path])'],
  ] as const) {
    it(`are taken out of "${text}"`, () => assert.equal(hide(text), shown));
  }

  for (const text of [
    'https://a.example/b/c answered',
    'read/write and 3 / 4, apps/shop/package-lock.json',
    '2 of 3; and/or: @scope/name@1.0.0',
    'mailto:a@b.example',
  ])
    it(`are not seen in "${text}"`, () => assert.equal(hide(text), text));

  it('never survive behind a blank, a quotation mark or a bracket, and never cost more than a moment', () => {
    const before = fc.constantFrom('', ' ', '"', "'", '(', 'open ', ', ');
    const path = fc.array(fc.stringMatching(/^[a-z0-9._-]{1,8}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(before, path, (lead, parts) => {
        assert.equal(hide(`${lead}/secret-root/${parts.join('/')}`).includes('secret-root'), false);
      }),
    );
    const begin = cpuMs();
    for (const unit of ['/a', "'/", '~/', 'C:\\', ' /', '\\\\', "'"]) hide(unit.repeat(20_000));
    assert.ok(cpuMs() - begin < 2_000);
  });
});
