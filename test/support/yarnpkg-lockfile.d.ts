/** What tests use of Yarn 1's parser, which brings no types. */
declare module '@yarnpkg/lockfile' {
  export function parse(text: string): {
    readonly object: Readonly<
      Record<
        string,
        {
          readonly version: string;
          readonly dependencies?: Readonly<Record<string, string>>;
          readonly optionalDependencies?: Readonly<Record<string, string>>;
        }
      >
    >;
  };
}
