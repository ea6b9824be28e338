// Isolation of VMs, and of the programs that read files of others, from the host: users of their own, and cgroups.
import type { Logger } from 'pino';
import type { Cgroups } from '../cgroups/interface.ts';
import { loadCgroups } from '../cgroups/load.ts';
import type { AgentConfig } from '../config.ts';
import { onlyFakes } from '../engines/names.ts';
import { VmUserPool } from '../engines/vm-user-pool.ts';
import { uidRangeOf } from '../engines/vm-users.ts';
import type { Home } from '../home.ts';
import { memoryBackingOf } from '../host/memory-backing.ts';
import { confinement } from '../host/run-confined.ts';

/** Only root may start processes as somebody else. */
export function chooseUsers(config: AgentConfig, agentTag: string): VmUserPool | null {
  if (onlyFakes(config.engines) || process.getuid?.() !== 0) return null;
  const { vmUsers } = config;
  const range = vmUsers ? { firstUid: vmUsers.first, count: vmUsers.count } : uidRangeOf(agentTag);
  return new VmUserPool(range);
}

/** What could not be taken from the programs that read files of others. */
export async function warnOfGaps(toolUser: { uid: number } | null, logger: Logger): Promise<void> {
  const { network, privileges } = await confinement();
  const confined = { ownUser: toolUser !== null, network, privileges };
  if (Object.values(confined).includes(false)) {
    logger.warn({ confined }, 'programs that read images of others can’t be confined fully: see tt-agent doctor');
  }
}

export async function usableUsers(users: VmUserPool | null, logger: Logger): Promise<VmUserPool | null> {
  const problem = (await users?.problem()) ?? null;
  if (problem === null) return users;
  logger.warn({ problem }, 'VMs run as this user: the host has no user ids for them');
  return null;
}

export async function chooseCgroups(
  { config, home, logger }: { config: AgentConfig; home: Home; logger: Logger },
  agentTag: string,
): Promise<Cgroups> {
  if (onlyFakes(config.engines)) return loadCgroups({ agentTag, name: 'fake' });
  if (config.cgroups === 'off') return loadCgroups({ agentTag, name: 'none' });
  const backing = await memoryBackingOf(home.diskDirectory);
  if (backing) {
    const about = { folder: home.diskDirectory, ...backing };
    logger.warn(about, 'disks and snapshots are in memory: VMs may use that much more of it, and a reboot loses them');
  }
  return loadCgroups({ agentTag, fileBytes: backing?.totalBytes ?? 0 });
}
