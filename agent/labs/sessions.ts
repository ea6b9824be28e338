// Which sessions are running, derived from the ENVs: sessions of a lab, users of a profile, and who has it open for changes.
import { type LabSession, nearMatches, TtError } from '@tt/protocol';
import type { Services } from '../operations/services.ts';
import type { EnvRecord } from '../state/records.ts';
import type { VmRecord } from '../state/vm-record.ts';

/** ENVs that are sessions of a lab, oldest first. */
export function sessionEnvs({ inventory }: Pick<Services, 'inventory'>, labName: string): EnvRecord[] {
  return inventory.envs().filter(({ lab }) => lab?.kind === 'session' && lab.labName === labName);
}

export function sessionsOf(services: Pick<Services, 'inventory'>, labName: string): LabSession[] {
  return sessionEnvs(services, labName).flatMap((env) => sessionView(services, env) ?? []);
}

/** null for an ENV that is no session. */
export function sessionView(
  { inventory }: Pick<Services, 'inventory'>,
  { name, lab, startAt, endAt, phase }: EnvRecord,
): LabSession | null {
  if (!lab) return null;
  const vm = inventory.vmsOf(name).find(({ origin: { base } }) => base?.profileName === lab.profileName);
  return {
    ...lab,
    envName: name,
    vmId: vm?.id ?? null,
    state: vm?.status.state ?? (phase === 'deleting' ? 'deleting' : 'creating'),
    version: vm?.origin.base?.version ?? null,
    viewers: vm ? inventory.vmView(vm).viewers : 0,
    startedAt: startAt,
    endAt,
  };
}

/** Throws SESSION_NOT_FOUND with near matches. */
export function sessionEnv(services: Pick<Services, 'inventory'>, labName: string, sessionName: string): EnvRecord {
  const envs = sessionEnvs(services, labName);
  const found = envs.find(({ lab }) => lab?.sessionName === sessionName);
  if (found) return found;
  const suggestions = nearMatches(
    sessionName,
    envs.flatMap(({ lab }) => lab?.sessionName ?? []),
  );
  throw new TtError('SESSION_NOT_FOUND', { labName, sessionName, suggestions });
}

/** The ENV of a profile's open administrative session; null if there is none. */
export function adminEnv({ inventory }: Pick<Services, 'inventory'>, profileName: string): EnvRecord | null {
  return inventory.envs().find(({ lab }) => lab?.kind === 'admin' && lab.profileName === profileName) ?? null;
}

/** The name of that ENV, also before it exists. */
export function adminEnvName(profileName: string): string {
  return `admin-${profileName}`.slice(0, 63);
}

/** Throws PROFILE_IN_ADMIN_SESSION while the profile is open for change, or just being opened. */
export function mustBeClosed(services: Pick<Services, 'inventory' | 'labs'>, profileName: string): void {
  const env = adminEnv(services, profileName);
  const openedBy = env?.owner ?? services.labs.openingBy(profileName);
  if (openedBy === null) return;
  const envName = env?.name ?? adminEnvName(profileName);
  throw new TtError('PROFILE_IN_ADMIN_SESSION', { profileName, envName, openedBy });
}

/** Machines of sessions that run on the profile's base image, or are about to, in any lab. */
export function runningClients(
  { inventory, reservations }: Pick<Services, 'inventory' | 'reservations'>,
  profileName: string,
): VmRecord[] {
  const isUp = (vm: VmRecord) =>
    reservations.has(vm.id) || (vm.status.state !== 'stopped' && vm.status.state !== 'failed');
  return inventory
    .vms()
    .filter((vm) => vm.origin.discardWrites && vm.origin.base?.profileName === profileName && isUp(vm));
}
