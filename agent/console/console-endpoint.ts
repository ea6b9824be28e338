// The console streams of this agent's VMs: which unix socket a ticket leads to, and who is watching. A `ConsoleGuard` can end a
// viewer's access.
import type { Duplex } from 'node:stream';
import { type ConsoleKind, TtError } from '@tt/protocol';
import { type FarEnd, StreamEndError } from '@tt/server';
import type { Services } from '../operations/services.ts';
import type { Onlooker } from './console-presence.ts';

/** What a ticket is good for, at least. */
interface ConsoleOf {
  vmId: string;
  kind: ConsoleKind;
}

/** Something that can end open streams. */
export interface ConsoleGuard<Purpose> {
  /** False: a stream for this is not opened. */
  allows(purpose: Purpose): boolean;
  /** A stream was opened; the guard destroys it when it is no longer allowed. */
  opened(stream: Duplex, purpose: Purpose): void;
}

export interface ConsoleEndpoint<Purpose> {
  isLive(purpose: Purpose): boolean;
  open(purpose: Purpose): Promise<FarEnd>;
}

export function consoleEndpoint<Purpose extends ConsoleOf>(
  { inventory, running, consoles, presence }: Pick<Services, 'inventory' | 'running' | 'consoles' | 'presence'>,
  guard: ConsoleGuard<Purpose>,
  onlookerOf: (purpose: Purpose) => Onlooker,
): ConsoleEndpoint<Purpose> {
  return {
    isLive: (purpose) => (running.get(purpose.vmId) !== null || consoles.isHeld(purpose.vmId)) && guard.allows(purpose),
    async open(purpose) {
      const { vmId, kind } = purpose;
      try {
        const farEnd = await consoles.open(vmId, kind, presence.typist(vmId, onlookerOf(purpose)));
        guard.opened(farEnd.stream, purpose);
        return farEnd;
      } catch (cause) {
        if (cause instanceof StreamEndError) throw cause;
        throw new TtError('VM_NOT_RUNNING', { vmName: inventory.vm(vmId).name, state: 'unknown' }, { cause });
      }
    },
  };
}
