import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../../test/support/repository.ts';
import { CANNOT_MOUNT, fillDisk, onSmallDisk } from '../../test/support/small-disk.ts';
import { parseInstant } from '../lib/time.ts';
import { appendErasures, readErasureFile } from './erasure-file.client.ts';
import { erasureLine, parseErasures } from './erasure-list.ts';

const AT = parseInstant('2026-11-25T10:00:00Z')!;
const line = (n: number): string => erasureLine(`p-${n}`, AT);

describe('the list of who was erased', () => {
  it('is a line for each, in one spelling, and the first time counts', () => {
    assert.equal(line(1), '{"at":"2026-11-25T10:00:00Z","subject":"p-1"}\n');
    const later = '{"at":"2026-11-26T10:00:00Z","subject":"p-1"}\n';
    const list = parseErasures(line(1) + later + line(2));
    assert.deepEqual(list, {
      ok: true,
      value: new Map([
        ['p-1', AT],
        ['p-2', AT],
      ]),
    });
  });

  it('is refused at its first line that names nobody, and never read past it', () => {
    for (const bad of [
      '',
      '{}',
      '[]',
      'null',
      '{"at":"2026-11-25T10:00:00Z"}',
      '{"at":"yesterday","subject":"p-1"}',
      '{"at":"2026-11-25T10:00:00Z","subject":""}',
      '{"at":"2026-11-25T10:00:00Z","subject":7}',
      '['.repeat(100_000),
    ])
      assert.deepEqual(parseErasures(`${line(1)}${bad}\n${line(2)}`), { ok: false, error: 2 }, bad.slice(0, 60));
  });

  it('passes over the end of a line whose writing was cut off', () => {
    for (let cut = 0; cut < line(2).length - 1; cut++)
      assert.deepEqual(parseErasures(line(1) + line(2).slice(0, cut)), { ok: true, value: new Map([['p-1', AT]]) });
  });

  it('knows people of odd names, too', () => {
    for (const subject of ['__proto__', 'constructor', 'ä"\\'])
      assert.deepEqual(parseErasures(erasureLine(subject, AT)), { ok: true, value: new Map([[subject, AT]]) });
  });

  it('keeps every line that it had, and is made with its folder', () => {
    const folder = join(temporaryFolder(), 'data');
    assert.equal(readErasureFile(folder).size, 0);
    appendErasures(folder, [line(1)]);
    appendErasures(folder, [line(2), line(3)]);
    assert.equal(readFileSync(join(folder, 'erasures'), 'utf8'), line(1) + line(2) + line(3));
    assert.deepEqual([...readErasureFile(folder).keys()], ['p-1', 'p-2', 'p-3']);
  });

  it('says that it cannot be read or written where a folder stands in its place', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'erasures'));
    assert.throws(() => readErasureFile(folder), { code: 'ERASURES_DAMAGED' });
    assert.throws(() => appendErasures(folder, [line(1)]), { code: 'FILE_UNWRITABLE' });
  });

  it('has no half line when the disk is full, and goes on when there is room', { skip: CANNOT_MOUNT }, async () => {
    const folder = join(temporaryFolder(), 'small');
    await onSmallDisk(folder, 64, async () => {
      appendErasures(folder, [line(1)]);
      fillDisk(folder);
      const many = Array.from({ length: 2_000 }, (_, at) => line(at));
      assert.throws(() => appendErasures(folder, many), { code: 'FILE_UNWRITABLE' });
      assert.equal(readFileSync(join(folder, 'erasures'), 'utf8'), line(1));
      rmSync(join(folder, 'filler'));
      appendErasures(folder, [line(2)]);
      assert.deepEqual([...readErasureFile(folder).keys()], ['p-1', 'p-2']);
    });
  });

  it('is refused when it is no text', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'erasures'), new Uint8Array([0xff, 0xfe, 0x0a]));
    assert.throws(() => readErasureFile(folder), { code: 'ERASURES_DAMAGED' });
  });
});
