// KVM: uses the engine's own probe, which runs a test guest with TCG and with KVM and measures both. The existence of /dev/kvm
// alone proves nothing.
import { reason, type ReasonCode } from '@tt/protocol';
import type { AgentConfig } from '../../config.ts';
import { type Check, type Fix, found, optional } from '../check.ts';
import { isMissing } from '../program-version.ts';

export function kvmCheck(setting: AgentConfig['acceleration']): Check {
  return {
    name: 'kvm',
    isOptional: true,
    // Two runs under TCG and two with KVM at worst, on a busy machine; the answer is remembered.
    timeoutMs: 90_000,
    async look(machine) {
      if (setting !== 'auto') return found(reason('finding.accelerationSet', { acceleration: setting }));
      try {
        const { kind, reason: why } = await machine.probeAcceleration();
        if (kind === 'kvm') return found(why);
        return optional([reason('finding.emulation'), why], ...fixesFor(why.code));
      } catch (error) {
        if (!isMissing(error)) throw error;
        return optional(reason('finding.qemuUnknown'));
      }
    },
  };
}

/** Only what the user can change. */
function fixesFor(code: ReasonCode): Fix[] {
  if (code === 'kvmForbidden' || code === 'kvmRootOnly') {
    return ['sudo usermod -aG kvm "$USER"', reason('fix.logInAgain')];
  }
  if (code === 'kvmMissing' || code === 'kvmDead') {
    return [reason('fix.virtualization')];
  }
  return [];
}
