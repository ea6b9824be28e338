// Pure: whether a planned VM can wake from the warm instant of its image, and why not. Everything that shapes the devices must be the
// same; what the host gives a VM (network, ports, rules, limits) may differ.
import { bootDiskMiB, differingPlain, type MachineSpec, plainSpec, type TermCode } from '@tt/protocol';
import type { WarmMachine } from '../../warm/image-uses.ts';
import type { WarmRecord } from '../../warm/warm-record.ts';
import { NO_IMAGE, type PlannedVm } from '../vms/plan-vms.ts';

export type BootReason = TermCode<'bootReason'>;

/** What was asked for besides the VM. */
export interface StartRequest {
  cold?: boolean | undefined;
  sameUuid?: boolean | undefined;
}

/** What a machine must have to wake from any instant; otherwise why it boots. */
export function warmMachineOf(
  { image, spec, cloudInit, lab }: Pick<PlannedVm, 'image' | 'spec' | 'cloudInit' | 'lab'>,
  { sameUuid }: StartRequest,
): WarmMachine | BootReason {
  // A session starts from the base image of its profile.
  if (lab) return 'session';
  if (image.name === NO_IMAGE) return 'notWarm';
  // What the guest has read of its machine stays in its memory until it is restarted.
  if (sameUuid) return 'sameUuid';
  if (cloudInit) return 'cloudInit';
  if (spec.cds.some(({ medium }) => medium !== null)) return 'medium';
  if (spec.disks.length !== 1) return 'disks';
  // One tells the driver of the guest its MTU when it boots; the other is no place for a guest that has the address of another.
  if (spec.nics.some(({ kind }) => kind === 'flat' || kind === 'bridge')) return 'network';
  return machineOf(spec);
}

/** null: it fits. `isCurrent`: the image is still the one the instant was made from. `acceleration`: what guests run with now. */
export function whyNotWarm(
  machine: WarmMachine,
  warm: WarmRecord,
  { isCurrent, acceleration }: { isCurrent: boolean; acceleration: string },
): BootReason | null {
  const made = machineOf(warm.vm.spec);
  if (!isCurrent) return 'imageChanged';
  if (warm.acceleration !== acceleration) return 'acceleration';
  if (differingPlain(machine.plain, made.plain).length > 0) return 'spec';
  if (machine.diskMiB !== made.diskMiB) return 'disks';
  return machine.nicCount === made.nicCount ? null : 'nics';
}

function machineOf(spec: MachineSpec): WarmMachine {
  return { plain: plainSpec(spec), diskMiB: bootDiskMiB(spec), nicCount: spec.nics.length };
}
