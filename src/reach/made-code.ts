/**
 * Whether code that is made while the program runs (`eval`, `Function`, `vm`) is made at all. Such code may define any global name, and then
 * every library that asks for `define` or `window` as it is loaded goes another way (environment.ts).
 *
 * Asked of a world in which none is made: if nothing there runs one of the sites, none is. For take the first of them that ran all the same: until
 * then no code was made, the program was that world, and in it the site cannot be reached.
 */
import type { Closure, DynamicSite } from './closure.ts';
import { bodyAt } from './flow-body.ts';
import { search, type Search } from './flow-search.ts';
import type { FlowWorld } from './flow-trace.ts';
import type { OpenFile } from './flow-world.ts';

const MAKES_CODE: ReadonlySet<string> = new Set(['eval', 'indirect-eval', 'function', 'vm', 'with']);

/** Programs with more such sites make code, or are not worth the time to find out. */
const MOST_SITES = 12;

export interface Proceedings {
  readonly world: FlowWorld;
  readonly search: Search;
}

/** @param worldWhere The program as it is where code is made, or is not. */
export function proceedings(
  { files, sites }: Closure,
  open: OpenFile,
  worldWhere: (codeIsMade: boolean) => FlowWorld,
): Proceedings {
  // What is made of the program's own texts defines what they say, and that is read from them like from code, but for names that are computed.
  const isComputed = [...files.values()].some(({ facts }) => facts?.holdsGlobal === true);
  const makers = sites.filter(({ form, bound }) => MAKES_CODE.has(form) && (bound.kind === 'anything' || isComputed));
  const world = worldWhere(false);
  const found = search(world);
  if (makers.length <= MOST_SITES && makers.every((site) => neverRuns(site, open, { world, search: found })))
    return { world, search: found };
  const other = worldWhere(true);
  return { world: other, search: search(other) };
}

function neverRuns(site: DynamicSite, open: OpenFile, { world, search: { ask } }: Proceedings): boolean {
  const file = open(site.file);
  if (file === null) return false;
  return world.isDead(file, site) || ask(bodyAt(file, site.start)).kind === 'unreachable';
}
