/** What no advisory could speak of by name and version: said, so that silence is not taken for health. */
import { orderOf } from '../advisory/version.ts';
import type { Inventory } from '../inventory/component.ts';
import { firstFew, number } from '../lib/text.ts';

/**
 * One sentence for each thing that was not compared, over all inputs: a tree of a hundred POMs says it once.
 *
 * @param covered By path of an input: the input that stands in for it (standing-in.ts).
 */
export function unmatchedNotes(
  inventories: readonly Inventory[],
  covered: ReadonlyMap<string, string | null>,
): readonly string[] {
  const isCovered = ({ path }: Inventory): boolean => (covered.get(path) ?? null) !== null;
  const direct = inventories.filter((inventory) => inventory.coverage === 'direct' && !isCovered(inventory));
  const notes = direct.length === 0 ? [] : [directNote(direct)];
  for (const { path, gaps } of inventories.filter(isCovered)) {
    const open = gaps.length === 0 ? '' : ` and for ${gaps.length} open ${gaps.length === 1 ? 'version' : 'versions'}`;
    notes.push(
      `${path}: ${covered.get(path)} names everything that it asks for and stands in for what that brings along${open}.`,
    );
  }
  const own = tally(inventories, ({ components }) => components.filter(({ origin }) => origin.kind === 'link').length);
  if (own !== null)
    notes.push(
      `${own.where}: ${number(own.total)} local ${own.total === 1 ? 'package is' : 'packages are'} your own code and not matched by name.`,
    );
  const unversioned = tally(
    inventories,
    ({ components }) => components.filter(({ version, origin }) => version === '' && origin.kind !== 'link').length,
  );
  if (unversioned !== null)
    notes.push(
      `${unversioned.where}: ${number(unversioned.total)} ${unversioned.total === 1 ? 'component has' : 'components have'} no version and cannot be matched.`,
    );
  const foreign = tally(inventories, (inventory) => foreignIn(inventory).length);
  if (foreign !== null) {
    const ecosystems = [...new Set(inventories.flatMap(foreignIn))].sort();
    notes.push(
      `${foreign.where}: components of other ecosystems (${ecosystems.join(', ')}) are matched by listed versions only.`,
    );
  }
  return notes;
}

const directNote = (inputs: readonly Inventory[]): string =>
  `${firstFew(inputs.map(({ path }) => path))}: ${inputs.length === 1 ? 'names' : 'they name'} what the product asks for, not what that brings along; transitive dependencies were compared with nothing.`;

/** The sum over all inputs, and those that add to it; `null` for none. */
function tally(
  inventories: readonly Inventory[],
  countIn: (inventory: Inventory) => number,
): { readonly total: number; readonly where: string } | null {
  const counted = inventories.map((inventory) => ({ path: inventory.path, found: countIn(inventory) }));
  const some = counted.filter(({ found }) => found > 0);
  if (some.length === 0) return null;
  return { total: some.reduce((sum, { found }) => sum + found, 0), where: firstFew(some.map(({ path }) => path)) };
}

/** Ecosystems whose versions Holdfast cannot order. */
function foreignIn({ components }: Inventory): readonly string[] {
  const foreign = components.filter(({ ecosystem }) => orderOf(ecosystem) === null);
  return [...new Set(foreign.map(({ ecosystem }) => ecosystem || 'without one'))];
}
