// Browser login: `invite` (with a token) creates a one-time code, `join` exchanges it for a session. Also lists and ends
// sessions.
import { endSessions, invite, join, listSessions } from '@tt/server';
import { api, openApi } from './context.ts';

export const sessionApi = {
  invite: api.session.invite.handler(({ context }) => invite(context)),
  list: api.session.list.handler(({ context }) => listSessions(context)),
  end: api.session.end.handler(({ input, context }) => endSessions(input.which, context)),
  join: openApi.session.join.handler(({ input, context }) => join(input.code, context)),
};
