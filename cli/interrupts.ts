// Signals that end a command in the foreground: Ctrl-C, `kill`, and a closed terminal. All mean the same: cancel and exit.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `handle` at each; gives a function that ends that. */
export function onInterrupt(handle: () => void): () => void {
  for (const signal of SIGNALS) process.on(signal, handle);
  return () => {
    for (const signal of SIGNALS) process.off(signal, handle);
  };
}

/** For commands that run until they are interrupted: `stop` when it is over, or later ones would not end the process. */
export function interrupted(): { promise: Promise<void>; signal: AbortSignal; stop: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const aborter = new AbortController();
  const stop = onInterrupt(() => {
    aborter.abort();
    resolve();
  });
  return { promise, signal: aborter.signal, stop };
}

/** Until so much time has passed, or `signal` is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const over = () => {
      clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) over();
    else signal.addEventListener('abort', over, { once: true });
  });
}
