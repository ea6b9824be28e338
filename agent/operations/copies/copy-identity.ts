// What of a copy's identity is its own before its guest was asked: the machine's part is known, the rest is pending.
import type { CopyIdentity, VmRecord } from '../../state/vm-record.ts';

export interface CopiedFrom {
  vm: VmRecord;
  snapshotName: string | null;
  hasRam: boolean;
}

export function freshIdentity({ vm, snapshotName, hasRam }: CopiedFrom, fenced: boolean): CopyIdentity {
  const own = fenced ? 'same' : 'new';
  const inGuest = fenced ? 'same' : 'waiting';
  return {
    copiedFrom: { vmName: vm.name, snapshotName },
    fenced,
    parts: {
      mac: hasRam && !fenced ? 'waiting' : own,
      address: hasRam && !fenced ? 'waiting' : own,
      // What a guest has read of its machine stays in its memory until it boots again.
      uuid: hasRam && !fenced ? 'afterRestart' : own,
      hostname: inGuest,
      machineId: inGuest,
      random: 'waiting',
      clock: hasRam ? 'waiting' : 'new',
      sshHostKeys: 'same',
    },
    restarted: false,
    problem: null,
    detail: '',
    // The copy of a copy that was never told has what that one woke up with.
    oldMacs:
      hasRam && vm.guest.identity && vm.guest.identity.parts.mac !== 'new'
        ? vm.guest.identity.oldMacs
        : vm.placement.nics.map(({ mac }) => mac),
  };
}
