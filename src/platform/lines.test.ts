import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LineTooLong, splitLines } from './lines.ts';

const lines = async (pieces: readonly string[], limit: number): Promise<readonly string[]> => {
  const found: string[] = [];
  async function* arriving(): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield Buffer.from(piece, 'latin1');
  }
  for await (const line of splitLines(arriving(), limit)) found.push(line);
  return found;
};

it('finds the same lines however the text is cut into pieces', async () => {
  const text = Buffer.from('ä\n\nbc\nd').toString('latin1');
  for (let cut = 0; cut <= text.length; cut++)
    assert.deepEqual(await lines([text.slice(0, cut), text.slice(cut)], 10), ['ä', '', 'bc', 'd']);
});

it('refuses a line that never ends, before it fills the memory', async () => {
  await assert.rejects(lines(['abc', 'def', 'g\n'], 5), LineTooLong);
});
