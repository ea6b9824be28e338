// Holds signals that arrive before the process has a handler for them.

/** A SIGHUP that arrives early waits for `take`. */
export interface HeldSignals {
  take(listener: (signal: NodeJS.Signals) => void): void;
}

/**
 * As the first process of a namespace the agent does not get signals without a handler (pid_namespaces(7)), so it installs
 * handlers first. Until `take` is called, a terminating signal ends the process at once, as it would without handlers.
 */
export function holdSignals(): HeldSignals {
  let listener: ((signal: NodeJS.Signals) => void) | null = null;
  let isHungUp = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (listener) listener(signal);
      else if (signal === 'SIGHUP') isHungUp = true;
      else process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    });
  }
  return {
    take(wanted) {
      listener = wanted;
      // Clients find an agent a moment before it takes signals: what was changed for it then counts, too.
      if (isHungUp) wanted('SIGHUP');
    },
  };
}
