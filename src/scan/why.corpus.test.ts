/** `holdfast why` on real inputs of every kind: paths where there are edges, and a plain word where there are none. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { describe, it } from 'node:test';
import { CORPUS, NO_CORPUS, readableInputs } from '../../test/support/corpus.ts';
import { scanPaths } from './scan.actions.ts';
import { explainTarget } from './why.actions.ts';
import { whyText } from './why.text.ts';

/** What these record of edges: `all`, `some` (parts of an SBOM, managed entries of a POM stand alone), `none`. */
const EDGES: readonly (readonly [RegExp, 'all' | 'some' | 'none'])[] = [
  [/gradle\.lockfile$|protonmail/, 'none'],
  [/\.cdx\.json$|\.pom-tree$|netlify-cli-17/, 'some'],
  [/./, 'all'],
];

describe('why, on the corpus', { skip: NO_CORPUS }, () => {
  for (const input of CORPUS === null ? [] : readableInputs(CORPUS)) {
    const recorded = EDGES.find(([name]) => name.test(basename(input)))?.[1];
    it(`says how each vulnerable component came into ${basename(input)}, or that it records no edges`, async () => {
      const request = { paths: [input], cwd: '/', ignore: [], database: null, env: {}, prod: false, decisions: null };
      const { findings } = await scanPaths(request);
      const vulnerable = [...new Set(findings.map(({ name }) => name))];
      assert.ok(vulnerable.length > 0);
      let withPaths = 0;
      for (const name of vulnerable.slice(0, 12)) {
        const answer = await explainTarget({ type: 'package', name, version: null }, request);
        assert.ok(answer.places.length > 0, name);
        for (const place of answer.places) {
          assert.equal(place.edges, recorded !== 'none', name);
          if (place.paths.length > 0) withPaths += 1;
          else if (recorded === 'all') assert.fail(`${place.component} in ${place.location} has no path`);
        }
        const text = whyText(name, answer, (_, word) => word);
        if (recorded === 'none') assert.match(text, /records no dependencies between components/);
        else if (recorded === 'all') assert.match(text, /your product → /);
      }
      assert.equal(withPaths > 0, recorded !== 'none');
    });
  }
});
