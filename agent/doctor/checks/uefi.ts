// OVMF: firmware for VMs that boot by UEFI.
import { reason } from '@tt/protocol';
import { UEFI_PLACES } from '../../firmware/uefi.ts';
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';

export const uefiCheck: Check = {
  name: 'uefi',
  isOptional: true,
  async look(machine) {
    const place = UEFI_PLACES.find(({ code, variables }) => machine.exists(code) && machine.exists(variables));
    if (place) return found(reason('finding.uefi', { file: place.code }));
    return optional(reason('finding.uefiMissing'), installFix(machine, 'OVMF', 'ovmf'));
  },
};
