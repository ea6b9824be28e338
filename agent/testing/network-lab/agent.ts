// Test support: a real agent on a host of a lab, which is removed with the lab and leaves no cgroups of its VMs behind.
import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Lab, LabHost } from './lab.ts';
import { type RealAgent, type RealAgentOptions, startRealAgent } from '../real-agent.ts';
import { agentGroups, foldersIn } from '../host-state.ts';
import { until } from '../until.ts';

/** What runs in the host's own namespaces goes with the host; control groups belong to this machine. */
export async function startLabAgent(
  lab: Lab,
  host: LabHost,
  flags: readonly string[],
  start: (options: RealAgentOptions) => Promise<RealAgent> = startRealAgent,
): Promise<RealAgent> {
  const agent = await start({ host, flags });
  lab.onRemove(async () => {
    const vmIds = new Set(await readdir(path.join(agent.home, 'run')));
    await agent.kill('SIGKILL');
    await agent.endGuests();
    // Its address servers have files open in the agent's folder, which may lie on a file system that goes with it.
    await host.endAll();
    await agent.remove();
    await removeGroupsOf(vmIds);
  });
  return agent;
}

async function removeGroupsOf(vmIds: ReadonlySet<string>): Promise<void> {
  for (const agentGroup of await agentGroups()) {
    const ofVms = (await foldersIn(agentGroup, /./)).filter((group) => vmIds.has(path.basename(group)));
    for (const group of ofVms) await until(`${group} is empty`, () => removed(group));
    // Other agents keep theirs.
    if (ofVms.length > 0) await removed(agentGroup);
  }
}

async function removed(group: string): Promise<boolean> {
  return rmdir(group).then(
    () => true,
    () => false,
  );
}
