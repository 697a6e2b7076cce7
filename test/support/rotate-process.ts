/**
 * A process that rotates the keys of a data folder up to some point, says that it is there, and waits to be killed:
 * `node rotate-process.ts FOLDER PIECES`. With 0 pieces it has made the new key and stored nothing. Started by src/keys/rotate.actions.test.ts.
 */
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/platform/db.ts';
import { isRotating } from '../../src/platform/keyring.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { rotateKeys } from '../../src/keys/rotate.actions.ts';
import { hour } from './evidence-log.ts';

const [folder = '', pieces = ''] = process.argv.slice(2);
const STDOUT = 1;
let done = 0;

function waitIfThere(): void {
  if (done < Number(pieces) || !isRotating(folder)) return;
  writeSync(STDOUT, 'there\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const db = await openDatabase({ engine: 'sqlite', path: join(folder, 'holdfast.db') });
// Each key that is wrapped takes some randomness, so this is asked in the middle of a transaction too.
const random = (bytes: number): Uint8Array => {
  waitIfThere();
  return systemRandom(bytes);
};
await rotateKeys({ db, folder, random }, {}, hour(3), () => {
  done += 1;
  waitIfThere();
});
