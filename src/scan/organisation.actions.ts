/** Who publishes an SBOM or a VEX document: the organisation in holdfast.yaml. */
import { loadFacts } from '../policy/facts.actions.ts';

/** `null` where the folder's holdfast.yaml names none, or there is none. @throws FACTS_INVALID, FILE_UNREADABLE */
export const organisationOf = async (root: string): Promise<string | null> =>
  (await loadFacts(root)).organisation?.name ?? null;
