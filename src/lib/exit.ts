/**
 * Exit codes of every command (docs/formats/exit-codes.md).
 *
 * 64 is EX_USAGE of sysexits(3); 1 stays what Node itself exits with when a program fails.
 */
export const EXIT = { kept: 0, failed: 1, broken: 2, incomplete: 3, usage: 64 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The code of several measurements together: a broken promise beats a missing measurement beats a kept one. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  for (const code of [EXIT.failed, EXIT.broken, EXIT.incomplete]) if (codes.includes(code)) return code;
  return EXIT.kept;
}
