// What VMs use, measured once a second. Metrics are not events that can be replayed: they have no revision, and only the latest
// matter.
import { z } from 'zod';
import { measured, timestamp, vmId } from './common.ts';

const rate = z.number().nonnegative().nullable();

export const vmMetricsSchema = z.object({
  vmId,
  cpuPercent: z.number().nonnegative().describe('Percent of one processor: 200 means two busy processors.'),
  memoryBytes: z.number().int().nonnegative().describe('Memory of the host that the VM uses.'),
  memoryProportionalBytes: measured.describe(
    'Of its process, with memory that several VMs share counted in equal parts (PSS). Measured every 15 s or less often; null before that, and if the host does not provide it.',
  ),
  diskReadBytesPerS: rate.describe('null if the host does not provide it.'),
  diskWrittenBytesPerS: rate,
  networkReceivedBytesPerS: rate.describe('Seen from the guest; null with user networking.'),
  networkSentBytesPerS: rate,
});
export type VmMetrics = z.infer<typeof vmMetricsSchema>;

export const metricsSchema = z.object({ at: timestamp, vms: z.array(vmMetricsSchema) });
export type Metrics = z.infer<typeof metricsSchema>;
