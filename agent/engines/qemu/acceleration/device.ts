// Whether /dev/kvm can be used at all: quick to see, so never remembered; it changes when somebody joins the group kvm.
import { open } from 'node:fs/promises';
import type { Acceleration } from '../../interface.ts';
import { isOpenToVmUsers } from '../../vm-users.ts';

/** Null when the device opens; else TCG, with what to do. `confined`: guests run as users of their own, who need it too. */
export async function checkDevice(device: string, confined: boolean): Promise<Acceleration | null> {
  try {
    // Opened, not only looked at: the file may be there with no module behind it (ENODEV).
    await (await open(device, 'r+')).close();
  } catch (error) {
    return { kind: 'tcg', reason: `KVM is not used: ${explain(device, (error as NodeJS.ErrnoException).code)}` };
  }
  if (!confined || (await isOpenToVmUsers(device))) return null;
  const cure = 'give it to the group kvm (chgrp kvm, chmod 660)';
  return { kind: 'tcg', reason: `KVM is not used: only root may open ${device}, and guests run as others; ${cure}` };
}

function explain(device: string, code: string | undefined): string {
  if (code === 'ENOENT') return `there is no ${device}`;
  if (code === 'EACCES' || code === 'EPERM') {
    return `this user may not open ${device} (${code}); add the user to the group kvm`;
  }
  return `${device} is there, but no KVM answers behind it (${code ?? 'unknown'})`;
}
