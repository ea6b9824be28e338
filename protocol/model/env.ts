// An ENV: a named group of VMs with a lifetime.
import { z } from 'zod';
import { cloudInitSpecSchema } from './cloud-init.ts';
import { anyName, leftOut, notes, shownNotes, timestamp, title, vmId } from './common.ts';
import { labMarkSchema } from './lab.ts';
import { envNetworkSchema } from './network.ts';
import { sharedTeam } from './team.ts';
import { newMachineFields } from './machine-spec.ts';
import { envRecordingSchema } from './recording.ts';

/** Seconds. Default 1 h, limit 6 h; both are settings of the agent, these are their defaults. */
export const LIFETIME_DEFAULT_S = 3600;
export const LIFETIME_MAX_S = 21_600;
export const LIFETIME_MIN_S = 30;

export const envStateSchema = z
  .enum(['creating', 'running', 'partial', 'stopped', 'failed', 'deleting', 'empty', 'deleted'])
  .describe('Derived from its VMs: partial = some run, some do not. deleted = it is in the bin.');
export type EnvState = z.infer<typeof envStateSchema>;

export const endPolicySchema = z
  .enum(['delete', 'stop', 'snapshotThenStop', 'snapshotThenDelete'])
  .describe(
    'What happens when its lifetime ends: delete (default), stop, take a snapshot and then stop, or take a snapshot and then ' +
      'delete: it stays in the bin of the agent for its grace time; on an agent without a bin it is only stopped.',
  );
export type EndPolicy = z.infer<typeof endPolicySchema>;

export const snapshotScheduleSchema = z.strictObject({
  everyMinutes: z.number().int().min(1).max(1440).describe('How often a snapshot is taken while the ENV runs.'),
  keep: z.number().int().min(1).max(100).describe('How many to keep; older ones are deleted.'),
});
export type SnapshotSchedule = z.infer<typeof snapshotScheduleSchema>;

/** Of an ENV that was deleted and is kept for a while. */
export const binSchema = z.object({
  deletedAt: timestamp,
  keptUntil: timestamp.describe('Until then it can be restored; a full disk may remove it earlier.'),
});
export type Bin = z.infer<typeof binSchema>;

export const envSchema = z.object({
  name: z.string(),
  title: z.string(),
  owner: z.string(),
  team: z
    .string()
    .nullable()
    .default(null)
    .describe(
      'The team it is shared with: its members may do what the owner may, but delete it or share it; null: none.',
    ),
  notes: shownNotes,
  leftOut,
  tags: z.array(z.string()),
  state: envStateSchema,
  startAt: timestamp,
  endAt: timestamp.describe('startAt + lifetime; at this time its end policy is carried out.'),
  endPolicy: endPolicySchema,
  expired: z.boolean().describe('Its lifetime has ended, and its end policy stopped it. Extend it to start it again.'),
  networks: z.array(envNetworkSchema),
  currentSnapshotId: z.string().nullable().describe('Id of the snapshot it was last saved as or reverted to.'),
  denyOutgoing: z.boolean(),
  snapshotSchedule: snapshotScheduleSchema.nullable(),
  nextSnapshotAt: timestamp.nullable().describe('When its schedule takes the next one; null without a schedule.'),
  lab: labMarkSchema.nullable().describe('The lab or profile it is a session of; null for all other ENVs.'),
  fenced: z.boolean().describe('Its VMs have the addresses of another ENV’s, in an isolated network.'),
  forkedFrom: z
    .object({ envName: z.string(), snapshotId: z.string().nullable(), snapshotName: z.string().nullable() })
    .nullable()
    .describe('The snapshot it was forked from, or the ENV it is a clone of (then without a snapshot).'),
  vmIds: z.array(vmId),
  bin: binSchema.optional().describe('Only while its state is deleted.'),
  recordings: z
    .array(envRecordingSchema)
    .optional()
    .describe('How it came to the state it was imported in: recorded screens that were in its capsule; absent: none.'),
});
export type Env = z.infer<typeof envSchema>;

export const overrideLimit = z.boolean().describe('Exceed the longest lifetime; administrators only.');

/** One request inside a create call: every image that matches gets `copies` VMs of this size. */
export const vmGroupSchema = z.strictObject({
  osPrefix: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe(
      'Case-insensitive prefix of an image name or of its os part; may match several. Without it the boot disk is empty, to install on.',
    ),
  copies: z
    .number()
    .int()
    .min(1)
    .max(2001)
    .default(1)
    .describe('VMs for each image that matches (1 + the seed’s dup).'),
  ...newMachineFields,
  engine: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Only images of this engine; default: whatever the prefix matches.'),
  cloudInit: cloudInitSpecSchema
    .optional()
    .describe(
      'What its guest gets at its first boot. Default: nothing; a name and a user if the image supports cloud-init.',
    ),
});
export type VmGroup = z.input<typeof vmGroupSchema>;

/** Optional properties of every new ENV, whatever it is made from. */
export const newEnvFields = {
  title: title.optional(),
  notes: notes.optional(),
  lifetimeS: z.number().int().min(LIFETIME_MIN_S).optional().describe('Seconds; default 3600, at most 21600.'),
  overrideLimit: overrideLimit.optional(),
  endPolicy: endPolicySchema.optional(),
  team: sharedTeam.optional(),
};

export const coldField = {
  cold: z
    .boolean()
    .optional()
    .describe('Boot all VMs, also those that could wake from the warm instant of their image; default false.'),
};

export const waitForImagesField = {
  wait: z
    .boolean()
    .optional()
    .describe('Whether to wait for an image that is being built (default), or to answer IMAGE_NOT_READY.'),
};

export const envCreateFields = {
  name: anyName,
  ...newEnvFields,
  tags: z.array(z.string().min(1).max(64)).max(32).optional(),
  groups: z.array(vmGroupSchema).min(1).max(100),
  denyOutgoing: z.boolean().optional(),
  snapshotSchedule: snapshotScheduleSchema.optional().describe('Scheduled snapshots.'),
  sameUuid: z
    .boolean()
    .optional()
    .describe('All its VMs get one and the same SMBIOS UUID, for software licensed to a machine.'),
  vni: z.number().int().min(1).max(16_777_215).optional().describe('VXLAN network identifier of its flat network.'),
  ...waitForImagesField,
  ...coldField,
};
