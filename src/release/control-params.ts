/** Parameters that the controls of releases share, with the words for what may not stand in them. */
import * as z from 'zod';

/** What no ref may hold: git-check-ref-format(1), rules 3 to 10. */
// oxlint-disable-next-line no-control-regex -- control characters are what is refused
const NOT_IN_A_REF = /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/\.|^[-./]|[./]$|\.lock(?:\/|$)|^@$/;

/** Without `refs/heads/`. Names only: `main~3` or `main@{yesterday}` would be another commit than the branch's tip. */
export const branchName = z
  .string()
  .min(1)
  .max(200)
  .refine((name) => !NOT_IN_A_REF.test(name), 'write the name of a branch, e.g. main');

/** A glob over tag names as in `git for-each-ref refs/tags/<glob>`. */
export const tagPattern = z
  .string()
  .min(1)
  .max(200)
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  .regex(/^[^\u0000-\u0020\u007f~^:\\]+$/, 'write a pattern for the names of release tags, e.g. v*')
  .refine((pattern) => !/\.\.|^\/|\/$/.test(pattern), 'write a pattern for the names of release tags, e.g. v*');
