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

/** What the VMs of one ENV use together. */
export const envMetricsSchema = vmMetricsSchema
  .pick({ cpuPercent: true, memoryBytes: true })
  .extend({ envName: z.string() });
export type EnvMetrics = z.infer<typeof envMetricsSchema>;

export const metricsSchema = z.object({
  at: timestamp,
  vms: z.array(vmMetricsSchema),
  envs: z
    .array(envMetricsSchema)
    .optional()
    .describe('Sums of each ENV, in a feed that was asked for `envs`; it has no `vms` then.'),
});
export type Metrics = z.infer<typeof metricsSchema>;

/** What a feed tells of metrics each second. */
export const metricsChoiceSchema = z.enum(['vms', 'envs', 'none']);
export type MetricsChoice = z.infer<typeof metricsChoiceSchema>;

/** How many rounds are kept of each VM, one a second. */
export const MINUTE_ROUNDS = 60;

const amounts = z.array(z.number().nonnegative());
const rates = z.array(rate);

/** The last minute of one VM, each second one value, oldest first; the last is of now. */
export const vmMinuteSchema = z.object({
  vmId,
  cpuPercent: amounts,
  memoryBytes: amounts,
  diskReadBytesPerS: rates,
  diskWrittenBytesPerS: rates,
  networkReceivedBytesPerS: rates,
  networkSentBytesPerS: rates,
});
export type VmMinute = z.infer<typeof vmMinuteSchema>;

/** VMs of which one call asks. */
export const MOST_MEASURED_VMS = 500;
/** VMs whose last minute one call asks for. */
export const MOST_MINUTES = 100;
