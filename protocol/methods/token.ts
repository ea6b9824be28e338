// Calls about the tokens of devices: each lets one program or computer in as its user, until it is revoked or ends.
import { z } from 'zod';
import { anyName, timestamp } from '../model/common.ts';
import { PASSWORD_MAX } from '../model/user.ts';
import { call } from './base.ts';
import { loginFailures, loginVerifier } from './session.ts';

export const TOKEN_NAME_MAX = 100;
const TEN_YEARS_S = 10 * 366 * 24 * 60 * 60;

const tokenName = z
  .string()
  .trim()
  .min(1)
  .max(TOKEN_NAME_MAX)
  .describe('What the device is called. Free Unicode text.');

const deviceName = tokenName.describe('The device. A number is added if its user has a token of this name already.');

export const tokenViewSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  userName: z.string(),
  createdAt: timestamp,
  createdBy: z.string(),
  endsAt: timestamp.nullable().describe('null: it is valid until it is revoked.'),
  lastUsedAt: timestamp.nullable().describe('At most a minute old after a restart; null: never used.'),
  lastUsedFrom: z.string().nullable().describe('IP address; null if unknown.'),
  isThis: z.boolean().describe('Whether it is the token of this call.'),
});
/** A token of a device, without its secret. */
export type TokenView = z.infer<typeof tokenViewSchema>;

const created = z.object({
  secret: z.string().describe('Shown only now; the server keeps its hash.'),
  token: tokenViewSchema,
});

export const token = {
  list: call()
    .route({ method: 'GET', path: '/tokens', summary: 'Your tokens; administrators see all of them', tags: ['token'] })
    .output(z.object({ tokens: z.array(tokenViewSchema) })),
  create: call('NOT_ALLOWED', 'USER_NOT_FOUND', 'TOKEN_NAME_TAKEN')
    .route({ method: 'POST', path: '/tokens', summary: 'Creates a token for a device', tags: ['token'] })
    .input(
      z.strictObject({
        name: tokenName,
        userName: anyName
          .optional()
          .describe('Whose token; absent: the caller’s. Only administrators can name others.'),
        lifetimeS: z
          .int()
          .min(60)
          .max(TEN_YEARS_S)
          .optional()
          .describe('Seconds until it ends; absent: it does not end.'),
      }),
    )
    .output(created),
  redeem: call('JOIN_CODE_INVALID', 'JOIN_TOO_OFTEN', ...loginFailures)
    .route({
      method: 'POST',
      path: '/tokens/redeem',
      summary: 'Turns a one-time code into a token for a device',
      tags: ['token'],
    })
    .input(
      z.strictObject({
        code: z.string().min(1).max(256),
        name: deviceName,
        verifier: loginVerifier
          .optional()
          .describe('With the code of a login by an OpenID provider: what its challenge was made from.'),
      }),
    )
    .output(created),
  login: call('PASSWORD_WRONG', 'PASSWORD_TOO_OFTEN')
    .route({
      method: 'POST',
      path: '/tokens/login',
      summary: 'Turns a name and a password into a token for a device',
      tags: ['token'],
    })
    .input(z.strictObject({ userName: anyName, password: z.string().min(1).max(PASSWORD_MAX), name: deviceName }))
    .output(created),
  revoke: call('TOKEN_NOT_FOUND')
    .route({
      method: 'DELETE',
      path: '/tokens/{tokenId}',
      summary:
        'Revokes a token immediately: its connections and streams are closed, and sessions that were started with it end',
      tags: ['token'],
      inputStructure: 'compact',
    })
    .input(z.strictObject({ tokenId: z.uuid() }))
    .output(z.object({ tokenId: z.string() })),
};
