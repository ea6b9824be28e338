// QEMU, which runs the guests.
import { reason } from '@tt/protocol';
import { type Check, found, needed } from '../check.ts';
import { installFix } from '../install-fix.ts';
import { programVersion } from '../program-version.ts';

/** agent/engines/qemu/command-line.ts asks for machine version 7.2. */
const WANTED = [7, 2] as const;

export const qemuCheck: Check = {
  name: 'qemu',
  async look(machine, signal) {
    const version = await programVersion(machine, 'qemu-system-x86_64', ['--version'], signal);
    const fix = installFix(machine, 'QEMU (x86)', 'qemu-system-x86');
    if (version === null) return needed(reason('finding.programMissing', { program: 'qemu-system-x86_64' }), fix);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > WANTED[0] || (major === WANTED[0] && minor >= WANTED[1]))
      return found(reason('finding.programIs', { program: 'QEMU', version }));
    return needed(reason('finding.programOld', { program: 'QEMU', version, wanted: WANTED.join('.') }), fix);
  },
};
