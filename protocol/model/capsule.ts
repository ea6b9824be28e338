// A bug capsule: one instant of an ENV as one file, to be opened on another agent with another storage. A tar (ustar) whose
// first member is this manifest; the others are standalone qcow2 disks, RAM, boot files, pictures and recorded screens.
import { z } from 'zod';
import { notes, timestamp, title } from './common.ts';
import { diskSizeMiB } from './disk.ts';
import { NICS_MAX } from './machine-fields.ts';
import { storedSpecSchema } from './machine-spec.ts';
import { netKindSchema } from './network.ts';
import { RECORDINGS_MAX, recordingFactsSchema } from './recording.ts';
import { fileName, sha256 } from './transfer.ts';

/** Letters, digits and a single path component, so that it cannot lead elsewhere. */
const memberPath = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)?$/)
  .max(100);

/** Untrusted, and possibly written by an earlier version. */
const capsuleSpecSchema = storedSpecSchema.extend({ disks: storedSpecSchema.shape.disks.min(1) });

export const machineKindSchema = z.object({
  engine: z.string(),
  type: z.string().describe('Machine type: memory can be loaded only into the same type.'),
  cpu: z.string().describe('Processor model: the same applies.'),
});
export type MachineKind = z.infer<typeof machineKindSchema>;

const capsuleVmSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[^/\p{Cc}]{1,200}$/u)
    .describe('Without its ENV.'),
  hostname: z.string().regex(/^[A-Za-z0-9-]{1,63}$/),
  uuid: z.uuid(),
  features: z.array(z.string()).max(64),
  image: z.string(),
  spec: capsuleSpecSchema,
  nics: z
    .array(
      z.strictObject({
        kind: netKindSchema,
        mac: z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/),
        ip: z.ipv4().nullable(),
        bandwidthMbps: z.number().int().min(1).max(100_000).nullable(),
      }),
    )
    .max(NICS_MAX),
  boot: z.strictObject({ kernel: memberPath, initrd: memberPath, append: z.string().max(4096) }).nullable(),
  disks: z
    .array(
      z.strictObject({
        name: z.string().regex(/^(disk(0|[1-9][0-9]?)|nvram)$/),
        file: memberPath,
        sizeMiB: diskSizeMiB,
      }),
    )
    .min(1)
    .max(32),
  ram: memberPath.nullable().describe('null: the VM was stopped.'),
  screen: memberPath.nullable(),
  machine: machineKindSchema
    .optional()
    .describe('Default: that of the capsule. Differs where an ENV has several engines.'),
});

/** A recorded screen: `name` is what to save it as. */
const capsuleRecordingSchema = z.strictObject({
  ...recordingFactsSchema.shape,
  name: fileName,
  file: memberPath,
});

/** 1 spelled `spec` as `config`, 2 had flat memory unpacked; `capsules/manifest-check.ts` reads both too. */
export const CAPSULE_VERSION = 3;
/** Of one with recordings, and of no other, so that a program that knows only 3 reads all others. */
export const RECORDED_CAPSULE_VERSION = 4;

export const capsuleManifestSchema = z.strictObject({
  format: z.literal('tt-capsule'),
  version: z.literal([CAPSULE_VERSION, RECORDED_CAPSULE_VERSION]),
  createdAt: timestamp,
  createdBy: z.string().describe('Version of TT.'),
  takenAt: timestamp.describe('The instant it shows.'),
  machine: machineKindSchema.describe('Of all VMs that name none of their own.'),
  /** The tag of the saved states inside the RAM files. */
  tag: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,126}$/),
  env: z.strictObject({
    name: z.string(),
    title,
    notes,
    tags: z.array(z.string().max(64)).max(32),
    denyOutgoing: z.boolean(),
    networks: z.array(z.strictObject({ kind: netKindSchema, cidr: z.string().nullable() })).max(8),
  }),
  snapshotName: z.string().nullable().describe('null: the ENV as it was when it was exported.'),
  vms: z.array(capsuleVmSchema).min(1).max(4000),
  recordings: z
    .array(capsuleRecordingSchema)
    .min(1)
    .max(RECORDINGS_MAX)
    .optional()
    .describe('How it came to that instant: screens that were recorded. Only in version 4.'),
  seal: sha256
    .optional()
    .describe(
      'Proof that this agent made it from an ENV of this owner: HMAC-SHA256 of everything else, with a key of the agent.',
    ),
  members: z.array(z.strictObject({ path: memberPath, sizeBytes: z.number().int().nonnegative(), sha256 })).max(65_536),
});
export type CapsuleManifest = z.infer<typeof capsuleManifestSchema>;
