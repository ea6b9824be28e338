// Pure: what is known of a VM's end -> whether it was to be expected, and why, in plain words.
import type { VmExit } from '../interface.ts';
import type { ProcessEnd } from './process.ts';
import type { QmpEvents } from './qmp-schema.gen.ts';

export interface ExitClues {
  /** `stop` was called. */
  stopped?: boolean;
  /** QEMU said that it shuts down, and for whom. */
  shutdown?: QmpEvents['SHUTDOWN'];
  /** How the process ended, when it was our child. */
  end?: ProcessEnd;
}

type Explanation = Omit<VmExit, 'logTail'>;

/** By the reasons QEMU gives (its qapi/run-state.json, ShutdownCause); the others don't end a process of ours. */
const BY_CAUSE: Partial<Record<QmpEvents['SHUTDOWN']['reason'], Explanation>> = {
  'guest-shutdown': { expected: true, reason: 'the guest powered off' },
  'guest-panic': { expected: false, reason: "the guest's kernel panicked" },
  'host-qmp-quit': { expected: true, reason: 'QEMU was told to quit' },
  'host-signal': { expected: false, reason: 'QEMU was ended by a signal (SIGTERM, SIGINT or SIGHUP)' },
};

export function explainExit({ stopped, shutdown, end }: ExitClues): Explanation {
  if (stopped) return { expected: true, reason: 'stopped by TT' };
  const byCause = shutdown && BY_CAUSE[shutdown.reason];
  if (byCause) return byCause;
  if (end?.signal) return { expected: false, reason: `QEMU was killed by ${end.signal}` };
  if (end) return { expected: false, reason: `QEMU exited with status ${end.exitCode}` };
  return { expected: false, reason: 'QEMU crashed or was killed (SIGKILL leaves no trace)' };
}
