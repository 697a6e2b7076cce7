/**
 * What a Gradle configuration is for, by its name: a lockfile (gradle-lockfile.ts) records nothing else of it.
 *
 * Sources: Gradle User Manual, "The Java Plugin" (source sets and their configurations), "The Checkstyle Plugin", "The
 * PMD Plugin", "The CodeNarc Plugin", "The JaCoCo Plugin", "The Scala Plugin" (zinc), "The War Plugin"; Spring Boot Gradle
 * plugin, "Reacting to Other Plugins" (developmentOnly, productionRuntimeClasspath); Android Gradle plugin and Kotlin
 * Gradle plugin for their variants and tools. Names are free, so what is not known here is unknown, and that is never
 * left out: only a name that is certainly no part of the product makes a module a development dependency.
 */
import type { Scope } from './component.ts';

export function gradleScope(configuration: string): Scope {
  if (configuration.length > LONGEST_NAME) return 'unknown';
  const lower = configuration.toLowerCase();
  const words = wordsOf(configuration);
  if (TOOLS.has(lower) || TOOL_WORDS.some((tool) => words.startsWith(tool))) return 'development';
  // Of any source set or variant: testAnnotationProcessor, debugAnnotationProcessorClasspath.
  if (/ annotation processor (?:classpath )?$/.test(words)) return 'development';
  if (words.includes(' test ') || words.includes(' tests ')) return 'development';
  if (PRODUCT_CONFIGURATIONS.has(lower)) return 'production';
  return lower.endsWith('compileclasspath') || lower.endsWith('runtimeclasspath') ? 'production' : 'unknown';
}

/** A module is for production if any of its configurations is, and for development only if every one is. */
export const heavier = (a: Scope, b: Scope): Scope => (WEIGHT[a] >= WEIGHT[b] ? a : b);

const WEIGHT: Readonly<Record<Scope, number>> = { production: 3, unknown: 2, optional: 1, development: 0 };

/** Longer than any name that a plugin builds; hostile ones are not searched. */
const LONGEST_NAME = 1000;

/** What stands on the product's own class paths, in the names that end otherwise; the short ones are those before Gradle 7. */
const PRODUCT_CONFIGURATIONS: ReadonlySet<string> = new Set([
  'api',
  'implementation',
  'compileonly',
  'compileonlyapi',
  'runtimeonly',
  'compile',
  'runtime',
  'default',
  'archives',
  'providedcompile',
  'providedruntime',
]);

/** `classpath` is that of the build script: Gradle's plugins. */
const TOOLS: ReadonlySet<string> = new Set([
  'classpath',
  'checkstyle',
  'pmd',
  'pmdaux',
  'codenarc',
  'jacocoagent',
  'jacocoant',
  'zinc',
  'developmentonly',
  'spotbugs',
  'spotbugsplugins',
  'errorprone',
  'detekt',
  'detektplugins',
  'lintchecks',
]);

/** Kotlin's compiler and its plugins, its annotation processing, and Android's lint, as they begin the names. */
const TOOL_WORDS: readonly string[] = [
  ' kotlin compiler ',
  ' kotlin build tools ',
  ' kotlin klib commonizer ',
  ' kotlin native compiler ',
  ' kapt ',
  ' ksp ',
  ' ktlint ',
  ' android lint tool ',
];

/** ` debug unit test runtime classpath ` for debugUnitTestRuntimeClasspath, so that latestRuntimeClasspath is no test. */
const wordsOf = (name: string): string =>
  ` ${name
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .toLowerCase()} `;
