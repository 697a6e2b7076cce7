/** Whether a folder has a holdfast.yaml: asked before anything is loaded that could read it, because most scans have none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const hasFacts = (folder: string): boolean => existsSync(join(folder, 'holdfast.yaml'));
