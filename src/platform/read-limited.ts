/** Reading a small file that somebody else may have put there: a regular file, up to a limit, and nothing else. */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { isObject } from '../lib/json.ts';

export interface NotRead {
  /** It is not there, which is more than not being readable. */
  readonly absent: boolean;
  /** Continues "the file …". */
  readonly why: string;
}

/** The bytes of a file, or why there are none. Reading a pipe or a device could last for ever, so they are refused. */
export function readLimited(path: string, mostBytes: number): Uint8Array | NotRead {
  let file: number | null = null;
  try {
    if (!statSync(path).isFile()) return { absent: false, why: 'is not a regular file' };
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    if (size > mostBytes) return { absent: false, why: `has ${size} bytes, more than the ${mostBytes} it may have` };
    const bytes = new Uint8Array(size);
    let at = 0;
    for (let got = 1; at < size && got > 0; at += got) got = readSync(file, bytes, at, size - at, at);
    return at === size ? bytes : { absent: false, why: 'was cut off while it was read' };
  } catch (thrown) {
    const code = isObject(thrown) ? thrown['code'] : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { absent: true, why: 'is not there' };
    return { absent: false, why: `cannot be read (${typeof code === 'string' ? code : String(thrown)})` };
  } finally {
    if (file !== null) closeSync(file);
  }
}
