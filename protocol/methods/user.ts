// Calls about the users of a server; for administrators, except for what everybody may do with their own.
import { z } from 'zod';
import { anyName, timestamp } from '../model/common.ts';
import {
  newUserName,
  oidcSubject,
  ownQuotaSchema,
  PASSWORD_MAX,
  PASSWORD_MIN,
  roleSchema,
  userSchema,
} from '../model/user.ts';
import { call } from './base.ts';

const quota = ownQuotaSchema.nullable().describe('Replaces the quota of the configuration completely; null: that one.');

export const user = {
  list: call('NOT_ALLOWED')
    .route({
      method: 'GET',
      path: '/users',
      summary: 'All users, and what they use; administrators only',
      tags: ['user'],
    })
    .output(z.object({ users: z.array(userSchema) })),
  create: call('NOT_ALLOWED', 'USER_NAME_TAKEN', 'OIDC_NOT_CONFIGURED', 'OIDC_SUBJECT_TAKEN')
    .route({ method: 'POST', path: '/users', summary: 'Creates a user; administrators only', tags: ['user'] })
    .input(
      z.strictObject({
        name: newUserName,
        role: roleSchema.default('user'),
        quota: quota.default(null),
        oidcSubject: oidcSubject.optional().describe('Whom the OpenID provider knows as this lets the user in.'),
      }),
    )
    .output(userSchema),
  update: call('NOT_ALLOWED', 'USER_NOT_FOUND', 'USER_FIXED')
    .route({
      method: 'PATCH',
      path: '/users/{name}',
      summary: 'Changes role or quota of a user, or disables them, which disconnects them; administrators only',
      tags: ['user'],
    })
    .input(
      z.strictObject({
        name: anyName,
        role: roleSchema.optional(),
        quota: quota.optional(),
        disabled: z.boolean().optional().describe('Their things stay; nothing lets them in until they are enabled.'),
      }),
    )
    .output(userSchema),
  delete: call(
    ...(['NOT_ALLOWED', 'USER_NOT_FOUND', 'USER_FIXED', 'USER_OWNS_THINGS', 'USER_BUSY'] as const),
    ...(['IMAGE_NOT_FOUND', 'IMAGE_NOT_READY', 'IMAGE_WRONG_KIND', 'ENGINE_UNKNOWN', 'ENGINE_MISSING'] as const),
  )
    .route({
      method: 'DELETE',
      path: '/users/{name}',
      summary: 'Deletes a user with their tokens and sessions; administrators only',
      tags: ['user'],
      inputStructure: 'compact',
    })
    .input(
      z.strictObject({
        name: anyName,
        giveTo: anyName.optional().describe('The user who gets what they own. Absent: refused if they own anything.'),
      }),
    )
    .output(z.object({ name: z.string(), given: z.int().min(0).describe('Things that have a new owner.') })),
  setPassword: call('NOT_ALLOWED', 'USER_NOT_FOUND', 'USER_FIXED', 'PASSWORD_WRONG', 'PASSWORD_TOO_OFTEN')
    .route({
      method: 'POST',
      path: '/users/{name}/password',
      summary:
        'Sets your password for browser logins, or removes it; administrators those of others. Ends the user’s other sessions',
      tags: ['user'],
    })
    .input(
      z.strictObject({
        name: anyName,
        password: z.string().min(PASSWORD_MIN).max(PASSWORD_MAX).nullable(),
        currentPassword: z.string().max(PASSWORD_MAX).optional().describe('Needed for one’s own, where there is one.'),
      }),
    )
    .output(z.object({ name: z.string(), hasPassword: z.boolean() })),
  linkOidc: call('NOT_ALLOWED', 'USER_NOT_FOUND', 'USER_FIXED', 'OIDC_NOT_CONFIGURED', 'OIDC_SUBJECT_TAKEN')
    .route({
      method: 'POST',
      path: '/users/{name}/oidc',
      summary: 'Links a user to a subject of the OpenID provider, or unlinks them; administrators only',
      tags: ['user'],
    })
    .input(
      z.strictObject({
        name: anyName,
        subject: oidcSubject.nullable().describe('null: none. Sessions and tokens they have stay good.'),
      }),
    )
    .output(userSchema),
  invite: call('NOT_ALLOWED', 'USER_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/users/{name}/invite',
      summary: 'Creates a one-time code that lets a user in, within a day; administrators only',
      tags: ['user'],
    })
    .input(z.strictObject({ name: anyName }))
    .output(z.object({ code: z.string(), expiresAt: timestamp })),
};
