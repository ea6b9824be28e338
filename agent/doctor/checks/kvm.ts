// KVM: uses the engine's own probe, which runs a test guest with TCG and with KVM and measures both. The existence of /dev/kvm
// alone proves nothing.
import { type ReasonCode, reasonText, terms } from '@tt/protocol';
import type { AgentConfig } from '../../config.ts';
import { type Check, found, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

export function kvmCheck(setting: AgentConfig['acceleration']): Check {
  return {
    name: 'kvm',
    isOptional: true,
    // Two runs under TCG and two with KVM at worst, on a busy machine; the answer is remembered.
    timeoutMs: 90_000,
    async look(machine) {
      if (setting !== 'auto') return found(`not tested: acceleration is ${setting} in the configuration`);
      try {
        const { kind, reason } = await machine.probeAcceleration();
        const text = reasonText(reason, terms);
        if (kind === 'kvm') return found(text);
        return optional(`guests run under emulation (TCG), several times slower. ${text}`, ...fixesFor(reason.code));
      } catch (error) {
        if (!isMissing(error)) throw error;
        return optional('unknown: QEMU is not installed');
      }
    },
  };
}

/** Only what the user can change. */
function fixesFor(code: ReasonCode): string[] {
  if (code === 'kvmForbidden' || code === 'kvmRootOnly') return ['sudo usermod -aG kvm "$USER", then log in again'];
  if (code === 'kvmMissing' || code === 'kvmDead') {
    return ['Enable virtualization in the firmware; inside a VM, enable nested virtualization on its host.'];
  }
  return [];
}
