// Where a NIC on a switch, and its way out, listen: unix sockets in the run directory of its VM.
import path from 'node:path';

export interface NicSockets {
  guest: string;
  wayOut: string;
}

/**
 * `index`: the NIC’s place among those of the VM, 0 to 7. The names are no longer than those of the VM’s other sockets, so that their
 * addresses fit where those do. QEMU makes them in a thread of its own, so they may come after its control channel, and replaces those of an
 * earlier run; the folder (0700) is what closes them to others.
 */
export function nicSockets(runDirectory: string, index: number): NicSockets {
  return { guest: path.join(runDirectory, `nic${index}.sock`), wayOut: path.join(runDirectory, `out${index}.sock`) };
}
