// Whether something answers at the forwarded ports of a VM, as the agent finds when it is asked.
import { z } from 'zod';
import { port, protocolName } from './common.ts';

export const portHealthSchema = z
  .enum(['open', 'closed', 'unknown'])
  .describe(
    'open: a program in the guest took the connection, or answered. closed: nobody takes it, or it is ended at once. unknown: nothing tells: udp, a machine that does not run, and a silent connection that QEMU has taken for a guest.',
  );
export type PortHealth = z.infer<typeof portHealthSchema>;

export const vmPortHealthSchema = z.object({
  ports: z.array(z.object({ protocol: protocolName, guestPort: port, health: portHealthSchema })),
});
export type VmPortHealth = z.infer<typeof vmPortHealthSchema>;
