// The contract as the proxy answers it: every call is passed on to the agent, but who may come in is decided here, and the
// ticket of a stream is exchanged for one of the proxy's own.
import { implement } from '@orpc/server';
import { relayRouter } from '@tt/client';
import type { NodeConnection } from '@tt/client/node';
import { type Contract, contract } from '@tt/protocol';
import { type BorderContext, type Door, invite, join, type Tickets } from '@tt/server';
import type { RelayPurpose } from './agent-streams.ts';

const api = implement(contract).$context<BorderContext>();

export function proxyRouter(agent: NodeConnection, tickets: Tickets<RelayPurpose>): Door<BorderContext>['router'] {
  const relayed = relayRouter(() => agent.client) as Record<keyof Contract, object>;
  const own = {
    session: {
      invite: api.session.invite.handler(({ context }) => invite(context)),
      join: api.session.join.handler(({ input, context }) => join(input.code, context)),
    },
    console: {
      open: api.console.open.handler(async ({ input }) => {
        const opened = await agent.client.console.open(input);
        const purpose = { kind: opened.kind, agentTicket: opened.ticket, live: true };
        const { ticket } = tickets.issue(purpose);
        return { ...opened, ticket };
      }),
    },
    transfer: {
      ...relayed.transfer,
      open: api.transfer.open.handler(async ({ input, context }) => {
        const opened = await agent.client.transfer.open(input);
        const { direction: kind } = opened.transfer;
        const { ticket } = tickets.issue({
          kind,
          agentTicket: opened.ticket,
          live: true,
          callerName: context.caller.name,
        });
        return { ...opened, ticket };
      }),
    },
    terminal: {
      show: api.terminal.show.handler(({ input }) => agent.client.terminal.show(input)),
      connect: api.terminal.connect.handler(async ({ input }) => {
        const { assignment, ticket: agentTicket } = await agent.client.terminal.connect(input);
        if (agentTicket === null) return { assignment, ticket: null };
        const purpose = { kind: 'vnc' as const, agentTicket, live: true, withoutIdentity: true as const };
        return { assignment, ticket: tickets.issue(purpose).ticket };
      }),
    },
  };
  return { ...relayed, ...own } as unknown as Door<BorderContext>['router'];
}
