// What every call handler gets: the services, and who asks.
import { implement } from '@orpc/server';
import { contract, type StreamKind } from '@tt/protocol';
import type { BorderContext, Tickets } from '@tt/server';
import type { HostService } from '../app/host-service.ts';
import type { TerminalGrant } from '../labs/terminal-guard.ts';
import type { BackgroundTasks } from '../operations/background/background-tasks.ts';
import type { Services } from '../operations/services.ts';

/** What a stream ticket of an agent is good for. */
export interface ConsolePurpose {
  vmId: string;
  kind: StreamKind;
  /** A ticket is good for whom it was given to; that of a terminal is its own proof. */
  callerName?: string;
  withoutIdentity?: true;
  /** What that terminal was let in by. */
  terminal?: TerminalGrant;
}

export interface CallContext extends BorderContext {
  services: Services;
  host: HostService;
  tasks: BackgroundTasks;
  tickets: Tickets<ConsolePurpose>;
}

/** The contract, ready to be implemented. */
export const api = implement(contract).$context<CallContext>();
