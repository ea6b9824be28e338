// qemu-img: makes the disks of VMs as overlays over an image.
import { reason } from '@tt/protocol';
import { type Check, found, needed } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

export const qemuImgCheck: Check = {
  name: 'qemu-img',
  async look(machine, signal) {
    const version = await programVersion(machine, 'qemu-img', ['--version'], signal);
    if (version === null)
      return needed(
        reason('finding.programMissing', { program: 'qemu-img' }),
        installFix(machine, 'qemu-img', 'qemu-utils'),
      );
    return found(reason('finding.programIs', { program: 'qemu-img', version }));
  },
};
