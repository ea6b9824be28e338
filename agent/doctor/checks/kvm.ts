// KVM: asked of the engine's own probe, which starts a tiny guest under a time-out. /dev/kvm alone says nothing.
import { type Check, found, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

export const kvmCheck: Check = {
  name: 'kvm',
  isOptional: true,
  // The probe's own limit is 5 s.
  timeoutMs: 15_000,
  async look(machine) {
    try {
      const { kind, reason } = await machine.probeAcceleration();
      if (kind === 'kvm') return found(reason);
      return optional(`guests run under emulation (TCG), several times slower. ${reason}`, ...fixesFor(reason));
    } catch (error) {
      if (!isMissing(error)) throw error;
      return optional('not known: QEMU is not installed');
    }
  },
};

/** By the words of agent/engines/qemu/acceleration.ts; only what the user can change. */
function fixesFor(reason: string): string[] {
  if (reason.includes('group kvm')) return ['sudo usermod -aG kvm "$USER", then log in again'];
  if (reason.includes('there is no')) {
    return ['Switch on virtualization in the firmware; inside a VM, nested virtualization on its host.'];
  }
  return [];
}
