/**
 * Reads everything that a product is made of: from paths to inventories.
 *
 * input-files.client.ts finds and reads the files, detect.ts says what they are, and only the parser that is needed is
 * loaded: a scan of npm lockfiles never loads the one for SBOMs.
 */
import { HoldfastError } from '../lib/errors.ts';
import { sha256 } from '../lib/hash.ts';
import { isObject } from '../lib/json.ts';
import type { Inventory } from './component.ts';
import { kindOfJson, kindOfText } from './detect.ts';
import { type Discovery, discoverInputs, type InputFile, readBeside, readInput } from './input-files.client.ts';
import { parseJson } from './json-text.ts';

/** An inventory with the evidence of what it was read from. */
export interface ReadInventory extends Inventory {
  /** Lower-case hex SHA-256 of the file's bytes, as they were read; computed when asked for. */
  readonly sha256: () => string;
}

export interface Inventories {
  /** In the order of the paths and, inside a folder, of the names. */
  readonly inventories: readonly ReadInventory[];
  /** What could not be read, in the same order; nothing that was found is left out of both lists. */
  readonly errors: readonly HoldfastError[];
}

/**
 * Reads the named files and everything readable in the named folders; one broken input never stops the others.
 *
 * @param paths Relative to `cwd`; none means the folder `cwd` itself.
 * @param options.ignore Globs as in .gitignore, for folders only (ignore-globs.ts).
 */
export async function readInventories(
  paths: readonly string[],
  options: { readonly cwd: string; readonly ignore: readonly string[] },
): Promise<Inventories> {
  const discovery = discoverInputs(paths.length === 0 ? ['.'] : paths, options.cwd, options.ignore);
  const inventories: ReadInventory[] = [];
  const errors: HoldfastError[] = [...discovery.errors];
  const readPomOf = pomReading(discovery);
  for (const file of discovery.files) {
    try {
      inventories.push(await readOne(file, readPomOf));
    } catch (thrown) {
      if (!(thrown instanceof HoldfastError)) throw thrown;
      errors.push(thrown);
    }
  }
  return { inventories, errors };
}

async function readOne(file: InputFile, readPomOf: PomReading): Promise<ReadInventory> {
  const { text, sha256 } = contentOf(file);
  return { ...(await parse(file, text, readPomOf)), sha256 };
}

type PomReading = (file: InputFile, text: string) => Promise<Inventory>;

/** The POMs of a scan are read together: one is the parent of the next. What several leave open in common is told once. */
function pomReading({ files, folders }: Discovery): PomReading {
  const start = async (): Promise<(file: InputFile, text: string) => Inventory> => {
    const { pomFiles } = await import('./maven-pom-files.client.ts');
    const { mavenReader } = await import('./maven-pom.ts');
    const poms = pomFiles(files, folders, (file) => readInput(file).text);
    const read = mavenReader(poms);
    const told = new Set<string>();
    return (file, text) => {
      const inventory = read(poms.pomOf(file, text));
      const gaps = inventory.gaps.filter((gap) => !told.has(gap));
      for (const gap of gaps) told.add(gap);
      return { ...inventory, gaps };
    };
  };
  let started: ReturnType<typeof start> | null = null;
  return async (file, text) => (await (started ??= start()))(file, text);
}

/** Above this the bytes are hashed at once, so that they need not be kept beside the text. */
const KEPT_BYTES = 16 * 1024 * 1024;

function contentOf(file: InputFile): { readonly text: string; readonly sha256: () => string } {
  const { bytes, text } = readInput(file);
  let digest = bytes.length > KEPT_BYTES ? sha256(bytes) : null;
  if (digest !== null) return { text, sha256: constant(digest) };
  return { text, sha256: () => (digest ??= sha256(bytes)) };
}

/** Made outside of the function that holds the bytes: a closure inside of it would keep them. */
const constant =
  <T>(value: T): (() => T) =>
  () =>
    value;

async function parse(file: InputFile, text: string, readPomOf: PomReading): Promise<Inventory> {
  const { path } = file;
  const kind = kindOfText(path, text);
  switch (kind) {
    case 'json':
      return await parseJsonInput(file, parseJson(path, text));

    case 'yarn-classic': {
      const { readYarnClassic } = await import('./yarn-classic.ts');
      const { readProductManifests } = await import('./product-manifests.actions.ts');
      return readYarnClassic(path, text, readProductManifests(file, ['yarn.lock']));
    }

    case 'yarn-berry': {
      const { parseLockfileYaml } = await import('./lockfile-yaml.ts');
      const { readYarnBerry } = await import('./yarn-berry.ts');
      const { readProductManifests } = await import('./product-manifests.actions.ts');
      return readYarnBerry(path, await parseLockfileYaml(path, text), readProductManifests(file, ['yarn.lock']));
    }

    case 'pnpm-lock': {
      const { parseLockfileYaml } = await import('./lockfile-yaml.ts');
      const { readPnpmLock } = await import('./pnpm-lock.ts');
      return readPnpmLock(path, await parseLockfileYaml(path, text));
    }

    case 'bun-lock': {
      const { parseBunJson } = await import('./bun-json.ts');
      const { readBunLock } = await import('./bun-lock.ts');
      return readBunLock(path, parseBunJson(path, text));
    }

    case 'gradle-lockfile': {
      const { readGradleLockfile } = await import('./gradle-lockfile.ts');
      return readGradleLockfile(path, text);
    }

    case 'maven-pom':
      return await readPomOf(file, text);

    case 'cyclonedx-xml': {
      const { readCyclonedxXml } = await import('./cyclonedx-xml.ts');
      return readCyclonedxXml(path, text);
    }
  }
}

async function parseJsonInput(file: InputFile, document: unknown): Promise<Inventory> {
  const { path } = file;
  const kind = kindOfJson(path, document);
  switch (kind) {
    case 'package-lock': {
      const { needsManifest, readPackageLock } = await import('./package-lock.ts');
      return readPackageLock(path, document, needsManifest(document) ? manifestBeside(file, document) : null);
    }
    case 'cyclonedx-json': {
      const { readCyclonedxJson } = await import('./cyclonedx-json.ts');
      return readCyclonedxJson(path, document);
    }
    case 'spdx-json': {
      const { readSpdxJson } = await import('./spdx-json.ts');
      return readSpdxJson(path, document);
    }
  }
}

/** The package.json beside a lockfile of the same name; `null` where there is none, or none of this product. */
function manifestBeside(file: InputFile, lock: unknown): unknown {
  const text = readBeside(file, ['package-lock.json', 'npm-shrinkwrap.json'], 'package.json');
  if (text === null) return null;
  try {
    const manifest = parseJson(file.path, text);
    return isObject(manifest) && isObject(lock) && manifest['name'] === lock['name'] ? manifest : null;
  } catch (thrown) {
    // A broken manifest costs knowledge of what is direct, never the lockfile.
    if (thrown instanceof HoldfastError) return null;
    throw thrown;
  }
}
