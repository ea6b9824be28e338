// Ctrl-C of `npm start`: the first one ends TT in order, a second one ends the command at once, whatever it waits for.
const INTERRUPTED = 130;
/** Some versions of npm pass on what the terminal has sent to this process as well: one Ctrl-C, two signals. */
const SAME_PRESS_MS = 200;

export interface InterruptOptions {
  /** Default: this process. */
  source?: { on(signal: NodeJS.Signals, listener: () => void): unknown };
  /** Lets go of what was started, without waiting, and says in one sentence what keeps running. */
  leave: () => string;
  say: (text: string) => void;
  exit?: (code: number) => void;
  nowMs?: () => number;
}

/** Follows SIGINT, SIGTERM and SIGHUP from now on. The signal that is given is aborted by the first of them. */
export function followInterrupts(options: InterruptOptions): AbortSignal {
  const {
    source = process,
    leave,
    say,
    exit = (code) => process.exit(code),
    nowMs = () => performance.now(),
  } = options;
  const first = new AbortController();
  let firstMs = 0;
  const take = () => {
    if (!first.signal.aborted) {
      firstMs = nowMs();
      first.abort();
    } else if (nowMs() - firstMs > SAME_PRESS_MS) {
      say(leave());
      exit(INTERRUPTED);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) source.on(signal, take);
  return first.signal;
}
