// Browser login and logout. A link has a one-time code in its fragment (which is never sent in a request); the code becomes a
// session, whose secret the window stores for its origin and sends in a header or a first frame.
import { z } from 'zod';
import { anyName, timestamp } from '../model/common.ts';
import { PASSWORD_MAX } from '../model/user.ts';
import { call } from './base.ts';

export const sessionViewSchema = z.object({
  id: z.uuid(),
  userName: z.string(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  expiresAt: timestamp,
  address: z.string().nullable().describe('IP address from which it was started; null if unknown.'),
  userAgent: z.string().describe('The user agent of the browser, in visible ASCII.'),
  isThis: z.boolean().describe('Whether it is the session of this call.'),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

export const session = {
  invite: call()
    .route({
      method: 'POST',
      path: '/session/invite',
      summary: 'Creates a one-time code for a browser',
      tags: ['session'],
    })
    .output(z.object({ code: z.string(), expiresAt: timestamp })),
  join: call('JOIN_CODE_INVALID', 'JOIN_TOO_OFTEN')
    .route({
      method: 'POST',
      path: '/session/join',
      summary: 'Turns a one-time code, or a token, into a session; its secret is shown as a bearer token',
      tags: ['session'],
    })
    .input(z.strictObject({ code: z.string().min(1).max(256) }))
    .output(z.object({ secret: z.string(), session: sessionViewSchema })),
  login: call('PASSWORD_WRONG', 'PASSWORD_TOO_OFTEN')
    .route({
      method: 'POST',
      path: '/session/login',
      summary: 'Turns a name and a password into a session; its secret is shown as a bearer token',
      tags: ['session'],
    })
    .input(z.strictObject({ userName: anyName, password: z.string().min(1).max(PASSWORD_MAX) }))
    .output(
      z.object({
        secret: z.string(),
        session: sessionViewSchema,
        wrongBefore: z
          .int()
          .min(0)
          .describe('Wrong passwords for this user since their last login, or the start of the agent.'),
      }),
    ),
  list: call()
    .route({
      method: 'GET',
      path: '/session/list',
      summary: 'Your browser sessions; administrators see all of them',
      tags: ['session'],
    })
    .output(z.object({ sessions: z.array(sessionViewSchema) })),
  end: call('LOGIN_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/session/end',
      summary: 'Ends sessions immediately: this one, your other ones, all of yours, or those named',
      tags: ['session'],
    })
    .input(z.strictObject({ which: z.union([z.enum(['this', 'others', 'all']), z.array(z.uuid()).min(1).max(100)]) }))
    .output(z.object({ ended: z.int().min(0) })),
};
