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
  .describe('Shell commands that sh runs as root when a session boots; needs an image that reads cloud-init seeds.');
const keptVersions = z
  .number()
  .int()
  .min(1)
  .max(50)
  .describe('How many versions of its base image are retained, including the one in use.');
export const profileVersionSchema = z.object({
  version: z.number().int().positive(),
  publishedAt: timestamp,
  publishedBy: z.string(),
  notes: shownNotes,
  leftOut,
  sizeBytes: z.number().int().nonnegative().describe('Of its own base image; 0 if that is the original image.'),
  isImage: z.boolean().describe('The base image is the image from which the profile was created.'),
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
      'Whether everybody can clone it and use it in their own labs; otherwise only its owner and administrators can.',
    ),
  image: z.string().describe('The image it was created from, which also determines how its machines boot.'),
  spec: profileSpecSchema.describe('The machine spec of its sessions.'),
  startScript: z
    .string()
    .optional()
    .describe('Only for its owner and administrators, and for everybody where it is shared: absent otherwise.'),
  version: z.number().int().positive().describe('The version of its base image from which sessions start.'),
  versions: z.array(profileVersionSchema).describe('The retained versions, oldest first.'),
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
      'The IP address from which it must connect; null: any. Only for the owner of the lab and administrators; absent otherwise.',
    ),
  hasSecret: z.boolean().describe('Whether it must present its secret.'),
  profileName: z.string().nullable().describe('The assigned profile; null: its user chooses.'),
});
export type Terminal = z.infer<typeof terminalSchema>;

export const labSchema = z.object({
  name: z.string(),
  title: z.string(),
  notes: shownNotes,
  leftOut,
  owner: z.string().describe('Also owns its sessions; their machines count in this user’s quota.'),
  profileNames: z.array(z.string()).describe('The profiles it may use.'),
  seats: z.number().int().describe('How many sessions it can have at the same time.'),
  sessionLifetimeS: z.number().int().nullable().describe('null: the default lifetime of ENVs.'),
  terminalsEnabled: z.boolean().describe('Whether terminals are enabled.'),
  terminalsStartSessions: z.boolean().describe('Whether a terminal without a session starts one automatically.'),
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
  vmId: vmId.nullable().describe('null only while it is being created or deleted.'),
  state: vmStateSchema,
  version: z.number().int().nullable().describe('Of the base image its machine uses.'),
  viewers: z.number().int().nonnegative().describe('Consoles connected now; 0: no terminal is connected.'),
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
    .describe('Whether everybody can clone it and use it in their own labs. Default false.'),
};

export const labFields = {
  title: title.optional(),
  notes: notes.optional(),
  profileNames: z.array(anyName).max(200).optional(),
  seats: z.number().int().min(1).max(2000).optional().describe('Default 20.'),
  sessionLifetimeS: z.number().int().min(30).nullable().optional(),
  terminalsEnabled: z.boolean().optional().describe('Default false; only an administrator can enable it.'),
  terminalsStartSessions: z.boolean().optional().describe('Default false.'),
};

export const terminalFields = {
  terminalName: anyName,
  address: z.string().min(2).max(45).nullable().optional().describe('IPv4 or IPv6; null removes it.'),
  secret: z.string().min(8).max(256).nullable().optional().describe('Stored as a hash; null removes it.'),
  profileName: anyName.nullable().optional().describe('null: its user chooses.'),
};
