// Signals from the first moment of the process on, before there is anybody to take them.

/** Signals come before there is anybody to take them: they wait for `take`. */
export interface HeldSignals {
  take(listener: (signal: NodeJS.Signals) => void): void;
}

/**
 * As the first process of a namespace the agent would not even get a signal it does not listen for (pid_namespaces(7)), so
 * it listens before all else. Until somebody takes the signals, one that ends it does so at once, as without this.
 */
export function holdSignals(): HeldSignals {
  let listener: ((signal: NodeJS.Signals) => void) | null = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (listener) listener(signal);
      else if (signal !== 'SIGHUP') process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    });
  }
  return {
    take(wanted) {
      listener = wanted;
    },
  };
}
