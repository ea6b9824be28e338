// What every call handler gets: the services and the caller.
import { implement, ORPCError } from '@orpc/server';
import { type ConsoleKind, contract, type RunOutputChannel, TtError } from '@tt/protocol';
import { type BorderContext, type Caller, type Identities, mustMayCall, type Tickets } from '@tt/server';
import type { Administration } from '../administration/administration.ts';
import type { Memberships } from '../access/owners.ts';
import type { HostService } from '../app/host-service.ts';
import { isDiskFull } from '../host/disk-full.ts';
import type { TerminalGrant } from '../labs/terminal-guard.ts';
import type { BackgroundTasks } from '../operations/background/background-tasks.ts';
import { diskFull } from '../operations/engine-failure.ts';
import type { Services } from '../operations/services.ts';
import type { ShellRequest } from '../shells/shells.ts';
import type { TransferUser } from '../transfers/interface.ts';
import type { Pictures } from './pictures.ts';

/** What a stream ticket of an agent is good for. */
export interface ConsolePurpose {
  vmId: string;
  kind: ConsoleKind;
  /** A ticket is only valid for the user who got it; a terminal's ticket is sufficient alone. */
  callerName?: string;
  /** Whom others see looking: a proxy asks for many people. Absent: that user. */
  person?: string;
  withoutIdentity?: true;
  /** What that terminal was let in by. */
  terminal?: TerminalGrant;
}

/** The bytes of one upload or download, for the user who got the ticket. */
export interface TransferPurpose {
  kind: 'upload' | 'download';
  transferId: string;
  user: TransferUser;
  callerName: string;
}

/** What one machine of a run prints, for the user who got the ticket. */
export interface OutputPurpose {
  kind: 'output';
  runId: string;
  vmId: string;
  channel: RunOutputChannel;
  /** Bytes that are skipped. */
  offset: number;
  callerName: string;
}

/** A shell in a guest, for the user who got the ticket. */
export interface ShellPurpose extends ShellRequest {
  kind: 'shell';
  callerName: string;
  /** As of a console. */
  person?: string;
}

/** A TCP connection to a port of a guest, for the user who got the ticket. */
export interface PortPurpose {
  kind: 'port';
  vmId: string;
  guestPort: number;
  callerName: string;
}

export type AgentPurpose = ConsolePurpose | TransferPurpose | OutputPurpose | ShellPurpose | PortPurpose;

export interface CallContext extends BorderContext {
  services: Services;
  host: HostService;
  tasks: BackgroundTasks;
  administration: Administration;
  tickets: Tickets<AgentPurpose>;
  pictures: Pictures;
  /** Everybody who may come in: of the configuration, and of the state. */
  identities: Identities;
}

/** The context of a call that requires authentication: its caller comes with the teams they are in. */
export type KnownCallContext = CallContext & { caller: Caller & { teams: Memberships } };

/** The contract for anonymous calls (`openCalls`). In all of them a full disk is not an internal error. */
export const openApi = implement(contract)
  .$context<CallContext>()
  .use(async ({ context: { services }, path, next }) => {
    try {
      return await next();
    } catch (error) {
      if (error instanceof TtError || error instanceof ORPCError || !isDiskFull(error)) throw error;
      throw await diskFull(services, path.join('.'), 0);
    }
  });

/** The contract for all other calls: their handlers only run for a caller who may make them, whatever outer layers decided. */
export const api = openApi.use(({ context, path, next }) => next({ context: { caller: knownCaller(context, path) } }));

/**
 * The contract, for calls whose handlers hold their answers against it themselves, once for all who get the same, instead of
 * once for each: the feed.
 */
export const selfCheckedApi = implement(contract, { initialOutputValidationIndex: Number.NaN })
  .$context<CallContext>()
  .use(({ context, path, next }) => next({ context: { caller: knownCaller(context, path) } }));

function knownCaller({ caller, services }: CallContext, path: readonly string[]): KnownCallContext['caller'] {
  const known = mustMayCall(caller, path.join('.'));
  return { ...known, teams: services.teams.of(known.name) };
}
