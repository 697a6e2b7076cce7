/** Whether the Node that runs us has known holes. */

/** The security release of 2026-10-21 (Node.js security bulletin): among others CVE-2026-111497, a write out of bounds in Brotli. */
const SAFE_SINCE = [26, 12, 1] as const;

/** @param version As `process.version` gives it: `v26.10.0`. `null` when nothing is known against it. */
export function runtimeWarning(version: string): string | null {
  const parts = version.replace(/^v/, '').split('.').map(Number);
  for (const [index, least] of SAFE_SINCE.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return null;
    if (part < least)
      return `This Node is ${version}; the security release of 2026-10-21 is ${SAFE_SINCE.join('.')}. Use it, or a later one, in production.`;
  }
  return null;
}
