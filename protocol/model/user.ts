// A user, and the user's quota.
import { z } from 'zod';
import { timestamp } from './common.ts';
import { type RecordLimit, recordLimits } from '../terms/index.ts';

export const roleSchema = z
  .enum(['admin', 'user', 'viewer'])
  .describe(
    'admin: may do everything; user: changes their own things; viewer: sees what users see of others, changes nothing.',
  );
export type Role = z.infer<typeof roleSchema>;

const limit = z.number().int().nonnegative().nullable().describe('null is no limit.');
const ownLimit = z.int().min(0).nullable().default(null).describe('null, or absent, is no limit.');

export const quotaSchema = z.object({
  envs: limit,
  vms: limit,
  cpuCount: limit,
  memoryMiB: limit,
  diskMiB: limit,
  storedMiB: limit,
});
/** The most a user may have; cpuCount and memoryMiB count what runs, diskMiB the sizes of disks, storedMiB what is really stored. */
export type Quota = z.infer<typeof quotaSchema>;

/** Of one user; a field that is absent is not limited. */
export const ownQuotaSchema = z.strictObject({
  envs: ownLimit,
  vms: ownLimit,
  cpuCount: ownLimit,
  memoryMiB: ownLimit,
  diskMiB: ownLimit,
  storedMiB: ownLimit,
});

export const usageSchema = z.object({
  envs: z.number().int(),
  vms: z.number().int(),
  cpuCount: z.number().int(),
  memoryMiB: z.number().int(),
  diskMiB: z.number().int(),
  storedMiB: z.number().int(),
});
export type Usage = z.infer<typeof usageSchema>;

export const storedSchema = z.object({
  diskMiB: z.number().int().describe('Disks of VMs as they are now.'),
  snapshotMiB: z
    .number()
    .int()
    .describe('What snapshots hold beside that: disks and memory; and recorded screens that came with capsules.'),
  imageMiB: z.number().int().describe('Images they brought in or published, and versions of profiles.'),
  transferMiB: z
    .number()
    .int()
    .describe('Files that were sent, or wait to be fetched, and parts of interrupted downloads of images.'),
  measuredAt: z.string().nullable().describe('When disks were measured last; null: not yet.'),
});
/** What a user’s things really take on the disks of the host, in MiB. */
export type Stored = z.infer<typeof storedSchema>;

const limitUseSchema = z.object({
  used: z.number().int().nonnegative(),
  total: z.number().int().nonnegative().describe('The most there may be; less than `used` where it was lowered.'),
});

/** How much of each limit on records and text one user has used. */
export const limitsUsedSchema = z.object(
  Object.fromEntries(recordLimits.map((name) => [name, limitUseSchema])) as Record<RecordLimit, typeof limitUseSchema>,
);
export type LimitsUsed = z.infer<typeof limitsUsedSchema>;

export const teamUseSchema = z.object({
  name: z.string(),
  quota: quotaSchema,
  used: usageSchema.describe('What the ENVs that are shared with it have, whoever owns them.'),
});
/** A team, and how much of its quota is used. */
export type TeamUse = z.infer<typeof teamUseSchema>;

export const meSchema = z.object({
  name: z.string(),
  role: roleSchema,
  quota: quotaSchema,
  used: usageSchema,
  stored: storedSchema,
  limits: limitsUsedSchema.describe('Of records and text; they hold for administrators too.'),
  teams: z.array(teamUseSchema).default([]).describe('Those they are in.'),
});
export type Me = z.infer<typeof meSchema>;

/** Characters of a password. */
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 256;

/** What an OpenID provider calls somebody, the claim `sub`: at most 255 characters of ASCII (OpenID Connect Core, 2). */
export const oidcSubject = z.string().regex(/^[!-~]{1,255}$/, 'at most 255 visible characters of ASCII');

/** As in the configuration file; `local` is taken. */
export const newUserName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'letters, digits, "_", "." and "-", at most 63');

export const userSchema = z.object({
  name: z.string(),
  role: roleSchema,
  source: z
    .enum(['state', 'file', 'owner'])
    .describe(
      'state: made by calls; file: of the configuration; owner: of the state folder. Only the first can be changed by calls.',
    ),
  quota: quotaSchema.describe('In force.'),
  hasOwnQuota: z.boolean().describe('Whether it replaces that of the configuration.'),
  used: usageSchema,
  tokens: z.int().min(0).describe('Tokens of devices.'),
  hasPassword: z.boolean(),
  oidcSubject: z.string().nullable().describe('Whom the OpenID provider knows as this is the user; null: nobody.'),
  createdAt: timestamp.nullable().describe('null unless it was made by a call.'),
  createdBy: z.string().nullable(),
  disabledAt: timestamp.nullable().describe('null: the user may come in.'),
});
export type User = z.infer<typeof userSchema>;
