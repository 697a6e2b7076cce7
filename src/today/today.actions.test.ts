import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { EPOCH } from '../lib/time.ts';
import type { FirstStep, NeedSource } from './need.ts';
import { readToday } from './today.actions.ts';

const fails = async (): Promise<never> => {
  throw new HoldfastError('DB_BUSY', 'it is busy', { hint: 'Again.' });
};

const source = (title: string, read: NeedSource['read']): NeedSource => ({
  title,
  all: { text: 'all', href: '/' },
  read,
});
const step = (title: string, isDone: FirstStep['isDone']): FirstStep => ({
  title,
  words: '',
  command: null,
  link: null,
  isDone,
});
const yes = async (): Promise<boolean> => true;
const no = async (): Promise<boolean> => false;

const stepsLeft = async (...steps: readonly FirstStep[]) =>
  (await readToday({ sources: [], steps }, EPOCH)).steps.map(({ title }) => title);

describe('what needs someone today', () => {
  it('knows a source that has nothing from one that could not tell', async () => {
    const sources = [source('quiet', async () => []), source('failing', fails)];
    const { groups } = await readToday({ sources, steps: [] }, EPOCH);
    assert.deepEqual(
      groups.map(({ title, needs }) => [title, needs]),
      [
        ['quiet', []],
        ['failing', null],
      ],
    );
  });

  it('does not take a defect for a source that could not tell', async () => {
    const sources = [
      source('wrong', async () => {
        throw new TypeError('a defect');
      }),
    ];
    await assert.rejects(readToday({ sources, steps: [] }, EPOCH), TypeError);
  });

  it('shows each step until it is done, one that nobody can tell with the others, and one that cannot be read', async () => {
    assert.deepEqual(await stepsLeft(step('ci', no), step('people', yes), step('key', null)), ['ci', 'key']);
    assert.deepEqual(await stepsLeft(step('ci', yes), step('people', yes), step('key', null)), []);
    assert.deepEqual(await stepsLeft(step('ci', fails)), ['ci']);
  });
});
