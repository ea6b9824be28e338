// What a terminal can ask for without a token: its assignment, and a ticket for that console. Both are refused unless its lab
// has terminals enabled and it sends its secret or comes from its address; a refusal never says which of these failed.
import { z } from 'zod';
import { anyName } from '../model/common.ts';
import { call, placing, planning } from './base.ts';

/** What a terminal gets: enough to show its screen, or a reason why there is none. */
export const assignmentSchema = z.object({
  labName: z.string(),
  labTitle: z.string(),
  terminalName: z.string(),
  state: z
    .enum(['ready', 'starting', 'stopped', 'noSession', 'choose', 'maintenance'])
    .describe('ready: it has a screen. choose: pick one of `choices`. maintenance: its profile is open for editing.'),
  sessionName: z.string().nullable(),
  profileTitle: z.string().nullable(),
  choices: z.array(z.object({ profileName: z.string(), title: z.string() })),
  page: z.string().describe('Path of the page with its full-screen console.'),
});
export type Assignment = z.infer<typeof assignmentSchema>;

const named = {
  labName: anyName.optional(),
  terminalName: anyName.optional().describe('Default: the terminal with the address of the caller.'),
};
const refusals = ['TERMINAL_REFUSED', 'TERMINAL_TOO_OFTEN'] as const;

export const terminal = {
  show: call(...refusals)
    .route({
      method: 'GET',
      path: '/terminals/assignment',
      summary: 'The assignment of the calling terminal, identified by its address',
      tags: ['terminal'],
    })
    .input(z.strictObject(named).optional())
    .output(assignmentSchema),
  connect: call(
    ...refusals,
    'PROFILE_NOT_IN_LAB',
    'PROFILE_IN_ADMIN_SESSION',
    'SESSION_EXISTS',
    'LAB_FULL',
    'ENV_NAME_TAKEN',
    'LIFETIME_TOO_LONG',
    'NAME_INVALID',
    'NOT_ALLOWED',
    ...planning,
    ...placing,
  )
    .route({
      method: 'POST',
      path: '/terminals/console',
      summary: 'Its assignment and, if it has a screen, a one-time ticket for that console',
      tags: ['terminal'],
    })
    .input(
      z.strictObject({
        ...named,
        secret: z.string().min(1).max(256).optional(),
        profileName: anyName.optional().describe('One of `choices`, if the user chooses.'),
      }),
    )
    .output(z.object({ assignment: assignmentSchema, ticket: z.string().nullable() })),
};
