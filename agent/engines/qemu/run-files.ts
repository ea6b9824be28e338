// Names of the files in a VM's run directory, and the one check their paths need.
import path from 'node:path';
import { EngineError } from '../errors.ts';
import type { VmSockets, VmSpec } from '../interface.ts';

/** sizeof(sockaddr_un.sun_path) is 108 with the final zero byte (unix(7)). */
const MAX_SOCKET_PATH_BYTES = 107;

export interface RunFiles extends VmSockets {
  qmp: string;
  /** QEMU's own messages (its standard error). */
  log: string;
  /** Everything the guest wrote to its serial port since the start. */
  serialLog: string;
}

/** Where everything of a VM is. Throws START_FAILED when the folder's path is too long for unix sockets. */
export function runFiles(spec: VmSpec): RunFiles {
  const inRunDirectory = (name: string) => path.join(spec.runDirectory, name);
  const files = {
    qmp: inRunDirectory('qmp.sock'),
    vnc: inRunDirectory('vnc.sock'),
    serial: inRunDirectory('serial.sock'),
    guestAgent: inRunDirectory('agent.sock'),
    log: inRunDirectory('qemu.log'),
    serialLog: inRunDirectory('serial.log'),
  };
  const longest = Buffer.byteLength(files.serial);
  if (longest > MAX_SOCKET_PATH_BYTES) {
    const most = MAX_SOCKET_PATH_BYTES - Buffer.byteLength('/serial.sock');
    throw new EngineError(
      'START_FAILED',
      `the run directory's path is too long for unix sockets (at most ${most} bytes): ${spec.runDirectory}`,
    );
  }
  return files;
}
