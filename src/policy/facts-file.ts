/**
 * The text of holdfast.yaml (YAML or JSON) → facts, or everything that is wrong with it, each with its place.
 *
 * What may stand there is the schema in facts.ts; fetching the text is policy-file.client.ts; places and words of what is
 * wrong are lib/yaml-schema.ts.
 */
import { no, ok, type Result } from '../lib/result.ts';
import { inOrder, quoted, readBySchema, type FileReading } from '../lib/yaml-schema.ts';
import { factsSchema, type Facts } from './facts.ts';
import type { Problem } from './statement.ts';

/** At most 20 problems, in order of place. A key without a value counts as left out. */
export function readFacts(text: string): Result<Facts, readonly Problem[]> {
  const read = readBySchema({ file: 'holdfast.yaml', text }, factsSchema);
  if (!read.ok) return read;
  const problems = repeatedProducts(read.value);
  return problems.length === 0 ? ok(read.value.value) : no(inOrder(problems));
}

/** Two products with one id would share their decisions and their history. */
function repeatedProducts({ value, placeOf }: FileReading<Facts>): readonly Problem[] {
  const first = new Map<string, number>();
  return value.products.flatMap(({ id }, index) => {
    const at = placeOf(['products', index, 'id']);
    const line = first.get(id);
    if (line === undefined) {
      first.set(id, at.line);
      return [];
    }
    const hint = `Line ${line} has it already; give each product its own id.`;
    return [{ ...at, message: `products[${index}].id ${quoted(id)} is used twice`, hint }];
  });
}
