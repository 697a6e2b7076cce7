import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inventory } from '../../test/support/scan-example.ts';
import { productOf } from './product-identity.ts';

describe('the name of a scanned product for others', () => {
  it('is the package URL of its ecosystem', () => {
    assert.equal(productOf(inventory({}), 'work').purl, 'pkg:npm/shop@4.18.2');
    assert.equal(
      productOf(inventory({ product: { name: '@beispiel/shop', version: '' }, kind: 'pnpm-lock' }), 'work').purl,
      'pkg:npm/%40beispiel/shop',
    );
    assert.equal(
      productOf(inventory({ kind: 'maven-pom', product: { name: 'com.example:shop', version: '2.0.0' } }), 'work').purl,
      'pkg:maven/com.example/shop@2.0.0',
    );
  });

  it("is an SBOM's own, and generic where the SBOM gives none", () => {
    const named = { name: 'com.example:shop', version: '2.0.0', purl: 'pkg:maven/com.example/shop@2.0.0?type=war' };
    assert.equal(productOf(inventory({ kind: 'cyclonedx-json', product: named }), 'work').purl, named.purl);
    const bare = { name: 'Shop & Co', version: '1' };
    assert.equal(
      productOf(inventory({ kind: 'cyclonedx-json', product: bare }), 'work').purl,
      'pkg:generic/Shop%20%26%20Co@1',
    );
  });

  it('is that of the folder where the input names none', () => {
    const nameless = { name: '', version: '' };
    const of = (path: string): string => productOf(inventory({ path, product: nameless }), 'work').purl;
    assert.equal(of('apps/web/package-lock.json'), 'pkg:generic/web');
    assert.equal(of('package-lock.json'), 'pkg:generic/work');
    assert.equal(of('../package-lock.json'), 'pkg:generic/work');
    assert.equal(productOf(inventory({ path: 'yarn.lock', product: nameless }), '').purl, 'pkg:generic/product');
  });
});
