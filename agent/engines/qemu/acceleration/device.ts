// Whether /dev/kvm can be opened at all. The check is cheap and never cached, because the result changes when a user joins the
// group kvm.
import { type Reason, reason } from '@tt/protocol';
import { open } from 'node:fs/promises';
import type { Acceleration } from '../../interface.ts';
import { isOpenToVmUsers } from '../../vm-users.ts';

/** Null if the device opens; otherwise TCG, with what to do. `confined`: guests run as separate users, who need access too. */
export async function checkDevice(device: string, confined: boolean): Promise<Acceleration | null> {
  try {
    // Opened, not only looked at: the file may be there with no module behind it (ENODEV).
    await (await open(device, 'r+')).close();
  } catch (error) {
    return { kind: 'tcg', reason: explain(device, (error as NodeJS.ErrnoException).code) };
  }
  if (!confined || (await isOpenToVmUsers(device))) return null;
  return { kind: 'tcg', reason: reason('kvmRootOnly', { device }) };
}

function explain(device: string, errno = 'unknown'): Reason {
  if (errno === 'ENOENT') return reason('kvmMissing', { device });
  if (errno === 'EACCES' || errno === 'EPERM') return reason('kvmForbidden', { device, errno });
  return reason('kvmDead', { device, errno });
}
