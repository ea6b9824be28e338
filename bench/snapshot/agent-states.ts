// TT's side: snapshots through the agent's calls, of one VM and of an ENV of many.
import type { AgentProcess } from '../agent-process.ts';
import { openAgentStream } from '../console/ways.ts';
import { waitForLogin } from '../create-boot/serial-ready.ts';

export interface AgentGuests {
  save(name: string, vmIds?: string[]): Promise<{ totalMs: number; pausedMs: number; skewMs: number }>;
  /** `safety`: after a snapshot of what is there, as people revert; default: without. */
  load(name: string, options?: { safety: boolean }): Promise<number>;
  delete(name: string): Promise<number>;
  vmIds: string[];
  /** Deletes the ENV. */
  destroy(): Promise<void>;
}

/** An ENV whose guests have all come to their login prompt. */
export async function startAgentGuests(
  { connection }: AgentProcess,
  {
    osPrefix,
    memoryMiB,
    copies,
    envName = 'saved',
    guestHelper = 'on',
  }: { osPrefix: string; memoryMiB: number; copies: number; envName?: string; guestHelper?: 'on' | 'off' },
): Promise<AgentGuests> {
  const { client } = connection;
  const { vms } = await client.env.create({ name: envName, groups: [{ osPrefix, memoryMiB, copies, guestHelper }] });
  // Of many, the first ask before the call has answered.
  await Promise.all(
    vms.map(async ({ id }) =>
      waitForLogin(await openAgentStream(connection, id, 'serial'), { mayHaveAsked: copies > 1 }),
    ),
  );
  const timed = async (work: () => Promise<unknown>) => {
    const begun = performance.now();
    await work();
    return performance.now() - begun;
  };
  return {
    vmIds: vms.map(({ id }) => id),
    async save(name, vmIds) {
      const begun = performance.now();
      const { pausedMs, skewMs } = await client.snapshot.create({ envName, name, ...(vmIds ? { vmIds } : {}) });
      return { totalMs: performance.now() - begun, pausedMs, skewMs };
    },
    load: (name, { safety } = { safety: false }) => timed(() => client.snapshot.revert({ envName, name, safety })),
    delete: (name) => timed(() => client.snapshot.delete({ envName, name })),
    async destroy() {
      await client.env.delete({ name: envName });
    },
  };
}
