import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { refusal } from '../../test/support/refusal.ts';
import type { HoldfastError } from '../lib/errors.ts';
import { readGradleLockfile } from './gradle-lockfile.ts';
import { gradleScope } from './gradle-scope.ts';

const shop = readFileSync(new URL('../../test/fixtures/inventory/shop.gradle.lockfile', import.meta.url), 'utf8');

const listed = (text: string, path = 'gradle.lockfile'): string[] =>
  readGradleLockfile(path, text).components.map(({ name, version, scope }) => `${name} ${version} ${scope}`);

const refusalOf = (text: string, path = 'app/gradle.lockfile'): HoldfastError =>
  refusal(() => readGradleLockfile(path, text));

describe('a Gradle lockfile', () => {
  it('lists every module with the heaviest scope of its configurations, and two versions of one as two', () => {
    assert.deepEqual(listed(shop), [
      'ch.qos.logback:logback-classic 1.2.3 production',
      'com.example.build:stubs 1.0 unknown',
      'com.google.guava:guava 20.0 development',
      'com.google.guava:guava 30.1-jre production',
      'com.puppycrawl.tools:checkstyle 8.40 development',
      'javax.servlet:javax.servlet-api 4.0.1 production',
      'org.junit:junit-bom 5.7.1 development',
      'org.mapstruct:mapstruct-processor 1.4.2.Final development',
      'local-driver 2.1 production',
    ]);
  });

  it('gives what advisories speak of, and claims nothing that the file does not record', () => {
    const inventory = readGradleLockfile('gradle.lockfile', shop);
    assert.deepEqual(inventory.components[0], {
      ecosystem: 'Maven',
      name: 'ch.qos.logback:logback-classic',
      version: '1.2.3',
      purl: 'pkg:maven/ch.qos.logback/logback-classic@1.2.3',
      scope: 'production',
      integrity: null,
      origin: { kind: 'registry', host: null },
      direct: false,
      location: 'ch.qos.logback:logback-classic:1.2.3',
    });
    assert.equal(inventory.graph(), null);
    assert.equal(inventory.coverage, 'whole');
    assert.deepEqual(inventory.gaps, []);
    assert.deepEqual(inventory.product, { name: '', version: '' });
  });

  it('takes a file of a flat directory, which has no group, for no package of Maven', () => {
    const driver = readGradleLockfile('gradle.lockfile', shop).components.at(-1);
    assert.deepEqual(
      [driver?.ecosystem, driver?.purl, driver?.origin, driver?.location],
      ['', '', { kind: 'unknown' }, ':local-driver:2.1'],
    );
  });

  it('reads Windows line ends, a byte order mark, blank lines and a last line without an end', () => {
    const windows = `\ufeff# x\r\n\r\n  # y\r\na:b:1=runtimeClasspath\r\n\t\r\nempty=\r\nc:d:2=testRuntimeClasspath`;
    assert.deepEqual(listed(windows), ['a:b 1 production', 'c:d 2 development']);
    assert.deepEqual(listed('empty='), []);
    assert.deepEqual(listed('# only comments\n'), []);
  });

  it('joins a module that stands there twice, as a merge leaves it', () => {
    const twice = 'a:b:1=testRuntimeClasspath\na:b:1=runtimeClasspath\na:b:1=checkstyle\n';
    assert.deepEqual(listed(twice), ['a:b 1 production']);
  });

  it('takes the group before the first colon and the version behind the last, as Gradle does', () => {
    assert.deepEqual(listed('a:b:c:1=runtimeClasspath'), ['a:b:c 1 production']);
  });
});

describe('the older layout with a lockfile for each configuration', () => {
  const old = '# This is a Gradle generated file for dependency locking.\na:b:1\nc:d:2\n';

  it('takes the configuration from the name of the file', () => {
    const scopeIn = (path: string): string | undefined => readGradleLockfile(path, old).components[0]?.scope;
    assert.deepEqual(listed(old, 'x/gradle/dependency-locks/runtimeClasspath.lockfile'), [
      'a:b 1 production',
      'c:d 2 production',
    ]);
    assert.equal(scopeIn('gradle/dependency-locks/testCompileClasspath.lockfile'), 'development');
    assert.equal(scopeIn('gradle\\dependency-locks\\buildscript-classpath.lockfile'), 'development');
    assert.equal(scopeIn('gradle/dependency-locks/swagger.lockfile'), 'unknown');
    assert.equal(scopeIn('locks.txt'), 'unknown');
  });

  it('is not mixed with the newer one', () => {
    assert.match(refusalOf('a:b:1\nc:d:2=runtimeClasspath', 'x.lockfile').message, /^line 2 of x\.lockfile/);
    assert.equal(
      refusalOf('a:b:1\n').message,
      'line 1 of gradle.lockfile cannot be read: it names no configuration (a:b:1)',
    );
    assert.equal(refusalOf('a:b:1\n', 'buildscript-gradle.lockfile').code, 'INVENTORY_MALFORMED');
  });
});

describe('a Gradle lockfile that is damaged', () => {
  it('is refused with the line and the column', () => {
    const wrong: [string, number, number][] = [
      ['a:b:1=runtimeClasspath\na:b', 2, 1],
      ['# x\na:b=runtimeClasspath', 2, 1],
      ['  nothing=runtimeClasspath', 1, 3],
      ['a::1=runtimeClasspath', 1, 3],
      ['a:b:=runtimeClasspath', 1, 5],
      ['a:b :1=runtimeClasspath', 1, 4],
      ['a:b:1=runtimeClasspath=x', 1, 23],
      ['a:b:1=', 1, 7],
      ['a:b:1=runtimeClasspath,', 1, 24],
      ['a:b:1=,runtimeClasspath', 1, 7],
      ['a:b:1=runtimeClasspath\r\n\r\n[1]', 3, 1],
    ];
    for (const [text, line, column] of wrong) {
      const { code, at } = refusalOf(text);
      assert.equal(code, 'INVENTORY_MALFORMED', text);
      assert.deepEqual(at, { file: 'app/gradle.lockfile', line, column }, text);
    }
  });

  it('is told that it holds a merge conflict', () => {
    for (const mark of ['<<<<<<< HEAD', '=======', '>>>>>>> topic']) {
      const { message, at } = refusalOf(`a:b:1=runtimeClasspath\n${mark}\nc:d:1=runtimeClasspath\n`);
      assert.equal(message, 'gradle.lockfile holds a merge conflict that is not resolved');
      assert.equal(at?.line, 2);
    }
  });

  it('is refused when it locks more than any build, in little time', () => {
    let text = '';
    for (let index = 0; index <= 200_000; index += 1) text += `g:a${index}:1=c\n`;
    assert.equal(refusalOf(text).code, 'INVENTORY_UNSUPPORTED');
  });

  it('costs no more than its length when it is one long line', () => {
    const list = 'configuration,'.repeat(200_000);
    assert.deepEqual(listed(`a:b:1=${list}runtimeClasspath`), ['a:b 1 production']);
    assert.deepEqual(listed(`a:b:1=${'tA1_'.repeat(500_000)}`), ['a:b 1 unknown']);
  });
});

describe('the purpose of a configuration', () => {
  const names: Readonly<Record<string, readonly string[]>> = {
    production: [
      'compileClasspath',
      'runtimeClasspath',
      'productionRuntimeClasspath',
      'releaseRuntimeClasspath',
      'jvmCompileClasspath',
      'default',
      'compile',
      'implementation',
      'providedRuntime',
      // Words that only hold the letters of one that would leave them out.
      'latestRuntimeClasspath',
      'protestRuntimeClasspath',
      'kaptainRuntimeClasspath',
      'checkstyleRuntimeClasspath',
    ],
    development: [
      'testCompileClasspath',
      'testRuntimeClasspath',
      'testImplementation',
      'debugUnitTestRuntimeClasspath',
      'debugAndroidTestCompileClasspath',
      'integrationTestRuntimeClasspath',
      'integration_testRuntimeClasspath',
      'testFixturesRuntimeClasspath',
      'annotationProcessor',
      'testAnnotationProcessor',
      'debugAnnotationProcessorClasspath',
      'checkstyle',
      'pmd',
      'codenarc',
      'jacocoAgent',
      'jacocoAnt',
      'zinc',
      'developmentOnly',
      'testAndDevelopmentOnly',
      'classpath',
      'kapt',
      'kaptTest',
      'kspDebugKotlinProcessorClasspath',
      'kotlinCompilerClasspath',
      'kotlinCompilerPluginClasspathMain',
      'kotlinKlibCommonizerClasspath',
      'errorprone',
    ],
    unknown: ['swaggerCodegen', 'cloudResourceSchema', 'coreLibraryDesugaring', 'attest', '', '__proto__'],
  };
  for (const [scope, configurations] of Object.entries(names)) {
    it(`is ${scope} for ${configurations.filter((name) => name !== '').join(', ')}`, () => {
      assert.deepEqual(
        configurations.filter((name) => gradleScope(name) !== scope),
        [],
      );
    });
  }
});
