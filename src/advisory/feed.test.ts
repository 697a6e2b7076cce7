import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseEpss, parseKev } from './feed.client.ts';

const TABLE = '#model_version:v2025.03.14,score_date:2026-11-24T12:00:00Z\ncve,epss,percentile\n';

describe('the EPSS file', () => {
  it('gives its date and every score, packed or not, with either line end', () => {
    for (const text of [
      `${TABLE}CVE-2021-44228,0.94358,0.99959\n`,
      `${TABLE}CVE-2021-44228,0.94358,0.99959\n`.replaceAll('\n', '\r\n'),
    ])
      for (const bytes of [Buffer.from(text), gzipSync(text)]) {
        const table = parseEpss(bytes);
        assert.ok(table.ok);
        assert.equal(table.value.scoreDate, '2026-11-24T12:00:00Z');
        assert.deepEqual([...table.value.scores], [['CVE-2021-44228', { probability: 0.94358, percentile: 0.99959 }]]);
      }
  });

  it('reads the date also with the offset that FIRST wrote before', () => {
    const table = parseEpss(Buffer.from(`${TABLE.replace('12:00:00Z', '00:00:00+0000')}CVE-2021-44228,1,1`));
    assert.equal(table.ok && table.value.scoreDate, '2026-11-24T00:00:00+00:00');
  });

  it('is taken whole or not at all', () => {
    const lines = [
      '<html>',
      'CVE-2021-44228,0.1',
      'CVE-2021-44228,1.5,0.5',
      'CVE-2021-44228,-0.1,0.5',
      'X,0.1,0.1',
      'CVE-2021-44228,,',
    ];
    for (const line of lines) {
      const table = parseEpss(Buffer.from(`${TABLE}CVE-2021-44228,0.1,0.2\n${line}\n`));
      assert.match(table.ok ? '' : table.error, /^its line 4 is no CVE/, line);
    }
    for (const text of ['', '<!DOCTYPE html>', 'CVE-2021-44228,0.1,0.1', TABLE])
      assert.ok(!parseEpss(Buffer.from(text)).ok);
  });
});

describe('the KEV catalogue', () => {
  const kev = (value: unknown): ReturnType<typeof parseKev> => parseKev(Buffer.from(JSON.stringify(value)));

  it('gives each CVE id once', () => {
    const entries = ['CVE-2021-44228', 'CVE-2014-0160', 'CVE-2021-44228'].map((cveID) => ({
      cveID,
      vendorProject: 'x',
    }));
    const ids = kev({ title: 'CISA', vulnerabilities: entries });
    assert.deepEqual(ids.ok && ids.value, ['CVE-2021-44228', 'CVE-2014-0160']);
  });

  it('is taken whole or not at all', () => {
    for (const value of [
      null,
      [],
      {},
      { vulnerabilities: {} },
      { vulnerabilities: [] },
      { vulnerabilities: [{}] },
      { vulnerabilities: [{ cveID: 'CVE-1' }] },
      { vulnerabilities: [null] },
    ])
      assert.ok(!kev(value).ok, JSON.stringify(value));
    assert.ok(!parseKev(Buffer.from('<!DOCTYPE html>')).ok);
  });
});
