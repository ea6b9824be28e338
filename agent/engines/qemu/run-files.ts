// Names of the files in a VM's run directory, and whether QEMU has to be started there.
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
    log: inRunDirectory('qemu.log'),
    serialLog: inRunDirectory('serial.log'),
  };
}

/**
 * Whether QEMU is started in its run directory and told its sockets by their names alone: a confined one may not walk there,
 * and below a long path no address holds more. All others are told whole paths and start in `/`; so are those that an earlier
 * TT left running, which are found by what they were told.
 */
export function startsInRunDirectory(spec: VmSpec): boolean {
  return spec.confinement !== null || !fitsSocketAddress(runFiles(spec).serial);
}
