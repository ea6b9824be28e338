// The part of the error table about insufficient resources, and disks. See error-table.ts.
import { count, entry, lines, reasonSchema, term, text } from './error-entry.ts';

export const resourceErrors = {
  // Resources
  CPU_EXHAUSTED: entry(
    409,
    'Not enough processors: total {total} (with overcommit), used {used}, requested {wanted}.',
    'Stop or delete VMs, or ask for fewer processors.',
    { total: count, used: count, wanted: count },
  ),
  QUOTA_EXCEEDED: entry(
    409,
    'The quota of {user} is exceeded: {resource} total {total}, used {used}, requested {wanted}.',
    'Stop or delete what you no longer need, or ask an administrator for more.',
    { user: text, resource: term('resource'), total: count, used: count, wanted: count },
  ),
  LIMIT_REACHED: entry(
    429,
    '{user} has reached the limit of {limit}: total {total}, used {used}, requested {wanted}.',
    'Delete or end what is no longer needed, or ask an administrator to raise it under “limits” in the configuration.',
    { user: text, limit: term('limit'), total: count, used: count, wanted: count },
  ),
  MEMORY_EXHAUSTED: entry(
    409,
    'Not enough memory: total {totalMiB} MiB, used {usedMiB} MiB, requested {wantedMiB} MiB.',
    'Stop or delete VMs, or ask for less memory.',
    { totalMiB: count, usedMiB: count, wantedMiB: count },
  ),
  DISK_EXHAUSTED: entry(
    409,
    'Not enough disk: total {totalMiB} MiB, used {usedMiB} MiB, requested {wantedMiB} MiB.',
    'Delete ENVs or snapshots, or ask for smaller disks.',
    { totalMiB: count, usedMiB: count, wantedMiB: count },
  ),
  MEMORY_TOO_SMALL: entry(
    422,
    '{imageName} needs at least {minMiB} MiB of memory; {wantedMiB} MiB were requested.',
    'Give it more memory.',
    { imageName: text, minMiB: count, wantedMiB: count },
  ),
  DISK_TOO_SMALL: entry(
    422,
    '{imageName} needs a disk of at least {minMiB} MiB; {wantedMiB} MiB were requested.',
    'Give it a larger disk.',
    { imageName: text, minMiB: count, wantedMiB: count },
  ),
  DISK_CANNOT_SHRINK: entry(
    422,
    'The disk of {vmName} has {currentMiB} MiB and can’t shrink to {wantedMiB} MiB.',
    'Give it the same size or more.',
    { vmName: text, currentMiB: count, wantedMiB: count },
  ),
  DISK_COUNT_LIMIT: entry(
    409,
    '{vmName} can’t have more than {max} disks, counted from disk0.',
    'Leave the name out, delete a disk that is no longer needed, or enlarge one.',
    { vmName: text, max: count },
  ),
  DISK_NOT_FOUND: entry(404, '{vmName} has no disk {diskName}.', 'It has: {disks}.', {
    vmName: text,
    diskName: text,
    disks: lines,
  }),
  DISK_NAME_TAKEN: entry(409, '{vmName} already has a disk {diskName}.', 'Leave the name out, or choose another.', {
    vmName: text,
    diskName: text,
  }),
  DISK_IS_BOOT: entry(
    409,
    '{vmName} boots from {diskName}, so it can’t be detached or deleted.',
    'Detach or delete other disks; this one is deleted with the VM.',
    { vmName: text, diskName: text },
  ),
  DISK_ATTACHED: entry(409, '{diskName} is attached to {vmName}.', 'Detach it first.', {
    vmName: text,
    diskName: text,
  }),
  DISK_HELD: entry(
    409,
    '{diskName} of {vmName} is needed by snapshots: {snapshots}.',
    'Delete those snapshots first, or leave the disk detached.',
    { vmName: text, diskName: text, snapshots: lines },
  ),
  DISK_IN_USE: entry(
    409,
    '{vmName} does not release {diskName}: {reason}.',
    'Unmount it in the guest and try again, or stop the VM first. It stays attached.',
    { vmName: text, diskName: text, reason: reasonSchema },
  ),
  DISK_FULL: entry(
    507,
    'The disk of this host is full: {freeMiB} MiB free, {wantedMiB} MiB needed for {subject}.',
    'Free some space (delete snapshots or ENVs) and try again.',
    { freeMiB: count, wantedMiB: count, subject: text },
  ),
  HOST_PORT_TAKEN: entry(
    409,
    '{vmName} can’t start: another program uses {hostAddress}:{hostPort} ({protocol}), which is forwarded to its port {guestPort}.',
    'End that program, or give the VM other ports with "tt vm update {vmName} --new-ports", then start it.',
    { vmName: text, protocol: text, hostAddress: text, hostPort: count, guestPort: count },
  ),
  PORTS_EXHAUSTED: entry(
    409,
    'No free port is left between {firstPort} and {lastPort}.',
    'Delete ENVs that are no longer used, or widen the range.',
    { firstPort: count, lastPort: count },
  ),
} as const;
