// Labs and profiles. A profile is a clonable template of machines; a lab is a set of profiles and of terminals that use them. A
// session is a machine of a profile whose writes are discarded; its ENV is marked as one.
import { z } from 'zod';
import { anyName, leftOut, notes, shownNotes, timestamp, title, vmId } from './common.ts';
import { profileMachineFields, profileSpecSchema } from './machine-spec.ts';
import { vmStateSchema } from './vm.ts';

/** How many old versions of a base image are retained for rollback, unless the profile says otherwise. */
export const KEPT_VERSIONS_DEFAULT = 3;

const startScript = z
  .string()
  .max(16_384)
  .describe(
    'Shell commands that sh runs as root when a session boots; needs an image that reads a seed, as cloud-init does.',
  );
const keptVersions = z
  .number()
  .int()
  .min(1)
  .max(50)
  .describe('Versions of its base that are kept, the one in use too.');
export const profileVersionSchema = z.object({
  version: z.number().int().positive(),
  publishedAt: timestamp,
  publishedBy: z.string(),
  notes: shownNotes,
  leftOut,
  sizeBytes: z.number().int().nonnegative().describe('Of its own base; 0 where the base is the image itself.'),
  isImage: z.boolean().describe('The base is the image the profile was made from.'),
});
export type ProfileVersion = z.infer<typeof profileVersionSchema>;

export const profileSchema = z.object({
  name: z.string(),
  title: z.string(),
  notes: shownNotes,
  leftOut,
  owner: z.string(),
  shared: z
    .boolean()
    .describe(
      'Whether everybody may clone it and put it into labs of their own; otherwise its owner and administrators.',
    ),
  image: z.string().describe('The image it was made from; it also says how its machines boot.'),
  spec: profileSpecSchema.describe('What its machines are made of.'),
  startScript: z
    .string()
    .optional()
    .describe('Only for its owner and administrators, and for everybody where it is shared: absent otherwise.'),
  version: z.number().int().positive().describe('The version of its base that sessions start from.'),
  versions: z.array(profileVersionSchema).describe('Those that are kept, oldest first.'),
  keptVersions: z.number().int(),
  createdAt: timestamp,
});
export type Profile = z.infer<typeof profileSchema>;

export const terminalSchema = z.object({
  name: z.string(),
  address: z
    .string()
    .nullable()
    .optional()
    .describe(
      'The IP address it must come from; null: any. Only for the owner of the lab and administrators: absent otherwise.',
    ),
  hasSecret: z.boolean().describe('It must show its secret.'),
  profileName: z.string().nullable().describe('What it is assigned; null: its user chooses.'),
});
export type Terminal = z.infer<typeof terminalSchema>;

export const labSchema = z.object({
  name: z.string(),
  title: z.string(),
  notes: shownNotes,
  leftOut,
  owner: z.string().describe('Owns its sessions too; their machines count in this quota.'),
  profileNames: z.array(z.string()).describe('The profiles it may use.'),
  seats: z.number().int().describe('Sessions it may have at the same time.'),
  sessionLifetimeS: z.number().int().nullable().describe('null: the lifetime that ENVs get by default.'),
  terminalsEnabled: z.boolean().describe('Whether terminals get an answer at all.'),
  terminalsStartSessions: z.boolean().describe('A terminal without a session starts one by itself.'),
  terminals: z.array(terminalSchema),
  createdAt: timestamp,
});
export type Lab = z.infer<typeof labSchema>;

/** In the record of a session's ENV: its lab and profile. */
export const labMarkSchema = z.object({
  kind: z.enum(['session', 'admin']).describe('admin: it opens the base of its profile for change.'),
  labName: z.string().nullable().describe('null for an administrative session: it belongs to the profile.'),
  profileName: z.string(),
  sessionName: z.string().describe('Unique in its lab.'),
  terminalName: z.string().nullable(),
});
export type LabMark = z.infer<typeof labMarkSchema>;

export const labSessionSchema = labMarkSchema.extend({
  envName: z.string(),
  vmId: vmId.nullable().describe('null only while it is being made or deleted.'),
  state: vmStateSchema,
  version: z.number().int().nullable().describe('Of the base its machine runs on.'),
  viewers: z.number().int().nonnegative().describe('Consoles attached right now: 0 is no connected terminal.'),
  startedAt: timestamp,
  endAt: timestamp,
});
export type LabSession = z.infer<typeof labSessionSchema>;

export const profileFields = {
  title: title.optional(),
  notes: notes.optional(),
  ...profileMachineFields,
  startScript: startScript.optional(),
  keptVersions: keptVersions.optional(),
  shared: z
    .boolean()
    .optional()
    .describe('Whether everybody may clone it and put it into labs of their own. Default false.'),
};

export const labFields = {
  title: title.optional(),
  notes: notes.optional(),
  profileNames: z.array(anyName).max(200).optional(),
  seats: z.number().int().min(1).max(2000).optional().describe('Default 20.'),
  sessionLifetimeS: z.number().int().min(30).nullable().optional(),
  terminalsEnabled: z.boolean().optional().describe('Default false; only an administrator turns it on.'),
  terminalsStartSessions: z.boolean().optional().describe('Default false.'),
};

export const terminalFields = {
  terminalName: anyName,
  address: z.string().min(2).max(45).nullable().optional().describe('IPv4 or IPv6; null takes it away.'),
  secret: z.string().min(8).max(256).nullable().optional().describe('Kept as a hash; null takes it away.'),
  profileName: anyName.nullable().optional().describe('null: its user chooses.'),
};
