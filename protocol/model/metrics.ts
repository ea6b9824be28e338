// What VMs use, measured once a second. Not facts to be replayed: they carry no revision, and only the latest matters.
import { z } from 'zod';
import { timestamp, vmId } from './common.ts';

const rate = z.number().nonnegative().nullable();

export const vmFiguresSchema = z.object({
  vmId,
  cpuPercent: z.number().nonnegative().describe('Of one processor: 200 is two busy ones.'),
  memoryBytes: z.number().int().nonnegative().describe('What the VM takes of the host.'),
  diskReadBytesPerS: rate.describe('null where the host does not tell.'),
  diskWrittenBytesPerS: rate,
  networkReceivedBytesPerS: rate.describe('Seen from the guest; null with user networking.'),
  networkSentBytesPerS: rate,
});
export type VmFigures = z.infer<typeof vmFiguresSchema>;

export const figuresSchema = z.object({ at: timestamp, vms: z.array(vmFiguresSchema) });
export type Figures = z.infer<typeof figuresSchema>;
