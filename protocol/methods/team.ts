// Calls about teams: administrators make them and say who is in them; members see their own and can leave.
import { z } from 'zod';
import { anyName } from '../model/common.ts';
import { newTeamName, teamDetailSchema, teamQuotaSchema, teamSchema } from '../model/team.ts';
import { call } from './base.ts';

export const team = {
  list: call()
    .route({ method: 'GET', path: '/teams', summary: 'Your teams; administrators see all of them', tags: ['team'] })
    .output(z.object({ teams: z.array(teamSchema) })),
  show: call('TEAM_NOT_FOUND')
    .route({
      method: 'GET',
      path: '/teams/{name}',
      summary: 'A team that you are in, and what is shared with it; administrators see all of them',
      tags: ['team'],
    })
    .input(z.strictObject({ name: anyName }))
    .output(teamDetailSchema),
  create: call('NOT_ALLOWED', 'TEAM_NAME_TAKEN')
    .route({ method: 'POST', path: '/teams', summary: 'Creates a team; administrators only', tags: ['team'] })
    .input(z.strictObject({ name: newTeamName, quota: teamQuotaSchema.prefault({}) }))
    .output(teamSchema),
  update: call('NOT_ALLOWED', 'TEAM_NOT_FOUND')
    .route({
      method: 'PATCH',
      path: '/teams/{name}',
      summary: 'Replaces the quota of a team; administrators only',
      tags: ['team'],
    })
    .input(z.strictObject({ name: anyName, quota: teamQuotaSchema }))
    .output(teamSchema),
  delete: call('NOT_ALLOWED', 'TEAM_NOT_FOUND', 'TEAM_SHARES_THINGS')
    .route({
      method: 'DELETE',
      path: '/teams/{name}',
      summary: 'Deletes a team; what was shared with it stays with its owners. Administrators only',
      tags: ['team'],
      inputStructure: 'compact',
    })
    .input(
      z.strictObject({
        name: anyName,
        unshare: z.boolean().optional().describe('Absent: refused while anything is shared with it.'),
      }),
    )
    .output(z.object({ name: z.string(), unshared: z.int().min(0).describe('Things that are shared no more.') })),
  addMember: call('NOT_ALLOWED', 'TEAM_NOT_FOUND', 'USER_NOT_FOUND')
    .route({
      method: 'POST',
      path: '/teams/{name}/members',
      summary: 'Takes a user into a team; administrators only',
      tags: ['team'],
    })
    .input(z.strictObject({ name: anyName, userName: anyName }))
    .output(teamSchema),
  removeMember: call('NOT_ALLOWED', 'TEAM_NOT_FOUND', 'NOT_IN_TEAM')
    .route({
      method: 'DELETE',
      path: '/teams/{name}/members/{userName}',
      summary:
        'Takes a user out of a team, which ends their access at once; everybody themselves, administrators others',
      tags: ['team'],
      inputStructure: 'compact',
    })
    .input(z.strictObject({ name: anyName, userName: anyName }))
    .output(teamSchema),
};
