// The other peer: libvirt from its Debian packages, run by hand without systemd, in a mount namespace of its own, so that neither
// the host's configuration nor its running libvirt is touched. The same machine as ours, saved by `virsh`.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { RunError, runCommand } from '../../agent/host/run-command.ts';
import type { ReadyImage } from '../../agent/images/image-service.ts';
import { overlayArguments } from '../overlay-arguments.ts';
import { startChild } from '../child.ts';
import { openUnixLink } from '../console/byte-link.ts';
import { waitForLogin } from '../create-boot/serial-ready.ts';
import type { BenchContext } from '../section.ts';
import { waitUntil } from '../wait-until.ts';

/** Its own /run, state and configuration; then libvirtd ($1 is the folder). */
const SCRIPT = `
mount -t tmpfs tmpfs /run && mount -t tmpfs tmpfs /var/lib/libvirt && mount -t tmpfs tmpfs /var/cache/libvirt &&
mount -t tmpfs tmpfs /etc/libvirt && cp "$1/qemu.conf" "$1/libvirtd.conf" /etc/libvirt/ && mkdir /run/libvirt &&
exec libvirtd --config /etc/libvirt/libvirtd.conf
`;
const QEMU_CONF = `user = "root"\ngroup = "root"\ndynamic_ownership = 0\nsecurity_driver = "none"
cgroup_controllers = []\nnamespaces = []\nstdio_handler = "file"\n`;

export interface Libvirt {
  /** Starts a guest of this size and waits for its login prompt. */
  start(memoryMiB: number): Promise<LibvirtGuest>;
}

export interface LibvirtGuest {
  /** Path of its serial port. */
  serial: string;
  /** Milliseconds each, `virsh` included. */
  save(tag: string): Promise<number>;
  load(tag: string): Promise<number>;
  delete(tag: string): Promise<number>;
  destroy(): Promise<void>;
}

/** Null with a reason where it is not installed, or not root. */
export async function startLibvirt(
  context: BenchContext,
  image: ReadyImage,
  acceleration: 'kvm' | 'tcg',
): Promise<Libvirt | string> {
  if (process.geteuid?.() !== 0) return 'it needs root';
  try {
    await runCommand('virsh', ['--version'], { timeoutMs: 10_000 });
  } catch (error) {
    if (error instanceof RunError && error.notFound) return 'it is not installed';
    throw error;
  }
  const folder = path.join(context.folder, 'lv');
  await mkdir(folder);
  await writeFile(path.join(folder, 'qemu.conf'), QEMU_CONF);
  const conf = `unix_sock_dir = "${folder}"\nauth_unix_rw = "none"\nauth_unix_ro = "none"\n`;
  await writeFile(path.join(folder, 'libvirtd.conf'), conf);
  const args = ['--mount', '--propagation', 'private', 'sh', '-c', SCRIPT, 'sh', folder];
  await startChild(context.resources, 'unshare', args, path.join(folder, 'libvirtd.log'));
  const uri = `qemu:///system?socket=${path.join(folder, 'libvirt-sock')}`;
  const virsh = async (...words: string[]) =>
    (await runCommand('virsh', ['-q', '-c', uri, ...words], { timeoutMs: 120_000 })).stdout;
  await waitUntil('libvirtd', () => virsh('list').catch(() => null));
  return { start: (memoryMiB) => startGuest({ context, folder, virsh, image, acceleration, memoryMiB }) };
}

interface GuestParts {
  context: BenchContext;
  folder: string;
  virsh: (...words: string[]) => Promise<string>;
  image: ReadyImage;
  acceleration: 'kvm' | 'tcg';
  memoryMiB: number;
}

async function startGuest({
  context,
  folder,
  virsh,
  image,
  acceleration,
  memoryMiB,
}: GuestParts): Promise<LibvirtGuest> {
  const name = `tt-bench-${randomUUID().slice(0, 8)}`;
  const disk = path.join(folder, `${name}.qcow2`);
  const serial = path.join(folder, `${name}.sock`);
  const size = image.manifest.disk.virtualSizeMiB;
  await runCommand('qemu-img', overlayArguments(disk, { path: image.disk.path, format: 'qcow2' }, size), {
    timeoutMs: 30_000,
  });
  const xml = path.join(folder, `${name}.xml`);
  await writeFile(xml, domainXml({ name, disk, serial, image, acceleration, memoryMiB }));
  await virsh('define', xml);
  context.resources.defer(() =>
    virsh('destroy', name).then(
      () => {},
      () => {},
    ),
  );
  await virsh('start', name);
  await waitForLogin(await openUnixLink(serial));
  const timed = async (...words: string[]) => {
    const begun = performance.now();
    await virsh(...words);
    return performance.now() - begun;
  };
  return {
    serial,
    save: (tag) => timed('snapshot-create-as', name, tag),
    load: (tag) => timed('snapshot-revert', name, tag),
    delete: (tag) => timed('snapshot-delete', name, tag),
    destroy: async () => {
      await virsh('destroy', name);
    },
  };
}

function domainXml(parts: {
  name: string;
  disk: string;
  serial: string;
  image: ReadyImage;
  acceleration: 'kvm' | 'tcg';
  memoryMiB: number;
}): string {
  const { boot } = parts.image;
  const kernel = boot
    ? `<kernel>${boot.kernel}</kernel><initrd>${boot.initrd}</initrd><cmdline>${boot.append}</cmdline>`
    : '';
  const isTcg = parts.acceleration === 'tcg';
  const cpu = isTcg
    ? "<cpu mode='custom' match='exact' check='none'><model>Nehalem</model></cpu>"
    : "<cpu mode='host-passthrough'/>";
  return `<domain type='${isTcg ? 'qemu' : 'kvm'}'>
  <name>${parts.name}</name><memory unit='MiB'>${parts.memoryMiB}</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>${kernel}</os>
  <features><acpi/>${isTcg ? "<tcg><tb-cache unit='MiB'>32</tb-cache></tcg>" : ''}</features>
  ${cpu}
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${parts.disk}'/>
      <target dev='vda' bus='virtio'/></disk>
    <serial type='unix'><source mode='bind' path='${parts.serial}'/></serial>
    <video><model type='vga'/></video><memballoon model='none'/><controller type='usb' model='none'/>
  </devices>
</domain>`;
}
