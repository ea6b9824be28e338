// What a terminal of a lab may ask for without a token. It gets a ticket for the console of its own session and nothing else.
import { TtError } from '@tt/protocol';
import { type Seat, seatOf } from '../labs/terminal-assignment.ts';
import { grantOf, type KnownTerminal } from '../labs/terminal-guard.ts';
import type { Caller } from '../operations/caller.ts';
import { startTerminalSessionOperation } from '../operations/labs/start-session.ts';
import { runOperation } from '../operations/run-operation.ts';
import { type CallContext, openApi } from './context.ts';

export const terminalApi = {
  show: openApi.terminal.show.handler(({ input, context: { services, peerAddress } }) => {
    const known = services.terminals.identify({ ...input, address: peerAddress });
    return seatOf(services, known).assignment;
  }),

  connect: openApi.terminal.connect.handler(async ({ input, context }) => {
    const { services, peerAddress, tickets } = context;
    const { profileName, ...claim } = input;
    const known = services.terminals.identify({ ...claim, address: peerAddress });
    const seat = await seatFor(context, known, profileName);
    if (!seat.vm) return { assignment: seat.assignment, ticket: null };
    const terminal = grantOf(known);
    const { ticket } = tickets.issue({ vmId: seat.vm.id, kind: 'vnc', withoutIdentity: true, terminal });
    return { assignment: seat.assignment, ticket };
  }),
};

/** The seat as it is, or with a new session if it has none and the lab lets terminals start sessions. */
async function seatFor(
  { services, caller }: CallContext,
  known: KnownTerminal,
  chosen: string | undefined,
): Promise<Seat> {
  const seat = seatOf(services, known);
  const { lab, terminal } = known;
  const { state } = seat.assignment;
  const canStart = state === 'noSession' || (state === 'choose' && chosen !== undefined);
  if (!lab.terminalsStartSessions || !canStart) return seat;
  const input = { name: lab.name, terminalName: terminal.name, profileName: terminal.profileName ?? chosen };
  try {
    // With the rights of a user, whoever asks.
    const asker: Caller = { name: caller.name ?? '', role: 'user' };
    await runOperation(services, startTerminalSessionOperation, input, asker);
  } catch (error) {
    // A second question of the same terminal came between: what it began is as good.
    if (!(error instanceof TtError) || error.code !== 'SESSION_EXISTS') throw error;
  }
  return seatOf(services, known);
}
