import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Inventories, readInventories } from './inventory.actions.ts';

const LOCK = '{"lockfileVersion": 3, "packages": {"": {}, "node_modules/a": {"version": "1.0.0"}}}';
const BOM = '{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}';

describe('reading the inventories of a folder', () => {
  let cwd = '';

  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'holdfast-inventory-'));
  });
  afterEach(() => rmSync(cwd, { recursive: true, force: true }));

  const put = (path: string, content: string | Uint8Array = LOCK): void => {
    mkdirSync(dirname(join(cwd, path)), { recursive: true });
    writeFileSync(join(cwd, path), content);
  };
  const read = (paths: string[] = [], ignore: string[] = []): Promise<Inventories> =>
    readInventories(paths, { cwd, ignore });
  const summary = ({ inventories, errors }: Inventories): string[] => [
    ...inventories.map(({ path, kind }) => `${path} ${kind}`),
    ...errors.map(({ code, at }) => `${at?.file} ${code}`),
  ];

  it('finds lockfiles and SBOMs by name, in the order of the names, with paths people can read', async () => {
    put('package-lock.json');
    put('b/npm-shrinkwrap.json');
    put('b/package-lock.json');
    put('b/ignored.json');
    put('a/deep/shop.cdx.json', BOM);
    put('node_modules/x/package-lock.json');
    put('a/node_modules/x/package-lock.json');
    put('.git/package-lock.json');
    assert.deepEqual(summary(await read()), [
      'package-lock.json package-lock-v3',
      'a/deep/shop.cdx.json cyclonedx-json',
      'b/npm-shrinkwrap.json npm-shrinkwrap',
    ]);
    assert.deepEqual(summary(await read(['./a/../a/'])), ['a/deep/shop.cdx.json cyclonedx-json']);
  });

  it('reads Gradle lockfiles in both layouts, CycloneDX in XML and SPDX', async () => {
    put('gradle.lockfile', 'a:b:1.0=runtimeClasspath\nempty=\n');
    put('buildscript-gradle.lockfile', 'empty=classpath\n');
    put(
      'gradle/dependency-locks/testRuntimeClasspath.lockfile',
      '# This is a Gradle generated file for dependency locking.\na:b:1.0\n',
    );
    put('sbom/bom.xml', '<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1"/>');
    put('sbom/a.spdx.json', '{"spdxVersion": "SPDX-2.3", "packages": []}');
    put('sbom/b.spdx.json', '{"sbom": {"spdxVersion": "SPDX-2.3", "packages": []}}');
    const found = await read();
    assert.deepEqual(summary(found), [
      'buildscript-gradle.lockfile gradle-lockfile',
      'gradle.lockfile gradle-lockfile',
      'gradle/dependency-locks/testRuntimeClasspath.lockfile gradle-lockfile',
      'sbom/a.spdx.json spdx-json',
      'sbom/b.spdx.json spdx-json',
      'sbom/bom.xml cyclonedx-xml',
    ]);
    assert.deepEqual(
      found.inventories.slice(0, 3).map(({ components }) => components.map(({ scope }) => scope)),
      [[], ['production'], ['development']],
    );
  });

  it('names what lies outside of the working folder as it was named', async () => {
    put('here/x');
    put('there/package-lock.json');
    const { inventories } = await readInventories(['../there'], { cwd: join(cwd, 'here'), ignore: [] });
    assert.equal(inventories[0]?.path, '../there/package-lock.json');
    const absolute = await readInventories([join(cwd, 'there/package-lock.json')], {
      cwd: join(cwd, 'here'),
      ignore: [],
    });
    assert.equal(absolute.inventories[0]?.path, join(cwd, 'there/package-lock.json'));
  });

  it('reads pnpm and Bun, and names the binary lockfile of old versions of Bun', async () => {
    put('a/pnpm-lock.yaml', "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {}\n");
    put('b/pnpm-lock.yaml', "lockfileVersion: '9.0'\npackages:\n  a@1.0.0: {resolution: {integrity: >-\n");
    put('c/bun.lock', '{"lockfileVersion": 1, "workspaces": {}, "packages": {"a": ["a@1.0.0", "", {}, ""],}}');
    put('d/bun.lockb', Buffer.from('#!/usr/bin/env bun\nbun-lockfile-format-v0\n\xff\xfe', 'latin1'));
    put('e/bun.lockb', '#!/usr/bin/env bun\nbun-lockfile-format-v0\n');
    const found = await read();
    assert.deepEqual(summary(found), [
      'a/pnpm-lock.yaml pnpm-lock',
      'c/bun.lock bun-lock',
      'b/pnpm-lock.yaml INVENTORY_MALFORMED',
      'd/bun.lockb INVENTORY_UNSUPPORTED',
      'e/bun.lockb INVENTORY_UNSUPPORTED',
    ]);
    assert.match(found.errors[1]?.hint ?? '', /bun install --save-text-lockfile/);
  });

  it('reports what it knows but does not read, and reads the rest', async () => {
    put('package-lock.json');
    put('shop.spdx.json', '{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}');
    put('broken/package-lock.json', `${LOCK.slice(0, 60)}\n`);
    put('java/bom.xml', '<html/>');
    const result = await read();
    assert.deepEqual(summary(result), [
      'package-lock.json package-lock-v3',
      'shop.spdx.json INVENTORY_UNSUPPORTED',
      'broken/package-lock.json INVENTORY_MALFORMED',
      'java/bom.xml INVENTORY_UNSUPPORTED',
    ]);
    assert.equal(result.errors[0]?.message, 'shop.spdx.json (SPDX 3, JSON) is not read yet');
    assert.deepEqual(result.errors[1]?.at, { file: 'broken/package-lock.json', line: 1, column: 61 });
  });

  it('reads a named file of any name once, and never ignores it', async () => {
    put('test/lock-of-a-customer', LOCK);
    put('test/package-lock.json', LOCK);
    const paths = ['test/lock-of-a-customer', 'test/package-lock.json', 'test', './test/package-lock.json'];
    assert.deepEqual(summary(await read(paths)), [
      'test/lock-of-a-customer package-lock-v3',
      'test/package-lock.json package-lock-v3',
    ]);
    assert.deepEqual(summary(await read(paths.slice(0, 2), ['test'])), summary(await read(paths)));
  });

  it('leaves out what the ignore globs name, and says so when nothing is left', async () => {
    put('package-lock.json');
    put('fixtures/package-lock.json');
    put('apps/web/package-lock.json');
    assert.deepEqual(summary(await read(['.'], ['fixtures/', '/apps/*/package-lock.json'])), [
      'package-lock.json package-lock-v3',
    ]);
    const nothing = await read(['.'], ['*.json']);
    assert.deepEqual(summary(nothing), ['. INVENTORY_NOT_FOUND']);
    assert.match(nothing.errors[0]!.message, /3 of them left out/);
  });

  it('says which names it looked for in a folder without any', async () => {
    put('src/index.js', '');
    const { errors } = await read(['src', 'package-lock.json']);
    assert.deepEqual(
      errors.map(({ code }) => code),
      ['INVENTORY_NOT_FOUND', 'FILE_NOT_FOUND'],
    );
    assert.match(errors[0]!.hint, /npm-shrinkwrap\.json, package-lock\.json, yarn\.lock, .*\*\.spdx\.json/);
  });

  it('follows links to files but not to folders, so that a circle ends', async () => {
    put('real/package-lock.json');
    symlinkSync(join(cwd, 'real'), join(cwd, 'real/again'));
    mkdirSync(join(cwd, 'web'));
    symlinkSync(join(cwd, 'real/package-lock.json'), join(cwd, 'web/package-lock.json'));
    symlinkSync(join(cwd, 'gone'), join(cwd, 'web/yarn.lock'));
    assert.deepEqual(summary(await read()), [
      'real/package-lock.json package-lock-v3',
      'web/package-lock.json package-lock-v3',
      'web/yarn.lock FILE_NOT_FOUND',
    ]);
  });

  it('reads UTF-8 with a byte order mark and Windows line ends, and names other encodings', async () => {
    put('package-lock.json', `\ufeff${LOCK.replaceAll(', ', ',\r\n')}\r\n`);
    assert.deepEqual(summary(await read()), ['package-lock.json package-lock-v3']);
    put('package-lock.json', Buffer.from(`\ufeff${LOCK}`, 'utf16le'));
    assert.match((await read()).errors[0]!.message, /UTF-16/);
    put('package-lock.json', Buffer.from([0x7b, 0xff, 0x7d]));
    assert.match((await read()).errors[0]!.message, /not UTF-8/);
  });

  it('refuses a file above 256 MB without reading it, and what is no file without waiting for it', async () => {
    put('package-lock.json');
    truncateSync(join(cwd, 'package-lock.json'), 256 * 1024 * 1024 + 1);
    const pipe = spawnSync('mkfifo', [join(cwd, 'pipe')]);
    const { errors } = await read(pipe.status === 0 ? ['.', 'pipe'] : ['.']);
    assert.deepEqual(errors[0]?.message, 'package-lock.json has 257 MB; at most 256 MB are read');
    if (pipe.status === 0) assert.deepEqual(errors[1]?.message, 'pipe is not a regular file');
    assert.ok(errors.every(({ code }) => code === 'FILE_UNREADABLE'));
  });

  it('reports a file and a folder that it may not read', {
    skip: process.getuid?.() === 0 && 'root may read everything',
  }, async () => {
    put('package-lock.json');
    put('closed/package-lock.json');
    chmodSync(join(cwd, 'package-lock.json'), 0);
    chmodSync(join(cwd, 'closed'), 0);
    assert.deepEqual(summary(await read()), ['closed FILE_UNREADABLE', 'package-lock.json FILE_UNREADABLE']);
    chmodSync(join(cwd, 'closed'), 0o700);
  });

  it('gives the SHA-256 of the bytes that it read', async () => {
    put('package-lock.json', '{"lockfileVersion": 1}');
    const { inventories } = await read();
    put('package-lock.json', LOCK);
    // printf '{"lockfileVersion": 1}' | sha256sum
    assert.equal(inventories[0]?.sha256(), '3069a737acdfae142a97c5d868e7054e4d732ab4d794b9189c9c623df20d9b8a');
  });

  it('learns from the package.json beside a lockfile of version 1 what is direct', async () => {
    const lock =
      '{"name": "shop", "lockfileVersion": 1, "requires": true, "dependencies": {"a": {"version": "1.0.0", "requires": {"b": "1"}}, "b": {"version": "1.0.0"}}}';
    const direct = async (): Promise<boolean[]> =>
      (await read(['package-lock.json'])).inventories[0]!.components.map((component) => component.direct);
    put('package-lock.json', lock);
    assert.deepEqual(await direct(), [true, false]);
    put('package.json', '{"name": "shop", "dependencies": {"a": "^1.0.0", "b": "^1.0.0"}}');
    assert.deepEqual(await direct(), [true, true]);
    put('package.json', '{"name": "another", "dependencies": {"b": "^1.0.0"}}');
    assert.deepEqual(await direct(), [true, false]);
    put('package.json', '{"name": ');
    assert.deepEqual(await direct(), [true, false]);
  });

  it('loads neither the parser for SBOMs nor hashing to read a lockfile', () => {
    put('package-lock.json');
    const program = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ resolve(specifier, context, next) { const found = next(specifier, context); loaded.push(found.url); return found; } });
      const { readInventories } = await import(${JSON.stringify(new URL('inventory.actions.ts', import.meta.url).href)});
      const { inventories } = await readInventories([], { cwd: process.cwd(), ignore: [] });
      console.log(inventories.length, loaded.filter((url) => /cyclonedx|semver|zod|commander|packageurl|crypto/.test(url)).join() || 'nothing else');
    `;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd,
      encoding: 'utf8',
    });
    assert.equal(stdout.trim(), '1 nothing else', stderr);
  });
});
