// How a guest is and what addresses it has, as the guest helper in it says, or the guest agent (`vm.health`). Whoever rules the guest may say anything.
import { z } from 'zod';

const mebibytes = z.number().int().nonnegative();

export const guestHealthSchema = z.object({
  uptimeMs: z
    .number()
    .int()
    .nonnegative()
    .nullable()
    .describe('Since its boot, sleep included; null where it can’t be told, as each of these.'),
  load: z.number().nonnegative().nullable().describe('Processes that run or want to, on average over a minute.'),
  memory: z
    .object({ totalMiB: mebibytes, availableMiB: mebibytes.describe('What programs could still get.') })
    .nullable(),
  rootDisk: z
    .object({ totalMiB: mebibytes, freeMiB: mebibytes.describe('For its users.') })
    .nullable()
    .describe('Its root file system.'),
  nics: z
    .array(
      z.object({
        name: z.string(),
        mac: z.string().describe('In lower case.'),
        addresses: z.array(z.string()).describe('IPv4 and IPv6, in the order of the guest.'),
      }),
    )
    .describe('Interfaces with a MAC, but the loopback.'),
});
export type GuestHealth = z.infer<typeof guestHealthSchema>;
