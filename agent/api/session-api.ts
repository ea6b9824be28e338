// Browser login: `invite` (with a token) creates a one-time code, `join` exchanges it for a session, `login` a name and a password. An OpenID
// provider’s people come back with a code too. Also lists and ends sessions.
import { beginSession, endSessions, invite, join, listSessions } from '@tt/server';
import { callerByPassword } from '../people/password-caller.ts';
import { api, openApi } from './context.ts';

export const sessionApi = {
  invite: api.session.invite.handler(({ context }) => invite(context)),
  list: api.session.list.handler(({ context }) => listSessions(context)),
  end: api.session.end.handler(({ input, context }) => endSessions(input.which, context)),
  login: openApi.session.login.handler(async ({ input, context }) => {
    const { caller, wrongBefore } = await callerByPassword(context, input);
    return { ...beginSession(caller, context), wrongBefore };
  }),
  ways: openApi.session.ways.handler(({ context: { services } }) => {
    const { config } = services.oidc;
    return { oidc: config && { name: config.name, serverUrl: config.serverUrl } };
  }),
  beginOidc: openApi.session.beginOidc.handler(async ({ input, context: { services, peerAddress: address } }) => {
    const { challenge, device = null } = input;
    const { url, expiresAt } = await services.oidc.begin({ challenge, device, address });
    return { url, expiresAt: expiresAt.toISOString() };
  }),
  finishOidc: openApi.session.finishOidc.handler(async ({ input, context }) => ({
    location: await context.services.oidc.finish(input.query, context),
  })),
  join: openApi.session.join.handler(({ input, context }) => {
    context.services.oidc.mustNotHaveFailed(input);
    return join(input, context);
  }),
};
