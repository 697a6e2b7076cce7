/**
 * What a file exports, where it can be read off: ECMAScript exports, and the usual ways of CommonJS with those of the
 * compilers (TypeScript, Babel, esbuild). For a first look; who needs certainty about CommonJS follows the values.
 */
export interface ExportFact {
  /** `default`, `*` for everything of another module (`export *`, `__exportStar`), `=` for `module.exports = …`, else the name. */
  readonly name: string;
  /** The variable that is exported, where it is one. */
  readonly local: string | null;
  /** The function that is exported, where it stands right there or is declared in the file. */
  readonly functionId: number | null;
  /** For re-exports: the module as written, and the name there (`*` for its namespace). */
  readonly from: { readonly specifier: string; readonly name: string } | null;
  readonly start: number;
  readonly line: number;
}
