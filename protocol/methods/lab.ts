// Calls about labs: their profiles, their terminals, and the sessions that run in them.
import { z } from 'zod';
import { operationId, anyName } from '../model/common.ts';
import { LIFETIME_MIN_S } from '../model/env.ts';
import { labFields, labSchema, labSessionSchema, terminalFields } from '../model/lab.ts';
import { call, placing, planning } from './base.ts';

const changing = ['LAB_NOT_FOUND', 'LAB_NOT_YOURS'] as const;

export const lab = {
  list: call()
    .route({ method: 'GET', path: '/labs', summary: 'All labs, without long texts', tags: ['lab'] })
    .output(z.object({ labs: z.array(labSchema) })),
  show: call('LAB_NOT_FOUND')
    .route({ method: 'GET', path: '/labs/{name}', summary: 'One lab with its sessions', tags: ['lab'] })
    .input(z.strictObject({ name: anyName }))
    .output(z.object({ lab: labSchema, sessions: z.array(labSessionSchema) })),
  create: call(
    'NAME_INVALID',
    'LAB_NAME_TAKEN',
    'PROFILE_NOT_FOUND',
    'PROFILE_NOT_YOURS',
    'LIFETIME_TOO_LONG',
    'NOT_ALLOWED',
  )
    .route({ method: 'POST', path: '/labs', successStatus: 201, summary: 'Makes a lab', tags: ['lab'] })
    .input(z.strictObject({ name: anyName, operationId, ...labFields }))
    .output(labSchema),
  update: call(...changing, 'PROFILE_NOT_FOUND', 'PROFILE_NOT_YOURS', 'LIFETIME_TOO_LONG', 'NOT_ALLOWED')
    .route({
      method: 'PATCH',
      path: '/labs/{name}',
      summary: 'Changes a lab; running sessions are not affected',
      tags: ['lab'],
    })
    .input(z.strictObject({ name: anyName, operationId, ...labFields }))
    .output(labSchema),
  delete: call(...changing, 'LAB_IN_USE')
    .route({
      method: 'DELETE',
      path: '/labs/{name}',
      summary: 'Deletes a lab that has no sessions',
      tags: ['lab'],
      inputStructure: 'compact',
    })
    .input(z.strictObject({ name: anyName, operationId }))
    .output(z.object({ name: z.string() })),
  setTerminal: call(...changing, 'NAME_INVALID', 'PROFILE_NOT_IN_LAB', 'TERMINAL_INVALID')
    .route({
      method: 'POST',
      path: '/labs/{name}/terminals',
      summary: 'Adds a terminal, or changes the one of this name',
      tags: ['lab'],
    })
    .input(z.strictObject({ name: anyName, operationId, ...terminalFields }))
    .output(labSchema),
  removeTerminal: call(...changing, 'TERMINAL_NOT_FOUND')
    .route({
      method: 'DELETE',
      path: '/labs/{name}/terminals/{terminalName}',
      summary: 'Deletes a terminal; its session continues',
      tags: ['lab'],
      inputStructure: 'compact',
    })
    .input(z.strictObject({ name: anyName, terminalName: anyName, operationId }))
    .output(labSchema),
  startSession: call(
    ...changing,
    'PROFILE_NOT_FOUND',
    'PROFILE_NOT_IN_LAB',
    'PROFILE_IN_ADMIN_SESSION',
    'TERMINAL_NOT_FOUND',
    'SESSION_EXISTS',
    'LAB_FULL',
    'NAME_INVALID',
    'ENV_NAME_TAKEN',
    'LIFETIME_TOO_LONG',
    'NOT_ALLOWED',
    ...planning,
    ...placing,
  )
    .route({
      method: 'POST',
      path: '/labs/{name}/sessions',
      successStatus: 201,
      summary: 'Starts a machine of a profile that discards its writes at every stop, reset and end',
      tags: ['lab'],
    })
    .input(
      z.strictObject({
        name: anyName,
        operationId,
        profileName: anyName
          .optional()
          .describe('Default: the profile assigned to the terminal, or the only one of the lab.'),
        sessionName: anyName.optional().describe('Default: the name of the terminal, or the next free seat.'),
        terminalName: anyName.optional().describe('The terminal that shows it.'),
        lifetimeS: z.number().int().min(LIFETIME_MIN_S).optional(),
      }),
    )
    .output(labSessionSchema),
  stopSession: call(...changing, 'SESSION_NOT_FOUND', 'ENV_BUSY')
    .route({
      method: 'DELETE',
      path: '/labs/{name}/sessions/{sessionName}',
      summary: 'Ends a session and deletes its machine with everything it wrote',
      tags: ['lab'],
      inputStructure: 'compact',
    })
    .input(z.strictObject({ name: anyName, sessionName: anyName, operationId }))
    .output(z.object({ sessionName: z.string() })),
};
