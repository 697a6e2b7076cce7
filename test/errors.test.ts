/** Every error code has its paragraph in docs/errors.md, is used somewhere, and nothing else stands there. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ROOT } from './support/canary.ts';

const UNION = 'src/lib/errors.ts';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8').replaceAll('\r\n', '\n');

/** The members of `ErrorCode`, read from the source text: a type does not exist at run time. */
function codes(): readonly string[] {
  const [, union] = /^export type ErrorCode =([^;]+);/m.exec(read(UNION)) ?? [];
  return [...(union ?? '').matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code!);
}

/** Headings of the third level, each with the text below it. */
const paragraphs = (): ReadonlyMap<string, string> =>
  new Map(
    read('docs/errors.md')
      .split(/^#{2,3} (?=.)/m)
      .slice(1)
      .map((section): [string, string] => {
        const [heading = '', ...body] = section.split('\n');
        return [heading, body.join(' ').trim()];
      })
      .filter(([heading]) => /^[A-Z_]+$/.test(heading)),
  );

describe('docs/errors.md', () => {
  it('has one paragraph for each error code, in the order of the union', () => {
    assert.ok(codes().length > 20, 'the union was read');
    assert.deepEqual([...paragraphs().keys()], codes());
    assert.equal(read('docs/errors.md').match(/^### /gm)?.length, codes().length, 'no heading stands twice');
  });

  it('says enough about each: what happened, what it does not mean, what to do', () => {
    assert.deepEqual(
      [...paragraphs()].filter(
        ([, text]) => text.split(/[.;] /).length < 3 || !/\b(?:not|never|nothing|none|no)\b/i.test(text),
      ),
      [],
    );
  });
});

describe('src/', () => {
  it('uses every error code: one that nothing causes has no place in the union', () => {
    const sources = globSync('src/**/*.ts', { cwd: ROOT, exclude: (path) => path.endsWith('.test.ts') })
      .filter((path) => path.replaceAll('\\', '/') !== UNION)
      .map(read)
      .join('\n');
    assert.deepEqual(
      codes().filter((code) => !sources.includes(`'${code}'`)),
      [],
    );
  });
});
