/**
 * How long this process has computed, for tests that hold work to a bound: a machine that does other things meanwhile makes a wall clock run on, and
 * says nothing about the work.
 *
 * @returns milliseconds, all threads together
 */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
