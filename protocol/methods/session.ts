// How a browser gets in: a link with a one-time code in its fragment (never sent in a URL), turned into a cookie.
import { z } from 'zod';
import { timestamp } from '../model/common.ts';
import { call } from './base.ts';

export const session = {
  invite: call()
    .route({
      method: 'POST',
      path: '/session/invite',
      summary: 'Makes a one-time code for a browser',
      tags: ['session'],
    })
    .output(z.object({ code: z.string(), expiresAt: timestamp })),
  join: call('JOIN_CODE_INVALID')
    .route({
      method: 'POST',
      path: '/session/join',
      summary: 'Takes a one-time code or the token itself, sets the session cookie (HTTP only)',
      tags: ['session'],
    })
    .input(z.strictObject({ code: z.string().min(1).max(256) }))
    .output(z.object({ joined: z.literal(true) })),
};
