import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cveId, cveKey } from './cve.ts';

describe('the key of a CVE id', () => {
  it('sorts by year and number and gives the id back', () => {
    const ids = [
      'CVE-1999-0001',
      'CVE-1999-0067',
      'CVE-1999-1000',
      'CVE-2018-2002201',
      'CVE-2021-44228',
      'CVE-2024-0001',
    ];
    const keys = ids.map((id) => cveKey(id) ?? -1);
    assert.deepEqual(
      keys,
      keys.toSorted((a, b) => a - b),
    );
    assert.deepEqual(keys.map(cveId), ids);
    assert.equal(cveKey('CVE-1999-0001'), 1);
    assert.equal(cveKey('CVE-2126-33554431'), 2 ** 32 - 1);
  });

  it('is none for what is no CVE id, and for second spellings of one', () => {
    const others = ['', 'GHSA-1', 'CVE-2024-1', 'cve-2024-0001', 'CVE-2024-00001', 'CVE-2024-0001 ', 'CVE-1998-0001'];
    for (const id of [...others, 'CVE-2127-0001', 'CVE-2024-33554432', 'CVE-2024-123456789', 'CVE-٢٠٢٤-0001'])
      assert.equal(cveKey(id), null, id);
  });

  it('is exact: whatever has a key is the id of that key', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^CVE-[12]\d{3}-\d{4,8}$/), (id) => {
        const key = cveKey(id);
        if (key !== null) assert.equal(cveId(key), id);
      }),
    );
  });
});
