/** A plain reading of Gradle's one-file lockfile, to hold ours against: lines split at their marks, and nothing else. */
export interface LockedModule {
  readonly name: string;
  readonly version: string;
  readonly configurations: readonly string[];
}

export const gradleReference = (text: string): readonly LockedModule[] =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('empty='))
    .map((line) => {
      const [module = '', configurations = ''] = line.split('=');
      const [group = '', artifact = '', version = ''] = module.split(':');
      return { name: `${group}:${artifact}`, version, configurations: configurations.split(',') };
    });
