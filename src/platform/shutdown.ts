/** Waits until somebody wants this process to end: Ctrl-C, `kill`, or the manager of services (systemd, Kubernetes). */

/** @returns when the first signal came. A second one ends the process at once, as people expect of a second Ctrl-C. */
export function shutdownRequested(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(1));
      resolve();
    });
  }
  return promise;
}
