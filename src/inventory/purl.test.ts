import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { formatPurl, npmPurl, type Purl, parsePurl } from './purl.ts';

const fields = (purl: Purl | null): unknown[] | null =>
  purl && [purl.type, purl.namespace, purl.name, purl.version, Object.fromEntries(purl.qualifiers), purl.subpath];

describe('package URLs', () => {
  it('writes npm packages as the specification does', () => {
    // purl specification, npm type definition, examples.
    assert.equal(npmPurl('foobar', '12.3.1'), 'pkg:npm/foobar@12.3.1');
    assert.equal(npmPurl('@angular/animation', '12.3.1'), 'pkg:npm/%40angular/animation@12.3.1');
    assert.equal(npmPurl('a', '1.0.0+build~1'), 'pkg:npm/a@1.0.0%2Bbuild~1');
    assert.equal(npmPurl('JSONStream', ''), 'pkg:npm/JSONStream');
    assert.equal(npmPurl("it's(a)!*", '\ud800'), 'pkg:npm/it%27s%28a%29%21%2A@%EF%BF%BD');
  });

  it('writes none for what cannot be a name', () => {
    for (const name of ['', '/', '@/a', '@a/', 'a//b']) assert.equal(npmPurl(name, '1.0.0'), '', name);
    assert.equal(npmPurl('@a', '1.0.0'), 'pkg:npm/%40a@1.0.0');
  });

  it('reads the examples of the specification', () => {
    // purl specification, "Some purl examples", and the type definitions of maven, golang, docker and generic.
    const examples: [string, unknown[]][] = [
      ['pkg:npm/%40angular/animation@12.3.1', ['npm', '@angular', 'animation', '12.3.1', {}, '']],
      [
        'pkg:maven/org.apache.xmlgraphics/batik-anim@1.9.1?packaging=sources',
        ['maven', 'org.apache.xmlgraphics', 'batik-anim', '1.9.1', { packaging: 'sources' }, ''],
      ],
      [
        'pkg:golang/google.golang.org/genproto#googleapis/api/annotations',
        ['golang', 'google.golang.org', 'genproto', '', {}, 'googleapis/api/annotations'],
      ],
      [
        'pkg:docker/customer/dockerimage@sha256:244fd47e07d1004f0aed9c?repository_url=gcr.io',
        ['docker', 'customer', 'dockerimage', 'sha256:244fd47e07d1004f0aed9c', { repository_url: 'gcr.io' }, ''],
      ],
      [
        'pkg:generic/bitwarderl?vcs_url=git%2Bhttps://git.fsfe.org/dxtr/bitwarderl%40cc55108da32',
        ['generic', '', 'bitwarderl', '', { vcs_url: 'git+https://git.fsfe.org/dxtr/bitwarderl@cc55108da32' }, ''],
      ],
      ['PKG://NPM//a@1', ['npm', '', 'a', '1', {}, '']],
    ];
    for (const [text, expected] of examples) assert.deepEqual(fields(parsePurl(text)), expected, text);
  });

  it('reads what other tools write although the specification does not', () => {
    assert.deepEqual(fields(parsePurl('pkg:npm/@babel/core@7.0.0')), ['npm', '@babel', 'core', '7.0.0', {}, '']);
    assert.deepEqual(fields(parsePurl('pkg:npm/@babel/core')), ['npm', '@babel', 'core', '', {}, '']);
    assert.deepEqual(fields(parsePurl('pkg:npm/a@1?download_url=https://x.example/a?b=c&vcs_url=git+https://y'))?.[4], {
      download_url: 'https://x.example/a?b=c',
      vcs_url: 'git+https://y',
    });
  });

  it('refuses what names no package', () => {
    const wrong = [
      '',
      'npm/a@1',
      'pkg:',
      'pkg:npm',
      'pkg:npm/',
      'pkg:/a',
      'pkg:1npm/a',
      'pkg:n%70m/a',
      'pkg:npm/%zz',
      'pkg:npm/a@%',
      'pkg:npm/a?=1',
      'pkg:npm/a?1=1',
      'pkg:npm/a?x=%',
      'pkg:npm/a#%',
      'https://npm/a',
    ];
    for (const text of wrong) assert.equal(parsePurl(text), null, text);
  });

  it('agrees with packageurl-js on what it writes and reads', () => {
    const word = fc.string({
      unit: fc.constantFrom(...Array.from('abz09.-_~+@ %/:?#&=é')),
      minLength: 1,
      maxLength: 8,
    });
    // packageurl-js trims names and collapses slashes in namespaces; that is its normalisation, not the encoding.
    const name = word.map((text) => `n${text.replaceAll('/', '').trimEnd()}`);
    const namespace = fc.array(name, { maxLength: 3 }).map((segments) => segments.join('/'));
    // It also decodes the values of qualifiers twice, so a percent sign in one is beyond it.
    const value = name.map((text) => text.replaceAll('%', '').trimEnd());
    const qualifiers = fc.dictionary(fc.constantFrom('vcs_url', 'arch', 'x-y.z'), value, {
      maxKeys: 3,
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(namespace, name, fc.option(name, { nil: '' }), qualifiers, (space, own, version, quals) => {
        const purl: Purl = {
          type: 'generic',
          namespace: space,
          name: own,
          version,
          qualifiers: new Map(Object.entries(quals)),
          subpath: '',
        };
        const written = formatPurl(purl);
        const theirs = PackageURL.fromString(written);
        assert.deepEqual(
          [theirs.namespace ?? '', theirs.name, theirs.version ?? '', { ...theirs.qualifiers }],
          [space, own, version, quals],
        );
        assert.deepEqual(fields(parsePurl(theirs.toString())), fields(purl));
        assert.deepEqual(fields(parsePurl(written)), fields(purl));
      }),
      { numRuns: 500 },
    );
  });

  it('reads every npm name and version back, as packageurl-js does', () => {
    const part = fc.string({ unit: fc.constantFrom(...Array.from('abz09.-_~+!é')), minLength: 1, maxLength: 8 });
    const npmName = fc
      .tuple(fc.option(part, { nil: null }), part)
      .map(([scope, own]) => (scope === null ? own : `@${scope}/${own}`));
    fc.assert(
      fc.property(npmName, part, (name, version) => {
        const written = npmPurl(name, version);
        for (const purl of [PackageURL.fromString(written), parsePurl(written)!]) {
          assert.equal(purl.namespace ? `${purl.namespace}/${purl.name}` : purl.name, name);
          assert.equal(purl.version, version);
        }
      }),
      { numRuns: 500 },
    );
  });
});
