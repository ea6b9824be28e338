// Browser login and logout. A link has a one-time code in its fragment (which is never sent in a request); the code becomes a
// session, whose secret the window stores for its origin and sends in a header or a first frame.
import { z } from 'zod';
import { anyName, timestamp } from '../model/common.ts';
import { PASSWORD_MAX } from '../model/user.ts';
import { call } from './base.ts';

/** Where the browser comes back from the OpenID provider: what is registered there is `oidc.serverUrl` and this. */
export const LOGIN_CALLBACK_PATH = '/login/callback';
/** In place of a code in `#login=…`, when the server knows nothing of the login that ended. */
export const UNKNOWN_LOGIN = 'unknown';

/** Of the one-time code of a link, for whoever makes it. */
export const JOIN_CODE_LIFETIME_MS = 10 * 60 * 1000;

const BASE64URL_SHA256 = /^[A-Za-z0-9_-]{43}$/;
/** What whoever began a login keeps, and shows when it gets in: a code alone is good for nobody (as in RFC 7636). */
export const loginVerifier = z.string().regex(/^[A-Za-z0-9_-]{43,128}$/, '43 to 128 characters of base64url');
const inByLogin = loginVerifier
  .optional()
  .describe('With the code of a login by an OpenID provider: what its challenge was made from.');

/** How a login by an OpenID provider, which is over at the server, may have failed. */
export const loginFailures = [
  'LOGIN_EXPIRED',
  'OIDC_NOT_CONFIGURED',
  'OIDC_UNREACHABLE',
  'OIDC_MISCONFIGURED',
  'OIDC_ISSUER_WRONG',
  'OIDC_REFUSED',
  'OIDC_ANSWER_INVALID',
  'OIDC_CLOCK_WRONG',
  'OIDC_USER_UNKNOWN',
  'OIDC_USER_DISABLED',
  'OIDC_CLAIM_REFUSED',
  'OIDC_NAME_UNUSABLE',
  'OIDC_NAME_TAKEN',
] as const;

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
  join: call('JOIN_CODE_INVALID', 'JOIN_TOO_OFTEN', ...loginFailures)
    .route({
      method: 'POST',
      path: '/session/join',
      summary: 'Turns a one-time code, or a token, into a session; its secret is shown as a bearer token',
      tags: ['session'],
    })
    .input(z.strictObject({ code: z.string().min(1).max(256), verifier: inByLogin }))
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
  ways: call()
    .route({ method: 'GET', path: '/session/ways', summary: 'How people can log in here', tags: ['session'] })
    .output(
      z.object({
        oidc: z
          .object({
            name: z.string().describe('What the OpenID provider is called, for people.'),
            serverUrl: z.string().describe('Where browsers must be to log in that way: its scheme, host and port.'),
          })
          .nullable()
          .describe('null: not by an OpenID provider.'),
      }),
    ),
  beginOidc: call(
    'OIDC_NOT_CONFIGURED',
    'OIDC_UNREACHABLE',
    'OIDC_MISCONFIGURED',
    'OIDC_ISSUER_WRONG',
    'LOGIN_TOO_MANY',
  )
    .route({
      method: 'POST',
      path: '/session/oidc',
      summary: 'Begins a login by the OpenID provider: a browser goes to the address it answers',
      tags: ['session'],
    })
    .input(
      z.strictObject({
        challenge: z
          .string()
          .regex(BASE64URL_SHA256, 'the SHA-256 in base64url')
          .describe('SHA-256 of the verifier, in base64url: only whoever has that gets in by this login.'),
        device: z
          .strictObject({
            port: z.int().min(1024).max(65_535).describe('Where the device listens, at 127.0.0.1.'),
            key: z
              .string()
              .regex(/^[A-Za-z0-9_-]{22,64}$/, '22 to 64 characters of base64url')
              .describe('A secret that the browser brings back to it.'),
          })
          .optional()
          .describe('The browser comes back to a program of its computer. Absent: to the window.'),
      }),
    )
    .output(z.object({ url: z.string(), expiresAt: timestamp })),
  finishOidc: call('OIDC_NOT_CONFIGURED')
    .route({
      method: 'POST',
      path: '/session/oidc/finish',
      summary:
        'Ends a login with what the OpenID provider sent; the server makes this call when the browser comes back',
      tags: ['session'],
    })
    .input(z.strictObject({ query: z.string().max(8192).describe('Of the address that the browser came back to.') }))
    .output(
      z.object({
        location: z.string().describe('Where the browser goes on: relative to the server, or at its own computer.'),
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
