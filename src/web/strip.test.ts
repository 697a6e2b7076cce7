import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rendered } from '../../test/support/rendered.ts';
import { GERMAN } from '../publish/policy-page-de.text.ts';
import { ENGLISH } from '../publish/policy-page-en.text.ts';
import type { StripHistory } from './strip-history.ts';
import { Strip } from './strip.tsx';

const strip = (history: StripHistory | null, words = ENGLISH.strip): string =>
  rendered(Strip({ history, words, none: 'Measured once.' }));

const YEAR: StripHistory = {
  from: '2025-11-25',
  runs: [
    { state: null, days: 100 },
    { state: 'kept', days: 200 },
    { state: 'broken', days: 1 },
    { state: 'unknown', days: 2 },
    { state: 'stale', days: 30 },
    { state: 'manual', days: 32 },
  ],
};

describe('the strip of a year', () => {
  it('says that nothing was recorded instead of drawing a line', () => {
    assert.equal(strip(null), '<p class="finer">Measured once.</p>');
    assert.equal(
      strip({ from: '2026-01-01', runs: [{ state: 'kept', days: 0 }] }),
      '<p class="finer">Measured once.</p>',
    );
  });

  it('counts each state in words, also what was not recorded', () => {
    assert.ok(
      strip(YEAR).includes(
        'aria-label="Past year: kept on 200 days, broken on 1 day, stale on 30 days, unknown on 2 days, manual on 32 days, not recorded on 100 days"',
      ),
    );
    assert.ok(strip(YEAR, GERMAN.strip).includes('nicht eingehalten an 1 Tag, veraltet an 30 Tagen'));
  });

  it('draws trouble higher than a kept promise, and a single day wide enough to be seen', () => {
    const bars = strip(YEAR).match(/<rect[^>]*>/g);
    assert.deepEqual(bars, [
      '<rect class="k" x="27.4%" y="15" width="54.79%" height="5">',
      '<rect class="b" x="82.19%" y="0" width="0.9%" height="20">',
      '<rect class="u" x="82.47%" y="9" width="0.9%" height="11">',
      '<rect class="s" x="83.01%" y="9" width="8.22%" height="11">',
      '<rect class="m" x="91.23%" y="15" width="8.77%" height="5">',
    ]);
  });

  it('keeps a bad last day inside of the drawing', () => {
    const runs = [
      { state: 'kept', days: 364 },
      { state: 'broken', days: 1 },
    ] as const;
    assert.ok(
      strip({ from: '2025-11-25', runs }).includes('<rect class="b" x="99.1%" y="0" width="0.9%" height="20">'),
    );
  });

  it('has the same as a table, with the first and the last day of each run', () => {
    const days = [...strip(YEAR).matchAll(/datetime="([^"]+)"/g)].map(([, day]) => day);
    assert.deepEqual(days.slice(0, 6), [
      '2025-11-25',
      '2026-03-04',
      '2026-03-05',
      '2026-09-20',
      '2026-09-21',
      '2026-09-21',
    ]);
    assert.equal(days.at(-1), '2026-11-24');
  });

  it('draws a promise that changes every day week by week, with the worst of each, and counts days all the same', () => {
    const runs = Array.from({ length: 364 }, (_, at) => ({
      state: at % 2 === 0 ? ('kept' as const) : ('broken' as const),
      days: 1,
    }));
    const text = strip({ from: '2025-11-25', runs });
    assert.deepEqual(text.match(/<rect[^>]*>/g)?.length, 52);
    assert.match(text, /aria-label="Past year: kept on 182 days, broken on 182 days"/);
    assert.equal(text.match(/<tr>/g)?.length, 26);
    assert.match(text, /339 earlier rows are in policy\.json\./);
  });
});
