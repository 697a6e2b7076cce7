import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isEpssStart, readEpssLine } from './epss.ts';

describe('EPSS scores', () => {
  it('are known by their first line', () => {
    assert.ok(isEpssStart('#model_version:v2025.03.14,score_date:2026-11-24T12:55:00Z'));
    assert.ok(isEpssStart('cve,epss,percentile\r'));
    assert.ok(!isEpssStart('{"id":"A"}'));
    assert.ok(!isEpssStart('id,modified'));
  });

  it('are read line by line, and the lines around them are none', () => {
    assert.deepEqual(readEpssLine('CVE-2021-44228,0.94358,0.99961\r'), {
      ok: true,
      value: { cve: 'CVE-2021-44228', score: { probability: 0.94358, percentile: 0.99961 } },
    });
    assert.deepEqual(readEpssLine('CVE-2024-0001,9e-05,1'), {
      ok: true,
      value: { cve: 'CVE-2024-0001', score: { probability: 0.00009, percentile: 1 } },
    });
    for (const line of ['', '#model_version:v1', 'cve,epss,percentile']) assert.equal(readEpssLine(line), null);
  });

  it('that are malformed or out of range are refused', () => {
    for (const line of [
      'CVE-2024-0001',
      'CVE-2024-0001,0.1',
      'CVE-2024-0001,0.1,0.2,0.3',
      'CVE-2024-0001,1.1,0.2',
      'CVE-2024-0001,-0.1,0.2',
      'CVE-2024-0001,NaN,0.2',
      'CVE-2024-0001,0x1,0.2',
      'GHSA-1,0.1,0.2',
      '<!doctype html>',
    ])
      assert.equal(readEpssLine(line)?.ok, false, line);
  });
});
