const INTERRUPTED = 130;

/** Aborted by the first Ctrl-C (or a SIGTERM); the second ends the process on the spot. */
export function interruptSignal(stderr: { write(text: string): unknown }): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    stderr.write('\nfinishing what is in flight; once more ends at once\n');
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  return controller.signal;
}
