// Signals that end a command in the foreground: Ctrl-C, `kill`, and a closed terminal. All mean the same: cancel and exit.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `handle` at each; gives a function that ends that. */
export function onInterrupt(handle: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}
