// The drives of a running QEMU: reads them, and changes them while the guest runs. Used by `running-qemu.ts`.
import { EngineError } from '../errors.ts';
import type { CdName, DriveLimits, VmDrive, VmSpec } from '../interface.ts';
import { deviceId, diskNumber, driveDevice, driveNode, mediumNode, NODE_RULE } from './drive-arguments.ts';
import type { QmpClient } from './qmp-client.ts';
import { diskWithoutLinks, placeForQemu } from './real-paths.ts';

/** A running guest releases a disk within a second or two. */
const UNPLUG_TIMEOUT_MS = 10_000;

export interface DriveNode {
  name: string;
  format: string;
  virtualBytes: number;
  snapshots: readonly { tag: string; vmStateBytes: number }[];
}

/** Disks and firmware variables, sorted by name: `disk0` first. */
export async function queryDrives(qmp: QmpClient): Promise<DriveNode[]> {
  const nodes = await qmp.execute('query-named-block-nodes', { flat: true });
  return nodes
    .flatMap((node): DriveNode[] => {
      const name = node['node-name'] ?? '';
      if (!NODE_RULE.test(name)) return [];
      const { image, drv } = node;
      const snapshots = (image.snapshots ?? []).map((snapshot) => ({
        tag: snapshot.name,
        vmStateBytes: snapshot['vm-state-size'],
      }));
      return [{ name, format: drv, virtualBytes: image['virtual-size'], snapshots }];
    })
    .sort((one, other) => one.name.localeCompare(other.name, 'en', { numeric: true }));
}

/** See RunningVm.resizeDisk. Internal snapshots are no hindrance since the disks are qcow2 version 3. */
export async function growDisk(qmp: QmpClient, sizeMiB: number, name: string): Promise<void> {
  const { virtualBytes } = await mustHave(qmp, name);
  const size = sizeMiB * 1024 * 1024;
  if (size < virtualBytes) {
    throw new EngineError('COMMAND_FAILED', `the disk has ${virtualBytes / 1024 / 1024} MiB and can only grow`);
  }
  if (size > virtualBytes) await qmp.execute('block_resize', { 'node-name': name, size });
}

export async function attachDrive(qmp: QmpClient, spec: VmSpec, drive: VmDrive): Promise<void> {
  if (!(diskNumber(drive.name) > 0)) throw new EngineError('COMMAND_FAILED', `${drive.name} can't be attached`);
  if ((await queryDrives(qmp)).some(({ name }) => name === drive.name)) {
    throw new EngineError('COMMAND_FAILED', `the VM has a disk ${drive.name} already`);
  }
  const disk = spec.confinement ? await diskWithoutLinks(drive) : drive;
  const place = new Map<string, string>();
  for (const file of [disk.path, ...(disk.backing ? [disk.backing.path] : [])]) {
    place.set(file, await placeForQemu(spec, file));
  }
  await qmp.execute(
    'blockdev-add',
    driveNode(disk, (file) => place.get(file) ?? file),
  );
  try {
    const device = driveDevice(drive.name);
    await qmp.execute('device_add', device);
    if (drive.limits) await limitDrive(qmp, drive.name, drive.limits);
  } catch (error) {
    if (await hasDevice(qmp, drive.name)) await unplug(qmp, drive.name);
    await qmp.execute('blockdev-del', { 'node-name': drive.name });
    throw error;
  }
}

export async function detachDrive(qmp: QmpClient, name: string): Promise<void> {
  if (name === 'disk0' || name === 'nvram') throw new EngineError('COMMAND_FAILED', `${name} can't be detached`);
  if (!(await queryDrives(qmp)).some((drive) => drive.name === name)) return;
  if (await hasDevice(qmp, name)) await unplug(qmp, name);
  await qmp.execute('blockdev-del', { 'node-name': name });
}

export async function limitDrive(qmp: QmpClient, name: string, limits: DriveLimits | null): Promise<void> {
  await mustHave(qmp, name);
  // 0 is "no limit" to QEMU (its qapi/block-core.json, BlockIOThrottle).
  const bps = limits?.bytesPerSecond ?? 0;
  const iops = limits?.operationsPerSecond ?? 0;
  const apart = { bps_rd: 0, bps_wr: 0, iops_rd: 0, iops_wr: 0 };
  // The disk itself is a device within the PCI device.
  const id = `/machine/peripheral/${deviceId(name)}/virtio-backend`;
  await qmp.execute('block_set_io_throttle', { id, bps, iops, ...apart });
}

export async function changeCd(qmp: QmpClient, spec: VmSpec, name: CdName, medium: string | null): Promise<void> {
  if (!spec.cds.some((cd) => cd.name === name)) throw new EngineError('COMMAND_FAILED', `the VM has no drive ${name}`);
  // By force: a guest locks its tray as soon as it mounts the CD.
  if (medium === null) await qmp.execute('eject', { id: name, force: true });
  else {
    const filename = await placeForQemu(spec, medium);
    const how = { format: 'raw', 'read-only-mode': 'read-only', force: true } as const;
    await qmp.execute('blockdev-change-medium', { id: name, filename, ...how });
  }
  // The node of the first medium has a name, so it stays, and its file stays open, until it is told to go.
  const nodes = await qmp.execute('query-named-block-nodes', { flat: true });
  if (nodes.some((node) => node['node-name'] === mediumNode(name))) {
    await qmp.execute('blockdev-del', { 'node-name': mediumNode(name) });
  }
}

async function mustHave(qmp: QmpClient, name: string): Promise<DriveNode> {
  const found = (await queryDrives(qmp)).find((drive) => drive.name === name);
  if (!found) throw new EngineError('COMMAND_FAILED', `the VM has no disk ${name}`);
  return found;
}

async function hasDevice(qmp: QmpClient, name: string): Promise<boolean> {
  const devices = await qmp.execute('query-block', {});
  return devices.some(({ qdev }) => qdev?.split('/').includes(deviceId(name)));
}

/** Asks the guest to release it, and waits until it has. */
async function unplug(qmp: QmpClient, name: string): Promise<void> {
  const id = deviceId(name);
  const gone = qmp.waitFor('DEVICE_DELETED', ({ device }) => device === id, { timeoutMs: UNPLUG_TIMEOUT_MS });
  try {
    await Promise.all([qmp.execute('device_del', { id }), gone]);
  } catch (error) {
    gone.catch(() => {});
    if (error instanceof EngineError && error.code === 'ENGINE_TIMEOUT') {
      throw new EngineError('COMMAND_FAILED', `the guest does not let go of ${name}`, { cause: error });
    }
    throw error;
  }
}
