// Pure: the known facts about a VM's end -> whether it was expected, and the reason as a code.
import { reason } from '@tt/protocol';
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

/** By QEMU's own reasons (its qapi/run-state.json, ShutdownCause); the others do not end our processes. */
const BY_CAUSE: Partial<Record<QmpEvents['SHUTDOWN']['reason'], Explanation>> = {
  'guest-shutdown': { expected: true, reason: reason('poweredOff') },
  'guest-panic': { expected: false, reason: reason('guestPanicked') },
  'host-qmp-quit': { expected: true, reason: reason('engineQuit') },
  'host-signal': { expected: false, reason: reason('endedBySignal') },
};

export function explainExit({ stopped, shutdown, end }: ExitClues): Explanation {
  if (stopped) return { expected: true, reason: reason('stoppedByTt') };
  const byCause = shutdown && BY_CAUSE[shutdown.reason];
  if (byCause) return byCause;
  if (end?.signal) return { expected: false, reason: reason('killedBy', { signal: end.signal }) };
  if (end) return { expected: false, reason: reason('exitedWith', { exitCode: end.exitCode ?? -1 }) };
  return { expected: false, reason: reason('crashed') };
}
