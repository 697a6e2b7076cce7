/** Who sits at this desk, as Git knows them: a suggestion for the owner of a decision, never taken without being asked. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment } from '../platform/child-environment.ts';

const GIT_TIMEOUT_MS = 5_000;

/** `null` without Git or without a name. Reading configuration runs nothing that a repository could have planted. */
export async function gitUserName(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  try {
    const options = { env: childEnvironment(env), timeout: GIT_TIMEOUT_MS, maxBuffer: 65_536, windowsHide: true };
    const { stdout } = await promisify(execFile)('git', ['-C', folder, 'config', 'user.name'], options);
    return stdout.trim() === '' ? null : stdout.trim().slice(0, 200);
  } catch {
    return null;
  }
}
