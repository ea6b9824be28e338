// How a browser gets in: `invite` (with a token) makes a one-time code, `join` turns a code into the session cookie.
import { invite, join } from '@tt/server';
import { api, openApi } from './context.ts';

export const sessionApi = {
  invite: api.session.invite.handler(({ context }) => invite(context)),
  join: openApi.session.join.handler(({ input, context }) => join(input.code, context)),
};
