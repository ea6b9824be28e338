// Browser login: `invite` (with a token) creates a one-time code, `join` exchanges it for a session, `login` a name and a password. Also
// lists and ends sessions.
import { TtError } from '@tt/protocol';
import { beginSession, endSessions, invite, join, listSessions } from '@tt/server';
import { api, openApi } from './context.ts';

export const sessionApi = {
  invite: api.session.invite.handler(({ context }) => invite(context)),
  list: api.session.list.handler(({ context }) => listSessions(context)),
  end: api.session.end.handler(({ input, context }) => endSessions(input.which, context)),
  login: openApi.session.login.handler(async ({ input: { userName, password }, context }) => {
    const { services, identities, peerAddress: address } = context;
    const { id, passwordHash } = services.users.find(userName) ?? {};
    // Another anchor: the user is disabled, or the name belongs to somebody in the configuration.
    const hash = id !== undefined && identities.anchorOf(userName) === id ? (passwordHash ?? null) : null;
    const wrongBefore = await services.passwords.check({ userName, password, address }, hash);
    // As they are now: they may have been disabled meanwhile, or have another password.
    const isSame = services.users.find(userName)?.passwordHash === hash && identities.anchorOf(userName) === id;
    const caller = isSame ? identities.named(userName) : null;
    if (caller === null) throw new TtError('PASSWORD_WRONG', {});
    return { ...beginSession(caller, context), wrongBefore };
  }),
  join: openApi.session.join.handler(({ input, context }) => join(input.code, context)),
};
