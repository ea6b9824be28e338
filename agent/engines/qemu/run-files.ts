// Names of the files in a VM's run directory, and whether QEMU must be started in that directory.
import path from 'node:path';
import { fitsSocketAddress } from '@tt/client/node';
import type { VmSockets, VmSpec } from '../interface.ts';

export interface RunFiles extends VmSockets {
  qmp: string;
  /** QEMU's own messages (its standard error). */
  log: string;
  /** Everything the guest wrote to its serial port since the start. */
  serialLog: string;
}

/** Where everything of a VM is. The paths of the sockets may be longer than an address: see `connectUnixSocket`. */
export function runFiles(spec: VmSpec): RunFiles {
  const inRunDirectory = (name: string) => path.join(spec.runDirectory, name);
  return {
    qmp: inRunDirectory('qmp.sock'),
    vnc: inRunDirectory('vnc.sock'),
    serial: inRunDirectory('serial.sock'),
    guestAgent: inRunDirectory('agent.sock'),
    guestHelper: inRunDirectory('helper.sock'),
    log: inRunDirectory('qemu.log'),
    serialLog: inRunDirectory('serial.log'),
  };
}

/**
 * Whether QEMU is started in its run directory and gets only the names of its sockets: a confined one cannot traverse the path,
 * and with a long path a full address does not fit. All others get full paths and start in `/`; so were those that an earlier
 * TT left running, which are found by their arguments.
 */
export function startsInRunDirectory(spec: VmSpec): boolean {
  return spec.confinement !== null || !fitsSocketAddress(runFiles(spec).serial);
}
