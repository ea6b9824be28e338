// The contract as the proxy implements it: every call is passed on to the agent, as whoever made it, and the ticket of a stream is
// exchanged for one of the proxy's own. The owner of the proxy's own token is whoever the proxy is to the agent.
import { implement } from '@orpc/server';
import { relayRouter } from '@tt/client';
import { type NodeConnection, passFeed } from '@tt/client/node';
import { type Contract, contract, TtError } from '@tt/protocol';
import {
  type BorderContext,
  type Endpoint,
  endSessions,
  invite,
  join,
  listSessions,
  mustBeSomebody,
  redeemAsSession,
  signAskedBy,
  type Tickets,
} from '@tt/server';
import type { AgentLinks } from './agent-links.ts';
import type { RelayPurpose } from './agent-streams.ts';
import { relayedLogins } from './relayed-logins.ts';

const api = implement(contract).$context<BorderContext>();

/** `agentToken` signs who asks. */
export function proxyRouter(
  { own: agent, callers, connect }: AgentLinks,
  tickets: Tickets<RelayPurpose>,
  agentToken: string,
): Endpoint<BorderContext>['router'] {
  const asked = asker(agentToken);
  const logins = relayedLogins(agent.client, asked);
  const connectionOf = ({ elsewhere }: BorderContext): NodeConnection =>
    elsewhere === undefined ? agent : callers.connectionOf(elsewhere);
  const clientOf = (context: BorderContext) => connectionOf(context).client;
  const isNoneOfAgents = ({ logins }: BorderContext, code: string) => logins.isOurs(code) || callers.isProxys(code);
  // The agent checks its own callers again; the proxy's own are only checked here.
  const relayed = relayRouter(
    (context) => clientOf(context as BorderContext),
    (context) => mustBeSomebody((context as BorderContext).caller),
    (context) => asked(context as BorderContext).context,
  ) as Record<keyof Contract, object>;
  const known = api.use(({ context, next }) => next({ context: { caller: mustBeSomebody(context.caller) } }));
  const own = {
    session: {
      ...relayed.session,
      invite: known.session.invite.handler(({ context }) =>
        context.elsewhere === undefined ? invite(context) : clientOf(context).session.invite(),
      ),
      list: known.session.list.handler(({ context }) =>
        context.elsewhere === undefined ? listSessions(context) : clientOf(context).session.list(),
      ),
      end: known.session.end.handler(({ input, context }) =>
        context.elsewhere === undefined ? endSessions(input.which, context) : clientOf(context).session.end(input),
      ),
      ...logins.session,
      join: api.session.join.handler(async ({ input, context }) => {
        if (isNoneOfAgents(context, input.code)) return join(input, context);
        const joined = await unlessUnknown(agent.client.session.join(input, asked(context)));
        return joined ?? join(input, context);
      }),
    },
    token: {
      ...relayed.token,
      ...logins.token,
      redeem: api.token.redeem.handler(async ({ input, context }) => {
        if (isNoneOfAgents(context, input.code)) return redeemAsSession(input, context);
        const redeemed = await unlessUnknown(agent.client.token.redeem(input, asked(context)));
        return redeemed ?? redeemAsSession(input, context);
      }),
    },
    event: {
      follow: known.event.follow.handler(({ input, context: { elsewhere }, signal }) =>
        held(elsewhere, passFeed(connect(elsewhere), input, signal)),
      ),
    },
    console: {
      ...relayed.console,
      open: known.console.open.handler(async ({ input, context }) => {
        const opened = await clientOf(context).console.open(input, asked(context));
        return { ...opened, ticket: issue(context, opened.kind, opened.ticket) };
      }),
      openShell: known.console.openShell.handler(async ({ input, context }) => {
        const opened = await clientOf(context).console.openShell(input, asked(context));
        return { ...opened, ticket: issue(context, opened.kind, opened.ticket) };
      }),
      openPort: known.console.openPort.handler(async ({ input, context }) => {
        const opened = await clientOf(context).console.openPort(input, asked(context));
        return { ...opened, ticket: issue(context, opened.kind, opened.ticket) };
      }),
    },
    transfer: {
      ...relayed.transfer,
      open: known.transfer.open.handler(async ({ input, context }) => {
        const opened = await clientOf(context).transfer.open(input, asked(context));
        return { ...opened, ticket: issue(context, opened.transfer.direction, opened.ticket) };
      }),
    },
    run: {
      ...relayed.run,
      output: known.run.output.handler(async ({ input, context }) => {
        const opened = await clientOf(context).run.output(input, asked(context));
        return { ...opened, ticket: issue(context, 'output', opened.ticket) };
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

  /** A ticket of the proxy for one of the agent, which is shown there by whoever got it. */
  function issue({ caller, elsewhere }: BorderContext, kind: RelayPurpose['kind'], agentTicket: string): string {
    const { name: callerName } = mustBeSomebody(caller);
    const purpose = { kind, agentTicket, callerName, ...(elsewhere !== undefined && { elsewhere }) };
    return tickets.issue(purpose).ticket;
  }

  async function* held<Item>(
    elsewhere: string | undefined,
    feed: AsyncGenerator<Item, void, void>,
  ): AsyncGenerator<Item, void, void> {
    const release = elsewhere === undefined ? () => {} : callers.hold(elsewhere);
    try {
      yield* feed;
    } finally {
      release();
    }
  }
}

/** null: the agent does not know the code either. Its own count of wrong ones is for all of the proxy, so that one does not count here. */
async function unlessUnknown<Answer>(asked: Promise<Answer>): Promise<Answer | null> {
  try {
    return await asked;
  } catch (error) {
    const isUnknown =
      error instanceof TtError && (error.code === 'JOIN_CODE_INVALID' || error.code === 'JOIN_TOO_OFTEN');
    if (!isUnknown) throw error;
    return null;
  }
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
