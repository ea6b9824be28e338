// The contract as the proxy implements it: every call is passed on to the agent, but access is decided here, and the ticket of
// a stream is exchanged for one of the proxy's own.
import { implement } from '@orpc/server';
import { relayRouter } from '@tt/client';
import { type NodeConnection, passFeed } from '@tt/client/node';
import { type Contract, contract } from '@tt/protocol';
import {
  type BorderContext,
  type Endpoint,
  endSessions,
  invite,
  join,
  listSessions,
  mustBeSomebody,
  signAskedBy,
  type Tickets,
} from '@tt/server';
import type { RelayPurpose } from './agent-streams.ts';

const api = implement(contract).$context<BorderContext>();

/** `connect` opens another connection to the agent: a feed has one of its own, as each connection carries one feed. `agentToken` signs who asks. */
export function proxyRouter(
  agent: NodeConnection,
  tickets: Tickets<RelayPurpose>,
  connect: () => NodeConnection,
  agentToken: string,
): Endpoint<BorderContext>['router'] {
  const asked = asker(agentToken);
  // The agent sees the proxy's own token, so the caller is checked before anything is passed on.
  const relayed = relayRouter(
    () => agent.client,
    (context) => mustBeSomebody((context as BorderContext).caller),
    (context) => asked(context as BorderContext).context,
  ) as Record<keyof Contract, object>;
  const known = api.use(({ context, next }) => next({ context: { caller: mustBeSomebody(context.caller) } }));
  const own = {
    session: {
      invite: known.session.invite.handler(({ context }) => invite(context)),
      list: known.session.list.handler(({ context }) => listSessions(context)),
      end: known.session.end.handler(({ input, context }) => endSessions(input.which, context)),
      join: api.session.join.handler(({ input, context }) => join(input.code, context)),
    },
    event: {
      follow: known.event.follow.handler(({ input, signal }) => passFeed(connect(), input, signal)),
    },
    console: {
      ...relayed.console,
      open: known.console.open.handler(async ({ input, context }) => {
        const opened = await agent.client.console.open(input, asked(context));
        const purpose = { kind: opened.kind, agentTicket: opened.ticket };
        const { ticket } = tickets.issue(purpose);
        return { ...opened, ticket };
      }),
      openShell: known.console.openShell.handler(async ({ input, context }) => {
        const opened = await agent.client.console.openShell(input, asked(context));
        const purpose = { kind: opened.kind, agentTicket: opened.ticket, callerName: context.caller.name };
        return { ...opened, ticket: tickets.issue(purpose).ticket };
      }),
    },
    transfer: {
      ...relayed.transfer,
      open: known.transfer.open.handler(async ({ input, context }) => {
        const opened = await agent.client.transfer.open(input, asked(context));
        const { direction: kind } = opened.transfer;
        const { ticket } = tickets.issue({
          kind,
          agentTicket: opened.ticket,
          callerName: context.caller.name,
        });
        return { ...opened, ticket };
      }),
    },
    run: {
      ...relayed.run,
      output: known.run.output.handler(async ({ input, context }) => {
        const opened = await agent.client.run.output(input, asked(context));
        const purpose = { kind: 'output' as const, agentTicket: opened.ticket, callerName: context.caller.name };
        return { ...opened, ticket: tickets.issue(purpose).ticket };
      }),
    },
    terminal: {
      show: api.terminal.show.handler(({ input, context }) => agent.client.terminal.show(input, asked(context))),
      connect: api.terminal.connect.handler(async ({ input, context }) => {
        const { assignment, ticket: agentTicket } = await agent.client.terminal.connect(input, asked(context));
        if (agentTicket === null) return { assignment, ticket: null };
        const purpose = { kind: 'vnc' as const, agentTicket, withoutIdentity: true as const };
        return { assignment, ticket: tickets.issue(purpose).ticket };
      }),
    },
  };
  return { ...relayed, ...own } as unknown as Endpoint<BorderContext>['router'];
}

const MOST_USER_AGENT = 200;

/** Who asks the proxy, and from where, for the audit trail of the agent. */
function asker(agentToken: string): (context: BorderContext) => { context: { askedBy: string } } {
  return ({ caller, sessionId, fromAddress, userAgent }) => {
    const visible = userAgent.replaceAll(/[^ -~]/g, '?').slice(0, MOST_USER_AGENT);
    const askedBy = { userName: caller.name, sessionId, address: fromAddress, userAgent: visible };
    return { context: { askedBy: signAskedBy(askedBy, agentToken) } };
  };
}
