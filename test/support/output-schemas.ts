/** Validators for what is written: the official CycloneDX schema, and ours in docs/formats. Each gives what is wrong; nothing is good. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const root = join(import.meta.dirname, '..', '..');

const schema = (path: string): object => JSON.parse(readFileSync(path, 'utf8')) as object;

/** The schemas that the CycloneDX organisation ships with its library. */
export function cyclonedxProblems(document: unknown): readonly string[] {
  compiledCyclonedx ??= compileCyclonedx();
  return compiledCyclonedx(document) ? [] : problems(compiledCyclonedx.errors);
}
let compiledCyclonedx: ReturnType<typeof compileCyclonedx> | null = null;

function compileCyclonedx() {
  const library = dirname(fileURLToPath(import.meta.resolve('@cyclonedx/cyclonedx-library/package.json')));
  const of = (name: string): object => schema(join(library, 'res', 'schema', name));
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  // RFC 3987: what ajv-formats lacks; an IRI holds neither blanks nor `<>"{}|\^` and the backtick.
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/);
  ajv.addFormat('idn-email', true);
  // The library's copies refer to each other by their file names, which are not those in their `$id`.
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema({ ...of(name), $id: `http://cyclonedx.org/schema/${name}` });
  return ajv.compile(of('bom-1.6.SNAPSHOT.schema.json'));
}

export const openvexProblems = (document: unknown): readonly string[] => ourProblems('openvex', document);

/** @param name Of a schema of ours: `reach` for docs/formats/reach.schema.json. */
export function ourProblems(name: string, document: unknown): readonly string[] {
  const validate = compiled.get(name) ?? compile(name);
  compiled.set(name, validate);
  return validate(document) ? [] : problems(validate.errors);
}
const compiled = new Map<string, ReturnType<typeof compile>>();

function compile(name: string) {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  formats.default(ajv);
  return ajv.compile(schema(join(root, 'docs', 'formats', `${name}.schema.json`)));
}

const problems = (errors: typeof Ajv.prototype.errors): readonly string[] =>
  (errors ?? []).slice(0, 5).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
