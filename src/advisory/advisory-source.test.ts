import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { HoldfastError } from '../lib/errors.ts';
import { makeZip, type ZipEntry } from '../../test/support/zip.ts';
import { readSource, type SourceItem } from './advisory-source.client.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-source-'));
after(() => rmSync(folder, { recursive: true }));

async function itemsOf(zip: Buffer): Promise<readonly SourceItem[]> {
  const path = join(folder, 'all.zip');
  writeFileSync(path, zip);
  const items: SourceItem[] = [];
  for await (const item of readSource(path)) items.push(item);
  return items;
}

const one: ZipEntry = { name: 'A-1.json', data: '{"id":"A-1"}' };

describe('a zip', () => {
  it('gives its JSON files, packed or stored, and nothing else', async () => {
    const zip = makeZip([one, { ...one, name: 'A-2.json', stored: true }, { name: 'README', data: 'text' }]);
    assert.deepEqual(await itemsOf(zip), [
      { type: 'value', value: { id: 'A-1' } },
      { type: 'value', value: { id: 'A-1' } },
    ]);
  });

  it('tells text that is no JSON from an entry that is not what the archive says of it', async () => {
    const cases: readonly [ZipEntry, string, boolean][] = [
      [{ ...one, data: '{"id":' }, 'Unexpected end of JSON input', false],
      [{ ...one, crc: 1 }, 'it has another CRC-32 than stated', true],
      [{ ...one, crc: 1, stored: true }, 'it has another CRC-32 than stated', true],
      [{ ...one, size: 13 }, 'it unpacks to another size than stated', true],
      [{ ...one, size: 3 }, 'Cannot create a Buffer larger than 3 bytes', true],
      [{ ...one, flags: 1 }, 'it is encrypted', true],
      [{ ...one, method: 12 }, 'compression method 12 is not read', true],
      [{ ...one, size: 200_000_000 }, 'it is larger than 128 MB', true],
    ];
    for (const [entry, why, damaged] of cases)
      assert.deepEqual(await itemsOf(makeZip([entry])), [{ type: 'broken', where: 'all.zip/A-1.json', why, damaged }]);
  });

  it('of more than 65,535 files is read to its end', async () => {
    const entries = Array.from({ length: 70_000 }, (_, i) => ({ name: `${i}.json`, data: '{}', stored: true }));
    assert.equal((await itemsOf(makeZip(entries))).length, 70_000);
  });

  it('with any single bit of an entry flipped is found out', async () => {
    const zip = makeZip([{ ...one, stored: true }]);
    const start = zip.indexOf('{"id"');
    for (let bit = 0; bit < one.data.length * 8; bit++) {
      const flipped = Buffer.from(zip);
      flipped[start + (bit >> 3)] = (flipped[start + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
      const [item] = await itemsOf(flipped);
      assert.ok(item?.type === 'broken' && item.damaged, `bit ${bit}`);
    }
  });

  it('that was cut off anywhere is unreadable as a whole', async () => {
    const zip = makeZip([one, { ...one, name: 'A-2.json' }]);
    for (let length = 4; length < zip.length; length += 9) {
      await assert.rejects(
        itemsOf(zip.subarray(0, length)),
        (error: unknown) => error instanceof HoldfastError && error.code === 'ADVISORY_SOURCE_UNREADABLE',
        `${length} bytes`,
      );
    }
  });
});
