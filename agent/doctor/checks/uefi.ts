// OVMF: firmware for VMs that boot by UEFI.
import { UEFI_PLACES } from '../../firmware/uefi.ts';
import { type Check, found, optional } from '../check.ts';
import { installFix } from '../install-fix.ts';

export const uefiCheck: Check = {
  name: 'uefi',
  isOptional: true,
  async look(machine) {
    const place = UEFI_PLACES.find(({ code, variables }) => machine.exists(code) && machine.exists(variables));
    if (place) return found(`UEFI firmware ${place.code}`);
    return optional('no UEFI firmware, so VMs boot by BIOS only', installFix(machine, 'OVMF', 'ovmf'));
  },
};
