/**
 * Code that makes code, read by a person: sites of widely used packages that cannot load or run what the program does not hand them.
 *
 * Without them nearly every program of npm is one big unknown, because `depd` makes its wrappers with `Function` in every Express. An
 * entry names the package and what its site is; the argument says why no module can come of it. A package that is not listed gets no
 * benefit of the doubt.
 */
import type { CodeConstruct, CodeSite } from './code-sites.ts';

interface Reviewed {
  readonly package: string;
  readonly construct: CodeConstruct;
  readonly why: string;
}

const REVIEWED: readonly Reviewed[] = [
  {
    package: 'depd',
    construct: 'eval',
    why: 'The text is a fixed template around argument names that it makes itself (arg0, arg1, …).',
  },
  {
    package: 'depd',
    construct: 'function',
    why: 'As with eval, in later versions: a fixed template around argument names that it makes itself.',
  },
  {
    package: 'function-bind',
    construct: 'function',
    why: 'The text is a fixed template around parameter names that it makes itself ($0, $1, …).',
  },
  {
    package: 'get-intrinsic',
    construct: 'function',
    why: 'Function is kept in a table, and one fixed text is made from it: whether a syntax exists.',
  },
  {
    package: 'get-intrinsic',
    construct: 'indirect-eval',
    why: 'eval is kept in the table of intrinsics under %eval%; it is not called here.',
  },
  {
    package: 'generator-function',
    construct: 'function',
    why: 'The text is fixed: it asks for the constructor of generators.',
  },
  {
    package: 'async-function',
    construct: 'function',
    why: 'The text is fixed: it asks for the constructor of async functions.',
  },
  {
    package: 'async-generator-function',
    construct: 'function',
    why: 'The text is fixed: it asks for the constructor of async generators.',
  },
];

export const isReviewed = (code: CodeSite, packageName: string): boolean =>
  REVIEWED.some((entry) => entry.package === packageName && entry.construct === code.construct);
