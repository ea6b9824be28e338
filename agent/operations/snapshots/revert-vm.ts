// Reverts one VM to its part of a snapshot: configuration, disks and RAM. RAM that was saved while the guest ran on is loaded into a
// new process, which takes the old one's place. A machine that had another size, or other disks where the old process stays, is
// restarted, because RAM can only be loaded into an identical machine.
import type { MachineSpec } from '@tt/protocol';
import type { ConsoleHold } from '../../console/consoles.ts';
import type { VmRecord } from '../../state/vm-record.ts';
import { bootVm, haltVm } from '../vms/boot-vm.ts';
import { replaceProcess } from '../vms/replace-process.ts';
import type { Join } from './frozen-instant.ts';
import { setConfig } from './revert-config.ts';
import { rememberDiskSizes, restoreDisks } from './revert-disks.ts';
import type { Services } from '../services.ts';
import { hasOtherDrives, isOtherMachine, revertedSpec } from './vm-config.ts';
import { mediumPath } from '../vms/launch-spec.ts';

export interface Target {
  vm: VmRecord;
  hasRam: boolean;
  /** null: it was not recorded, and stays as it is. */
  spec: MachineSpec | null;
}

export interface Reverted {
  vmId: string;
  vmName: string;
  restarted: boolean;
}

/** A target as it will be. A medium that is gone since leaves its drive empty. */
export function recordThen(services: Pick<Services, 'images'>, { vm, spec: then }: Target): VmRecord {
  if (!then) return vm;
  const there = (medium: string | null) => (mediumPath(services, medium) === null ? null : medium);
  const cds = then.cds.map(({ name, medium }) => ({ name, medium: there(medium) }));
  return { ...vm, spec: revertedSpec(vm.spec, { ...then, cds }) };
}

/**
 * `live`: what runs can take the state, or nothing runs. `replace`: a new process takes the place of the one that runs. `restart`: its
 * machine has to be started anew, which is said of it.
 */
export type MachineWay = 'live' | 'replace' | 'restart';

export type Prepared = Target & { machine: MachineWay };

/**
 * Before the guests are paused: a running machine that takes the state gets the drives it had then, as far as its guest lets them
 * go.
 */
export async function prepareMachine(services: Services, tag: string, target: Target): Promise<MachineWay> {
  const { vm, hasRam } = target;
  if (!hasRam || services.running.get(vm.id) === null) return 'live';
  const { spec } = recordThen(services, target);
  if (isOtherMachine(vm.spec, spec)) return 'restart';
  if (await isReplaced(services, tag, target)) return 'replace';
  return hasOtherDrives(vm.spec, spec) ? restoreDisks(services, vm.id, spec) : 'live';
}

/** Whether a running VM goes on in another process, which nothing but that state decides. */
export async function isReplaced(
  services: Pick<Services, 'running' | 'images' | 'snapshots'>,
  tag: string,
  target: Target,
): Promise<boolean> {
  const { vm, hasRam } = target;
  if (!hasRam || services.running.get(vm.id) === null) return false;
  if (isOtherMachine(vm.spec, recordThen(services, target).spec)) return false;
  return (await services.snapshots.ramFormat(vm.id, tag)) === 'flat';
}

/**
 * Viewers of those that go on in another process see the picture change, and no more. To be called before the guests are paused,
 * so that what is under way to a viewer gets there meanwhile.
 */
export function holdViewers(
  { running, consoles }: Pick<Services, 'running' | 'consoles'>,
  targets: readonly Prepared[],
): Map<string, ConsoleHold> {
  const replaced = targets.filter(
    ({ vm, hasRam, machine }) => hasRam && machine !== 'live' && running.get(vm.id) !== null,
  );
  return new Map(replaced.map(({ vm }) => [vm.id, consoles.hold(vm.id)]));
}

/**
 * The caller has paused its guest; `join` lets a machine that was started anew, or the new process of one that ran, pause with
 * the others. When it fails the record says what is there: a machine that could not be started again is stopped.
 */
export async function revertVm(services: Services, tag: string, target: Prepared, join: Join): Promise<Reverted> {
  const { id, name } = target.vm;
  const isRunning = services.running.get(id) !== null;
  const restarted = isRunning && target.machine === 'restart';
  await revertMachine(services, tag, target, join);
  if (restarted)
    services.logger.info(
      { vmId: id, vmName: name, tag },
      'restarted, because its machine was different in the snapshot',
    );
  return { vmId: id, vmName: name, restarted };
}

async function revertMachine(services: Services, tag: string, target: Prepared, join: Join): Promise<void> {
  const { id } = target.vm;
  const running = services.running.get(id);
  if (running) {
    services.guestChannels.end(running, 'GUEST_REVERTED');
    services.sshGuests.end(running, 'GUEST_REVERTED');
  }
  if (running && (target.machine === 'restart' || !target.hasRam)) {
    await haltVm(services, id, 0);
    services.checkpoint('halted for another machine');
  }
  const before = services.inventory.vm(id);
  // From here on the next agent knows what to do if this one is killed between two processes.
  const mark = target.machine === 'replace' ? { revertingTo: tag } : {};
  await setConfig(services, recordThen(services, { ...target, vm: before }), mark);
  services.checkpoint('configuration reverted');
  try {
    await load(services, tag, target, join);
  } catch (error) {
    await setConfig(services, before, { revertingTo: null });
    throw error;
  } finally {
    await rememberDiskSizes(services, id);
  }
}

async function load(services: Services, tag: string, { vm, hasRam, machine }: Prepared, join: Join): Promise<void> {
  const running = services.running.get(vm.id);
  if (!hasRam) {
    await services.snapshots.loadStopped(vm.id, tag);
    services.inventory.updateVm(vm.id, { status: { state: 'stopped', failure: null } });
  } else if (running && machine === 'replace') {
    const handle = await replaceProcess(services, vm.id, running, tag);
    // One that waited, e.g. for space on the disk, waits on.
    if (services.inventory.vm(vm.id).status.state === 'running') await join(handle, { isPaused: true });
  } else if (running) {
    await services.snapshots.loadRunning(vm.id, tag, running);
  } else {
    await bootVm(services, vm.id, { loadTag: tag });
    const started = services.running.get(vm.id);
    if (started) await join(started);
  }
}
