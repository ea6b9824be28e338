// Networks of ENVs and NICs of VMs, as clients see them.
import { z } from 'zod';

export const netKindSchema = z
  .enum(['user', 'nat', 'flat', 'bridge', 'switch'])
  .describe(
    'user: behind QEMU, no root needed. nat: a bridge of the ENV. flat: one network over several hosts (VXLAN). bridge: the network around the host, whose DHCP gives addresses. switch: as user, and machines of the ENV see each other.',
  );
export type NetKind = z.infer<typeof netKindSchema>;

export const envNetworkSchema = z.object({
  kind: netKindSchema,
  cidr: z
    .string()
    .nullable()
    .describe('Its addresses, e.g. 10.210.3.0/24; null with user networking, and on the network around the host.'),
  vni: z.number().int().nullable().describe('VXLAN network identifier; null unless flat.'),
});

export const nicSchema = z.object({
  kind: netKindSchema,
  mac: z.string(),
  ip: z
    .string()
    .nullable()
    .describe(
      'Fixed address in the ENV; of kind bridge the one the guest tells, while it runs. null: none, or not known yet.',
    ),
  bandwidthMbps: z.number().int().nullable().describe('Limit in each direction in Mbit/s; null: none.'),
});
export type Nic = z.infer<typeof nicSchema>;

/** An IPv4 address or CIDR; checked by the operation too, which answers DESTINATION_INVALID. */
export const destination = z.string().min(7).max(18).describe('IPv4 address or CIDR: 192.0.2.1 or 198.51.100.0/24.');
export const blacklist = z
  .array(destination)
  .max(256)
  .describe('Destinations to which the VM cannot open connections.');

/** A requested NIC. */
export const nicRequestSchema = z.strictObject({
  kind: netKindSchema.optional().describe('Default: the network of the host.'),
  bandwidthMbps: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .optional()
    .describe('In each direction, in Mbit/s; no limit by default.'),
});
