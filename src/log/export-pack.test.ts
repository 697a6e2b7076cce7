import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { entriesOf, KEY, leafBytes, noteOf, ORIGIN, packOf, SIGNER } from '../../test/support/log.ts';
import { fromUtf8, utf8 } from '../lib/bytes.ts';
import { packPage } from './pack-page.ts';

const text = (pack: ReadonlyMap<string, Uint8Array>, path: string): string => fromUtf8(pack.get(path)!) ?? '';

describe('an export', () => {
  it('has the files of tlog-tiles, and the checkpoint last', async () => {
    const pack = await packOf(entriesOf(600));
    assert.deepEqual(
      [...pack.keys()],
      [
        'log.vkey',
        'verify.mjs',
        'VERIFY.md',
        'log/tile/0/000',
        'log/tile/entries/000',
        'log/tile/0/001',
        'log/tile/entries/001',
        'log/tile/entries/002.p/88',
        'log/tile/0/002.p/88',
        'log/tile/1/000.p/2',
        'index.html',
        'log/checkpoint',
      ],
    );
    assert.deepEqual(
      [...(await packOf([])).keys()].filter((path) => path.startsWith('log/')),
      ['log/checkpoint'],
    );
  });

  it('is not finished where the entries are not those of the checkpoint', async () => {
    const entries = entriesOf(3);
    const note = noteOf(entries);
    const other = [entries[0]!, leafBytes(1, { actor: 'staff-8' }), entries[2]!];
    const failure = { code: 'LOG_DAMAGED' };
    await assert.rejects(packOf(other, { note }), {
      ...failure,
      message: 'the entries do not give the root of the checkpoint',
    });
    await assert.rejects(packOf(entries.slice(0, 2), { note }), {
      ...failure,
      message: 'the log has 2 entries, the checkpoint is of 3',
    });
    await assert.rejects(packOf(entries, { note: noteOf(entries, { ...SIGNER, seed: new Uint8Array(32) }) }), failure);
    await assert.rejects(packOf(entries, { note: noteOf(entries, SIGNER, 'other.example/log') }), failure);
    await assert.rejects(packOf(entries, { note: 'nonsense' }), failure);
    await assert.rejects(packOf([utf8('{}')], { note }), failure);
  });

  it('of an older checkpoint leaves out what came after it', async () => {
    const entries = entriesOf(300);
    const pack = await packOf(entries, { note: noteOf(entries.slice(0, 256)) });
    assert.deepEqual(
      [...pack.keys()].filter((path) => path.startsWith('log/tile/')),
      ['log/tile/0/000', 'log/tile/entries/000', 'log/tile/1/000.p/1'],
    );
  });

  it('says in its page what it is, and allows it nothing but its own style', async () => {
    const pack = await packOf([...entriesOf(2), leafBytes(2, { type: 'incident.opened' })]);
    const page = text(pack, 'index.html');
    assert.match(page, /An export of <time datetime="2026-11-24T09:03:00Z">.* with 3 entries\./);
    assert.match(
      page,
      /<tr><td>policy\.evaluated<\/td><td>2<\/td><\/tr>\n<tr><td>incident\.opened<\/td><td>1<\/td><\/tr>/,
    );
    const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    assert.match(
      page,
      new RegExp(
        `content="default-src (?:'|&#39;)none(?:'|&#39;); style-src (?:'|&#39;)sha256-${digest.replaceAll('+', '\\+')}`,
      ),
    );
    assert.doesNotMatch(page, /<script|style=|src=|\son\w+=|https?:/);
  });

  it('escapes in its page what is not ours', async () => {
    const page = await packPage({
      origin: '<img src=x onerror=alert(1)>',
      size: 1,
      key: '"><script>',
      note: '</pre><script>alert(1)</script>',
      firstAt: null,
      lastAt: null,
      exportedAt: 0 as never,
      types: [{ type: '<b>', entries: 1 }],
    });
    assert.doesNotMatch(page, /<img|<script|<b>/);
    assert.match(page, /&lt;\/pre&gt;&lt;script&gt;/);
  });

  it('says in VERIFY.md how, with the key in it', async () => {
    const guide = text(await packOf(entriesOf(1)), 'VERIFY.md');
    assert.match(guide, new RegExp(`\\$ node verify\\.mjs \\. --vkey '${ORIGIN}\\+[0-9a-f]{8}\\+`));
    const hostile = { ...KEY, name: "a'$(id)`b" };
    const note = noteOf(entriesOf(1), { name: hostile.name, seed: SIGNER.seed });
    assert.match(
      text(await packOf(entriesOf(1), { key: hostile, note }), 'VERIFY.md'),
      /--vkey 'a\ufffd\$\(id\)\ufffdb\+/,
    );
  });
});
