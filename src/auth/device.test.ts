/** What is kept of a `User-Agent`: a browser and a system, and nothing that would single somebody out. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { deviceOf } from './device.ts';

/** As the browsers send them; the comment forms of MDN's "User-Agent header" page, with versions changed. */
const SEEN: Readonly<Record<string, string>> = {
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0': 'Firefox on Linux',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0':
    'Edge on Windows',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15':
    'Safari on macOS',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.0.0 Mobile/15E148 Safari/604.1':
    'Chrome on iOS',
  'Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36 OPR/90.0.0.0':
    'Opera on Android',
  'curl/8.17.0': 'Another browser on another system',
};

it('names browser and system, and drops versions and models', () => {
  for (const [header, device] of Object.entries(SEEN)) assert.equal(deviceOf(header), device);
});

it('takes any header, also none', () => {
  assert.equal(deviceOf(null), 'Another browser on another system');
  assert.equal(deviceOf('<script>'.repeat(100_000)), 'Another browser on another system');
});
