import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ignoreBy } from './ignore-globs.ts';

const ignores = (globs: string[], path: string, isFolder = false): boolean => ignoreBy(globs)(path, isFolder);

describe('ignore globs', () => {
  it('match a name without a slash at any depth, and one with a slash from the top only', () => {
    assert.equal(ignores(['fixtures'], 'fixtures', true), true);
    assert.equal(ignores(['fixtures'], 'a/b/fixtures', true), true);
    assert.equal(ignores(['/fixtures'], 'a/fixtures', true), false);
    assert.equal(ignores(['/fixtures'], 'fixtures', true), true);
    assert.equal(ignores(['a/fixtures'], 'b/a/fixtures', true), false);
    assert.equal(ignores(['fixtures'], 'fixtures-2', true), false);
  });

  it('with a slash at the end match folders only', () => {
    assert.equal(ignores(['bom.json/'], 'bom.json', false), false);
    assert.equal(ignores(['bom.json/'], 'x/bom.json', true), true);
  });

  it('know stars, question marks and escapes', () => {
    assert.equal(ignores(['*.cdx.json'], 'a/b.cdx.json'), true);
    assert.equal(ignores(['a/*/c'], 'a/b/c'), true);
    assert.equal(ignores(['a/*/c'], 'a/b/b/c'), false);
    assert.equal(ignores(['a/**/c'], 'a/c'), true);
    assert.equal(ignores(['a/**/c'], 'a/b/b/c'), true);
    assert.equal(ignores(['**/c'], 'c'), true);
    assert.equal(ignores(['a/**'], 'a', true), false);
    assert.equal(ignores(['a/**'], 'a/b/c'), true);
    assert.equal(ignores(['v?'], 'v1', true), true);
    assert.equal(ignores(['v?'], 'v', true), false);
    assert.equal(ignores(['\\*'], 'x'), false);
    assert.equal(ignores(['\\*'], '*'), true);
    assert.equal(ignores(['[ab]'], 'a'), false);
    assert.equal(ignores(['[ab]'], '[ab]'), true);
  });

  it('let the last one that matches decide', () => {
    assert.equal(ignores(['*.json', '!bom.json'], 'bom.json'), false);
    assert.equal(ignores(['!bom.json', '*.json'], 'bom.json'), true);
  });

  it('skip comments, blank lines and trailing spaces', () => {
    assert.equal(ignores(['# bom.json', '', '  '], 'bom.json'), false);
    assert.equal(ignores(['bom.json  '], 'bom.json'), true);
    assert.equal(ignores(['\\#a'], '#a'), true);
  });

  it('cost no more than pattern times path, whatever the stars', () => {
    const before = process.cpuUsage();
    assert.equal(ignores([`${'*a'.repeat(200)}b`], 'a'.repeat(4000)), false);
    assert.equal(ignores([`${'**/a/'.repeat(100)}b`], 'a/'.repeat(2000)), false);
    assert.ok(process.cpuUsage(before).user < 2_000_000);
  });
});
