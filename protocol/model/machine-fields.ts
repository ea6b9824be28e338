// The properties of a machine, each defined once: its schema, unit, default, when it can change, whether a revert restores it,
// and the engine feature it needs. `machine-spec.ts` derives requests, records and checks from this table; flags, forms, the
// user guide's table and the published JSON schema follow. CONTRIBUTING describes how to add a property.
import { z } from 'zod';
import { port, protocolName } from './common.ts';
import { cdSchema, CD_NAMES, diskSchema, DISKS_MAX } from './disk.ts';
import { blacklist, netKindSchema } from './network.ts';

/**
 * When a property of an existing machine may change. `live`: at any time. `stopped`: only while the machine is stopped.
 * `byCalls`: by separate calls (`disk.*`, `cd.*`). `never`: fixed when the machine is created.
 */
export type WhenChanged = 'live' | 'stopped' | 'byCalls' | 'never';

export interface MachineField<Schema extends z.ZodType = z.ZodType> {
  schema: Schema;
  /** The value for a machine that was recorded before the property existed. */
  default: z.output<Schema>;
  /** The value for a new machine if the request does not contain it, where that is another one than `default`. */
  newDefault?: z.output<Schema>;
  /** The same in words, where it depends on something. */
  defaultText?: string;
  unit?: 'MiB';
  change: WhenChanged;
  /** Whether a revert restores the value of the snapshot. */
  reverts: boolean;
  /** The value that an engine must support, and the name of that feature (`Engine.checkFeatures`). */
  needs?: { value: z.output<Schema>; feature: string };
  /** One short sentence, for the contract, the help of the CLI and the user guide. */
  text: string;
}

function field<Schema extends z.ZodType>(about: MachineField<Schema>): MachineField<Schema> {
  return about;
}

/** Properties with a single value. They need no code besides this table and the engine that implements them. */
export const plainFields = {
  cpuCount: field({
    schema: z.number().int().min(1).max(64),
    default: 1,
    change: 'stopped',
    reverts: true,
    text: 'Virtual processors.',
  }),
  memoryMiB: field({
    schema: z.number().int().min(1).max(1_048_576),
    default: 128,
    defaultText: '128, or what the image needs; 1024 with an empty disk',
    unit: 'MiB',
    change: 'stopped',
    reverts: true,
    text: 'Memory.',
  }),
  firmware: field({
    schema: z.enum(['bios', 'uefi']),
    default: 'bios',
    defaultText: 'what the image needs',
    change: 'stopped',
    reverts: true,
    needs: { value: 'uefi', feature: 'uefi' },
    text: 'What starts the machine before the guest does.',
  }),
  bootFrom: field({
    schema: z.enum(['disk', 'cd']),
    default: 'disk',
    change: 'stopped',
    reverts: true,
    text: 'What is tried first; cd: the first drive with a medium, then the disk.',
  }),
  rtcBase: field({
    schema: z.enum(['utc', 'localtime']),
    default: 'utc',
    change: 'stopped',
    reverts: true,
    needs: { value: 'localtime', feature: 'rtcBase' },
    text: 'What the hardware clock shows when the machine starts; Windows guests expect the local time of the host.',
  }),
  guestHelper: field({
    schema: z.enum(['on', 'off']),
    default: 'off',
    newDefault: 'on',
    change: 'stopped',
    reverts: true,
    text: 'Whether the machine has the port over which commands run in its guest and files are passed; no network is used.',
  }),
};

export const NICS_MAX = 8;
/** Ports a machine may have forwarded, ssh included. */
export const PORTS_MAX = 65;

export const nicSpecSchema = z.object({
  kind: netKindSchema,
  bandwidthMbps: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .describe('In each direction, in Mbit/s; null: no limit.'),
});
export const portSpecSchema = z.object({ protocol: protocolName, guestPort: port });

/** Properties that are lists of parts; requests spell them in keys of their own (`newMachineParts`, `machinePartChanges`). */
export const partFields = {
  disks: field({
    schema: z.array(diskSchema).max(DISKS_MAX),
    default: [],
    defaultText: 'one of the size of the image, 8192 MiB for an empty one',
    change: 'byCalls',
    reverts: true,
    text: 'The boot disk first. A disk only grows; it is added, attached, detached and deleted while the machine runs.',
  }),
  cds: field({
    schema: z.array(cdSchema).max(CD_NAMES.length),
    default: [],
    defaultText: 'two empty drives',
    change: 'byCalls',
    reverts: true,
    text: 'CD drives and the media in them.',
  }),
  nics: field({
    schema: z.array(nicSpecSchema).max(NICS_MAX),
    default: [],
    defaultText: 'one NIC in the network of the host',
    change: 'never',
    reverts: true,
    text: 'Network and bandwidth limit of each NIC. The limit may change while the machine runs, and a revert brings it back.',
  }),
  ports: field({
    schema: z.array(portSpecSchema).max(PORTS_MAX),
    default: [],
    defaultText: 'ssh (22)',
    change: 'live',
    reverts: false,
    text: 'Ports of the guest that are forwarded; ssh (22) is always one of them.',
  }),
  blacklist: field({
    schema: blacklist,
    default: [],
    defaultText: 'none',
    change: 'live',
    reverts: true,
    text: 'Destinations the machine may not open connections to.',
  }),
};

export const machineFields = { ...plainFields, ...partFields };
