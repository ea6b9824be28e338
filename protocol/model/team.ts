// A team: users who share things, and what they may have together.
import { z } from 'zod';
import { timestamp } from './common.ts';
import { newUserName, ownQuotaSchema, teamUseSchema } from './user.ts';

/** As that of a user. */
export const newTeamName = newUserName;

/** Of one team; a field that is absent is not limited. */
export const teamQuotaSchema = ownQuotaSchema.describe('Of all ENVs that are shared with the team, together.');

export const teamSchema = teamUseSchema.extend({
  members: z.array(z.string()).describe('Names of users, in the order in which they were added.'),
  createdAt: timestamp,
  createdBy: z.string(),
});
export type Team = z.infer<typeof teamSchema>;

export const teamDetailSchema = z.object({
  team: teamSchema,
  shared: z.object({ envs: z.array(z.string()) }).describe('Names of what is shared with it.'),
});
export type TeamDetail = z.infer<typeof teamDetailSchema>;

/** For new and for changed things; the caller must be in the team, or an administrator. */
export const sharedTeam = z.string().min(1).max(63).describe('Name of the team it is shared with.');
